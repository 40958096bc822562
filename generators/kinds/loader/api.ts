import { defineKind } from '../../../src/generate/define-stage.ts';
import { keysOption, loaderKeys } from '../../../src/generate/loader-keys.ts';
import { typescriptPair } from '../../../src/generate/typescript-stage.ts';
import { authFields, authOption, httpRequirements, secretVariables } from '../../http-access.ts';
import { storeKeys } from '../../store-keys.ts';

export const kind = defineKind({
  rank: 4,
  label: { en: 'api: rows sent to an HTTP API', es: 'api: filas que se mandan a una API HTTP' },
  source: 'api',
  inputs: { least: 1, most: 1, of: 'any' },
  keys: storeKeys(['append']),
  options: [authOption, keysOption],
  fields: (item, { keys }) => [
    { key: 'write', value: 'append' },
    // A batch holds rows of one period: whatever window is loaded, the same period makes the same batches.
    { key: 'keys', value: loaderKeys(item, keys, 'periods') },
  ],
  sourceFields: authFields,
  data: (item) => ({ hasSecrets: secretVariables(item).length > 0, secrets: secretVariables(item).map(({ name }) => name) }),
  files: ({ name }) => [
    { template: 'stage/loader/api/loader.py', path: `src/core/loaders/${name}.py`, owner: 'seed' },
    { template: 'stage/loader/api/test_loader.py', path: `tests/unit/test_${name}.py`, owner: 'seed' },
  ],
  typescript: {
    options: [authOption, keysOption],
    files: ({ name }) => typescriptPair('loader/api', 'loader', `src/core/loaders/${name}.ts`, name),
    modules: () => ['api-auth', 'api-load', 'http-client'].map((name) => `src/core/${name}.ts`),
    variables: secretVariables,
  },
  modules: () => ['src/core/api_load.py'],
  requirements: () => httpRequirements,
  variables: secretVariables,
});
