import type { StageItem } from '../src/generate/define-stage.ts';
import type { KindOption } from '../src/generate/kind-options.ts';
import { refuse } from '../src/generate/answers/checked.ts';

/** How many rows are in memory at a time, for what does not fit there: the same words for every kind. */
export const batchOption: KindOption = {
  key: 'batch_rows',
  label: { en: 'Rows of a batch', es: 'Filas por lote' },
  help: { en: 'For more rows than fit in memory: how many are there at a time, on their way to parquet files: 100000', es: 'Si hay más filas de las que caben en memoria: cuántas hay a la vez, camino de archivos parquet: 100000' },
  placeholder: 'number',
  initial: '',
  check: (text) => (/^[1-9][0-9]{0,6}$/.test(text) ? undefined : refuse('It is not a number from 1 to 9999999.', 'No es un número de 1 a 9999999.')),
};

/** The rows of a batch, as a template needs them: 0 where all is read at once. */
export const batchRowsOf = ({ options }: StageItem): number => Number(options['batch_rows'] ?? '');

/** What reads a kind in batches. */
export const batchModules = (kind: 'sql' | 'api' | 'sap' | 'lake' | 'lake_contract', item: StageItem): string[] => (batchRowsOf(item) === 0 ? [] : [`src/core/${kind}_batches.py`, 'src/core/staging.py']);

/** The same in TypeScript: pages and batches come one by one anyway, so that it is the same for every kind. */
export const batchModulesInTypescript = (item: StageItem): string[] => (batchRowsOf(item) === 0 ? [] : ['src/core/staging.ts', 'src/core/temporary-folder.ts']);
