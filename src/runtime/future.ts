import { RunTimeout, UnfinishedRun } from './errors.ts';
import { awaitRun } from './engine/await-run.ts';
import type { AwaitedRun } from './engine/await-run.ts';
import type { State } from './state.ts';

export interface ResultOptions {
  /** Seconds to wait; without it, as long as it takes. */
  readonly timeout?: number;
}

/** A task run that was submitted. Not a promise on purpose: a flow may return it, and then its state decides. */
export class PrefectFuture<T> {
  readonly #run: AwaitedRun;

  constructor(run: AwaitedRun) {
    this.#run = run;
  }

  get taskRunId(): string {
    return this.#run.id;
  }

  get name(): string {
    return this.#run.name;
  }

  /** As it is now. */
  get state(): State<T> {
    return this.#run.state as State<T>;
  }

  /** The run behind it: for the engine. */
  get run(): AwaitedRun {
    return this.#run;
  }

  /** Waits until the run is over; never throws for what became of it. With a timeout in seconds it may come back earlier. */
  async wait(timeout?: number): Promise<State<T>> {
    await awaitRun(this.#run, timeout);
    return this.state;
  }

  result(options: ResultOptions & { readonly raiseOnFailure: false }): Promise<T | Error>;
  result(options?: ResultOptions): Promise<T>;
  async result({ timeout, raiseOnFailure = true }: ResultOptions & { readonly raiseOnFailure?: boolean } = {}): Promise<
    T | Error
  > {
    const over = await awaitRun(this.#run, timeout);
    if (!over) throw new RunTimeout(`Task run '${this.name}' did not finish within ${timeout ?? 0} second(s).`);
    return this.state.result({ raiseOnFailure });
  }

  /** Calls once when the run is over. */
  addDoneCallback(call: (future: PrefectFuture<T>) => void): void {
    void Promise.resolve(this.#run.done).then(() => call(this));
  }
}

/**
 * What `map` gives: futures that can be waited for as one. Mapped over a future, it does not know its items before that
 * is there: `await list.wait()` first, then it can be gone through.
 */
export class PrefectFutureList<T> {
  #futures: readonly PrefectFuture<T>[] | null = null;
  /** Resolves when the items are known; rejects when they never will be. */
  readonly known: Promise<void>;

  constructor(futures: readonly PrefectFuture<T>[] | Promise<readonly PrefectFuture<T>[]>) {
    if (Array.isArray(futures)) this.#futures = futures;
    this.known = this.#learn(futures);
    this.known.catch(() => undefined);
  }

  async #learn(futures: readonly PrefectFuture<T>[] | Promise<readonly PrefectFuture<T>[]>): Promise<void> {
    this.#futures = await futures;
  }

  get isKnown(): boolean {
    return this.#futures !== null;
  }

  get futures(): readonly PrefectFuture<T>[] {
    if (this.#futures === null)
      throw new UnfinishedRun(
        'This list of futures is mapped over a future that is not there yet: `await list.wait()` before you go through it.',
      );
    return this.#futures;
  }

  get length(): number {
    return this.futures.length;
  }

  at(index: number): PrefectFuture<T> | undefined {
    return this.futures.at(index);
  }

  [Symbol.iterator](): IterableIterator<PrefectFuture<T>> {
    return this.futures[Symbol.iterator]() as IterableIterator<PrefectFuture<T>>;
  }

  async wait(timeout?: number): Promise<State<T>[]> {
    await this.known;
    await waitFor(this.futures, timeout);
    return this.futures.map((each) => each.state);
  }

  /** The results in the order of the items; the first failure ends the waiting. */
  result(options: ResultOptions & { readonly raiseOnFailure: false }): Promise<(T | Error)[]>;
  result(options?: ResultOptions): Promise<T[]>;
  async result(options: ResultOptions & { readonly raiseOnFailure?: boolean } = {}): Promise<(T | Error)[]> {
    await this.known;
    return Promise.all(this.futures.map((each) => each.result(options as ResultOptions)));
  }
}

export interface DoneAndNotDone<T> {
  readonly done: ReadonlySet<PrefectFuture<T>>;
  readonly notDone: ReadonlySet<PrefectFuture<T>>;
}

/** Waits for all, or for as long as `timeout` says. */
export async function waitFor<T>(futures: readonly PrefectFuture<T>[], timeout?: number): Promise<DoneAndNotDone<T>> {
  const over = await Promise.all(futures.map((each) => awaitRun(each.run, timeout)));
  return {
    done: new Set(futures.filter((_, index) => over[index])),
    notDone: new Set(futures.filter((_, index) => !over[index])),
  };
}

/** Futures in the order in which they end; throws when the timeout comes before the last. */
export async function* asCompleted<T>(
  futures: readonly PrefectFuture<T>[],
  timeout?: number,
): AsyncGenerator<PrefectFuture<T>> {
  const waiting = new Map(futures.map((each) => [each, awaitRun(each.run, timeout).then((over) => ({ each, over }))]));
  while (waiting.size > 0) {
    const { each, over } = await Promise.race(waiting.values());
    if (!over) throw new RunTimeout(`${waiting.size} (of ${futures.length}) futures unfinished`);
    waiting.delete(each);
    yield each;
  }
}
