/** What an arrival is. */
import type { Arrivals } from '../extractors/arrivals.ts';
import { completeRows, firstOfEach } from '../rows.ts';

const NEEDED = ['record_id', 'occurred_at', 'amount'] as const;
const UNKNOWN = 'unknown';

export type CleanArrivals = ReturnType<typeof cleanArrivals>[number];

/**
 * Keep the flights that arrived, each once, and count each as one.
 *
 * # FLOW: extract→clean(arrivals)→calculate
 *
 * @param raw the columns of the extractor; `amount` is minutes late
 * @returns `amount` is 1; no flight twice, none without number, time or delay; a blank state reads UNKNOWN
 */
export function cleanArrivals(raw: readonly Arrivals[]) {
  const arrived = firstOfEach(completeRows(raw, NEEDED), (row) => row.record_id);
  return arrived.map((row) => ({ ...row, origin_state: row.origin_state?.trim() || UNKNOWN, amount: 1 }));
}
