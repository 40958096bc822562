/** What an arrival on time is. */
import type { OnTimeArrivals } from '../extractors/on_time_arrivals.ts';
import { completeRows, firstOfEach } from '../rows.ts';

const NEEDED = ['record_id', 'occurred_at', 'amount'] as const;
const UNKNOWN = 'unknown';

/** The rule of the U.S. Department of Transportation: 14 minutes late is on time. */
const LATE_FROM_MINUTES = 15;

export type CleanOnTimeArrivals = ReturnType<typeof cleanOnTimeArrivals>[number];

/**
 * Keep the flights that arrived on time, each once, and count each as one.
 *
 * # FLOW: extract→clean(on_time_arrivals)→calculate
 *
 * @param raw the columns of the extractor; `amount` is minutes late
 * @returns `amount` is 1; no flight twice, none without number, time or delay; a blank state reads UNKNOWN
 */
export function cleanOnTimeArrivals(raw: readonly OnTimeArrivals[]) {
  const arrived = firstOfEach(completeRows(raw, NEEDED), (row) => row.record_id);
  const onTime = arrived.filter((row) => row.amount < LATE_FROM_MINUTES);
  return onTime.map((row) => ({ ...row, origin_state: row.origin_state?.trim() || UNKNOWN, amount: 1 }));
}
