import type { TaskStateChange } from '../ports.ts';
import type { PrefectClient } from './client.ts';
import { isRefusal } from './api-errors.ts';
import { Outstanding } from './outstanding.ts';
import { Pace } from './pace.ts';
import { findRecorded } from './recorded-runs.ts';
import { isRecorded, recordedTimes } from './server-rows.ts';
import { taskEvent } from './task-event.ts';
import type { Entry } from './task-queue.ts';
import { TaskQueue } from './task-queue.ts';
import { steadyMs } from '../time.ts';
import { uuid7 } from '../uuid.ts';

/** Events in one POST. */
const batchSize = 250;
/** Events with one marker: a server that does ten a second must be seen to move. */
const markedSize = 50;
/**
 * How long a row may come after the rows of later events, doubled each time. A server keeps what its database refused
 * for a moment until its next flush, which is five seconds by default, one event each.
 */
const graceMs = 6000;
/** A task run is posted so often, and then stays unconfirmed. */
const mostPosts = 4;
/** Without any new row for so long, the server may have lost what waited in its memory. */
const stallMs = 20_000;

/**
 * Takes changes of task runs to the server and makes sure that they are there. A server answers 204 to events that it
 * drops afterwards: so only so many are on their way at once, every task run is looked up in the server's rows, and
 * what is not there is sent again.
 */
export class TaskDelivery {
  readonly #client: PrefectClient;
  readonly #queue: TaskQueue;
  readonly #outstanding = new Outstanding();
  readonly #pace = new Pace();
  /** The settings' window; less after the server dropped something. */
  #most: number;
  #inFlight = 0;
  #stalls = 0;
  /** When the server was last asked, or given something when it had nothing; milliseconds. */
  #lookedAt = 0;
  /** How many looks found nothing new since something was found. */
  #quiet = 0;
  /** When a row was last seen to come; milliseconds. */
  lastProgress = steadyMs();
  /** Changes, as they came. */
  emitted = 0;
  /** Changes that the server was given; each counted once. */
  sent = 0;
  confirmed = 0;
  resent = 0;

  constructor(client: PrefectClient) {
    const { window, maxEvents, maxBytes } = client.settings.report;
    this.#client = client;
    this.#queue = new TaskQueue({ maxEvents, maxBytes });
    this.#most = window;
  }

  get queued(): number {
    return this.#queue.size + this.#inFlight;
  }

  get dropped(): number {
    return this.#queue.dropped;
  }

  get superseded(): number {
    return this.#queue.superseded;
  }

  get isSettled(): boolean {
    return this.queued === 0 && this.#outstanding.posted.size === 0;
  }

  get #window(): number {
    return this.#pace.window(this.#most);
  }

  push(change: TaskStateChange): void {
    this.emitted += 1;
    this.#queue.push(change, this.#outstanding.messages >= this.#window);
  }

  dropWaiting(): void {
    this.#queue.dropAll();
  }

  /** Posts the next batch, when there is one and the window has room for it. */
  async post(): Promise<boolean> {
    const room = Math.min(batchSize, this.#window - this.#outstanding.messages);
    const entries = room > 0 ? this.#queue.take(room) : [];
    if (entries.length === 0) return false;
    if (this.#outstanding.messages === 0) this.#lookedAt = steadyMs();
    this.#inFlight = entries.length;
    try {
      await this.#postAll(entries);
    } finally {
      this.#inFlight = 0;
      this.#queue.giveBack(entries);
    }
    return true;
  }

  /** Looks up what was posted, and sends again what is not there. Whether anything moved. */
  async look(): Promise<boolean> {
    if (this.#outstanding.posted.size === 0) return false;
    const passed = await this.#lookAtMarkers();
    const confirmed = await this.#lookAtRuns();
    const again = await this.#sendAgain();
    if (passed || confirmed > 0) this.#advance();
    const moved = passed || confirmed > 0 || again;
    this.#quiet = moved ? 0 : this.#quiet + 1;
    this.#lookedAt = steadyMs();
    return moved;
  }

  /** How long the server is left alone before the next look. */
  get pauseMs(): number {
    return this.#lookedAt + this.#pace.pauseMs(this.#outstanding.messages, this.#quiet) - steadyMs();
  }

  /** While a run goes on, only a full window, or an old batch, is worth a question. */
  isLookDue(draining: boolean): boolean {
    if (this.pauseMs > 0) return false;
    const oldest = this.#outstanding.batches[0]?.postedAt ?? steadyMs();
    return draining || this.#outstanding.messages >= this.#window / 2 || steadyMs() - oldest > 10_000;
  }

  /** A batch that the server refuses is halved until the one event is found that it refuses. */
  async #postAll(entries: readonly Entry[]): Promise<void> {
    try {
      await this.#send(entries);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await this.#postHalves(entries);
      return;
    }
    for (const each of entries) each.settled = true;
    this.sent += entries.length;
    this.#note(entries);
  }

  #note(entries: readonly Entry[]): void {
    for (let start = 0; start < entries.length; start += markedSize) this.#outstanding.add(entries.slice(start, start + markedSize), steadyMs());
  }

  async #postHalves(entries: readonly Entry[]): Promise<void> {
    const [first] = entries;
    if (first === undefined) return;
    if (entries.length === 1) {
      this.#queue.lose(first);
      return;
    }
    const middle = Math.ceil(entries.length / 2);
    await this.#postAll(entries.slice(0, middle));
    await this.#postAll(entries.slice(middle));
  }

  async #send(entries: readonly Entry[]): Promise<void> {
    await this.#client.json(
      'POST',
      '/events',
      entries.map(eventOf),
    );
  }

  async #lookAtMarkers(): Promise<boolean> {
    const open = this.#outstanding.batches.filter((each) => each.passedAt === null);
    const since = Math.max(open[0]?.postedAt ?? 0, this.lastProgress);
    const times = await recordedTimes(this.#client, [...new Set(open.map((each) => each.marker.change.run.id))]);
    const passed = this.#outstanding.pass((entry) => isRecorded(entry, times), steadyMs());
    this.#pace.learn(passed, steadyMs() - since);
    if (passed === 0 && this.#isStalled()) this.#outstanding.passAll(steadyMs());
    return passed > 0;
  }

  async #lookAtRuns(): Promise<number> {
    const doubtful = this.#outstanding.takeDoubtful(steadyMs());
    let confirmed = 0;
    for (const id of await findRecorded(this.#client, doubtful, this.#outstanding.posted)) confirmed += this.#outstanding.confirm(id);
    this.confirmed += confirmed;
    return confirmed;
  }

  async #sendAgain(): Promise<boolean> {
    const missing = this.#outstanding.takeMissing(steadyMs(), graceMs);
    if (missing.length === 0) return false;
    // The server dropped some: fewer at once from here on.
    this.#most = Math.max(batchSize, Math.floor(this.#window / 2));
    const again = missing.filter((each) => each.posts < mostPosts).map((each) => each.entry);
    for (const each of missing) if (each.posts >= mostPosts) this.#outstanding.posted.delete(each.entry.change.run.id);
    for (let start = 0; start < again.length; start += batchSize)
      await this.#postAgain(again.slice(start, start + batchSize));
    return again.length > 0;
  }

  /**
   * Noted first: when the POST fails, they are missed once more, and go again. The second time under a new id, because a
   * server leaves out an id that it saw among its last thousand, even when it lost what came with it.
   */
  async #postAgain(entries: readonly Entry[]): Promise<void> {
    this.#note(entries);
    this.resent += entries.length;
    const posts = (entry: Entry): number => this.#outstanding.posted.get(entry.change.run.id)?.posts ?? 0;
    await this.#client.json('POST', '/events', entries.map((each) => ({ ...eventOf(each), ...(posts(each) > 2 ? { id: uuid7(Date.now()) } : {}) })));
  }

  #advance(): void {
    this.lastProgress = steadyMs();
    this.#stalls = 0;
    this.#most = Math.min(this.#client.settings.report.window, this.#most + batchSize / 2);
  }

  /** Longer each time: a server that is only slow must not get everything twice. */
  #isStalled(): boolean {
    const oldest = this.#outstanding.batches.find((each) => each.passedAt === null)?.postedAt ?? steadyMs();
    if (steadyMs() - Math.max(oldest, this.lastProgress) < stallMs * 2 ** this.#stalls) return false;
    this.#stalls += 1;
    return true;
  }
}

function eventOf({ change, units }: Entry): object {
  return taskEvent(change, units > 1);
}
