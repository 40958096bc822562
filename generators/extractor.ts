import type { StageGenerator, StageItem } from '../src/generate/define-stage.ts';
import { defineStage } from '../src/generate/define-stage.ts';
import type { FileRule } from '../src/generate/project-files.ts';

const code = (kind: string, { name }: StageItem, ...endings: string[]): FileRule[] =>
  endings.map((ending) => ({ template: `stage/extractor/${kind}/extractor.${ending}`, path: `src/core/extractors/${name}.${ending}`, owner: 'seed' }));
const test = (kind: string, { name }: StageItem): FileRule => ({ template: `stage/extractor/${kind}/test_extractor.py`, path: `tests/unit/test_${name}.py`, owner: 'seed' });
const fields = ({ source }: StageItem) => [{ key: 'source', value: source?.name ?? '' }];
const data = ({ name }: StageItem) => ({ role: 'other', clean: `clean_${name}` });

/** The generator of what is read from a source. */
export const extractor: StageGenerator = defineStage({
  name: 'extractor',
  summary: { en: 'A query or a set of files that is read', es: 'Una consulta o unos archivos que se leen' },
  group: 'extractors',
  kinds: [
    {
      value: 'sql',
      label: { en: 'sql: a query in a database', es: 'sql: una consulta en una base de datos' },
      source: 'sql',
      fields,
      data,
      files: (item) => [...code('sql', item, 'py', 'sql'), test('sql', item)],
      requirements: ['sqlalchemy>=2.0.40'],
    },
    {
      value: 'datalake',
      label: { en: 'datalake: parquet files in folders', es: 'datalake: archivos parquet en carpetas' },
      source: 'datalake',
      fields,
      data,
      files: (item) => [...code('datalake', item, 'py'), test('datalake', item)],
    },
  ],
});
