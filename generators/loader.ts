import type { StageGenerator, StageItem, StageKind } from '../src/generate/define-stage.ts';
import { defineStage } from '../src/generate/define-stage.ts';
import type { FileRule } from '../src/generate/project-files.ts';

const inputs = { least: 1, most: 1, of: 'any' } as const;
const files = (template: string, kind: string) => ({ name }: StageItem): FileRule[] => [
  { template: `stage/loader/${template}/loader.py`, path: `src/core/loaders/${name}.py`, owner: 'seed' },
  { template: `stage/loader/${kind}/test_loader.py`, path: `tests/unit/test_${name}.py`, owner: 'seed' },
];
const fields = (write: string, keysOf: (keys: readonly string[]) => readonly string[]): StageKind['fields'] => ({ source }, { keys }) => [
  { key: 'source', value: source?.name ?? '' },
  { key: 'write', value: write },
  { key: 'keys', value: keysOf(keys) },
];

/** The generator of what is written. */
export const loader: StageGenerator = defineStage({
  name: 'loader',
  summary: { en: 'A table or a folder that is written', es: 'Una tabla o una carpeta que se escribe' },
  group: 'loaders',
  kinds: [
    {
      value: 'sql',
      label: { en: 'sql: rows merged into a table', es: 'sql: filas que se funden en una tabla' },
      source: 'sql',
      inputs,
      fields: fields('merge', (keys) => keys),
      files: files('sql/any', 'sql'),
      requirements: ['sqlalchemy>=2.0.40'],
    },
    {
      value: 'datalake',
      label: { en: 'datalake: parquet files, one a period', es: 'datalake: archivos parquet, uno por periodo' },
      source: 'datalake',
      inputs,
      // A folder a period: more keys would make more folders than anybody wants to read.
      fields: fields('replace_partitions', (keys) => keys.slice(0, 1)),
      files: files('datalake', 'datalake'),
    },
  ],
});
