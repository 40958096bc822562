import { defineKind } from '../../../src/generate/define-stage.ts';
import { loaderKeys } from '../../../src/generate/loader-keys.ts';
import { typescriptPair } from '../../../src/generate/typescript-stage.ts';
import { formatOption, lakeAddress, lakeData, lakeFields, lakeInTypescript, lakeModules, lakeRequirements, lakeVariables, storeOption } from '../../lakes.ts';
import { storeKeys } from '../../store-keys.ts';

export const kind = defineKind({
  rank: 2,
  label: { en: 'datalake: files in folders, S3, Azure or Google Cloud, one a period', es: 'datalake: archivos en carpetas, S3, Azure o Google Cloud, uno por periodo' },
  source: 'datalake',
  inputs: { least: 1, most: 1, of: 'any' },
  keys: storeKeys(['replace_partitions']),
  options: [storeOption, formatOption],
  fields: (item, { keys }) => [
    { key: 'write', value: 'replace_partitions' },
    // A folder a period: more keys would make more folders than anybody wants to read.
    { key: 'keys', value: loaderKeys(item, keys, 'folders') },
  ],
  sourceFields: lakeFields,
  data: lakeData,
  files: ({ name }) => [
    { template: 'stage/loader/datalake/loader.py', path: `src/core/loaders/${name}.py`, owner: 'seed' },
    { template: 'stage/loader/datalake/test_loader.py', path: `tests/unit/test_${name}.py`, owner: 'seed' },
  ],
  typescript: {
    ...lakeInTypescript,
    variables: lakeVariables,
    files: ({ name }) => typescriptPair('loader/datalake', 'loader', `src/core/loaders/${name}.ts`, name),
  },
  modules: lakeModules,
  requirements: lakeRequirements,
  address: lakeAddress,
  variables: lakeVariables,
});
