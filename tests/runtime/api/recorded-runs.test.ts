import { expect, test } from 'vitest';
import { PrefectClient } from '../../../src/runtime/api/client.ts';
import type { HttpRequest } from '../../../src/runtime/api/http.ts';
import { Outstanding } from '../../../src/runtime/api/outstanding.ts';
import { findRecorded } from '../../../src/runtime/api/recorded-runs.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';
import type { Entry } from '../../../src/runtime/api/task-queue.ts';
import type { ReportedFlowRun, TaskStateChange } from '../../../src/runtime/ports.ts';
import { isoMicros } from '../../../src/runtime/time.ts';
import { DrivenTask } from './task-changes.ts';

const flowRun: ReportedFlowRun = { id: 'f', name: 'f', flowId: 'f', flowName: 'f', tags: [], deploymentId: null, deploymentName: null, workQueue: null, workPool: null };

/** A server that has these states, and what it was asked. */
function serverWith(rows: readonly TaskStateChange[]): { client: PrefectClient; asked: string[]; bodies: { task_runs: object }[] } {
  const asked: string[] = [];
  const bodies: { task_runs: object }[] = [];
  const send = async ({ url, body = '' }: HttpRequest) => {
    if (url.includes('csrf')) return { status: 404, headers: {}, text: '' };
    const parsed = JSON.parse(body);
    const { task_runs: wanted } = parsed;
    bodies.push(parsed);
    const found = rows.filter(({ run }) => wanted.id.any_.includes(run.id));
    asked.push(`${url.replace(/.*\//, '')} ${wanted.id.any_.length}`);
    const answer = url.endsWith('/count') ? found.length : found.map(({ run, to }) => ({ id: run.id, state: { timestamp: isoMicros(to.timestamp) } }));
    return { status: 200, headers: {}, text: JSON.stringify(answer) };
  };
  return { client: new PrefectClient('http://x/api', readSettings({}, '/nonexistent'), { send, close: () => undefined }), asked, bodies };
}

/** Two batches of ten that ended, of which the server is through. */
function twoBatches(): { outstanding: Outstanding; changes: TaskStateChange[] } {
  const outstanding = new Outstanding();
  const changes = Array.from({ length: 20 }, (_, at) => {
    const task = new DrivenTask(flowRun, `t-${at}`);
    task.next('RUNNING', 'Running');
    return task.next('COMPLETED', 'Completed');
  });
  const entries = changes.map((change) => ({ change, units: 1, isFirst: true }) as Entry);
  outstanding.add(entries.slice(0, 10), 0);
  outstanding.add(entries.slice(10), 0);
  outstanding.passAll(0);
  return { outstanding, changes };
}

test('what is all there takes one count and no row', async () => {
  const { outstanding, changes } = twoBatches();
  const { client, asked } = serverWith(changes);
  expect(await findRecorded(client, outstanding.takeDoubtful(0), outstanding.posted)).toHaveLength(20);
  expect(asked).toEqual(['count 20']);
});

test('when something is missing it is counted batch by batch the next time, and rows are read of the one that lacks it', async () => {
  const { outstanding, changes } = twoBatches();
  const { client, asked } = serverWith(changes.slice(0, 19));
  expect(await findRecorded(client, outstanding.takeDoubtful(0), outstanding.posted)).toEqual([]);
  const found = await findRecorded(client, outstanding.takeDoubtful(1000), outstanding.posted);
  expect(found.toSorted()).toEqual(changes.slice(0, 19).map(({ run }) => run.id).toSorted());
  expect(asked).toEqual(['count 20', 'count 10', 'count 10', 'filter 10']);
});

test('a row of an older state is not taken for the newest', async () => {
  const task = new DrivenTask(flowRun, 't');
  const [first, second] = [task.next('RUNNING', 'Running'), task.next('COMPLETED', 'Completed')];
  const outstanding = new Outstanding();
  outstanding.add([{ change: second, units: 1, isFirst: false } as Entry], 0);
  outstanding.passAll(0);
  const before = serverWith([first]);
  expect(await findRecorded(before.client, outstanding.takeDoubtful(0), outstanding.posted)).toEqual([]);
  expect(before.asked).toEqual(['filter 1']);
  expect(await findRecorded(serverWith([second]).client, outstanding.takeDoubtful(1000), outstanding.posted)).toEqual([task.run.id]);
});

test('only ids are asked for: with a state beside them SQLite reads every task run that the server has in it', async () => {
  const { outstanding, changes } = twoBatches();
  const { client, bodies } = serverWith(changes);
  await findRecorded(client, outstanding.takeDoubtful(0), outstanding.posted);
  expect(bodies.map((each) => Object.keys(each.task_runs))).toEqual([['id']]);
});
