import { setTimeout as sleep } from 'node:timers/promises';
import type * as Threads from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { PrefectClient } from '../../../src/runtime/api/client.ts';
import { PrefectServerApi } from '../../../src/runtime/api/prefect-server-api.ts';
import { silence } from '../../../src/runtime/engine/console-log.ts';
import { executeFlowRun } from '../../../src/runtime/engine/execute.ts';
import { flow, pauseFlowRun } from '../../../src/runtime/index.ts';
import type { FlowRunRecord, OrchestrationResult } from '../../../src/runtime/types.ts';
import { startProxy } from './proxy.ts';
import { useRealServer } from './real-server.ts';

vi.mock('node:worker_threads', async (importOriginal) => (await import('./hurried-threads.ts')).hurry(await importOriginal<typeof Threads>()));
silence(true);
const server = useRealServer({ PREFECT_SERVER_CSRF_PROTECTION_ENABLED: 'true' });

/** A run of a deployment that has one slot, which the server has given it: as a worker hands it on. */
async function heldRun(name: string): Promise<FlowRunRecord> {
  const { id: flowId } = await server.client.json<{ id: string }>('POST', '/flows/', { name });
  const { id } = await server.client.json<{ id: string }>('POST', '/deployments/', { name, flow_id: flowId, concurrency_limit: 1 });
  const run = await server.client.json<FlowRunRecord>('POST', `/deployments/${id}/create_flow_run`, {});
  const pending = await server.client.json<OrchestrationResult>('POST', `/flow_runs/${run.id}/set_state`, { state: { type: 'PENDING' } });
  expect(pending.status).toBe('ACCEPT');
  return await server.client.json<FlowRunRecord>('GET', `/flow_runs/${run.id}`);
}

const leaseOf = ({ state }: FlowRunRecord): unknown => state?.state_details.deployment_concurrency_lease_id;

/** Runs it; what was answered to its renewals. */
async function execute(name: string, record: FlowRunRecord, work: (renewed: readonly string[]) => Promise<unknown>) {
  const proxy = await startProxy(server.url);
  const renewed: string[] = [];
  proxy.fault = (_, path) => {
    const lease = /leases\/(.*)\/renew/.exec(path)?.[1];
    if (lease !== undefined) renewed.push(lease);
    return undefined;
  };
  const api = new PrefectServerApi(new PrefectClient(proxy.url, server.settings({ PREFECT_API_URL: proxy.url })));
  const held = flow(() => work(renewed), { name });
  const state = await executeFlowRun(held as never, record, { api });
  await api.drain();
  api.close();
  await proxy.stop();
  return { state, renewed };
}

test('a run whose lease ran out before it started renews the one that the server made in its place', async () => {
  const record = await heldRun('late');
  await server.client.send('POST', '/v2/concurrency_limits/decrement-with-lease', { lease_id: leaseOf(record) });
  const { state, renewed } = await execute('late', record, async (seen) => {
    while (seen.length < 3) await sleep(20);
  });
  expect(state.type, state.message ?? '').toBe('COMPLETED');
  const running = new Set(renewed);
  expect(running.size).toBe(1);
  expect(running.has(String(leaseOf(record)))).toBe(false);
}, 60_000);

test('a run that was paused goes on when it is resumed: the server took its slot when it paused', async () => {
  const record = await heldRun('paused');
  const { state } = await execute('paused', record, async () => {
    const resumed = pauseFlowRun({ pollInterval: 0.1 });
    await sleep(2500);
    await server.client.json('POST', `/flow_runs/${record.id}/resume`, {});
    await resumed;
    await sleep(1500);
  });
  expect(state.type, state.message ?? '').toBe('COMPLETED');
}, 60_000);
