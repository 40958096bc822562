import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/runtime/engine/clock.ts';
import { silence } from '../../../src/runtime/engine/console-log.ts';
import { fileResults } from '../../../src/runtime/engine/file-results.ts';
import { startFlow } from '../../../src/runtime/engine/start-flow.ts';
import { PrefectClient } from '../../../src/runtime/api/client.ts';
import { PrefectServerApi } from '../../../src/runtime/api/prefect-server-api.ts';
import { flow } from '../../../src/runtime/index.ts';
import { nowMicros } from '../../../src/runtime/time.ts';
import { startProxy } from './proxy.ts';
import { useRealServer } from './real-server.ts';
import { DrivenTask, startRun } from './task-changes.ts';

const server = useRealServer();
silence(true);

describe('a run that is reported to a real server', () => {
  test('shows up with its states, its task runs, the edges between them, its logs and its artifact', async () => {
    const api = server.api();
    const { record, reported } = await startRun(api, 'reported');
    const first = new DrivenTask(reported, 'extract-1').complete(api);
    const second = new DrivenTask(reported, 'load-2', {
      orders: [{ input_type: 'task_run', id: first.run.id }],
    }).complete(api);
    api.log({
      name: 'prefect.flow_runs',
      level: 20,
      message: 'hello\0',
      timestamp: nowMicros(),
      flowRunId: record.id,
      taskRunId: null,
    });
    const artifact = await api.createArtifact({
      key: 'a-table',
      type: 'table',
      data: '[{"a":1}]',
      flow_run_id: record.id,
      task_run_id: second.run.id,
    });
    const report = await api.drain();
    const final = await api.proposeFlowState(record.id, { type: 'COMPLETED', name: 'Completed', message: 'done' });
    api.close();

    expect(final).toMatchObject({ status: 'ACCEPT', state: { type: 'COMPLETED' } });
    expect(report).toMatchObject({
      // six states of tasks, and the artifact
      events: { emitted: 7, sent: 7, confirmed: 7, unconfirmed: 0, dropped: 0 },
      logs: { emitted: 1, sent: 1, confirmed: 1 },
      resent: 0,
      reason: null,
    });
    const { client } = server;
    const states = await client.json<{ name: string }[]>('GET', `/task_run_states/?task_run_id=${second.run.id}`);
    expect(states.map((each) => each.name).toSorted()).toEqual(['Completed', 'Pending', 'Running']);
    const graph = await client.json<{
      nodes: [string, { label: string; parents: { id: string }[]; artifacts: { id: string }[] }][];
    }>('GET', `/flow_runs/${record.id}/graph-v2`);
    const node = graph.nodes.find(([id]) => id === second.run.id)?.[1];
    expect(node?.label).toBe('load-2');
    expect(node?.parents).toEqual([{ id: first.run.id }]);
    expect(node?.artifacts.map((each) => each.id)).toEqual([artifact.id]);
    const logs = await client.json<{ message: string }[]>('POST', '/logs/filter', {
      logs: { flow_run_id: { any_: [record.id] } },
    });
    expect(logs.map((each) => each.message)).toEqual(['hello']);
    client.close();
  });

  test('takes variables, secrets and inputs as Prefect keeps them', async () => {
    const api = server.api();
    expect(await api.readVariable('nothing')).toBeUndefined();
    await api.writeVariable('limit', { a: [1, null] }, { tags: ['x'], overwrite: false });
    await expect(api.writeVariable('limit', 2, { tags: [], overwrite: false })).rejects.toThrow('409');
    await api.writeVariable('limit', 2, { tags: [], overwrite: true });
    expect(await api.readVariable('limit')).toBe(2);
    expect(await api.deleteVariable('limit')).toBe(true);
    expect(await api.deleteVariable('limit')).toBe(false);
    expect(await api.readBlock('secret', 'nothing')).toBeUndefined();
    const { record } = await startRun(api, 'inputs');
    expect(await api.readRunInput(record.id, 'k')).toBeUndefined();
    await api.writeRunInput(record.id, 'k', '{"a":1}');
    expect(await api.readRunInput(record.id, 'k')).toBe('{"a":1}');
    api.close();
  });

  test('holds slots of a limit, and is told when there is none free', async () => {
    const api = server.api();
    await server.client.send('POST', '/v2/concurrency_limits/', { name: 'one', limit: 1 });
    const { record } = await startRun(api, 'slots');
    const request = {
      names: ['one'],
      slots: 1,
      mode: 'concurrency',
      leaseSeconds: 60,
      holder: { type: 'flow_run', id: record.id },
    } as const;
    const first = await api.acquireSlots(request);
    expect(first).toMatchObject({ kind: 'granted', limits: ['one'] });
    expect(await api.acquireSlots(request)).toMatchObject({ kind: 'busy' });
    const lease = first.kind === 'granted' ? (first.lease ?? '') : '';
    expect(await api.renewLease(lease, 60)).toBe(true);
    await api.releaseLease(lease);
    expect(await api.renewLease(lease, 60)).toBe(false);
    expect(await api.acquireSlots({ ...request, names: ['unknown'] })).toEqual({
      kind: 'granted',
      lease: null,
      limits: [],
    });
    api.close();
  });

  test('passes a rate limit at its pace, and holds no lease whose end would let through more', async () => {
    const api = server.api();
    await server.client.send('POST', '/v2/concurrency_limits/', { name: 'paced', limit: 2, slot_decay_per_second: 0.1 });
    const ask = (): ReturnType<typeof api.acquireSlots> => api.acquireSlots({ names: ['paced'], slots: 1, mode: 'rate_limit', leaseSeconds: 60, holder: null });
    expect([await ask(), await ask()]).toEqual([1, 2].map(() => ({ kind: 'granted', lease: null, limits: ['paced'] })));
    const third = await ask();
    expect(third).toMatchObject({ kind: 'busy' });
    expect(third.kind === 'busy' && third.retryAfterSeconds).toBeGreaterThan(1);
    await server.client.send('POST', '/v2/concurrency_limits/', { name: 'no pace', limit: 1 });
    await expect(api.acquireSlots({ names: ['no pace'], slots: 1, mode: 'rate_limit', leaseSeconds: 60, holder: null })).rejects.toThrow('422');
    api.close();
  });

  test('hears within a moment that somebody cancels or suspends it', async () => {
    const api = server.api();
    const { record } = await startRun(api, 'cancelled');
    const heard = new Promise((resolve) => {
      const end = api.attend(record, 'cancelled', { cancel: () => resolve(end), suspend: () => resolve('suspend'), lost: resolve });
    });
    await server.client.send('POST', `/flow_runs/${record.id}/set_state`, {
      state: { type: 'CANCELLING', name: 'Cancelling' },
      force: false,
    });
    const end = await heard;
    expect(end).toBeTypeOf('function');
    (end as () => void)();
    expect(await api.proposeFlowState(record.id, { type: 'COMPLETED' })).toMatchObject({
      status: 'REJECT',
      state: { type: 'CANCELLING' },
    });
    await api.drain();
    api.close();
  });

  test('heartbeat_emits_event_sync', async () => {
    const api = server.api();
    const { record } = await startRun(api, 'beating');
    api.attend(record, 'beating', { cancel: () => undefined, suspend: () => undefined, lost: () => undefined })();
    await api.drain();
    api.close();
    const filter = { event: { name: ['prefect.flow-run.heartbeat'] }, resource: { id: [`prefect.flow-run.${record.id}`] } };
    const read = async (): Promise<object[]> => (await server.client.json<{ events: object[] }>('POST', '/events/filter', { filter })).events;
    await expect.poll(read, { timeout: 120_000 }).toHaveLength(1);
    expect(await read()).toMatchObject([
      { resource: { 'prefect.resource.name': record.name }, related: expect.arrayContaining([expect.objectContaining({ 'prefect.resource.name': 'beating', 'prefect.resource.role': 'flow' })]) },
    ]);
  });

  test('does not count a proposal twice when its answer was lost', async () => {
    const api = server.api();
    const { record } = await startRun(api, 'twice');
    const state = {
      type: 'COMPLETED',
      state_details: { transition_id: '0190a000-0000-7000-8000-000000000001' },
    } as const;
    expect((await api.proposeFlowState(record.id, state)).status).toBe('ACCEPT');
    expect((await api.proposeFlowState(record.id, state)).status).toBe('ACCEPT');
    api.close();
  });

  test('is tried again when the answer to its failure was lost, and fails when there is no try left', async () => {
    const proxy = await startProxy(server.url);
    // Running, Failed, Running, Failed, and that once more: the answer to each failure is cut, and who asks for the run hears a no first.
    let [proposals, noes] = [0, 0];
    proxy.fault = (method, path) => {
      if (method === 'GET' && proposals === 2 && (noes += 1) <= 2) return '500';
      return path.endsWith('/set_state') && [2, 4].includes((proposals += 1)) ? 'half' : undefined;
    };
    const api = new PrefectServerApi(new PrefectClient(proxy.url, server.settings()));
    let attempts = 0;
    const fails = flow(() => { throw new Error(`attempt ${(attempts += 1)}`); }, { name: 'lost', retries: 1 });
    const state = await startFlow(fails.spec, [], { api, clock: systemClock, results: fileResults() });
    await api.drain();
    api.close();
    await proxy.stop();
    expect([state.type, attempts, proposals]).toEqual(['FAILED', 2, 5]);
    const [run] = await server.client.json<{ id: string; run_count: number; state: { type: string; message: string } }[]>('POST', '/flow_runs/filter', { flows: { name: { any_: ['lost'] } } });
    expect(run).toMatchObject({ run_count: 2, state: { type: 'FAILED', message: expect.stringContaining('attempt 2') } });
    const states = await server.client.json<{ name: string }[]>('GET', `/flow_run_states/?flow_run_id=${run?.id}`);
    expect(states.map(({ name }) => name)).toEqual(['Pending', 'Running', 'AwaitingRetry', 'Running', 'Failed']);
  });
});
