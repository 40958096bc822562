import type { Write } from '../src/config/config.ts';
import type { KindKey } from '../src/config/stage-kinds.ts';

/** The keys of config.yaml of a loader that keeps rows, and the ways in which it can write them. */
export function storeKeys(writes: readonly Write[]): readonly KindKey[] {
  return [
    {
      key: 'write',
      help: { en: 'What becomes of the rows that are there, in dlt’s words.', es: 'Qué pasa con las filas que ya están, con los nombres de dlt.' },
      values: writes,
      required: true,
    },
    {
      key: 'strategy',
      help: { en: 'How rows are merged; delete-insert when nothing is said.', es: 'Cómo se fusionan las filas; si no se dice, delete-insert.' },
      values: ['delete-insert', 'upsert', 'insert-only', 'scd2'],
    },
    {
      key: 'keys',
      help: {
        en: 'The columns that tell apart rows (merge), loads (append) or partitions (replace_partitions).',
        es: 'Las columnas que distinguen filas (merge), cargas (append) o particiones (replace_partitions).',
      },
      form: 'columns',
    },
    {
      key: 'table',
      help: {
        en: 'The table or the folder, when it is not named like the stage: kpi_daily or mart.kpi_daily.',
        es: 'La tabla o la carpeta, si no se llama como la etapa: kpi_daily o mart.kpi_daily.',
      },
      form: 'table',
    },
  ];
}
