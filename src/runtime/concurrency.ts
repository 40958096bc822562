import { requireScope } from './context.ts';
import { RunTimeout } from './errors.ts';
import type { FlowScope } from './engine/flow-scope.ts';
import type { SlotRequest } from './ports.ts';
import { relatedToRun } from './related.ts';

export interface ConcurrencyOptions {
  /** Slots of each limit. */
  readonly occupy?: number;
  /** Seconds to wait for them; without it, as long as it takes. */
  readonly timeoutSeconds?: number;
  /** Seconds that the server keeps the slots when this process is gone; renewed while it is there. */
  readonly leaseDuration?: number;
}

/** Runs code while it holds slots of global concurrency limits. Limits that do not exist hold nobody back. */
export async function concurrency<T>(
  names: string | readonly string[],
  code: () => T | Promise<T>,
  options: ConcurrencyOptions = {},
): Promise<T> {
  const place = requireScope('concurrency()');
  const { flowScope, taskRun } = place;
  const leaseSeconds = options.leaseDuration ?? 300;
  const holder = taskRun
    ? ({ type: 'task_run', id: taskRun.id } as const)
    : ({ type: 'flow_run', id: flowScope.id } as const);
  const request: SlotRequest = {
    names: [names].flat(),
    slots: options.occupy ?? 1,
    mode: 'concurrency',
    leaseSeconds,
    holder,
    related: relatedToRun(place),
  };
  const lease = await acquire(flowScope, request, options.timeoutSeconds);
  if (lease === null) return code();
  const stop = renewing(flowScope, lease, leaseSeconds);
  try {
    return await code();
  } finally {
    stop();
    await flowScope.world.api.releaseLease(lease);
  }
}

/** Waits until the rate limit lets one more through. */
export async function rateLimit(
  names: string | readonly string[],
  options: Omit<ConcurrencyOptions, 'leaseDuration'> = {},
): Promise<void> {
  const place = requireScope('rateLimit()');
  const request: SlotRequest = {
    names: [names].flat(),
    slots: options.occupy ?? 1,
    mode: 'rate_limit',
    leaseSeconds: 60,
    holder: null,
    related: relatedToRun(place),
  };
  await acquire(place.flowScope, request, options.timeoutSeconds);
}

async function acquire({ world, signal }: FlowScope, request: SlotRequest, timeout = Infinity): Promise<string | null> {
  const last = world.clock.now() + timeout * 1_000_000;
  for (;;) {
    const answer = await world.api.acquireSlots(request);
    if (answer.kind === 'granted') return answer.lease;
    if (world.clock.now() + answer.retryAfterSeconds * 1_000_000 > last)
      throw new RunTimeout(`No slot of ${request.names.join(', ')} within ${timeout} second(s).`);
    await world.clock.sleep(answer.retryAfterSeconds * 1000, signal);
  }
}

/** How often a renewal is tried, and how much of the lease's time lies between two tries. */
const renewals = { tries: 3, pause: 0.05 };

/** Renews a lease at three quarters of its time, as Prefect does; says so when it is lost, since others may have the slots then. */
export function renewing({ world, log }: Pick<FlowScope, 'world' | 'log'>, lease: string, seconds: number): () => void {
  let take = (): void => undefined;
  let isOver = false;
  const plan = (part: number, tries: number): void => {
    if (!isOver) take = world.clock.timer(seconds * 1000 * part, () => void renew(tries));
  };
  const renew = async (tries: number): Promise<void> => {
    const renewed = await world.api.renewLease(lease, seconds).catch((error: unknown) => error as Error);
    if (isOver) return;
    if (renewed === true) return plan(0.75, 1);
    if (renewed === false) return log.warning('The lease of a concurrency slot was lost: the server may have given it to somebody else.');
    if (tries < renewals.tries) return plan(renewals.pause, tries + 1);
    log.warning(`The lease of a concurrency slot could not be renewed ${tries} times, and may be lost: ${renewed.message}`);
    plan(renewals.pause, 1);
  };
  plan(0.75, 1);
  return () => {
    isOver = true;
    take();
  };
}
