import { checkModules, checkOptions, checksInTypescript, checkVariables, viewChecks } from '../../checks.ts';
import { defineKind } from '../../../src/generate/define-stage.ts';
import { typescriptPair } from '../../../src/generate/typescript-stage.ts';
import { isRecords } from '../../../src/generate/input-form.ts';

export const kind = defineKind({
  rank: 3,
  label: { en: 'aggregation: one row a period', es: 'aggregation: una fila por periodo' },
  inputs: { least: 1, most: 1, of: 'any' },
  gives: 'periods',
  files: ({ name }) => [
    { template: 'stage/transformer/aggregation/any/aggregation.py', path: `src/core/transformers/${name}.py`, owner: 'seed' },
    { template: 'stage/transformer/aggregation/any/test_aggregation.py', path: `tests/unit/test_${name}.py`, owner: 'seed' },
  ],
  data: (item) => ({ checks: viewChecks(item), hasMoments: item.inputs.every(({ form }) => isRecords(form) || form === 'counted') }),
  typescript: {
    ...checksInTypescript,
    files: ({ name }) => typescriptPair('transformer/aggregation/any', 'aggregation', `src/core/transformers/${name}.ts`, name),
    modules: (item) => ['src/core/sums.ts', ...checksInTypescript.modules(item)],
  },
  options: checkOptions,
  modules: checkModules,
  variables: checkVariables,
});
