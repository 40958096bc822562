import { expect, test } from 'vitest';
import { PrefectClient } from '../../../src/runtime/api/client.ts';
import type { HttpRequest } from '../../../src/runtime/api/http.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';
import { TaskDelivery } from '../../../src/runtime/api/task-delivery.ts';
import type { ReportedFlowRun } from '../../../src/runtime/ports.ts';
import { DrivenTask } from './task-changes.ts';

const flowRun: ReportedFlowRun = { id: 'f', name: 'f', flowId: 'f', flowName: 'f', tags: [], deploymentId: null, deploymentName: null, workQueue: null, workPool: null };
const states = [['PENDING', 'Pending'], ['RUNNING', 'Running'], ['COMPLETED', 'Completed']] as const;

interface Sent {
  readonly id: string;
  readonly event: string;
  readonly follows: string | null;
}

/** What reaches a server of so many tasks, each with three states, that all come at once. */
async function sentOf(tasks: number): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const send = async ({ url, body = '' }: HttpRequest) => {
    if (url.includes('csrf')) return { status: 404, headers: {}, text: '' };
    sent.push(...(JSON.parse(body) as Sent[]));
    return { status: 204, headers: {}, text: '' };
  };
  const delivery = new TaskDelivery(new PrefectClient('http://x/api', readSettings({}, '/nonexistent'), { send, close: () => undefined }));
  for (let at = 0; at < tasks; at += 1) {
    const task = new DrivenTask(flowRun, `t-${at}`);
    for (const [type, name] of states) delivery.push(task.next(type, name));
  }
  while (await delivery.post());
  return sent;
}

test.each([2, 400])('of %d tasks no event follows one that the server never gets: its automations would wait for that', async (tasks) => {
  const sent = await sentOf(tasks);
  const ids = new Set(sent.map(({ id }) => id));
  expect(sent.map(({ follows }) => follows).filter((each) => each !== null && !ids.has(each))).toEqual([]);
});

test('what arrives whole keeps its order by what each event follows', async () => {
  const sent = await sentOf(1);
  expect(sent.map(({ event, follows }) => [event, sent.findIndex(({ id }) => id === follows)])).toEqual([
    ['prefect.task-run.Pending', -1],
    ['prefect.task-run.Running', 0],
    ['prefect.task-run.Completed', 1],
  ]);
});
