import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/runtime/engine/clock.ts';
import type { Api } from '../../../src/runtime/ports.ts';
import { MemoryApi } from '../../../src/runtime/testing/index.ts';
import { isoMicros, nowMicros } from '../../../src/runtime/time.ts';
import type { FlowRunCreate, FlowRunRecord, OrchestrationResult, StateCreate, TaskRunRecord } from '../../../src/runtime/types.ts';
import { uuid4 } from '../../../src/runtime/uuid.ts';
import { useRealServer } from './real-server.ts';
import { DrivenTask, startRun } from './task-changes.ts';

type ToldEvent = Required<Parameters<Api['emitEvent']>[0]>;

/** One suite for the Api that tests of flows use and for Prefect's server: a difference is a fault of memory. */
interface Side {
  readonly api: Api;
  makeLimit(name: string, limit: number): Promise<void>;
  makeBlock(name: string, value: string): Promise<void>;
  taskRun(id: string): Promise<Pick<TaskRunRecord, 'name' | 'run_count'> & { readonly states: string[] }>;
  child(placeholder: string): Promise<{ readonly state: string; readonly child: string | null }>;
  logs(flowRunId: string): Promise<string[]>;
  artifact(id: string): Promise<{ readonly key: string | null; readonly data: unknown }>;
  /** Those that are of one resource or beside it, as they were told. */
  events(resource: string): Promise<ToldEvent[]>;
}

const server = useRealServer();
const memory = new MemoryApi(systemClock);
const inMemory: Side = {
  api: memory,
  makeLimit: async (name, limit) => void memory.limits.set(name, limit),
  makeBlock: async (name, value) => void memory.blocks.set(`secret/${name}`, { value }),
  async taskRun(id) {
    const found = memory.taskRuns.find((each) => each.id === id);
    return { name: found?.name ?? '', run_count: found?.runCount ?? 0, states: found?.states.map(({ name }) => name) ?? [] };
  },
  async child(id) {
    const state = memory.placeholder(id)?.state;
    return { state: state?.name ?? '', child: state?.state_details.child_flow_run_id ?? null };
  },
  logs: async (id) => memory.logs.filter(({ flowRunId }) => flowRunId === id).map(({ message }) => message),
  async artifact(id) {
    const found = memory.artifacts.find((each) => each.id === id);
    return { key: found?.key ?? null, data: found?.data };
  },
  async events(resource) {
    const found = memory.events.filter((each) => [each.resource, ...(each.related ?? [])].some((one) => one['prefect.resource.id'] === resource));
    return found.map(({ event, resource: of, payload = {}, related = [] }) => ({ event, resource: of, payload, related }));
  },
};

let connected: Side | undefined;
function onServer(): Side {
  connected ??= serverSide();
  return connected;
}
afterAll(() => (connected?.api as { close?(): void } | undefined)?.close?.());

function serverSide(): Side {
  const { client } = server;
  const rowOf = (id: string): Promise<TaskRunRecord & { readonly run_count: number }> => client.json('GET', `/task_runs/${id}`);
  return {
    api: server.api(),
    makeLimit: async (name, limit) => void (await client.send('POST', '/v2/concurrency_limits/', { name, limit })),
    async makeBlock(name, value) {
      const type = await client.json<{ id: string }>('GET', '/block_types/slug/secret');
      const [schema] = await client.json<{ id: string }[]>('POST', '/block_schemas/filter', { block_schemas: { block_type_id: { any_: [type.id] } } });
      await client.send('POST', '/block_documents/', { name, data: { value }, block_type_id: type.id, block_schema_id: schema?.id });
    },
    async taskRun(id) {
      const states = await client.json<{ name: string; timestamp: string }[]>('GET', `/task_run_states/?task_run_id=${id}`);
      const { name, run_count } = await rowOf(id);
      const inOrder = states.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp));
      return { name, run_count, states: inOrder.map((each) => each.name) };
    },
    async child(id) {
      const { state } = await rowOf(id);
      return { state: state?.name ?? '', child: state?.state_details.child_flow_run_id ?? null };
    },
    async logs(id) {
      const lines = await client.json<{ message: string }[]>('POST', '/logs/filter', { logs: { flow_run_id: { any_: [id] } }, sort: 'TIMESTAMP_ASC' });
      return lines.map(({ message }) => message);
    },
    artifact: (id) => client.json('GET', `/artifacts/${id}`),
    async events(resource) {
      const filter = { any_resource: { id: [resource] }, order: 'ASC' };
      const { events } = await client.json<{ events: ToldEvent[] }>('POST', '/events/filter', { filter, limit: 50 });
      return events.map(({ event, resource: of, payload, related }) => ({ event, resource: of, payload, related }));
    },
  };
}

async function makeRun({ api }: Side, more: Partial<FlowRunCreate> = {}): Promise<FlowRunRecord> {
  return await api.createFlowRun({ flow_id: await api.ensureFlow('contract'), state: { type: 'PENDING' }, ...more });
}

function inWords({ status, state }: OrchestrationResult): string {
  return `${status} ${state?.type ?? '-'}/${state?.name ?? '-'}`;
}

describe.each<readonly [string, () => Side]>([
  ['in memory', () => inMemory],
  ['a real server', onServer],
])('what holds for Prefect, %s', (_, side) => {
  test('a flow has one id, a run a name and the state that it was given', async () => {
    const { api } = side();
    expect(await api.ensureFlow('contract')).toBe(await api.ensureFlow('contract'));
    const run = await makeRun(side(), { parameters: { n: [1, null] }, tags: ['a'], flow_version: 'v1' });
    expect(run.name).not.toBe('');
    const read = await api.readFlowRun(run.id);
    expect(read).toMatchObject({ id: run.id, name: run.name, parameters: { n: [1, null] }, tags: ['a'], flow_version: 'v1', run_count: 0, state: { type: 'PENDING', name: 'Pending' } });
  });

  test('an idempotency key gives the same run again', async () => {
    const key = uuid4();
    const first = await makeRun(side(), { idempotency_key: key });
    expect((await makeRun(side(), { idempotency_key: key })).id).toBe(first.id);
    expect((await makeRun(side())).id).not.toBe(first.id);
  });

  test('what is patched is read, and the rest stays', async () => {
    const { api } = side();
    const run = await makeRun(side(), { tags: ['kept'] });
    await api.updateFlowRun(run.id, { name: 'renamed', empirical_policy: { retries: 2, retry_delay: 1 } });
    expect(await api.readFlowRun(run.id)).toMatchObject({ name: 'renamed', tags: ['kept'], empirical_policy: { retries: 2, retry_delay: 1 } });
  });

  test('a run counts its attempts, and knows when it began and ended', async () => {
    const { api } = side();
    const { id } = await makeRun(side());
    expect(inWords(await api.proposeFlowState(id, { type: 'RUNNING' }))).toBe('ACCEPT RUNNING/Running');
    expect(await api.readFlowRun(id)).toMatchObject({ run_count: 1, start_time: expect.any(String), end_time: null });
    expect(inWords(await api.proposeFlowState(id, { type: 'COMPLETED', message: 'done' }))).toBe('ACCEPT COMPLETED/Completed');
    expect(await api.readFlowRun(id)).toMatchObject({ run_count: 1, end_time: expect.any(String), state: { message: 'done' } });
  });

  test('the same transition twice is one', async () => {
    const { api } = side();
    const { id } = await makeRun(side());
    const state = { type: 'RUNNING', state_details: { transition_id: uuid4() } } as const;
    const [first, second] = [await api.proposeFlowState(id, state), await api.proposeFlowState(id, state)];
    expect(second.state?.id).toBe(first.state?.id);
    expect((await api.readFlowRun(id)).run_count).toBe(1);
  });

  test('a failed attempt is answered with a retry as long as there is one', async () => {
    const { api } = side();
    const { id } = await makeRun(side(), { empirical_policy: { retries: 1, retry_delay: 0 } });
    await api.proposeFlowState(id, { type: 'RUNNING' });
    expect(inWords(await api.proposeFlowState(id, { type: 'FAILED' }))).toBe('REJECT SCHEDULED/AwaitingRetry');
    expect(inWords(await api.proposeFlowState(id, { type: 'RUNNING' }))).toBe('ACCEPT RUNNING/Running');
    expect((await api.readFlowRun(id)).run_count).toBe(2);
    expect(inWords(await api.proposeFlowState(id, { type: 'FAILED' }))).toBe('ACCEPT FAILED/Failed');
  });

  test('a run that is not due has to wait', async () => {
    const { api } = side();
    const scheduled_time = isoMicros(nowMicros() + 60_000_000);
    const { id } = await makeRun(side(), { state: { type: 'SCHEDULED', state_details: { scheduled_time } } });
    const { status, details } = await api.proposeFlowState(id, { type: 'RUNNING' });
    expect(status).toBe('WAIT');
    expect(details.delay_seconds).toBeGreaterThan(30);
    expect(details.delay_seconds).toBeLessThanOrEqual(60);
  });

  test('a pause ends with RUNNING and its input; its key is good once', async () => {
    const { api } = side();
    const { id } = await makeRun(side());
    await api.proposeFlowState(id, { type: 'RUNNING' });
    const keyset = { schema: 'paused-1-schema', response: 'paused-1-response', description: 'paused-1-description' };
    const state_details = { pause_key: '1', pause_timeout: isoMicros(nowMicros() + 60_000_000), pause_reschedule: false, run_input_keyset: keyset };
    const pause: StateCreate = { type: 'PAUSED', state_details };
    await api.writeRunInput(id, keyset.description, 'of an earlier attempt');
    expect(inWords(await api.proposeFlowState(id, pause))).toBe('ACCEPT PAUSED/Paused');
    expect(await api.readRunInput(id, keyset.description)).toBeUndefined();
    await api.writeRunInput(id, keyset.schema, '{"type":"object"}');
    expect(await api.resumeFlowRun(id, { rows: 3 })).toMatchObject({ status: 'ACCEPT' });
    expect((await api.readFlowRun(id)).state?.type).toBe('RUNNING');
    expect(JSON.parse((await api.readRunInput(id, keyset.response)) ?? '')).toEqual({ rows: 3 });
    expect((await api.proposeFlowState(id, pause)).status).toBe('REJECT');
    // Prefect counts the going on as an attempt.
    expect((await api.readFlowRun(id)).run_count).toBe(2);
  });

  test('a subflow has a row in its parent that goes with it, and is found again by its key', async () => {
    const { api } = side();
    const parent = await makeRun(side());
    const body = { name: 'child-0', flow_run_id: parent.id, task_key: 'child-1', dynamic_key: '0', task_inputs: {}, state: { type: 'PENDING' } } as const;
    const { run: row, existing } = await api.createTaskRun(body);
    expect(existing).toBe(false);
    const child = await makeRun(side(), { parent_task_run_id: row.id });
    await api.proposeFlowState(child.id, { type: 'RUNNING' });
    await api.proposeFlowState(child.id, { type: 'COMPLETED' });
    expect(await side().child(row.id)).toEqual({ state: 'Completed', child: child.id });
    expect(await api.createTaskRun(body)).toMatchObject({ existing: true, run: { id: row.id } });
    expect((await api.findFlowRuns({ parentTaskRunIds: [row.id] })).map(({ id }) => id)).toEqual([child.id]);
  });

  test('task runs, logs and artifacts are there once they are drained', async () => {
    const { api } = side();
    const { record, reported } = await startRun(api, 'contract');
    const task = new DrivenTask(reported, 'work-1').complete(api);
    const line = { name: 'prefect.flow_runs', level: 20, message: 'a line', timestamp: nowMicros(), flowRunId: record.id, taskRunId: null };
    api.log(line);
    const { id } = await api.createArtifact({ key: 'progress', type: 'progress', data: 10, flow_run_id: record.id });
    await api.updateArtifact(id, { data: 90 });
    expect(await api.drain()).toMatchObject({ events: { unconfirmed: 0, dropped: 0 }, logs: { unconfirmed: 0, dropped: 0 }, reason: null });
    expect(await side().taskRun(task.run.id)).toEqual({ name: 'work-1', run_count: 1, states: ['Pending', 'Running', 'Completed'] });
    expect(await side().logs(record.id)).toEqual(['a line']);
    expect(await side().artifact(id)).toMatchObject({ key: 'progress', data: 90 });
  });

  test('an artifact that is made or changed is an event beside its run, as Prefect\'s own client tells it', async () => {
    const { api, events } = side();
    const related = [{ 'prefect.resource.id': `prefect.flow-run.${uuid4()}`, 'prefect.resource.role': 'flow-run' }];
    const { id } = await api.createArtifact({ key: 'told', type: 'progress', data: 10, description: 'of a run' }, related);
    await api.updateArtifact(id, { data: 90 }, related);
    const { id: nameless } = await api.createArtifact({ type: 'markdown', data: 'text' }, related);
    await api.drain();
    await expect.poll(() => events(related[0]?.['prefect.resource.id'] ?? ''), { timeout: 30_000, interval: 500 }).toEqual([
      { event: 'prefect.artifact.created', resource: { 'prefect.resource.id': `prefect.artifact.${id}`, 'prefect.resource.name': 'told' }, payload: { key: 'told', type: 'progress', description: 'of a run' }, related },
      { event: 'prefect.artifact.updated', resource: { 'prefect.resource.id': `prefect.artifact.${id}` }, payload: { data: 90 }, related },
      { event: 'prefect.artifact.created', resource: { 'prefect.resource.id': `prefect.artifact.${nameless}` }, payload: { key: null, type: 'markdown', description: null }, related },
    ]);
  }, 60_000);

  test('slots that are taken and given back are events beside the run that held them', async () => {
    const { api, events, makeLimit } = side();
    const related = [{ 'prefect.resource.id': `prefect.task-run.${uuid4()}`, 'prefect.resource.role': 'task-run' }];
    await makeLimit('told-a', 3);
    await makeLimit('told-b', 4);
    const request = { names: ['told-a', 'told-b', 'told-none'], slots: 2, mode: 'concurrency', leaseSeconds: 60, holder: null, related } as const;
    const answer = await api.acquireSlots(request);
    expect(await api.acquireSlots(request)).toMatchObject({ kind: 'busy' });
    await api.releaseLease(answer.kind === 'granted' ? (answer.lease ?? '') : '');
    await api.drain();
    const told = async (): Promise<string[]> => {
      const found = await events(related[0]?.['prefect.resource.id'] ?? '');
      return found.map(({ event, resource, related: beside = [] }) => {
        const others = beside.map((each) => each['prefect.resource.role']).join('+');
        return `${event} ${resource['prefect.resource.name']} ${resource['slots-acquired']}/${resource['limit']} ${others}`;
      });
    };
    await expect.poll(async () => (await told()).toSorted(), { timeout: 30_000, interval: 500 }).toEqual(
      ['acquired', 'released'].flatMap((phase) => [`told-a 2/3`, `told-b 2/4`].map((each) => `prefect.concurrency-limit.${phase} ${each} concurrency-limit+task-run`)),
    );
  }, 60_000);

  test('the runs that completed are found by their flow, deployment and a tag of a task, the last one first', async () => {
    const { api } = side();
    const flowId = await api.ensureFlow('contract');
    const tag = `incremental:${uuid4()}`;
    const runs: string[] = [];
    for (const [type, tags] of [['COMPLETED', [tag]], ['COMPLETED', [tag]], ['FAILED', [tag]], ['COMPLETED', ['another']]] as const) {
      const { record, reported } = await startRun(api, 'contract');
      new DrivenTask(reported, 'work-1', undefined, tags).complete(api);
      await api.proposeFlowState(record.id, { type });
      runs.push(record.id);
    }
    expect(await api.drain()).toMatchObject({ events: { unconfirmed: 0, dropped: 0 } });
    const find = async (more: object = {}) => (await api.findCompletedRuns({ flowId, deploymentId: null, taskTag: tag, limit: 10, offset: 0, ...more })).map(({ id }) => id);
    expect(await find()).toEqual([runs[1], runs[0]]);
    expect(await find({ offset: 1 })).toEqual([runs[0]]);
    expect(await find({ limit: 1 })).toEqual([runs[1]]);
    expect(await find({ flowId: await api.ensureFlow('another') })).toEqual([]);
    expect(await find({ deploymentId: uuid4() })).toEqual([]);
  });

  test('variables and secrets', async () => {
    const { api } = side();
    const options = { tags: [], overwrite: false };
    expect(await api.readVariable('limit')).toBeUndefined();
    await api.writeVariable('limit', { a: [1, null] }, options);
    await expect(api.writeVariable('limit', 2, options)).rejects.toThrow(/limit|409/);
    await api.writeVariable('limit', 2, { ...options, overwrite: true });
    expect(await api.readVariable('limit')).toBe(2);
    expect([await api.deleteVariable('limit'), await api.deleteVariable('limit')]).toEqual([true, false]);
    expect(await api.readBlock('secret', 'nothing')).toBeUndefined();
    await side().makeBlock('token', 'hidden');
    const related = [{ 'prefect.resource.id': `prefect.flow-run.${uuid4()}`, 'prefect.resource.role': 'flow-run' }];
    expect(await api.readBlock('secret', 'token', related)).toMatchObject({ value: 'hidden' });
    await api.drain();
    const ofType = { 'prefect.resource.id': 'prefect.block-type.secret', 'prefect.resource.role': 'block-type' };
    await expect.poll(() => side().events(related[0]?.['prefect.resource.id'] ?? ''), { timeout: 30_000, interval: 500 }).toEqual([
      { event: 'prefect.block.secret.loaded', resource: { 'prefect.resource.id': expect.stringMatching(/^prefect\.block-document\./), 'prefect.resource.name': 'token' }, payload: {}, related: [ofType, ...related] },
    ]);
    const { id } = await makeRun(side());
    expect(await api.readRunInput(id, 'k')).toBeUndefined();
  }, 60_000);

  test('slots of a limit are held until they are given back; a limit that is not there holds nobody', async () => {
    const { api } = side();
    await side().makeLimit('two', 2);
    const ask = (name: string, slots: number): ReturnType<Api['acquireSlots']> =>
      api.acquireSlots({ names: [name], slots, mode: 'concurrency', leaseSeconds: 60, holder: null });
    const first = await ask('two', 1);
    expect(first).toMatchObject({ kind: 'granted', limits: ['two'] });
    expect(await ask('two', 2)).toMatchObject({ kind: 'busy' });
    expect(await ask('two', 1)).toMatchObject({ kind: 'granted' });
    expect(await ask('two', 1)).toMatchObject({ kind: 'busy' });
    const lease = first.kind === 'granted' ? (first.lease ?? '') : '';
    expect(await api.renewLease(lease, 60)).toBe(true);
    await api.releaseLease(lease);
    expect(await api.renewLease(lease, 60)).toBe(false);
    expect(await ask('two', 1)).toMatchObject({ kind: 'granted' });
    expect(await ask('unknown', 1)).toEqual({ kind: 'granted', lease: null, limits: [] });
  });

  test('a run that is attended hears that it was cancelled', async () => {
    const { api } = side();
    const { record } = await startRun(api, 'contract');
    const heard = await new Promise((resolve) => {
      const end = api.attend(record, 'contract', { cancel: () => resolve('cancel'), suspend: () => resolve('suspend'), lost: resolve });
      void api.proposeFlowState(record.id, { type: 'CANCELLING' }).then(() => end, resolve);
    });
    expect(heard).toBe('cancel');
    expect(inWords(await api.proposeFlowState(record.id, { type: 'COMPLETED' }))).toBe('REJECT CANCELLING/Cancelling');
    expect(inWords(await api.proposeFlowState(record.id, { type: 'CANCELLED' }))).toBe('ACCEPT CANCELLED/Cancelled');
  });

  test('a run that is not there is an error', async () => {
    const id = uuid4();
    await expect(side().api.readFlowRun(id)).rejects.toThrow(id);
  });
});

const states: readonly StateCreate[] = [
  { type: 'SCHEDULED' },
  { type: 'SCHEDULED', name: 'Late' },
  { type: 'PENDING' },
  { type: 'PENDING', name: 'Submitting' },
  { type: 'RUNNING' },
  { type: 'PAUSED', state_details: { pause_key: '1', pause_timeout: isoMicros(nowMicros() + 3_600_000_000), pause_reschedule: false } },
  { type: 'PAUSED', name: 'Suspended', state_details: { pause_key: '2', pause_timeout: isoMicros(nowMicros() + 3_600_000_000), pause_reschedule: true } },
  { type: 'CANCELLING' },
  { type: 'CANCELLED' },
  { type: 'COMPLETED' },
  { type: 'FAILED' },
  { type: 'CRASHED' },
];

async function transitions(side: Side): Promise<string[]> {
  const pairs = states.flatMap((from) => states.map((to) => [from, to] as const));
  const nameOf = ({ type, name }: StateCreate): string => name ?? type;
  const said: string[] = [];
  for (const [from, to] of pairs) {
    const { id } = await makeRun(side);
    await side.api.proposeFlowState(id, from, { force: true });
    const answer = await side.api.proposeFlowState(id, to);
    const { state, run_count } = await side.api.readFlowRun(id);
    said.push(`${nameOf(from)} -> ${nameOf(to)}: ${inWords(answer)}, then ${state?.type}/${state?.name}, ${run_count}`);
  }
  return said;
}

test('memory answers every transition of a flow run as a real server does', async () => {
  expect(await transitions(inMemory)).toEqual(await transitions(onServer()));
}, 120_000);
