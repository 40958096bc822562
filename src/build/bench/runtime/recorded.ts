import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrefectClient } from '../../../runtime/api/client.ts';
import { taskEvent } from '../../../runtime/api/task-event.ts';
import type { ReportedTaskRun } from '../../../runtime/ports.ts';
import { isoMicros, nowMicros } from '../../../runtime/time.ts';
import { uuid4, uuid7 } from '../../../runtime/uuid.ts';

/** Events in one POST, and how many may be on their way. */
const batch = 250;
const ahead = 1500;
/** Without anything new for so long, a server has all that it will have: its recorder flushes every five seconds. */
const quietMs = 30_000;

/** How many task runs of a flow run the server has that are over. */
export async function visible(client: PrefectClient, run: string): Promise<number> {
  const body = { flow_runs: { id: { any_: [run] } }, task_runs: { state: { type: { any_: ['COMPLETED'] } } } };
  return await client.json<number>('POST', '/task_runs/count', body);
}

/** Waits until the server has so many, or nothing more comes. */
export async function untilVisible(client: PrefectClient, run: string, count: number): Promise<{ readonly count: number; readonly at: number }> {
  let [seen, at] = [await visible(client, run), performance.now()];
  while (seen < count && performance.now() - at < quietMs) {
    await sleep(500);
    const now = await visible(client, run);
    if (now > seen) [seen, at] = [now, performance.now()];
  }
  return { count: seen, at };
}

/**
 * The server's own time for so many task runs and a log line each: given what it needs as fast as it works that off, one
 * last state a run, as a client's are. It is asked when about half of what it has should be there, as a question costs it time too.
 * @returns seconds
 */
export async function serversOwnTime(client: PrefectClient, count: number): Promise<number> {
  const { id: flowId } = await client.json<{ id: string }>('POST', '/flows/', { name: 'bench-own-time' });
  const { id, name } = await client.json<{ id: string; name: string }>('POST', '/flow_runs/', { flow_id: flowId });
  const flowRun = { id, name, flowId, flowName: 'bench-own-time', tags: [], deploymentId: null, deploymentName: null, workQueue: null, workPool: null };
  const started = performance.now();
  let sent = 0;
  for (let seen = 0; seen < count; seen = await visible(client, id)) {
    for (; sent < count && sent - seen < ahead; sent += batch) {
      const runs = Array.from({ length: Math.min(batch, count - sent) }, () => finished(flowRun));
      await client.send('POST', '/events', runs.map(({ event }) => event));
      await client.send('POST', '/logs/', runs.map(({ log }) => log));
    }
    const perMs = seen / (performance.now() - started);
    await sleep(Math.min(2000, Math.max(100, (sent - seen) / 2 / perMs)));
    if (performance.now() - started > 1000 * 60 * 30) throw new Error('the server records nothing any more');
  }
  return (performance.now() - started) / 1000;
}

function finished(flowRun: ReportedTaskRun['flowRun']): { readonly event: object; readonly log: object } {
  const micros = nowMicros();
  const [id, key] = [uuid7(micros / 1000), uuid4()];
  const policy = { retries: 0, retry_delay: 0 };
  const run = { id, name: `double-${key.slice(0, 3)}`, flowRun, taskKey: 'double-00000000', dynamicKey: key, taskVersion: null, tags: [], policy, taskInputs: { n: [] }, expectedStartTime: micros };
  const to = { id: uuid7(micros / 1000), type: 'COMPLETED', name: 'Completed', timestamp: micros, message: null, data: null, details: {} } as const;
  const from = { ...to, id: uuid7(micros / 1000), type: 'RUNNING', name: 'Running' } as const;
  const event = taskEvent({ run, from, to, runCount: 1, flowRunRunCount: 1, startTime: micros, endTime: micros, totalRunTime: 0 }, true);
  const log = { name: 'prefect.task_runs', level: 20, message: 'Finished in state Completed()', timestamp: isoMicros(micros), flow_run_id: flowRun.id, task_run_id: id };
  return { event, log };
}
