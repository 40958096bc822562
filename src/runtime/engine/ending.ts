/** Work that goes on after the run that it belongs to has ended. */
class Rest {
  readonly #works = new Set<Promise<unknown>>();

  /** Nobody waits for what it comes to: that it fails is nobody's failure. */
  add(work: PromiseLike<unknown>): void {
    const settled: Promise<unknown> = Promise.resolve(work).then(
      () => this.#works.delete(settled),
      () => this.#works.delete(settled),
    );
    this.#works.add(settled);
  }

  get isEmpty(): boolean {
    return this.#works.size === 0;
  }

  /** Waits for all of it, but not for long. */
  async over(patienceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([late, Promise.all(this.#works)]);
    clearTimeout(timer);
  }
}

/** What a stop has to end besides, and that is not over yet. The engine's own: nobody's code waits for it. */
const ending = new Rest();

/** Functions of flows and tasks that were stopped: what they do in `finally` is theirs to do. */
const leaving = new Rest();

/** Ends something that nobody waits for any more. */
export function endSoon(end: () => unknown): void {
  ending.add(
    new Promise((resolve) => {
      resolve(end());
    }),
  );
}

/** Waits for all that is ending: false when something is left that does not end. */
export async function ended(patienceMs = 2000): Promise<boolean> {
  await ending.over(patienceMs);
  return ending.isEmpty;
}

/** Whose end the run does not wait for: the process does. */
export function letLeave(call: PromiseLike<unknown>): void {
  leaving.add(call);
}

/**
 * Waits for functions that were stopped; one that does not look at its signal may go on for good.
 * @returns whether there was any, and so may have said something more
 */
export async function left(patienceMs = 5000): Promise<boolean> {
  if (leaving.isEmpty) return false;
  await leaving.over(patienceMs);
  return true;
}
