import type { TaskRun } from './task-run.ts';

/** Where submitted tasks run, and how many at a time. A task takes its place when its inputs are there. */
export interface TaskRunner {
  readonly name: string;
  /** True when a task may have to wait for a place. */
  readonly bounded: boolean;
  /** Waits for a place; the answer gives it back. Rejects when the signal aborts first. */
  enter(signal: AbortSignal): (() => void) | Promise<() => void>;
  /** Runs the function of a task, somewhere. */
  call(run: TaskRun, args: readonly unknown[]): unknown;
  /** The flow is over. */
  close(): Promise<void>;
}

const nothing = (): void => undefined;

/** Runs tasks side by side in this process, `maxWorkers` at a time. The default has no bound. */
export function concurrent({ maxWorkers = Infinity }: { readonly maxWorkers?: number } = {}): TaskRunner {
  const places = new Places(maxWorkers);
  return {
    name: 'concurrent',
    bounded: maxWorkers !== Infinity,
    enter: (signal) => (maxWorkers === Infinity ? nothing : places.take(signal)),
    call: callHere,
    close: async () => undefined,
  };
}

export function callHere(run: TaskRun, args: readonly unknown[]): unknown {
  return run.spec.fn.apply(run.self as never, args as never[]);
}

/** A number of places, given out in the order in which they were asked for. */
export class Places {
  readonly #most: number;
  #taken = 0;
  readonly #queue: { readonly enter: () => void; readonly signal: AbortSignal }[] = [];

  constructor(most: number) {
    if (!(most >= 1)) throw new RangeError(`maxWorkers must be at least 1, and is ${most}.`);
    this.#most = most;
  }

  take(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        this.#taken += 1;
        resolve(() => this.#free());
      };
      const waiter = { enter, signal };
      const leave = (): void => {
        const at = this.#queue.indexOf(waiter);
        if (at >= 0) this.#queue.splice(at, 1);
        reject(signal.reason as Error);
      };
      if (signal.aborted) return reject(signal.reason as Error);
      if (this.#taken < this.#most) return enter();
      signal.addEventListener('abort', leave, { once: true });
      this.#queue.push(waiter);
    });
  }

  #free(): void {
    this.#taken -= 1;
    this.#queue.shift()?.enter();
  }
}
