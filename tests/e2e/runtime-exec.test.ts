import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tell } from '../cli/command-line.ts';
import type { FlowRunRecord } from '../../src/runtime/types.ts';
import { useRealServer } from '../runtime/api/real-server.ts';

const server = useRealServer();
let folder = '';

/** @param threads whether submitted tasks run in threads, and keep them busy */
const programOf = (threads: boolean): string => `
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { INPUTS, flow, task, getRunLogger, runtime, suspendFlowRun, workerThreads } from './runtime/index.js';
const inThread = (name) => (${threads} ? { worker: { module: import.meta.url, export: name } } : {});
const taskRunner = ${threads} ? workerThreads({ maxWorkers: 2 }) : undefined;
export const double = task((n) => { if (isMainThread === ${threads}) throw new Error('in the wrong thread'); return n * 2; }, { name: 'double', ...inThread('double') });
const add = task((a, b) => a + b, { name: 'add' });
export const main = flow(async (n) => {
  getRunLogger().info('the number is ' + n);
  const left = double.submit(n);
  const right = double.submit(n + 1);
  return await add(left, right);
}, { name: 'exec-main', taskRunner });
export const refuse = task(() => { throw new Error('no luck'); }, { name: 'refuse', ...inThread('refuse') });
export const fails = flow(async () => await refuse.submit().result(), { name: 'exec-fails', taskRunner });
export const flaky = task((file) => {
  if (existsSync(file)) return 'done';
  writeFileSync(file, '');
  throw new Error('not yet');
}, { name: 'flaky', retries: 2, retryDelaySeconds: 0.1, ...inThread('flaky') });
export const retries = flow(async (file) => await flaky.submit(file), { name: 'exec-retries', taskRunner });
export const forever = task(() => {
  if (!isMainThread) for (;;);
  return new Promise(() => setInterval(() => {}, 1000));
}, { name: 'forever', ...inThread('forever') });
export const long = flow(async (name) => {
  const child = spawn('sleep', ['300'], { stdio: 'ignore' });
  runtime.signal.addEventListener('abort', () => writeFileSync(name + '.heard', new Date().toISOString()));
  writeFileSync(name + '.pids', process.pid + ' ' + child.pid);
  await forever.submit();
}, { name: 'exec-long', taskRunner, onCancellation: [(_flow, run) => writeFileSync(run.parameters.name + '.hook', 'cancelled')] });
export const stays = flow(async (file) => {
  writeFileSync(file, String(process.pid));
  await forever.submit().result();
}, { name: 'exec-stays', taskRunner });
export const first = task((file, n) => { appendFileSync(file, 'first '); return n; }, { name: 'first', cachePolicy: INPUTS, ...inThread('first') });
export const sleeps = flow(async (file) => {
  await first.submit(file, 1).result();
  appendFileSync(file, 'before ');
  await suspendFlowRun({ key: 'approval' });
  appendFileSync(file, 'after ');
}, { name: 'exec-sleeps', taskRunner });
export const step = task(async (file, n) => {
  appendFileSync(file, n + ' begins ');
  await new Promise((resolve) => setTimeout(resolve, 2500));
  appendFileSync(file, n + ' ends ');
  return n;
}, { name: 'step', cachePolicy: INPUTS, ...inThread('step') });
export const steps = flow(async (file) => {
  await step.submit(file, 1).result();
  await step.submit(file, 2).result();
}, { name: 'exec-steps', taskRunner });
export const holds = flow(async (file) => {
  appendFileSync(file, 'in ');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  appendFileSync(file, 'out ');
}, { name: 'exec-holds' });
`;

const places = ['flows.mjs', 'threads.mjs'] as const;
type Place = (typeof places)[number];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-exec-'));
  const bundle = await rolldown({
    input: { index: './src/runtime/index.ts', exec: './src/runtime/exec/exec.ts' },
    platform: 'node',
    logLevel: 'silent',
  });
  await bundle.write({ dir: join(folder, 'runtime'), format: 'esm', entryFileNames: '[name].js' });
  await bundle.close();
  for (const each of places) await writeFile(join(folder, each), programOf(each === 'threads.mjs'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await mkdir(join(folder, 'elsewhere'));
  await server.prefect.startWorker('nodes');
}, 120_000);
afterAll(async () => await rm(folder, { recursive: true, force: true }));

async function deploy(name: string, more: object = {}, module: Place = 'flows.mjs'): Promise<string> {
  const { client } = server;
  const { id: flow_id } = await client.json<{ id: string }>('POST', '/flows/', { name: `exec-${name}` });
  const { id } = await client.json<{ id: string }>('POST', '/deployments/', {
    name: module === 'flows.mjs' ? name : `${name}-in-threads`,
    flow_id,
    work_pool_name: 'nodes',
    entrypoint: 'prefect.cli.shell:run_shell_process',
    job_variables: { command: `node ${join(folder, 'runtime/exec.js')} ${module}#${name}`, working_dir: folder },
    ...more,
  });
  return id;
}

async function start(deployment: string, parameters: object = {}): Promise<string> {
  const run = await server.client.json<{ id: string }>('POST', `/deployments/${deployment}/create_flow_run`, { parameters });
  return run.id;
}

async function waitUntil(id: string, isThere: (run: FlowRunRecord) => boolean): Promise<FlowRunRecord> {
  for (let tries = 0; tries < 300; tries += 1) {
    const run = await server.client.json<FlowRunRecord>('GET', `/flow_runs/${id}`);
    if (isThere(run)) return run;
    await sleep(200);
  }
  throw new Error(`the run did not get there; the worker said:\n${server.prefect.workerOutput()}`);
}

async function edgesOf(id: string): Promise<[string, number][]> {
  const { nodes } = await server.client.json<{ nodes: [string, { label: string; parents: unknown[] }][] }>('GET', `/flow_runs/${id}/graph-v2`);
  return nodes.map(([, node]): [string, number] => [node.label.split('-')[0] ?? '', node.parents.length]).toSorted();
}

const isOver = ({ state }: FlowRunRecord): boolean => ['COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED'].includes(state?.type ?? '');

describe('a work pool that starts a flow in TypeScript', () => {
  test('runs it after the pull steps, with the parameters of the run, and sees its graph and its logs', async () => {
    const pull_steps = [{ 'prefect.deployments.steps.set_working_directory': { directory: folder } }];
    const variables = { command: `node ${join(folder, 'runtime/exec.js')} flows.mjs#main`, working_dir: join(folder, 'elsewhere') };
    const id = await start(await deploy('main', { pull_steps, job_variables: variables }), { n: 3 });
    const run = await waitUntil(id, isOver);
    expect(run.state).toMatchObject({ type: 'COMPLETED' });
    // The server makes rows of events after the run's own state, so the last task may come a moment later.
    await expect.poll(() => edgesOf(id), { timeout: 120_000 }).toEqual([['add', 2], ['double', 0], ['double', 0]]);
    const read = async (): Promise<string[]> => {
      const logs = await server.client.json<{ message: string }[]>('POST', '/logs/filter', { logs: { flow_run_id: { any_: [id] } } });
      return logs.map((each) => each.message);
    };
    await expect.poll(read, { timeout: 120_000 }).toContain('the number is 3');
  }, 120_000);

  test('fails it with the reason when the export is not there', async () => {
    const run = await waitUntil(await start(await deploy('nothing')), isOver);
    expect(run.state?.message).toContain('flows.mjs has no export "nothing": its flows are fails, holds, long, main, retries, sleeps, stays');
  }, 120_000);
});

/** All that a file says, nothing while it is not there. */
async function textOf(name: string): Promise<string> {
  return await readFile(join(folder, name), 'utf8').catch(() => '');
}

describe.each(places)('a run of %s', (module) => {
  test('ends with its result, a failure, or a retry', async () => {
    const crashes = (): number => server.prefect.workerOutput().split('Process exited with status code: 1').length;
    const [file, before] = [join(folder, `${module}.flaky`), crashes()];
    const [main, fails, retries] = [await start(await deploy('main', {}, module), { n: 1 }), await start(await deploy('fails', {}, module)), await start(await deploy('retries', {}, module), { file })];
    expect((await waitUntil(main, isOver)).state).toMatchObject({ type: 'COMPLETED' });
    expect((await waitUntil(fails, isOver)).state).toMatchObject({ type: 'FAILED', message: 'Flow run encountered an exception: Error: no luck' });
    expect((await waitUntil(retries, isOver)).state).toMatchObject({ type: 'COMPLETED' });
    const rows = async (): Promise<unknown> => await server.client.json('POST', '/task_runs/filter', { flow_runs: { id: { any_: [retries] } } });
    await expect.poll(rows, { timeout: 120_000 }).toMatchObject([{ run_count: 2, state: { type: 'COMPLETED' } }]);
    // One that failed is no process that crashed.
    expect(crashes()).toBe(before);
  }, 240_000);

  test('hears at once that it is cancelled: the hook runs, the state is Cancelled, and no process is left', async () => {
    const name = join(folder, `${module}-long`);
    const id = await start(await deploy('long', {}, module), { name });
    await expect.poll(() => textOf(`${module}-long.pids`), { timeout: 120_000 }).toContain(' ');
    const asked = Date.now();
    await server.client.send('POST', `/flow_runs/${id}/set_state`, { state: { type: 'CANCELLING', name: 'Cancelling' }, force: false });
    const run = await waitUntil(id, isOver);
    expect(run.state?.type).toBe('CANCELLED');
    // Its hooks run once the state is there, as Prefect's do.
    await expect.poll(() => textOf(`${module}-long.hook`), { timeout: 120_000 }).toBe('cancelled');
    tell(`${module}: the run heard of its cancel after ${Date.parse(await textOf(`${module}-long.heard`)) - asked} ms`);
    const pids = (await textOf(`${module}-long.pids`)).split(' ').map(Number);
    expect(pids).toHaveLength(2);
    for (const pid of pids) await expect.poll(() => isAlive(pid), { timeout: 120_000 }).toBe(false);
    // The worker does not say it once more: an automation on it would act twice.
    const events = async (): Promise<string[]> => (await server.client.json<{ events: { event: string }[] }>('POST', '/events/filter', { filter: { any_resource: { id: [`prefect.flow-run.${id}`] } } })).events.map(({ event }) => event);
    await expect.poll(events, { timeout: 120_000 }).toContain('prefect.worker.executed-flow-run');
    await sleep(4000);
    const states = await server.client.json<{ type: string }[]>('GET', `/flow_run_states/?flow_run_id=${id}`);
    expect(states.filter(({ type }) => type === 'CANCELLED')).toHaveLength(1);
  }, 120_000);

  test('is Crashed by the worker when its process is killed', async () => {
    const id = await start(await deploy('stays', {}, module), { file: join(folder, `${module}.dies`) });
    await expect.poll(() => textOf(`${module}.dies`), { timeout: 120_000 }).not.toBe('');
    process.kill(Number(await textOf(`${module}.dies`)), 'SIGKILL');
    const run = await waitUntil(id, isOver);
    expect(run.state).toMatchObject({ type: 'CRASHED', message: expect.stringContaining('-9') });
  }, 120_000);

  test('is suspended, gives its process back, and goes on from the top in a new one, with what was kept', async () => {
    const ends = (output: string): number => output.split('Process exited with status code').length;
    const before = ends(server.prefect.workerOutput());
    const id = await start(await deploy('sleeps', {}, module), { file: join(folder, `${module}.steps`) });
    await waitUntil(id, ({ state }) => state?.type === 'PAUSED');
    expect((await server.client.json<FlowRunRecord>('GET', `/flow_runs/${id}`)).state?.name).toBe('Suspended');
    const { status } = await server.client.json<{ status: string }>('POST', `/flow_runs/${id}/resume`, {});
    expect(status).toBe('ACCEPT');
    const run = await waitUntil(id, isOver);
    expect(run.state).toMatchObject({ type: 'COMPLETED' });
    expect(await textOf(`${module}.steps`)).toBe('first before before after ');
    expect(ends(server.prefect.workerOutput())).toBe(before);
  }, 120_000);

  test('lets the task that is at work come to its end when somebody suspends it, and does that one no more when it goes on', async () => {
    const file = join(folder, `${module}.at-work`);
    const id = await start(await deploy('steps', {}, module), { file });
    await expect.poll(() => textOf(`${module}.at-work`), { timeout: 60_000 }).toBe('1 begins ');
    const suspended = { type: 'PAUSED', name: 'Suspended', state_details: { pause_reschedule: true, pause_timeout: new Date(Date.now() + 3_600_000).toISOString() } };
    await server.client.json('POST', `/flow_runs/${id}/set_state`, { state: suspended });
    await expect.poll(() => textOf(`${module}.at-work`), { timeout: 60_000 }).toBe('1 begins 1 ends ');
    const tasks = async (): Promise<string[]> => {
      const runs = await server.client.json<{ state: { name: string } }[]>('POST', '/task_runs/filter', { flow_runs: { id: { any_: [id] } } });
      return runs.map(({ state }) => state.name).toSorted();
    };
    await expect.poll(tasks, { timeout: 60_000 }).toEqual(['Completed']);
    const { status } = await server.client.json<{ status: string }>('POST', `/flow_runs/${id}/resume`, {});
    expect(status).toBe('ACCEPT');
    expect((await waitUntil(id, isOver)).state).toMatchObject({ type: 'COMPLETED' });
    expect(await textOf(`${module}.at-work`)).toBe('1 begins 1 ends 2 begins 2 ends ');
    await expect.poll(tasks, { timeout: 60_000 }).toEqual(['Cached', 'Completed', 'Completed']);
  }, 120_000);

  // Prefect's worker ends the processes of its runs with itself, without a word to the server; a flow in Python stays Running too.
  test('is ended with its worker, as a flow in Python is, and leaves no process behind', async () => {
    const pool = `leaving-${module.replace('.mjs', '')}`;
    await server.prefect.api.createProcessPool(pool);
    const id = await start(await deploy('stays', { work_pool_name: pool }, module), { file: join(folder, `${module}.leaves`) });
    const worker = spawn(server.python, ['-m', 'prefect', 'worker', 'start', '--pool', pool, '--type', 'process', '--install-policy', 'never'], { cwd: folder, env: { ...server.prefect.env, PREFECT_WORKER_QUERY_SECONDS: '1' }, stdio: 'ignore' });
    const ended = once(worker, 'exit');
    await expect.poll(() => textOf(`${module}.leaves`), { timeout: 120_000 }).not.toBe('');
    worker.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    const left = Number(await textOf(`${module}.leaves`));
    await expect.poll(() => isAlive(left), { timeout: 120_000 }).toBe(false);
    expect((await server.client.json<FlowRunRecord>('GET', `/flow_runs/${id}`)).state?.type).toBe('RUNNING');
  }, 120_000);
});

/** A worker looks again for a run that it could not start only after a while. */
const long = process.env['KPI_FLOW_LONG'] === '1';
if (!long) tell('skipped: a run that waits for its place (set KPI_FLOW_LONG=1)');

describe('a run in a work pool that does not go straight on', () => {
  test.skipIf(!long)('waits for its place when its deployment has a limit of one (takes long: npm run test:long)', async () => {
    const deployment = await deploy('holds', { concurrency_limit: 1 });
    const file = join(folder, 'holds.txt');
    const ids = [await start(deployment, { file }), await start(deployment, { file })];
    for (const id of ids) expect((await waitUntil(id, isOver)).state?.type).toBe('COMPLETED');
    expect(await readFile(file, 'utf8')).toBe('in out in out ');
  }, 120_000);

  test('comes out of a git repository that its deployment says', async () => {
    const git = (...args: string[]): void => void execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
    const origin = join(folder, 'origin');
    git('init', '--initial-branch', 'trunk', origin);
    const cloned = programOf(false).replaceAll("'./runtime/index.js'", `'${join(folder, 'runtime/index.js')}'`);
    await writeFile(join(origin, 'flows.mjs'), cloned.replace("'the number is '", "'cloned: '"));
    git('-C', origin, 'add', '.');
    git('-C', origin, '-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-m', 'one');
    const pull_steps = [
      { 'prefect.deployments.steps.git_clone': { id: 'clone', repository: `file://${origin}`, branch: 'trunk' } },
      { 'prefect.deployments.steps.set_working_directory': { directory: '{{ clone.directory }}' } },
    ];
    const command = `node ${join(folder, 'runtime/exec.js')} flows.mjs#main`;
    const id = await start(await deploy('main', { pull_steps, job_variables: { command } }), { n: 5 });
    expect((await waitUntil(id, isOver)).state).toMatchObject({ type: 'COMPLETED' });
    const read = async (): Promise<string[]> => {
      const logs = await server.client.json<{ message: string }[]>('POST', '/logs/filter', { logs: { flow_run_id: { any_: [id] } } });
      return logs.map((each) => each.message);
    };
    await expect.poll(read, { timeout: 120_000 }).toContain('cloned: 5');
  }, 120_000);
});

/** One that ended and that nobody has fetched yet counts as gone. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}
