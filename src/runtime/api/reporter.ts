import type { DeliveryCount, DrainReport, LogEntry, TaskStateChange } from '../ports.ts';
import { steadyMs } from '../time.ts';
import { PrefectHttpError, PrefectUnreachable } from './api-errors.ts';
import type { PrefectClient } from './client.ts';
import { LogBatches } from './log-batches.ts';
import { PlainEvents } from './plain-events.ts';
import { TaskDelivery } from './task-delivery.ts';
import { Wakeable } from './wakeable.ts';

/** A server that answers with a fault of its own is asked so often before the end of a run goes on without it. */
const mostTries = 4;

/** What arrives within it leaves together. */
const gatherMs = 50;

/**
 * Delivers changes of task runs, events and log lines in the background: one request after the other, so that order is
 * kept. A run never waits for it before its end, and there no longer than the settings say.
 */
export class Reporter {
  readonly #client: PrefectClient;
  readonly #tasks: TaskDelivery;
  readonly #plain: PlainEvents;
  readonly #logs: LogBatches;
  readonly #wake = new Wakeable();
  #running = false;
  #draining = false;
  #idle = false;
  #lastLogs = steadyMs();
  #trouble: string | null = null;
  /** How often in a row there was trouble that may pass. */
  #tries = 0;

  constructor(client: PrefectClient) {
    this.#client = client;
    this.#tasks = new TaskDelivery(client);
    this.#plain = new PlainEvents(client);
    this.#logs = new LogBatches(client);
  }

  emitTaskState(change: TaskStateChange): void {
    this.#tasks.push(change);
    this.#start();
  }

  emitEvent(event: object): void {
    this.#plain.add(event);
    this.#start();
  }

  log(entry: LogEntry): void {
    if (!this.#client.settings.logs.enabled) return;
    this.#logs.add(entry);
    this.#start();
  }

  /** Ends when everything is confirmed, the time is up, the server makes no progress, or it does not answer. */
  async drain(): Promise<DrainReport> {
    const until = steadyMs() + this.#client.settings.report.drainMs;
    this.#draining = true;
    this.#tasks.lastProgress = steadyMs();
    this.#trouble = null;
    this.#tries = 0;
    this.#wake.wake();
    let reason: string | null = null;
    while (!this.#isSettled() && reason === null) {
      if (!this.#running) this.#start();
      await this.#wake.progress(Math.min(1000, until - steadyMs()));
      reason = this.#reasonToEnd(until);
    }
    this.#draining = false;
    if (reason !== null) this.#giveUp();
    return { events: this.#events(), logs: this.#logs.count, resent: this.#tasks.resent, reason };
  }

  /** At any moment: `emitted = sent + dropped + superseded + queued`. */
  get counts(): { readonly events: DeliveryCount; readonly queued: number } {
    return { events: this.#events(), queued: this.#tasks.queued + this.#plain.queued };
  }

  get #hasGivenUp(): boolean {
    return this.#trouble !== null && this.#tries >= mostTries;
  }

  #isSettled(): boolean {
    return this.#tasks.isSettled && this.#plain.queued === 0 && this.#logs.waiting === 0;
  }

  #reasonToEnd(until: number): string | null {
    if (this.#isSettled()) return null;
    if (this.#hasGivenUp) return this.#trouble;
    const { drainMs, stallMs } = this.#client.settings.report;
    if (steadyMs() >= until) return `the ${drainMs / 1000} s for it were over (KPI_FLOW_REPORT_SECONDS sets them)`;
    const isStalled = steadyMs() - this.#tasks.lastProgress >= stallMs;
    return isStalled
      ? `the server recorded nothing for ${stallMs / 1000} s (KPI_FLOW_REPORT_STALL_SECONDS sets them)`
      : null;
  }

  #giveUp(): void {
    this.#tasks.dropWaiting();
    this.#plain.dropWaiting();
    this.#logs.dropAll();
  }

  #events(): DeliveryCount {
    const [tasks, plain] = [this.#tasks, this.#plain.count];
    const emitted = tasks.emitted + plain.emitted;
    const dropped = tasks.dropped + plain.dropped;
    const confirmed = tasks.confirmed + plain.confirmed;
    const unconfirmed = emitted - confirmed - dropped;
    return { emitted, sent: tasks.sent + plain.sent, confirmed, unconfirmed, dropped, superseded: tasks.superseded };
  }

  #start(): void {
    if (this.#running) return this.#wakeIdle();
    this.#running = true;
    void this.#run().finally(() => {
      this.#running = false;
      this.#wake.announce();
    });
  }

  /** There is something again: it leaves after the usual moment, not at the end of a long sleep. */
  #wakeIdle(): void {
    if (!this.#idle) return;
    this.#idle = false;
    setTimeout(() => this.#wake.wake(), gatherMs).unref();
  }

  /** Goes on until nothing is left to do. */
  async #run(): Promise<void> {
    await this.#wake.sleep(this.#draining ? 0 : gatherMs);
    while (!this.#isSettled()) {
      const goesOn = await this.#step();
      this.#wake.announce();
      if (this.#hasGivenUp && this.#draining) return;
      if (!goesOn) await this.#rest();
    }
  }

  async #rest(): Promise<void> {
    this.#idle = this.#trouble === null && this.#tasks.queued === 0;
    await this.#wake.sleep(this.#pauseMs());
    this.#idle = false;
  }

  /** Whether there may be more to do at once: after a POST, and after a look that made room for one. */
  async #step(): Promise<boolean> {
    try {
      await this.#plain.flush();
      const posted = await this.#tasks.post();
      const logged = this.#areLogsDue() && (await this.#flushLogs());
      const moved = !posted && this.#tasks.isLookDue(this.#draining) && (await this.#tasks.look());
      this.#trouble = null;
      this.#tries = 0;
      return posted || logged || moved;
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
      this.#tries = mayPass(error) ? this.#tries + 1 : mostTries;
      return false;
    }
  }

  #pauseMs(): number {
    if (this.#trouble !== null) return this.#draining ? 1000 : 5000;
    if (this.#draining || this.#tasks.queued > 0) return this.#tasks.pauseMs;
    return Math.max(gatherMs, Math.min(5000, this.#msToLogs()));
  }

  #msToLogs(): number {
    return this.#logs.waiting > 0 ? this.#lastLogs + this.#client.settings.logs.intervalMs - steadyMs() : 5000;
  }

  #areLogsDue(): boolean {
    return this.#logs.waiting > 0 && (this.#draining || this.#logs.isFull || this.#msToLogs() <= 0);
  }

  /** One batch, so that task runs do not wait for all of them. Whether there are more. */
  async #flushLogs(): Promise<boolean> {
    await this.#logs.flush();
    this.#tasks.lastProgress = steadyMs();
    if (this.#logs.waiting === 0) this.#lastLogs = steadyMs();
    return this.#logs.waiting > 0;
  }
}

/** A fault of the server, whose database may have been busy; who cannot be reached was tried often enough, and a no is a no. */
function mayPass(error: unknown): boolean {
  return !(error instanceof PrefectUnreachable) && !(error instanceof PrefectHttpError && error.status < 500);
}
