import { checkModules, checkOptions, checksInTypescript, checkVariables, viewChecks } from '../../checks.ts';
import { defineKind } from '../../../src/generate/define-stage.ts';
import { typescriptPair } from '../../../src/generate/typescript-stage.ts';
import { isRecords } from '../../../src/generate/input-form.ts';

export const kind = defineKind({
  rank: 2,
  label: { en: 'calculation: puts inputs together, record by record', es: 'calculation: junta entradas, registro a registro' },
  inputs: { least: 1, most: 12, of: 'any' },
  gives: 'counted',
  files: ({ name }) => [
    { template: 'stage/transformer/calculation/any/calculation.py', path: `src/core/transformers/${name}.py`, owner: 'seed' },
    { template: 'stage/transformer/calculation/any/test_calculation.py', path: `tests/unit/test_${name}.py`, owner: 'seed' },
  ],
  data: (item) => ({ checks: viewChecks(item), ofRecords: item.inputs.every(({ form }) => isRecords(form)) }),
  typescript: {
    ...checksInTypescript,
    files: ({ name }) => typescriptPair('transformer/calculation/any', 'calculation', `src/core/transformers/${name}.ts`, name),
  },
  options: checkOptions,
  modules: checkModules,
  variables: checkVariables,
});
