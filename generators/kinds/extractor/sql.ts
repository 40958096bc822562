import type { StageItem } from '../../../src/generate/define-stage.ts';
import { defineKind } from '../../../src/generate/define-stage.ts';
import { typescriptPair } from '../../../src/generate/typescript-stage.ts';
import { batchModules, batchModulesInTypescript, batchOption, batchRowsOf } from '../../batches.ts';
import { contractModulesInTypescript, contractOf, contractOption } from '../../contract.ts';
import { checkCursor, cursorModules, cursorModulesInTypescript, cursorOf, cursorOptions } from '../../cursor.ts';
import { databaseOption, sqlAddress, sqlInTypescript, sqlReading } from '../../databases.ts';

/** The modules that read for it, where the one that every database has does not. */
function readers(item: StageItem): string[] {
  const staged = batchModules('sql', item);
  if (staged.length > 0) return ['src/core/contract.py', ...staged];
  return contractOf(item) === '' ? [] : ['src/core/contract.py', 'src/core/sql_contract.py'];
}

export const kind = defineKind({
  rank: 1,
  label: { en: 'sql: a query in a database', es: 'sql: una consulta en una base de datos' },
  source: 'sql',
  fields: (item, view) => {
    checkCursor(item, view);
    return [];
  },
  data: (item) => ({ role: 'other', clean: `clean_${item.name}`, contract: contractOf(item), ...cursorOf(item), batchRows: batchRowsOf(item) }),
  files: ({ name }) => [
    { template: 'stage/extractor/sql/extractor.py', path: `src/core/extractors/${name}.py`, owner: 'seed' },
    { template: 'stage/extractor/sql/extractor.sql', path: `src/core/extractors/${name}.sql`, owner: 'seed' },
    { template: 'stage/extractor/sql/test_extractor.py', path: `tests/unit/test_${name}.py`, owner: 'seed' },
  ],
  typescript: {
    files: ({ name }) => [
      ...typescriptPair('extractor/sql', 'extractor', `src/core/extractors/${name}.ts`, name),
      { template: 'stage/extractor/sql/extractor.sql', path: `src/core/extractors/${name}.sql`, owner: 'seed' },
    ],
    options: [sqlInTypescript.database, contractOption, ...cursorOptions, batchOption],
    modules: (item) => [...(contractOf(item) === '' ? [] : [...contractModulesInTypescript, 'src/core/sql-contract.ts']), ...batchModulesInTypescript(item), ...cursorModulesInTypescript(item), ...sqlInTypescript.modules(item)],
    requirements: sqlInTypescript.requirements,
    address: sqlInTypescript.address,
  },
  modules: (item) => [...readers(item), ...cursorModules(item)],
  options: [databaseOption, contractOption, ...cursorOptions, batchOption],
  requirements: sqlReading,
  address: sqlAddress,
});
