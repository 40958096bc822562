import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatabaseServer } from '../../src/build/database-servers.ts';
import { startMariadb, startPostgres } from '../../src/build/database-servers.ts';
import type { FlowRunRecord } from '../../src/runtime/types.ts';
import { addTo, startFiles } from '../generate/grown.ts';
import { useRealServer } from '../runtime/api/real-server.ts';
import { linkClients } from './typescript-clients.ts';
import { noPrograms } from './use-databases.ts';
import { writeRepository } from './use-repository.ts';

const minutes = 60_000;

/** Queries that go on for hours, as the amount of a record. */
const queries = {
  postgresql: "select 1.0 as amount from (select pg_sleep(9999)) as long",
  mariadb: 'select sleep(9999) as amount',
  duckdb: 'select sum(a.range * b.range) as amount from range(10000000) a, range(4000000) b',
} as const;
const works = [...(Object.keys(queries) as (keyof typeof queries)[]), 'a thread'] as const;
type Work = (typeof works)[number];

const flows = `
import { flow, task, workerThreads } from '@kpi-flow/runtime';
import { settings } from '../src/core/settings.ts';
import { busy } from './busy.ts';
import * as tasks from './tasks.ts';

const inThread = task(busy, { name: 'busy', worker: { module: new URL('./busy.js', import.meta.url).href, export: 'busy' } });

export const slow = flow(async (work: string) => {
  settings();
  console.log('at work');
  if (work === 'a thread') return await inThread.submit().result();
  const name = work === 'postgresql' ? 'inPostgresql' : work === 'mariadb' ? 'inMariadb' : 'inDuckdb';
  await tasks[name]('2026-01-05', '2026-01-06');
  return 0;
}, { name: 'slow', taskRunner: workerThreads({ maxWorkers: 2 }) });

if (process.argv[2] === 'now') await slow(process.argv[3] ?? '');
`;

/** What a library does in its own code, where nothing of JavaScript reaches it. */
const busy = `
import Sqlite from 'libsql';

export function busy(): number {
  const file = new Sqlite(':memory:');
  return Number(file.prepare('with recursive n(x) as (select 1 union all select x + 1 from n where x < 100000000000) select sum(x) from n').pluck().get());
}
`;

const server = useRealServer();
const databases = new Map<Work, DatabaseServer>();
let root = '';
const env: Record<string, string> = {};

beforeAll(async () => {
  for (const [name, start] of [['postgresql', startPostgres], ['mariadb', startMariadb]] as const) {
    const database = await start();
    if (database === undefined) continue;
    databases.set(name, database);
    env[`TO_${name.toUpperCase()}_URL`] = database.url(database.first);
  }
  await mkdir('.cache', { recursive: true });
  root = await mkdtemp(join(resolve('.cache'), 'typescript-stopping-'));
  env['TO_DUCKDB_URL'] = `duckdb:///${root}/own.duckdb`;
  const files = startFiles({ dir: 'kpi', id: 'sales', type: 'simple', inputs: 'orders', grain: 'day', owner: 'ana', language: 'typescript' });
  addTo(files, 'extractor', { name: 'in_sqlite', kind: 'sql', source: 'to_sqlite', database: 'sqlite' });
  for (const [database, query] of Object.entries(queries)) {
    addTo(files, 'extractor', { name: `in_${database}`, kind: 'sql', source: `to_${database}`, database });
    files.set(`src/core/extractors/in_${database}.sql`, `select 'r' as record_id, :start as occurred_at, 'c' as channel, amount from (${query}) as slow where :end is not null`);
  }
  files.set('prefect_flows/slow.ts', flows);
  files.set('prefect_flows/busy.ts', busy);
  await writeRepository(root, files);
  await linkClients(root, ['@duckdb/node-api', 'pg', 'mysql2', '@types/pg', 'libsql']);
  await execa(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')]);
  await server.prefect.startWorker('slow');
}, 15 * minutes);
afterAll(async () => {
  await Promise.all([...databases.values()].map((each) => each.stop()));
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
}, minutes);

/** Runs statements by the repository's own client, and gives the number in the first column of the last one's row. */
async function countIn(work: Work): Promise<number> {
  const address = databases.get(work)?.url('') ?? '';
  const count = work === 'postgresql' ? "select count(*)::int as n from pg_stat_activity where query like '%pg_sleep(9999)%' and pid <> pg_backend_pid() and state = 'active'" : "select count(*) as n from information_schema.processlist where info like '%sleep(9999)%' and id <> connection_id()";
  const code = work === 'postgresql'
    ? `const { Client } = (await import('pg')).default; const c = new Client(${JSON.stringify(address.replace('postgresql+psycopg', 'postgresql') + 'postgres')}); await c.connect(); console.log((await c.query(${JSON.stringify(count)})).rows[0].n); await c.end();`
    : `const { createConnection } = await import('mysql2/promise'); const c = await createConnection(${JSON.stringify(address.replace('mariadb+pymysql', 'mysql') + 'kpi')}); console.log((await c.query(${JSON.stringify(count)}))[0][0].n); await c.end();`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', code], { cwd: root });
  return Number(stdout);
}

const hasServer = (work: Work): work is 'postgresql' | 'mariadb' => work === 'postgresql' || work === 'mariadb';

function needs(work: Work, skip: (why: string) => never): void {
  if (hasServer(work) && !databases.has(work)) skip(noPrograms(work));
}

async function isUnderWay(work: Work, said: () => string): Promise<void> {
  await expect.poll(said, { timeout: minutes }).toContain('at work');
  if (hasServer(work)) await expect.poll(() => countIn(work), { timeout: minutes }).toBe(1);
  // Nothing shows from outside that a query within a process has begun.
  else await new Promise((done) => setTimeout(done, 2000));
}

async function hasEnded(work: Work): Promise<void> {
  if (hasServer(work)) await expect.poll(() => countIn(work), { timeout: minutes }).toBe(0);
  await expect.poll(processesOfFlow, { timeout: minutes }).toEqual([]);
}

async function processesOfFlow(): Promise<string[]> {
  const all = await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return all.filter((line) => line.includes('dist/prefect_flows/slow.js'));
}

function start(args: readonly string[], more: Readonly<Record<string, string>> = {}): { readonly said: () => string; readonly kill: (signal: NodeJS.Signals) => void; readonly exit: Promise<unknown[]> } {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env, PREFECT_API_URL: server.url, ...more }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
  return { said: () => said, kill: (signal) => void child.kill(signal), exit: once(child, 'exit') };
}

async function lastRun(): Promise<FlowRunRecord> {
  const [run] = await server.client.json<FlowRunRecord[]>('POST', '/flow_runs/filter', { flows: { name: { any_: ['slow'] } }, sort: 'START_TIME_DESC', limit: 1 });
  return run as FlowRunRecord;
}

async function createRun(work: Work, more: object = {}): Promise<string> {
  const { client } = server;
  const { id: flow_id } = await client.json<{ id: string }>('POST', '/flows/', { name: 'slow' });
  const command = `${process.execPath} vendor/kpi-flow-runtime/exec.mjs dist/prefect_flows/slow.js#slow`;
  const { id } = await client.json<{ id: string }>('POST', '/deployments/', { name: work, flow_id, entrypoint: 'prefect.cli.shell:run_shell_process', job_variables: { command, working_dir: root, env }, ...more });
  return (await client.json<{ id: string }>('POST', `/deployments/${id}/create_flow_run`, { parameters: { work } })).id;
}

describe.each(works)('a flow that waits for %s', (work) => {
  test.for(['SIGINT', 'SIGTERM'] as const)('by hand, is Crashed by %s, and nothing goes on without it', { timeout: 3 * minutes }, async (signal, { skip }) => {
    needs(work, skip);
    const child = start(['dist/prefect_flows/slow.js', 'now', work]);
    await isUnderWay(work, child.said);
    child.kill(signal);
    expect(await child.exit).not.toEqual([0, null]);
    expect((await lastRun()).state).toMatchObject({ type: 'CRASHED', message: 'Execution was aborted by a termination signal.' });
    await hasEnded(work);
  });

  test('in a container, is Crashed by a signal of nobody', async ({ skip }) => {
    needs(work, skip);
    const id = await createRun(work);
    const child = start(['vendor/kpi-flow-runtime/exec.mjs', 'dist/prefect_flows/slow.js#slow'], { PREFECT__FLOW_RUN_ID: id });
    await isUnderWay(work, child.said);
    child.kill('SIGTERM');
    expect(await child.exit).toEqual(work === 'a thread' ? [null, 'SIGKILL'] : [143, null]);
    expect((await server.client.json<FlowRunRecord>('GET', `/flow_runs/${id}`)).state?.type).toBe('CRASHED');
    await hasEnded(work);
  }, 3 * minutes);

  test('in a work pool, is Cancelled from the server, and nothing goes on without it', async ({ skip }) => {
    needs(work, skip);
    const before = server.prefect.workerOutput().length;
    const id = await createRun(work, { work_pool_name: 'slow' });
    await isUnderWay(work, () => server.prefect.workerOutput().slice(before));
    await server.client.send('POST', `/flow_runs/${id}/set_state`, { state: { type: 'CANCELLING', name: 'Cancelling' }, force: false });
    await expect.poll(async () => (await server.client.json<FlowRunRecord>('GET', `/flow_runs/${id}`)).state?.type, { timeout: minutes }).toBe('CANCELLED');
    await hasEnded(work);
  }, 3 * minutes);
});
