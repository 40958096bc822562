import { here } from '../context.ts';
import { DeadlockError } from '../errors.ts';
import type { State } from '../state.ts';

/** A run as those see it who wait for it. */
export interface AwaitedRun {
  readonly id: string;
  readonly name: string;
  readonly state: State;
  readonly done: Promise<unknown> | undefined;
  /** Whom it waits for itself; a walk along these finds a circle before anybody hangs in it. */
  readonly waitsFor: Set<AwaitedRun>;
}

/** True when the run is over, false when the time (in seconds) was over first. */
export async function awaitRun(run: AwaitedRun, timeout?: number): Promise<boolean> {
  if (run.state.isFinal()) return true;
  const waiter = here().taskRun;
  if (waiter === null) return await over(run, timeout);
  refuseCircle(waiter, run);
  waiter.waitsFor.add(run);
  try {
    return await over(run, timeout);
  } finally {
    waiter.waitsFor.delete(run);
  }
}

async function over(run: AwaitedRun, timeout: number | undefined): Promise<boolean> {
  const done = Promise.resolve(run.done).then(() => true);
  if (timeout === undefined) return done;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeout * 1000);
  });
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}

/** A run that waits for itself, or for one that waits for it, would do so for ever. */
export function refuseCircle(waiter: AwaitedRun, target: AwaitedRun): void {
  if (!reaches(target, waiter, new Set())) return;
  const whom = waiter === target ? 'itself' : `'${target.name}', which waits for it`;
  throw new DeadlockError(`Task run '${waiter.name}' would result in a deadlock: it depends on ${whom}.`);
}

function reaches(from: AwaitedRun, to: AwaitedRun, seen: Set<AwaitedRun>): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return [...from.waitsFor].some((each) => reaches(each, to, seen));
}
