import { checkModules, checkOptions, checksInTypescript, checkVariables, viewChecks } from '../../checks.ts';
import { defineKind } from '../../../src/generate/define-stage.ts';
import { typescriptPair } from '../../../src/generate/typescript-stage.ts';

export const kind = defineKind({
  rank: 1,
  label: { en: 'cleaning: each record once, and only what counts', es: 'cleaning: cada registro una vez, y solo los que cuentan' },
  inputs: { least: 1, most: 1, of: 'extractor' },
  gives: 'records',
  data: (item) => ({ checks: viewChecks(item) }),
  files: ({ name }) => [
    { template: 'stage/transformer/cleaning/cleaning.py', path: `src/core/transformers/${name}.py`, owner: 'seed' },
    { template: 'stage/transformer/cleaning/test_cleaning.py', path: `tests/unit/test_${name}.py`, owner: 'seed' },
  ],
  typescript: {
    ...checksInTypescript,
    files: ({ name }) => typescriptPair('transformer/cleaning', 'cleaning', `src/core/transformers/${name}.ts`, name),
  },
  options: checkOptions,
  modules: checkModules,
  variables: checkVariables,
});
