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

/** In a thread of the runtime a second is a millisecond here: a lease of five minutes is renewed four times a second. */
vi.mock('node:worker_threads', async (importOriginal) => {
  const threads = await importOriginal<typeof Threads>();
  const hurried = ['setInterval', 'setTimeout'].map((name) => `{ const slow = ${name}; globalThis.${name} = (call, wait) => slow(call, wait / 1000); }`).join('\n');
  return {
    ...threads,
    Worker: class extends threads.Worker {
      constructor(program: string, options: Threads.WorkerOptions) {
        super(`${hurried}\n${program}`, options);
      }
    },
  };
});
silence(true);

let server: FakeServer;
let proxy: Proxy;
let renewals: string[] = [];

beforeEach(async () => {
  server = await startFakeServer(0);
  proxy = await startProxy(server.url);
  renewals = [];
});
afterEach(async () => {
  await proxy.stop();
  await server.stop();
});

/** A run of a deployment with a concurrency limit, as a worker starts it; the server answers a renewal what `answers` says, and at last that it knows no such lease. */
async function runWith(answers: readonly Fault[], work: (logs: readonly string[]) => Promise<unknown>) {
  proxy.fault = (method, path) => {
    if (!path.includes('/leases/')) return undefined;
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
  const { state, shown } = await runWith(['lose', '503', 'cut', 'lose', 'lose', ...Array.from({ length: 100 }, () => 'lose' as const)], async () => {
    while (renewals.length < 6) await sleep(20);
  });
  expect([state.type, shown?.type]).toEqual(['COMPLETED', 'COMPLETED']);
  expect(new Set(renewals)).toEqual(new Set(['POST /api/v2/concurrency_limits/leases/the-lease/renew']));
  const before = renewals.length;
  await sleep(700);
  expect(renewals).toHaveLength(before);
});

test('a run whose slot cannot be renewed because nobody answers goes on, and says so', async () => {
  const { state, logs } = await runWith(Array.from({ length: 1000 }, () => 'cut' as const), async (said) => {
    while (!said.some((each) => each.startsWith('30 '))) await sleep(20);
  });
  expect(state.type).toBe('COMPLETED');
  expect(logs.find((each) => each.startsWith('30 '))).toContain('could not be renewed, and may be given to another run');
});

test('a run whose slot the server gave to another one is stopped, as by Prefect, and says why', async () => {
  const { state, shown, logs } = await runWith(['lose'], () => sleep(60_000, undefined, { signal: runtime.signal }));
  expect(renewals).toHaveLength(2);
  expect([state.type, shown?.type]).toEqual(['CRASHED', 'CRASHED']);
  expect(shown?.message).toContain('its lease could not be renewed');
  expect(logs.filter((each) => /^[45]0 /.test(each))).toEqual([expect.stringContaining('its lease could not be renewed')]);
});
