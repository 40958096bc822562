import type { DeliveryCount, LogEntry } from '../ports.ts';
import { isoMicros } from '../time.ts';
import { PrefectHttpError } from './api-errors.ts';
import type { PrefectClient } from './client.ts';

/** Characters that wait at most, over all lines. */
const mostWaiting = 8 * 1024 * 1024;
/** Lines that leave together at most: a server works longer at one big insert than at several small ones. */
const mostTogether = 500;

/** Log lines on their way: in batches, each given to the server once, the oldest dropped when it stays away. */
export class LogBatches {
  readonly #client: PrefectClient;
  #lines: { readonly text: string }[] = [];
  #size = 0;
  #emitted = 0;
  #sent = 0;
  #dropped = 0;

  constructor(client: PrefectClient) {
    this.#client = client;
  }

  get waiting(): number {
    return this.#lines.length;
  }

  get isFull(): boolean {
    return this.#size >= this.#client.settings.logs.batchSize / 2;
  }

  add(entry: LogEntry): void {
    const text = JSON.stringify(this.#body(entry));
    this.#emitted += 1;
    this.#lines.push({ text });
    this.#size += text.length;
    while (this.#size > mostWaiting && this.#lines.length > 1) this.#dropFirst();
  }

  /**
   * Sends the oldest lines, as many as go together. What cannot be sent now waits, what is refused is dropped.
   * @throws PrefectApiError when the server does not take them now
   */
  async flush(): Promise<void> {
    const batch = this.#takeBatch();
    if (batch.length === 0) return;
    try {
      await this.#client.give('/logs/', `[${batch.map((each) => each.text).join(',')}]`);
      this.#sent += batch.length;
    } catch (error) {
      if (!this.#refuse(error, batch)) throw error;
    }
  }

  /** The queue makes way for what matters more. */
  dropAll(): void {
    while (this.#lines.length > 0) this.#dropFirst();
  }

  get count(): DeliveryCount {
    const [emitted, sent, dropped] = [this.#emitted, this.#sent, this.#dropped];
    // The server writes lines before it answers.
    return { emitted, sent, confirmed: sent, unconfirmed: emitted - sent - dropped, dropped, superseded: 0 };
  }

  #body(entry: LogEntry): object {
    const { maxSize } = this.#client.settings.logs;
    const message = entry.message.replaceAll('\0', '');
    return {
      name: entry.name,
      level: entry.level,
      message: message.length <= maxSize ? message : `${message.slice(0, maxSize - 20)}... [truncated]`,
      timestamp: isoMicros(entry.timestamp),
      flow_run_id: entry.flowRunId,
      task_run_id: entry.taskRunId,
    };
  }

  #takeBatch(): { readonly text: string }[] {
    const { batchSize } = this.#client.settings.logs;
    let size = 0;
    const past = this.#lines.findIndex((each, at) => (size += each.text.length) > batchSize || at === mostTogether);
    const taken = this.#lines.splice(0, past === -1 ? this.#lines.length : Math.max(1, past));
    this.#size -= taken.reduce((sum, each) => sum + each.text.length, 0);
    return taken;
  }

  /** Whether the batch is settled: refused for good. Else it waits again. */
  #refuse(error: unknown, batch: { readonly text: string }[]): boolean {
    if (error instanceof PrefectHttpError && error.status < 500 && error.status !== 401) {
      this.#dropped += batch.length;
      return true;
    }
    this.#lines.unshift(...batch);
    this.#size += batch.reduce((sum, each) => sum + each.text.length, 0);
    return false;
  }

  #dropFirst(): void {
    this.#size -= this.#lines.shift()?.text.length ?? 0;
    this.#dropped += 1;
  }
}
