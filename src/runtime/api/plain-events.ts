import type { DeliveryCount } from '../ports.ts';
import { isRefusal } from './api-errors.ts';
import type { PrefectClient } from './client.ts';

const mostWaiting = 1000;
const batchSize = 250;

/** Events that are no states of task runs: given to the server once, which is all that can be known of them. */
export class PlainEvents {
  readonly #client: PrefectClient;
  readonly #waiting: object[] = [];
  #emitted = 0;
  #sent = 0;
  #dropped = 0;

  constructor(client: PrefectClient) {
    this.#client = client;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  add(event: object): void {
    this.#emitted += 1;
    if (this.#waiting.length >= mostWaiting) this.#dropped += 1;
    else this.#waiting.push(event);
  }

  /** @throws PrefectApiError when they cannot be sent now; they wait on */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const events = this.#waiting.slice(0, batchSize);
      const taken = await this.#post(events);
      this.#waiting.splice(0, events.length);
      if (taken) this.#sent += events.length;
      else this.#dropped += events.length;
    }
  }

  dropWaiting(): void {
    this.#dropped += this.#waiting.length;
    this.#waiting.length = 0;
  }

  get count(): DeliveryCount {
    const [emitted, sent, dropped] = [this.#emitted, this.#sent, this.#dropped];
    return { emitted, sent, confirmed: sent, unconfirmed: emitted - sent - dropped, dropped, superseded: 0 };
  }

  async #post(events: readonly object[]): Promise<boolean> {
    try {
      await this.#client.json('POST', '/events', events);
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }
}
