import type { StageItem } from '../../../src/generate/define-stage.ts';
import type { KindOption } from '../../../src/generate/kind-options.ts';
import { refuse } from '../../../src/generate/answers/checked.ts';
import { defineKind } from '../../../src/generate/define-stage.ts';
import { typescriptPair } from '../../../src/generate/typescript-stage.ts';
import { contractOf, contractOption } from '../../contract.ts';
import { checkCursor, cursorModules, cursorModulesInTypescript, cursorOf, cursorOptions } from '../../cursor.ts';
import { databaseOption, sqlAddress, sqlReading } from '../../databases.ts';

/** The modules that read for it, where the one that every database has does not. */
function readers(item: StageItem): string[] {
  if (item.options['batch_rows']) return ['contract', 'sql_batches'];
  return contractOf(item) === '' ? [] : ['contract', 'sql_contract'];
}

const batchOption: KindOption = {
  key: 'batch_rows',
  label: { en: 'Rows of a batch', es: 'Filas por lote' },
  help: { en: 'For more rows than fit in memory: how many are there at a time, on their way to parquet files: 100000', es: 'Si hay más filas de las que caben en memoria: cuántas hay a la vez, camino de archivos parquet: 100000' },
  placeholder: 'number',
  initial: '',
  check: (text) => (/^[1-9][0-9]{0,6}$/.test(text) ? undefined : refuse('It is not a number from 1 to 9999999.', 'No es un número de 1 a 9999999.')),
};

export const kind = defineKind({
  rank: 1,
  label: { en: 'sql: a query in a database', es: 'sql: una consulta en una base de datos' },
  source: 'sql',
  fields: (item, view) => {
    checkCursor(item, view);
    return [];
  },
  data: (item) => ({ role: 'other', clean: `clean_${item.name}`, contract: contractOf(item), ...cursorOf(item), batchRows: Number(item.options['batch_rows'] ?? '') }),
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
    options: [contractOption, ...cursorOptions],
    modules: (item) => [...(contractOf(item) === '' ? [] : ['src/core/contract.ts', 'src/core/sql-contract.ts']), ...cursorModulesInTypescript(item)],
    address: () => 'duckdb:///data/warehouse.duckdb',
  },
  modules: (item) => [...readers(item).map((name) => `src/core/${name}.py`), ...cursorModules(item)],
  options: [databaseOption, contractOption, ...cursorOptions, batchOption],
  requirements: sqlReading,
  address: sqlAddress,
});
