/**
 * What the data of an input looks like: records as they come, of which one may stand twice; each record once; records
 * counted in columns; one row a period; or nobody knows.
 */
export type InputForm = 'raw' | 'records' | 'counted' | 'periods' | 'unknown';

/** Whether each row is a record, with its moment and the columns of an extractor. */
export function isRecords(form: InputForm): boolean {
  return form === 'raw' || form === 'records';
}
