import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { connect } from '../../../src/runtime/api/connect.ts';
import type { PrefectServerApi } from '../../../src/runtime/api/prefect-server-api.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';
import { startFakeServer } from './fake-server.ts';
import { startProxy } from './proxy.ts';
import { useRealServer } from './real-server.ts';
import { DrivenTask, startRun } from './task-changes.ts';

const minutes = Number(process.env['KPI_FLOW_SOAK_MINUTES'] ?? (process.env['KPI_FLOW_LONG'] === '1' ? 10 : 0));
if (minutes === 0) process.stderr.write('skipped: a server that goes up and down for ten minutes (KPI_FLOW_LONG=1, or KPI_FLOW_SOAK_MINUTES)\n');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Three events each. A real server on a small machine records no more than the first; a fake one takes 500 events a second. */
const tasksPerSecond = { real: 20, fake: 500 / 3 };
/** Last states of task runs that may wait, as the settings have it. */
const mostWaiting = 20_000;
/** Up for twenty seconds, then down for ten. */
const isDown = (seconds: number): boolean => seconds % 30 >= 20;

describe.skipIf(minutes === 0)('a server that goes up and down for minutes', () => {
  const server = useRealServer();
  test('the figures are exact all the while, memory stays flat, and every task run is there', async () => {
    const { done, record } = await soak(server.url, tasksPerSecond.real);
    const there = await server.client.json('POST', '/task_runs/count', { flow_runs: { id: { any_: [record] } } });
    expect(there).toBe(done);
  }, (minutes + 12) * 60_000);
});

describe.skipIf(minutes === 0)('a fast server that goes up and down for minutes', () => {
  test('five hundred events a second: the same', async () => {
    const server = await startFakeServer(50);
    const { done } = await soak(server.url, tasksPerSecond.fake);
    expect(server.completed()).toBe(done);
    await server.stop();
  }, (minutes + 12) * 60_000);
});

/** Completes so many tasks a second. How many they were, and in which flow run. */
async function soak(url: string, perSecond: number): Promise<{ readonly done: number; readonly record: string }> {
  const proxy = await startProxy(url);
  const settings = readSettings({ PREFECT_API_URL: proxy.url, PREFECT_HOME: '/nonexistent', KPI_FLOW_REPORT_SECONDS: '600' }, '/nonexistent');
  const api = (await connect(settings)) as PrefectServerApi;
  const { record, reported } = await startRun(api, 'soak');
  const started = Date.now();
  const elapsed = (): number => (Date.now() - started) / 1000;
  proxy.fault = () => (isDown(elapsed()) ? 'reset' : undefined);
  let done = 0;
  const heap: { readonly at: number; readonly bytes: number }[] = [];
  while (elapsed() < minutes * 60) {
    for (; done < elapsed() * perSecond; done += 1) new DrivenTask(reported, `t-${done}`).complete(api);
    const { events, queued } = api.counts;
    expect(events.sent + events.dropped + events.superseded + queued).toBe(3 * done);
    expect(queued).toBeLessThanOrEqual(mostWaiting);
    // What waits is least at the end of an upward stretch: there two moments can be compared.
    if (Math.floor(elapsed()) % 30 === 19) {
      collectGarbage();
      heap.push({ at: elapsed(), bytes: process.memoryUsage().heapUsed });
    }
    await sleep(250);
  }
  proxy.fault = () => undefined;
  let report = await api.drain();
  for (let again = 0; again < 5 && report.reason !== null && report.events.dropped === 0; again += 1) report = await api.drain();
  expect(report).toMatchObject({ reason: null, events: { emitted: 3 * done, confirmed: 3 * done, unconfirmed: 0, dropped: 0 } });
  const growth = slope(heap.filter(({ at }) => at > minutes * 12)) * 60;
  process.stderr.write(`soak: ${done} task runs in ${minutes} minutes, ${report.resent} sent again, the heap grew ${(growth / 2 ** 20).toFixed(2)} MiB a minute\n`);
  // Shorter ones have too few moments to compare.
  if (minutes >= 5) expect(growth).toBeLessThan(2 ** 20);
  api.close();
  await proxy.stop();
  return { done, record: record.id };
}

/** Bytes a second, by least squares. */
function slope(points: readonly { readonly at: number; readonly bytes: number }[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
  const [at, bytes] = [mean(points.map((each) => each.at)), mean(points.map((each) => each.bytes))];
  const over = points.reduce((sum, each) => sum + (each.at - at) * (each.bytes - bytes), 0);
  return over / points.reduce((sum, each) => sum + (each.at - at) ** 2, 0);
}
