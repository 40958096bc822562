import type { StageGenerator, StageItem, StageKind } from '../src/generate/define-stage.ts';
import { defineStage } from '../src/generate/define-stage.ts';
import type { FileRule } from '../src/generate/project-files.ts';

const files = (folder: string, kind: string) => ({ name }: StageItem): FileRule[] => [
  { template: `stage/transformer/${folder}/${kind}.py`, path: `src/core/transformers/${name}.py`, owner: 'seed' },
  { template: `stage/transformer/${folder}/test_${kind}.py`, path: `tests/unit/test_${name}.py`, owner: 'seed' },
];
const fields: StageKind['fields'] = ({ kind }) => [{ key: 'kind', value: kind }];

/** The generator of a step between what is read and what is written. */
export const transformer: StageGenerator = defineStage({
  name: 'transformer',
  summary: { en: 'A pure step between what is read and what is written', es: 'Un paso puro entre lo que se lee y lo que se escribe' },
  group: 'transformers',
  kinds: [
    {
      value: 'cleaning',
      label: { en: 'cleaning: each record once, and only what counts', es: 'cleaning: cada registro una vez, y solo los que cuentan' },
      inputs: { least: 1, most: 1, of: 'extractor' },
      fields,
      files: files('cleaning', 'cleaning'),
    },
    {
      value: 'calculation',
      label: { en: 'calculation: puts inputs together, record by record', es: 'calculation: junta entradas, registro a registro' },
      inputs: { least: 1, most: 12, of: 'any' },
      fields,
      files: files('calculation/any', 'calculation'),
      data: ({ inputs }) => ({ ofRecords: inputs.every(({ form }) => form === 'records') }),
    },
    {
      value: 'aggregation',
      label: { en: 'aggregation: one row a period', es: 'aggregation: una fila por periodo' },
      inputs: { least: 1, most: 1, of: 'any' },
      fields,
      files: files('aggregation/any', 'aggregation'),
      data: ({ inputs }) => ({ hasMoments: inputs.every(({ form }) => form === 'records' || form === 'counted') }),
    },
  ],
});
