import type { TaskRunRecord } from '../types.ts';
import { parseMicros } from '../time.ts';
import type { PrefectClient } from './client.ts';
import type { Entry } from './task-queue.ts';

/** A server gives no more rows at once. */
const page = 200;
/** Task runs in one count. A database takes only so many values in a question. */
const counted = 500;

/** When the server last heard of each of these task runs, in microseconds; what it does not have is not in it. */
export async function recordedTimes(client: PrefectClient, ids: readonly string[]): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (let start = 0; start < ids.length; start += page) {
    const body = { task_runs: { id: { any_: ids.slice(start, start + page) } }, limit: page };
    const rows = await client.json<TaskRunRecord[]>('POST', '/task_runs/filter', body, { maxRetries: 2 });
    for (const { id, state } of rows) if (state !== null) times.set(id, parseMicros(state.timestamp));
  }
  return times;
}

/**
 * How many of these task runs the server has a row of. To count costs it a twentieth of what rows do, as long as ids are
 * all that it is asked: with a state's name beside them SQLite goes through every run of the server that is in that state.
 */
export async function countRows(client: PrefectClient, ids: readonly string[]): Promise<number> {
  let count = 0;
  for (let start = 0; start < ids.length; start += counted) {
    const body = { task_runs: { id: { any_: ids.slice(start, start + counted) } } };
    count += await client.json<number>('POST', '/task_runs/count', body, { maxRetries: 2 });
  }
  return count;
}

/** Whether a state is in the server's row, or a newer one is. */
export function isRecorded(entry: Entry, times: ReadonlyMap<string, number>): boolean {
  return (times.get(entry.change.run.id) ?? 0) >= entry.change.to.timestamp;
}
