import type { PrefectClient } from './client.ts';
import type { Batch, Outstanding } from './outstanding.ts';
import { countRows, isRecorded, recordedTimes } from './server-rows.ts';
import type { Entry } from './task-queue.ts';

/**
 * Which task runs of these batches are in the server's rows as they were last posted. Where nothing older was posted, a
 * count says that of many at once. Rows are read of the others, and where a count has twice not been enough: the server
 * is busy, and a row costs it what a tenth of a message does.
 */
export async function findRecorded(client: PrefectClient, batches: readonly Batch[], posted: Outstanding['posted']): Promise<string[]> {
  const entriesOf = (some: readonly Batch[]): Entry[] => some.flatMap(({ runs }) => [...runs]).flatMap((id) => posted.get(id)?.entry ?? []);
  const found: string[] = [];
  const left = entriesOf(batches).filter((each) => !each.isFirst);
  const fresh = batches.filter(({ asked }) => asked === 1);
  const groups = [fresh, ...batches.filter(({ asked }) => asked > 1).map((each) => [each])];
  for (const group of groups) {
    const entries = entriesOf(group).filter((each) => each.isFirst);
    const ids = entries.map(idOf);
    if ((await countRows(client, ids)) === ids.length) found.push(...ids);
    else if (group !== fresh) left.push(...entries);
  }
  const times = await recordedTimes(client, left.map(idOf));
  return [...found, ...left.filter((each) => isRecorded(each, times)).map(idOf)];
}

function idOf({ change }: Entry): string {
  return change.run.id;
}
