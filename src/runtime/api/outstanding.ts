import type { Entry } from './task-queue.ts';

/** A task run's newest posted state, until the server shows it. */
export interface Posted {
  readonly entry: Entry;
  /** Emitted changes that are confirmed with it. */
  readonly units: number;
  /** How often it was posted. */
  readonly posts: number;
  readonly batch: Batch;
}

/** What one POST carried. */
export interface Batch {
  readonly runs: Set<string>;
  readonly messages: number;
  /** The last change in it: messages are worked off in order, so when the server has it, it is through with the batch. */
  readonly marker: Entry;
  readonly postedAt: number;
  /** When the server was seen to be through with it; milliseconds. */
  passedAt: number | null;
  /** Its runs are looked up then; milliseconds. Each look that leaves some of them open doubles the wait. */
  askAt: number;
  asked: number;
}

/** The wait before runs that were not there are looked up again; doubled each time. */
const askAgainMs = 100;

/** What was posted and is not yet seen in the server's rows: at most one state a task run. */
export class Outstanding {
  readonly posted = new Map<string, Posted>();
  batches: Batch[] = [];
  /** Messages that the server has still to work off, as far as is known. */
  messages = 0;

  /** Notes a batch that the server took. */
  add(entries: readonly Entry[], now: number): void {
    const marker = entries.at(-1);
    if (marker === undefined) return;
    const batch: Batch = { runs: new Set(), messages: entries.length, marker, postedAt: now, passedAt: null, askAt: 0, asked: 0 };
    for (const entry of entries) this.#note(entry, batch);
    this.batches.push(batch);
    this.messages += batch.messages;
  }

  /** A newer state is what counts of a task run, in the batch that carried it. */
  #note(entry: Entry, batch: Batch): void {
    const id = entry.change.run.id;
    const before = this.posted.get(id);
    before?.batch.runs.delete(id);
    batch.runs.add(id);
    const again = before?.entry === entry;
    const units = again ? before.units : entry.units + (before?.units ?? 0);
    this.posted.set(id, { entry, units, posts: again ? before.posts + 1 : 1, batch });
  }

  /** The batches up to the last one whose marker the server shows are through. How many messages that were. */
  pass(isRecorded: (entry: Entry) => boolean, now: number): number {
    const last = this.batches.findLastIndex((each) => each.passedAt === null && isRecorded(each.marker));
    return this.#passUpTo(last + 1, now);
  }

  /** Nothing comes any more: every batch counts as worked off. */
  passAll(now: number): void {
    this.#passUpTo(this.batches.length, now);
  }

  #passUpTo(end: number, now: number): number {
    const passed = this.batches.slice(0, end).filter((each) => each.passedAt === null);
    const messages = passed.reduce((sum, each) => sum + each.messages, 0);
    for (const each of passed) each.passedAt = now;
    this.messages -= messages;
    return messages;
  }

  /** Forgets a task run whose newest state is there, and says how many changes are confirmed by that. */
  confirm(id: string): number {
    const found = this.posted.get(id);
    found?.batch.runs.delete(id);
    this.posted.delete(id);
    return found?.units ?? 0;
  }

  /** Batches that the server is through with, of which it was not seen to have everything; not the same ones all the time. */
  takeDoubtful(now: number): Batch[] {
    const due = this.batches.filter((each) => each.passedAt !== null && each.askAt <= now && each.runs.size > 0);
    for (const each of due) {
      each.askAt = now + askAgainMs * 2 ** Math.min(each.asked, 6);
      each.asked += 1;
    }
    return due;
  }

  /** What passed batches still lack after so long; those batches are settled then. */
  takeMissing(now: number, graceMs: number): Posted[] {
    const isOverdue = ({ passedAt, runs }: Batch): boolean => {
      const posts = Math.max(1, ...[...runs].map((id) => this.posted.get(id)?.posts ?? 1));
      return passedAt !== null && now - passedAt >= graceMs * 2 ** (posts - 1);
    };
    const overdue = this.batches.filter(isOverdue);
    this.batches = this.batches.filter((each) => each.passedAt === null || (each.runs.size > 0 && !overdue.includes(each)));
    return overdue.flatMap((each) => [...each.runs]).map((id) => this.posted.get(id)).filter((each) => each !== undefined);
  }
}
