import type { StageItem } from '../../../src/generate/define-stage.ts';
import { defineKind } from '../../../src/generate/define-stage.ts';
import { typescriptPair } from '../../../src/generate/typescript-stage.ts';
import { batchModules, batchModulesInTypescript, batchOption, batchRowsOf } from '../../batches.ts';
import { contractModulesInTypescript, contractOf, contractOption } from '../../contract.ts';
import { checkCursor, cursorModules, cursorModulesInTypescript, cursorOf, cursorOptions } from '../../cursor.ts';
import { formatOf, formatOption, lakeAddress, lakeFields, lakeInTypescript, lakeReaders, lakeReading, lakeRequirements, lakeVariables, storeOption } from '../../lakes.ts';

/** The modules of a TypeScript repository that look at rows one by one. */
function rowByRow(item: StageItem): string[] {
  const reader = contractOf(item) === '' ? 'lake-json' : 'lake-contract';
  return contractOf(item) === '' && formatOf(item) !== 'json' ? [] : [...contractModulesInTypescript, 'src/core/json.ts', 'src/core/lake-rows.ts', `src/core/${reader}.ts`];
}

export const kind = defineKind({
  rank: 2,
  label: { en: 'datalake: files in folders, S3, Azure or Google Cloud', es: 'datalake: archivos en carpetas, S3, Azure o Google Cloud' },
  source: 'datalake',
  options: [storeOption, formatOption, contractOption, ...cursorOptions, batchOption],
  fields: (item, view) => {
    checkCursor(item, view);
    return [];
  },
  sourceFields: lakeFields,
  data: (item) => ({ role: 'other', clean: `clean_${item.name}`, ...lakeReading(item), contract: contractOf(item), ...cursorOf(item), batchRows: batchRowsOf(item) }),
  files: ({ name }) => [
    { template: 'stage/extractor/datalake/extractor.py', path: `src/core/extractors/${name}.py`, owner: 'seed' },
    { template: 'stage/extractor/datalake/test_extractor.py', path: `tests/unit/test_${name}.py`, owner: 'seed' },
  ],
  typescript: {
    ...lakeInTypescript,
    options: [...lakeInTypescript.options, contractOption, ...cursorOptions, batchOption],
    modules: (item) => [...lakeInTypescript.modules(item), ...rowByRow(item), ...batchModulesInTypescript(item), ...cursorModulesInTypescript(item)],
    variables: lakeVariables,
    files: ({ name }) => typescriptPair('extractor/datalake', 'extractor', `src/core/extractors/${name}.ts`, name),
  },
  modules: (item) => [...lakeReaders(item), ...batchModules(contractOf(item) === '' ? 'lake' : 'lake_contract', item), ...cursorModules(item)],
  requirements: lakeRequirements,
  address: lakeAddress,
  variables: lakeVariables,
});
