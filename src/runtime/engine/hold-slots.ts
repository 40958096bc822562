import type { ConcurrencyOptions } from '../concurrency.ts';
import { requireScope } from '../context.ts';
import type { Scope } from '../context.ts';
import { ConfigurationError, RunTimeout, formatException } from '../errors.ts';
import { relatedToRun } from '../related.ts';
import type { SlotAnswer, SlotRequest } from '../ports.ts';
import type { FlowScope } from './flow-scope.ts';
import { FlowStopped } from './interrupts.ts';

type Wish = Omit<SlotRequest, 'related'>;
type Granted = Extract<SlotAnswer, { readonly kind: 'granted' }>;

/** Runs code while it holds slots. */
export async function holdSlots<T>(names: readonly string[], code: () => T | Promise<T>, options: ConcurrencyOptions): Promise<T> {
  const place = requireScope('concurrency()');
  const { flowScope, taskRun } = place;
  const { occupy: slots = 1, leaseDuration: leaseSeconds = 300, strict = false, raiseOnLeaseRenewalFailure: stops = strict } = options;
  const holder = { type: taskRun ? 'task_run' : 'flow_run', id: (taskRun ?? flowScope).id } as const;
  const { lease } = await acquire(place, { names, slots, mode: 'concurrency', leaseSeconds, holder }, options);
  if (lease === null) return await code();
  const held = stops ? stopping(place) : null;
  const stop = renewing(flowScope, lease, leaseSeconds, held?.stop);
  try {
    return await (held === null ? code() : Promise.race([held.stopped, code()]));
  } finally {
    stop();
    await flowScope.world.api.releaseLease(lease).catch((error: unknown) => {
      flowScope.log.warning(`The slots of ${names.join(', ')} could not be given back, and are free when their lease has run out: ${formatException(error)}`);
    });
  }
}

/** Waits until the rate limit lets one more through. */
export async function passRateLimit(names: readonly string[], options: Pick<ConcurrencyOptions, 'occupy' | 'timeoutSeconds' | 'strict'>): Promise<void> {
  const request: Wish = { names, slots: options.occupy ?? 1, mode: 'rate_limit', leaseSeconds: 60, holder: null };
  await acquire(requireScope('rateLimit()'), request, options);
}

async function acquire(
  place: Scope,
  wish: Wish,
  { timeoutSeconds = Infinity, strict = false }: Pick<ConcurrencyOptions, 'timeoutSeconds' | 'strict'>,
): Promise<Granted> {
  const { flowScope, taskRun } = place;
  const { world, log } = flowScope;
  const request: SlotRequest = { ...wish, related: relatedToRun(place) };
  // A task's own timeout, too: what waits for slots of a run that is over would take them for nobody.
  const { signal } = taskRun ?? flowScope;
  const names = request.names.join(', ');
  const last = world.clock.now() + timeoutSeconds * 1_000_000;
  for (;;) {
    const answer = await world.api.acquireSlots(request);
    if (answer.kind === 'granted') {
      if (signal.aborted && answer.lease !== null) await world.api.releaseLease(answer.lease).catch(() => undefined);
      signal.throwIfAborted();
      if (answer.limits.length > 0 || !world.api.reports) return answer;
      if (strict) throw new ConfigurationError(`Concurrency limits ${names} must be created before slots of them can be held.`);
      log.warning(`Concurrency limits ${names} do not exist: nothing is held back.`);
      return answer;
    }
    if (world.clock.now() + answer.retryAfterSeconds * 1_000_000 > last)
      throw new RunTimeout(`No slot of ${names} within ${timeoutSeconds} second(s).`);
    await world.clock.sleep(answer.retryAfterSeconds * 1000, signal);
  }
}

/** Ends what holds slots from outside, as Crashed: the task run with its signal, or the flow by the rejection. */
function stopping({ taskRun }: Scope): { readonly stopped: Promise<never>; stop(reason: string): void } {
  let reject: (error: Error) => void;
  const stopped = new Promise<never>((_, refuse) => (reject = refuse));
  stopped.catch(() => undefined);
  return {
    stopped,
    stop(reason) {
      const error = new FlowStopped('lost', reason);
      taskRun?.controller?.abort(error);
      taskRun?.interrupt?.(error);
      reject(error);
    },
  };
}

/** How much of a lease's time lies between two tries of a renewal that was not answered. */
const pause = 0.05;
const isFree = 'The slots are free for others.';

/**
 * Renews a lease at three quarters of its time, as Prefect does, and what is not answered until it is. It is lost when the
 * server says so, or when it has run out unanswered.
 * @param onLost ends what holds the slots; without it that goes on, and a warning says what it no longer holds
 */
export function renewing(
  { world, log }: Pick<FlowScope, 'world' | 'log'>,
  lease: string,
  seconds: number,
  onLost?: (reason: string) => void,
): () => void {
  let [takeNext, takeEnd] = [() => undefined as void, () => undefined as void];
  let isOver = false;
  const end = (): void => {
    isOver = true;
    takeNext();
    takeEnd();
  };
  const lose = (reason: string): void => {
    if (onLost === undefined) return log.warning(`${reason} ${isFree} It goes on, and there may be more at work than the limit allows.`);
    end();
    onLost(`${reason} ${isFree}`);
  };
  const plan = (part: number): void => {
    takeNext = world.clock.timer(seconds * 1000 * part, () => void renew());
  };
  const held = (): void => {
    takeEnd();
    takeEnd = world.clock.timer(seconds * 1000, () => lose('The lease of a concurrency slot has run out: nobody answered a renewal of it.'));
    plan(0.75);
  };
  const renew = async (): Promise<void> => {
    const renewed = await world.api.renewLease(lease, seconds).catch(() => undefined);
    if (isOver) return;
    if (renewed === undefined) return plan(pause);
    if (renewed) return held();
    takeEnd();
    lose('The lease of a concurrency slot was lost: the server does not know it any more.');
  };
  held();
  return end;
}
