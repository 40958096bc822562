import type { PrefectClient } from './client.ts';
import type { Batch, Outstanding } from './outstanding.ts';
import { countIn, isRecorded, recordedTimes } from './server-rows.ts';
import type { Entry } from './task-queue.ts';

/**
 * Which task runs of these batches are in the server's rows as they were last posted. Counts say that of many at once,
 * and rows are read only where a count has twice not been enough: the server is busy, and a row costs it what a
 * tenth of a message does.
 */
export async function findRecorded(client: PrefectClient, batches: readonly Batch[], posted: Outstanding['posted']): Promise<string[]> {
  const entriesOf = (some: readonly Batch[]): Entry[] => some.flatMap(({ runs }) => [...runs]).flatMap((id) => posted.get(id)?.entry ?? []);
  const found: string[] = [];
  const left = entriesOf(batches).filter((each) => !isToldByName(each));
  const fresh = batches.filter(({ asked }) => asked === 1);
  const groups = [fresh, ...batches.filter(({ asked }) => asked > 1).map((each) => [each])];
  for (const group of groups) {
    for (const [name, entries] of byName(entriesOf(group).filter(isToldByName))) {
      const ids = entries.map(idOf);
      if ((await countIn(client, name, ids)) === ids.length) found.push(...ids);
      else if (group !== fresh) left.push(...entries);
    }
  }
  const times = await recordedTimes(client, left.map(idOf));
  return [...found, ...left.filter((each) => isRecorded(each, times)).map(idOf)];
}

/** Whether a row whose state has that name can only be of this change: a task run is over once in each way. */
function isToldByName({ change }: Entry): boolean {
  return change.endTime !== null && change.from?.name !== change.to.name;
}

function byName(entries: readonly Entry[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { name } = entry.change.to;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [entry]);
    else group.push(entry);
  }
  return groups;
}

function idOf({ change }: Entry): string {
  return change.run.id;
}
