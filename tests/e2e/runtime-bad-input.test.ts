import { execa } from 'execa';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FlowRunRecord } from '../../src/runtime/types.ts';
import type { Proxy } from '../runtime/api/proxy.ts';
import { startProxy } from '../runtime/api/proxy.ts';
import { useRealServer } from '../runtime/api/real-server.ts';

const minutes = 60_000;
const server = useRealServer();
let folder = '';
let proxy: Proxy | undefined;

const program = `
import { setTimeout as sleep } from 'node:timers/promises';
import { flow, task } from './runtime/index.js';
const add = task((a, b) => a + b, { name: 'add' });
const isCount = { '~standard': { version: 1, vendor: 'own', validate: ({ days }) => (typeof days === 'number' ? { value: { days } } : { issues: [{ message: 'must be a number', path: ['days'] }] }) } };
export const typed = flow(async () => 'never', { name: 'typed', parameters: isCount });
const large = task(() => ({ rows: [{ id: 12n }] }), { name: 'large', persistResult: true });
export const unserialised = flow(async () => await large(), { name: 'unserialised' });
const pair = {};
const waits = task(async (name) => { await sleep(50); await pair[name].result(); }, { name: 'waits' });
export const circle = flow(async () => {
  pair.a = waits.submit('b');
  pair.b = waits.submit('a');
  await pair.a.result();
}, { name: 'circle' });
export const unequal = flow(async () => { await add.map([1, 2, 3], [1, 2]).result(); }, { name: 'unequal' });
export const stray = flow(async () => {
  void Promise.reject(new TypeError('nobody waits for me'));
  await sleep(200);
  return await add(1, 2);
}, { name: 'stray' });
export const thrown = flow(async () => {
  setTimeout(() => { throw new RangeError('out of a callback'); }, 100);
  await sleep(60_000);
}, { name: 'thrown' });
export const blocked = flow(async () => {
  const until = Date.now() + 33_000;
  while (Date.now() < until);
  return await add(1, 2);
}, { name: 'blocked' });
export const whole = flow(async () => await add(1, 2), { name: 'whole' });
if (process.argv[2] === 'now') await { stray, thrown }[process.argv[3]]();
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-bad-input-'));
  const bundle = await rolldown({ input: { index: './src/runtime/index.ts', exec: './src/runtime/exec/exec.ts' }, platform: 'node', logLevel: 'silent' });
  await bundle.write({ dir: join(folder, 'runtime'), format: 'esm', entryFileNames: '[name].js' });
  await bundle.close();
  await writeFile(join(folder, 'flows.mjs'), program);
  await writeFile(join(folder, 'outside.mjs'), `import { task } from './runtime/index.js';\nawait task(() => 1, { name: 'early' })();\nexport default null;\n`);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
}, 2 * minutes);
afterEach(async () => await proxy?.stop());
afterAll(async () => await rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | undefined;
  readonly said: string;
  readonly run: FlowRunRecord;
  readonly states: readonly string[];
}

/** Runs an entrypoint as a work pool does, and says what the server knows of it then. */
async function execute(entrypoint: string, { parameters = {}, url = server.url, env = {} }: { readonly parameters?: object; readonly url?: string; readonly env?: NodeJS.ProcessEnv } = {}): Promise<Ended> {
  const { client } = server;
  const { id: flow_id } = await client.json<{ id: string }>('POST', '/flows/', { name: 'bad-input' });
  const { id } = await client.json<{ id: string }>('POST', '/flow_runs/', { flow_id, parameters, state: { type: 'PENDING' } });
  const { exitCode: code, all: said } = await execa(process.execPath, ['runtime/exec.js', entrypoint], { cwd: folder, env: { PREFECT_API_URL: url, PREFECT__FLOW_RUN_ID: id, PREFECT_CLIENT_MAX_RETRIES: '1', ...env }, all: true, reject: false, timeout: 2 * minutes });
  const run = await client.json<FlowRunRecord>('GET', `/flow_runs/${id}`);
  const states = await client.json<{ type: string }[]>('GET', `/flow_run_states/?flow_run_id=${id}`);
  return { code, said, run, states: states.map(({ type }) => type) };
}

describe('bad input of a run in a work pool has a clear error and the right state', () => {
  test.for([
    ['a parameter of the wrong type', 'flows.mjs#typed', { days: 'many' }, 'FAILED', 'before it runs', /Validation of flow parameters failed[^]*days[^]*must be a number/],
    ['a result that cannot be kept', 'flows.mjs#unserialised', {}, 'FAILED', 'while it runs', /rows/],
    ['a circle of futures', 'flows.mjs#circle', {}, 'FAILED', 'while it runs', /deadlock/],
    ['a map over lists of unequal length', 'flows.mjs#unequal', {}, 'FAILED', 'while it runs', /length/i],
    ['an error that is thrown from a callback', 'flows.mjs#thrown', {}, 'CRASHED', 'while it runs', /RangeError: out of a callback/],
    ['a module that is not there', 'missing.mjs#main', {}, 'FAILED', 'before it runs', /there is no module missing\.mjs/],
    ['an export that is not there', 'flows.mjs#mian', {}, 'FAILED', 'before it runs', /no export "mian": its flows are/],
    ['a task outside of a flow', 'outside.mjs', {}, 'FAILED', 'before it runs', /early[^]*flow/],
  ] as const)('%s', { timeout: 3 * minutes }, async ([, entrypoint, parameters, type, when, message]) => {
    const { run, code, said, states } = await execute(entrypoint, { parameters });
    expect([run.state?.type, run.state?.message, code !== undefined]).toEqual([type, expect.stringMatching(message), true]);
    expect(states.includes('RUNNING'), said).toBe(when === 'while it runs');
  });

  test('a rejection that nobody awaits is told with the run, and fails nothing', async () => {
    const { run, code } = await execute('flows.mjs#stray');
    expect([run.state?.type, code]).toEqual(['COMPLETED', 0]);
    const logs = async (): Promise<string> => JSON.stringify(await server.client.json('POST', '/logs/filter', { logs: { flow_run_id: { any_: [run.id] } } }));
    await expect.poll(logs, { timeout: minutes }).toMatch(/nobody awaited it: TypeError: nobody waits for me/);
  }, 3 * minutes);

  // Prefect takes no shorter time between two than 30 seconds.
  test('a flow that blocks the event loop goes on telling that it lives', async () => {
    const { run } = await execute('flows.mjs#blocked', { env: { PREFECT_FLOWS_HEARTBEAT_FREQUENCY: '30' } });
    expect(run.state?.type).toBe('COMPLETED');
    const beats = async (): Promise<number> => (await server.client.json<{ events: unknown[] }>('POST', '/events/filter', { filter: { event: { name: ['prefect.flow-run.heartbeat'] }, resource: { id: [`prefect.flow-run.${run.id}`] } } })).events.length;
    await expect.poll(beats, { timeout: minutes }).toBeGreaterThan(1);
  }, 3 * minutes);

  test.each([
    ['a server that answers nonsense', 'nonsense', /no JSON|not JSON|nonsense|is no/i],
    ['a key that has expired', '401', /401[^]*PREFECT_API_KEY/],
  ] as const)('%s ends the process with what to look at', async (_, fault, message) => {
    proxy = await startProxy(server.url);
    proxy.fault = () => fault;
    const { code, said, run } = await execute('flows.mjs#whole', { url: proxy.url });
    expect([code, run.state?.type]).toEqual([1, 'PENDING']);
    expect(said).toMatch(message);
  }, 3 * minutes);
});

describe('bad input of a run that was started by hand', () => {
  test.each([
    ['stray', 0, 'COMPLETED', /nobody awaited it: TypeError: nobody waits for me/],
    ['thrown', 1, 'CRASHED', /RangeError: out of a callback/],
  ] as const)('%s is not left as Running', async (name, code, type, said) => {
    const result = await execa(process.execPath, ['flows.mjs', 'now', name], { cwd: folder, env: { PREFECT_API_URL: server.url }, all: true, reject: false, timeout: 2 * minutes });
    expect([result.exitCode, result.all]).toEqual([code, expect.stringMatching(said)]);
    const [run] = await server.client.json<FlowRunRecord[]>('POST', '/flow_runs/filter', { flows: { name: { any_: [name] } } });
    expect(run?.state?.type).toBe(type);
  }, 3 * minutes);
});
