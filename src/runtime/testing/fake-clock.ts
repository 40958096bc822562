import type { Clock } from '../ports.ts';

interface Waiter {
  readonly at: number;
  readonly call: () => void;
}

/**
 * Time that goes on only when all else has come to rest: what sleeps an hour in production takes no time in a test, and
 * in the same order.
 */
export class FakeClock implements Clock {
  #now: number;
  #waiters: Waiter[] = [];
  #moving = false;
  /** Every sleep that was asked for, in milliseconds. */
  readonly sleeps: number[] = [];

  constructor(start = Date.UTC(2026, 0, 1) * 1000) {
    this.#now = start;
  }

  now(): number {
    this.#now += 1;
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.sleeps.push(milliseconds);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const back = this.timer(milliseconds, () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      const stop = (): void => {
        back();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  timer(milliseconds: number, call: () => void): () => void {
    const waiter = { at: this.#now + Math.round(milliseconds * 1000), call };
    this.#waiters.push(waiter);
    this.#move();
    return () => {
      this.#waiters = this.#waiters.filter((each) => each !== waiter);
    };
  }

  /** Two turns of the event loop without anything to do: then the next waiter is due. */
  #move(): void {
    if (this.#moving) return;
    this.#moving = true;
    setTimeout(() => {
      setImmediate(() => {
        this.#moving = false;
        const next = this.#waiters.reduce<Waiter | undefined>(
          (first, each) => (first === undefined || each.at < first.at ? each : first),
          undefined,
        );
        if (next === undefined) return;
        this.#waiters = this.#waiters.filter((each) => each !== next);
        this.#now = Math.max(this.#now, next.at);
        next.call();
        if (this.#waiters.length > 0) this.#move();
      });
    }, 0);
  }
}
