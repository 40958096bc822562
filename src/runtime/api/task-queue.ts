import type { TaskStateChange } from '../ports.ts';

/** A change on its way. */
export interface Entry {
  readonly change: TaskStateChange;
  /** How many emitted changes it stands for: itself, and older ones that it made needless. */
  units: number;
  readonly bytes: number;
  /** Nothing older of its task run was ever given to the server: when it has a row of the run, that is of this change or a newer one. */
  isFirst: boolean;
  /** Changes of the same task run that wait before it. */
  readonly previous: Entry | undefined;
  waiting: boolean;
  /** Given to the server, or lost: nothing that goes back to the queue. */
  settled: boolean;
}

/** For states of runs that are over: a run that goes on is in memory anyway, and its newest state is little beside it. */
export interface QueueBounds {
  readonly maxEvents: number;
  /** Estimated, before JSON. */
  readonly maxBytes: number;
}

/** From so many on only the newest state of a task is kept. */
const crowd = 500;

/**
 * Changes that wait for the server, within bounds. Under pressure a newer state of a task takes the place of the
 * older ones: a task's last event alone makes a whole row.
 */
export class TaskQueue {
  readonly #bounds: QueueBounds;
  readonly #waiting = new Set<Entry>();
  readonly #latest = new Map<string, Entry>();
  #bytes = 0;
  #over = 0;
  /** Older states that were left out because a newer one goes. */
  superseded = 0;
  dropped = 0;

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** @param pressed the server is behind: keep newest states only */
  push(change: TaskStateChange, pressed: boolean): void {
    const before = this.#latest.get(change.run.id);
    const entry: Entry = { change, units: 1, bytes: weigh(change), isFirst: change.from === null, previous: before, waiting: true, settled: false };
    if (before !== undefined && (pressed || this.#waiting.size >= crowd)) this.#fold(before, entry);
    if (this.#hasRoom(entry)) this.#add(entry);
    else this.lose(entry);
  }

  /** The oldest changes, at most so many, no longer waiting. Of a crowd only the newest state of each task. */
  take(most: number): Entry[] {
    const isCrowded = this.#waiting.size >= crowd;
    const taken: Entry[] = [];
    for (const entry of this.#waiting) {
      if (taken.length >= most) break;
      const newest = this.#latest.get(entry.change.run.id);
      this.#remove(entry);
      if (isCrowded && newest !== undefined && newest !== entry) this.#supersede(entry, newest);
      else taken.push(entry);
    }
    return taken;
  }

  /** Gives back what could not be sent; its place is the front. */
  giveBack(taken: readonly Entry[]): void {
    const entries = taken.filter((each) => !each.settled);
    if (entries.length === 0) return;
    const rest = [...this.#waiting];
    this.#waiting.clear();
    for (const entry of entries) {
      this.#count(entry, 1);
      entry.waiting = true;
      // Who did not hear the answer cannot say that it did not arrive.
      entry.isFirst = false;
      if (!this.#latest.has(entry.change.run.id)) this.#latest.set(entry.change.run.id, entry);
    }
    for (const entry of [...entries, ...rest]) this.#waiting.add(entry);
  }

  /** Everything that still waits is lost, and counted. */
  dropAll(): void {
    for (const entry of this.take(Number.POSITIVE_INFINITY)) this.lose(entry);
  }

  /** Counts an entry, and what it stands for, as lost. */
  lose(entry: Entry): void {
    entry.settled = true;
    this.dropped += entry.units;
    this.superseded -= entry.units - 1;
  }

  #add(entry: Entry): void {
    this.#waiting.add(entry);
    this.#latest.set(entry.change.run.id, entry);
    this.#count(entry, 1);
  }

  #count(entry: Entry, by: 1 | -1): void {
    if (!isLast(entry)) return;
    this.#over += by;
    this.#bytes += by * entry.bytes;
  }

  #remove(entry: Entry): void {
    this.#waiting.delete(entry);
    this.#count(entry, -1);
    entry.waiting = false;
    if (this.#latest.get(entry.change.run.id) === entry) this.#latest.delete(entry.change.run.id);
  }

  #fold(before: Entry, into: Entry): void {
    for (let each: Entry | undefined = before; each?.waiting === true; each = each.previous) {
      this.#remove(each);
      this.#supersede(each, into);
    }
  }

  #supersede(entry: Entry, by: Entry): void {
    by.units += entry.units;
    by.isFirst ||= entry.isFirst;
    this.superseded += 1;
  }

  #hasRoom(entry: Entry): boolean {
    const { maxEvents, maxBytes } = this.#bounds;
    return !isLast(entry) || (this.#over < maxEvents && this.#bytes + entry.bytes <= maxBytes);
  }
}

function isLast({ change }: Entry): boolean {
  return change.endTime !== null;
}

/** About what a change holds in memory. */
function weigh(change: TaskStateChange): number {
  const inputs = Object.values(change.run.taskInputs).reduce((sum, each) => sum + each.length, 0);
  return 400 + 2 * (change.to.message?.length ?? 0) + 64 * inputs;
}
