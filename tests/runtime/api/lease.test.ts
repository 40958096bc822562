import { setTimeout as sleep } from 'node:timers/promises';
import type * as Threads from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silence } from '../../../src/runtime/engine/console-log.ts';
import { executeFlowRun } from '../../../src/runtime/engine/execute.ts';
import { PrefectClient } from '../../../src/runtime/api/client.ts';
import { PrefectServerApi } from '../../../src/runtime/api/prefect-server-api.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';
import { flow, runtime } from '../../../src/runtime/index.ts';
import type { FlowRunRecord } from '../../../src/runtime/types.ts';
import type { FakeServer } from './fake-server.ts';
import { startFakeServer } from './fake-server.ts';
import type { Fault, Proxy } from './proxy.ts';
import { startProxy } from './proxy.ts';

vi.mock('node:worker_threads', async (importOriginal) => (await import('./hurried-threads.ts')).hurry(await importOriginal<typeof Threads>()));
silence(true);

let server: FakeServer;
let proxy: Proxy;
let renewals: string[] = [];
let tokens: (string | undefined)[] = [];

beforeEach(async () => {
  server = await startFakeServer(0);
  proxy = await startProxy(server.url);
  renewals = [];
  tokens = [];
});
afterEach(async () => {
  await proxy.stop();
  await server.stop();
});

/** A run of a deployment with a concurrency limit, as a worker starts it; the server answers a renewal what `answers` says, and at last that it knows no such lease. */
async function runWith(answers: readonly Fault[], work: (logs: readonly string[]) => Promise<unknown>) {
  proxy.fault = (method, path, token) => {
    if (!path.includes('/leases/')) return undefined;
    tokens.push(token);
    renewals.push(`${method} ${path}`);
    return answers[renewals.length - 1];
  };
  const flowId = await server.memory.ensureFlow('held');
  const record = await server.memory.createFlowRun({ flow_id: flowId, deployment_id: 'deployment', parameters: {}, state: { type: 'PENDING' } });
  const pending = { ...record.state, state_details: { ...record.state?.state_details, deployment_concurrency_lease_id: 'the-lease' } };
  const api = new PrefectServerApi(new PrefectClient(proxy.url, readSettings({ PREFECT_API_URL: proxy.url, PREFECT_HOME: '/nonexistent' }, '/nonexistent')));
  const logs: string[] = [];
  const log = api.log.bind(api);
  api.log = (entry) => (logs.push(`${entry.level} ${entry.message}`), log(entry));
  const held = flow(() => work(logs), { name: 'held' });
  const state = await executeFlowRun(held as never, { ...record, state: pending } as FlowRunRecord, { api });
  await api.drain();
  api.close();
  return { state, logs, shown: server.memory.runs[0]?.state };
}

test('the slot of a deployment is renewed for as long as its run goes on, also when the server is busy for a moment, and no longer', async () => {
  const { state, shown } = await runWith(['503', 'cut', 'lose', 'lose', ...Array.from({ length: 100 }, () => 'lose' as const)], async () => {
    while (renewals.length < 5) await sleep(20);
  });
  expect([state.type, shown?.type]).toEqual(['COMPLETED', 'COMPLETED']);
  expect(new Set(renewals)).toEqual(new Set(['POST /api/v2/concurrency_limits/leases/the-lease/renew']));
  const before = renewals.length;
  await sleep(2000);
  expect(renewals).toHaveLength(before);
});

test('a run goes on while a renewal of its slot is not answered, and says so; it renews until somebody answers', async () => {
  const { state, logs } = await runWith(['cut', '503', 'cut', ...Array.from({ length: 100 }, () => 'lose' as const)], async () => {
    while (renewals.length < 5) await sleep(20);
  });
  expect(state.type).toBe('COMPLETED');
  expect(logs.filter((each) => each.startsWith('30 '))).toEqual([expect.stringContaining('could not be renewed so far')]);
});

test('a run whose slot cannot be renewed until its lease has run out is stopped, as by Prefect: another run may have it', async () => {
  const { state, shown } = await runWith(['lose', ...Array.from({ length: 1000 }, () => 'cut' as const)], () => sleep(60_000, undefined, { signal: runtime.signal }));
  expect([state.type, shown?.type]).toEqual(['CRASHED', 'CRASHED']);
  expect(shown?.message).toContain('until that had run out');
});

test('the slot is renewed before its time is known, and with the token that a server wants on changes', async () => {
  const { state } = await runWith(['403 csrf', 'lose'], async () => {
    while (renewals.length < 2) await sleep(20);
  });
  expect(state.type).toBe('COMPLETED');
  expect(tokens.slice(0, 2)).toEqual([undefined, expect.any(String)]);
});

test('a run whose slot the server gave to another one is stopped, as by Prefect, and says why', async () => {
  const { state, shown, logs } = await runWith(['lose'], () => sleep(60_000, undefined, { signal: runtime.signal }));
  expect(renewals).toHaveLength(2);
  expect([state.type, shown?.type]).toEqual(['CRASHED', 'CRASHED']);
  expect(shown?.message).toContain('its lease could not be renewed');
  expect(logs.filter((each) => /^[45]0 /.test(each))).toEqual([expect.stringContaining('its lease could not be renewed')]);
});
