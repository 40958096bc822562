import { relatedToRun } from '../related.ts';
import type { TaskRun } from './task-run.ts';

/** Prefect's: a task's lease is short, and renewed while it runs. */
const leaseSeconds = 60;
/** A tag without a limit is asked about again after this long: most tags never have one. */
const rememberMicros = 10_000_000;

const free = new WeakMap<object, Map<string, number>>();

/** Waits for a slot of every tag's limit, before Running. It never creates a limit. */
export async function takeTagSlots(run: TaskRun): Promise<(() => Promise<void>) | undefined> {
  const { api, clock } = run.flowScope.world;
  if (!api.reports) return undefined;
  const known = knownFree(api);
  const names = run.tags
    .map((tag) => `tag:${tag}`)
    .filter((name) => !(clock.now() - (known.get(name) ?? -Infinity) < rememberMicros));
  if (names.length === 0) return undefined;
  const holder = { type: 'task_run', id: run.id } as const;
  for (;;) {
    const answer = await api.acquireSlots({ names, slots: 1, mode: 'concurrency', leaseSeconds, holder, related: relatedToRun(run) });
    if (answer.kind === 'busy') {
      await clock.sleep(answer.retryAfterSeconds * 1000, run.flowScope.halt);
      continue;
    }
    for (const name of names) if (!answer.limits.includes(name)) known.set(name, clock.now());
    const { lease } = answer;
    return lease === null ? undefined : await keepLease(run, lease);
  }
}

function knownFree(api: object): Map<string, number> {
  const known = free.get(api) ?? new Map<string, number>();
  free.set(api, known);
  return known;
}

/** Renewed while the task runs; what is given back releases it. */
async function keepLease(run: TaskRun, lease: string): Promise<() => Promise<void>> {
  // Most tags have no limit.
  const { renewing } = await import('./hold-slots.ts');
  const stop = renewing(run.flowScope, lease, leaseSeconds);
  return async () => {
    stop();
    await run.flowScope.world.api.releaseLease(lease).catch(() => undefined);
  };
}
