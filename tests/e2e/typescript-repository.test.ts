import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prefectPackage } from '../../src/build/prefect-package.ts';
import { linkPackages, sharedPackages } from '../../src/edge/node-packages-shared.ts';
import type { PrefectHandle } from '../../src/edge/prefect.ts';
import { startPrefect } from '../../src/edge/prefect.ts';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import type { RawAnswers } from '../../src/generate/define-generator.ts';
import { expectGraph, expectNoRetries, inputsOf } from './flow-graph.ts';
import { makeRepository } from './make-repository.ts';
import { packages as everyPackage } from './own-checks.ts';

const minutes = 60_000;

/** One of each metric type; the other answers are spread so that each is met somewhere. */
const answers = {
  on_time_rate: { type: 'ratio', grain: 'week,channel', locale: 'en', unit: 'percent', inputs: 'on_time,arrivals', target: '0.9' },
  sign_up_rate: { type: 'conversion', grain: 'hour', locale: 'es', unit: 'ratio', target: '0.05', name: 'Tasa «`${x}`\\ */' },
  stock_value: { type: 'simple', grain: 'month,region,product_line', locale: 'es', unit: 'EUR', direction: 'target_is_best', target: '1e21' },
  visits_so_far: { type: 'cumulative', grain: 'day', locale: 'en', unit: 'count', target: '5000', schedule: 'none' },
  net_margin: { type: 'derived', grain: 'quarter,region', locale: 'es', unit: 'EUR', direction: 'lower_is_better', target: '-3' },
} as const satisfies Record<string, RawAnswers>;
type Id = keyof typeof answers;

const long = process.env['KPI_FLOW_LONG'] === '1';
const all = Object.keys(answers) as Id[];
// The short form takes the two that share no answer; templates/typescript.test.ts compiles and reads every pair.
const ids = long ? all : all.slice(0, 2);
if (!long) process.stderr.write(`skipped: the TypeScript repositories ${all.slice(2).join(', ')}, the tests of on_time_rate, and npm install in one (KPI_FLOW_LONG=1)\n`);

let home = '';
const folderOf = (id: Id) => join(home, id);
const pythonFolderOf = (id: Id) => join(home, `${id}_in_python`);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'kpi-flow-typescript-'));
  await Promise.all(ids.flatMap((id) => [make(folderOf(id), id, 'typescript'), make(pythonFolderOf(id), id, 'python')]));
  const packages = await sharedPackages(folderOf(ids[0] ?? 'on_time_rate'), '.cache');
  await Promise.all(ids.map((id) => linkPackages(packages, folderOf(id))));
}, 10 * minutes);

afterAll(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));

async function make(folder: string, id: Id, language: string): Promise<void> {
  await makeRepository(folder, id, { language, ...answers[id] });
}

/** Runs a script of package.json, without anything that this shell may have set. */
async function runScript(id: Id, ...args: string[]): Promise<string> {
  const { WAREHOUSE_URL: _url, PREFECT_API_URL: _api, VITEST: _vitest, ...env } = process.env;
  const result = await execa('npm', ['run', '--silent', ...args], { cwd: folderOf(id), env: { ...env, NO_COLOR: '1' }, extendEnv: false, all: true, reject: false });
  expect(result.exitCode, `${id}: npm run ${args.join(' ')}\n${result.all}`).toBe(0);
  return result.all;
}

describe.each(ids)('%s, as it was made,', (id) => {
  test('is typed, strictly', async () => expect(await runScript(id, 'typecheck')).toBe(''), 2 * minutes);

  test('has nothing that its linter would say', async () => expect(await runScript(id, 'lint')).toContain('Found 0 warnings and 0 errors'), 2 * minutes);

  // The flow of the other one runs for real below.
  test.skipIf(!long && id !== 'sign_up_rate')('passes its tests without Prefect', async () => {
    const said = await runScript(id, 'test');
    expect(said).toMatch(/Tests +\d+ passed \(\d+\)/);
  }, 3 * minutes);
});

test('a flow that is given something else than days says what there is, and does not run', async () => {
  const [id] = ids;
  const { PREFECT_API_URL: _api, WAREHOUSE_URL: _url, VITEST: _vitest, ...env } = process.env;
  const call = (...args: string[]) => execa('npm', ['run', '--silent', 'flow', '--', ...args], { cwd: folderOf(id ?? 'on_time_rate'), env, extendEnv: false, reject: false });
  const [misspelt, word, help] = [await call('--strat', '2026-01-01'), await call('2026-01-01'), await call('--help')];
  for (const { exitCode, stdout, stderr } of [misspelt, word]) {
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--start 2026-01-01   the first day');
    expect(stderr).not.toMatch(/ {4}at |Flow run/);
  }
  expect(misspelt.stderr).toContain("'--strat'");
  expect(help).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringContaining('--end 2026-02-01') });
}, 2 * minutes);

describe('on a Prefect server, started by a worker that knows nothing of it,', () => {
  const secret = 'duckdb:///s3cr3t.duckdb';
  const days = { start: '2026-01-05', end: '2026-01-09' };
  let prefect: PrefectHandle;
  let deployments: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const { python } = await sharedEnvironment([prefectPackage], '.cache');
    prefect = await startPrefect(python, { cache: '.cache', startSeconds: 240 });
    await prefect.startWorker('kpi-pool');
    for (const id of ids) await deploy(id);
    deployments = new Map((await prefect.api.deployments()).map((each) => [each.name.replaceAll('-', '_'), each.id]));
  }, 8 * minutes);

  afterAll(() => prefect?.stop(), minutes);

  /** By somebody who has the secret at hand: it must not stay on the server. */
  async function deploy(id: Id): Promise<void> {
    const { python } = await sharedEnvironment([prefectPackage], '.cache');
    const env = { ...prefect.env, WAREHOUSE_URL: secret };
    await execa(python, ['-m', 'prefect', '--no-prompt', 'deploy', '--all'], { cwd: folderOf(id), env, extendEnv: false });
  }

  test.each(ids)('%s is deployed by Prefect as the runtime itself would do it: with its description, and with a form of the same parameters', async (id) => {
    const args = ['node_modules/@kpi-flow/runtime/deploy.mjs', '--dry-run'];
    const { stdout } = await execa(process.execPath, args, { cwd: folderOf(id), env: { ...prefect.env }, extendEnv: false });
    expect(stdout.split('\n')[0]).toMatch(/: as it should be$/);
    const { description, parameter_openapi_schema } = (await prefect.api.call('GET', `/deployments/${deployments.get(id)}`)) as { description: string; parameter_openapi_schema: object };
    expect(description).toBe(/^ {2}description: "(.*)"$/m.exec(await readFile(join(folderOf(id), 'config/config.yaml'), 'utf8'))?.[1]);
    expect(parameter_openapi_schema).toMatchObject({ properties: { start: { default: null, description: expect.any(String) }, end: { default: null } } });
  }, minutes);

  test.each(ids)('%s runs in its own folder, and computes what the Python repository of the same answers does', async (id) => {
    const run = await prefect.runDeployment(deployments.get(id) ?? '', days, { seconds: 240 });
    const config = await readFile(join(folderOf(id), 'config/config.yaml'), 'utf8');
    await expectGraph(prefect, run.id, config, id);

    const inputs = inputsOf(config);
    const table = /^loaders:\n {2}(\w+):/m.exec(config)?.[1] ?? '';
    const tables = await readTables(id, ...inputs, table);
    const python = await computeInPython(id, Object.fromEntries(inputs.map((name) => [name, tables[name]])));
    expect(python.length).toBeGreaterThan(0);
    expectSameRows(tables[table] ?? [], python);
  }, 5 * minutes);

  test('a clone of its git repository runs, wherever the worker stands', async () => {
    const folder = join(home, 'cloned');
    await makeRepository(folder, 'net_worth', { language: 'typescript', type: 'simple', grain: 'day', target: '100' });
    const run = (file: string, ...args: string[]) => execa(file, args, { cwd: folder, env: { ...prefect.env }, extendEnv: false });
    const git = (...args: string[]) => run('git', '-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...args);
    await run(process.execPath, resolve('dist/kpi-flow.mjs'), 'add', 'deployment', 'cloned', '--git', `file://${folder}`);
    await run('npm', 'install', '--package-lock-only', '--no-audit', '--no-fund');
    await forgetAbsentOptions(join(folder, 'package-lock.json'));
    await git('init', '--quiet');
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'A KPI');
    // Deploying compiles; what a run needs comes with the clone.
    await linkPackages(await sharedPackages(folder, '.cache'), folder);
    const { python } = await sharedEnvironment([prefectPackage], '.cache');
    await run(python, '-m', 'prefect', '--no-prompt', 'deploy', '--name', 'cloned');
    await rm(join(folder, 'dist'), { recursive: true });
    await rm(join(folder, 'node_modules'), { recursive: true });
    const { id } = (await prefect.api.deployments()).find(({ name }) => name === 'cloned') ?? { id: '' };
    // What is not committed is not run.
    await rm(join(folder, 'src'), { recursive: true });
    const { id: runId } = await prefect.runDeployment(id, days, { seconds: 300 }).catch((error: Error) => {
      throw new Error(`${error.message}\n${prefect.workerOutput()}`, { cause: error });
    });
    await expectGraph(prefect, runId, await readFile(join(folder, 'config/config.yaml'), 'utf8'), 'net_worth');
  }, 8 * minutes);

  test('no deployment holds a secret', async () => {
    const whole = JSON.stringify(await prefect.api.call('POST', '/deployments/filter', {}));
    expect(whole).toContain('@kpi-flow/runtime/exec.mjs');
    expect(whole).not.toContain('s3cr3t');
  });

  test('a run whose variable has no value fails without retries: waiting gives it none', async () => {
    await expectNoRetries(prefect, deployments.get('on_time_rate') ?? '', folderOf('on_time_rate'));
  }, 5 * minutes);

  test('the same days again leave the same rows', async () => {
    const once = await readTables('on_time_rate', 'on_time_rate_weekly');
    await prefect.runDeployment(deployments.get('on_time_rate') ?? '', days, { seconds: 240 });
    expect(await readTables('on_time_rate', 'on_time_rate_weekly')).toEqual(once);
  }, 5 * minutes);
});

test('one that grew passes its own compiler, linter and tests, and runs', async () => {
  const id = 'on_time_rate';
  const folder = join(home, 'grown');
  await make(folder, id, 'typescript');
  await linkPackages(await sharedPackages(folder, '.cache'), folder);
  const run = async (file: string, ...args: string[]): Promise<string> => {
    const { PREFECT_API_URL: _api, WAREHOUSE_URL: _url, VITEST: _vitest, ...env } = process.env;
    const result = await execa(file, args, { cwd: folder, env: { ...env, NO_COLOR: '1' }, extendEnv: false, all: true, reject: false });
    expect(result.exitCode, `${file} ${args.join(' ')}\n${result.all}`).toBe(0);
    return result.all;
  };
  const additions = [
    ['extractor', 'orders', 'sql'],
    ['transformer', 'clean_orders', 'cleaning', 'orders'],
    ['transformer', 'order_parts', 'calculation', 'clean_orders,clean_arrivals'],
    ['transformer', 'orders_by_week', 'aggregation', 'order_parts'],
    ['loader', 'orders_weekly', 'sql', '--inputs', 'orders_by_week'],
    ['loader', 'orders_page', 'artifact', '--inputs', 'orders_by_week'],
    ['extractor', 'tickets', 'api', 'desk', '--auth', 'bearer', '--paginator', 'offset'],
    ['loader', 'orders_files', 'datalake', '--inputs', 'orders_by_week', '--format', 'csv'],
    ['loader', 'orders_history', 'sql', '--inputs', 'orders_by_week', '--merge-strategy', 'scd2', '--publish', 'audit'],
    ['pipeline', 'orders_alone', 'orders_by_week,orders_page'],
  ];
  for (const each of additions) await run(process.execPath, resolve('dist/kpi-flow.mjs'), 'add', ...each);
  for (const [name, next] of [['arrivals', 'landings'], ['order_parts', 'shares'], ['orders_alone', 'orders_again']] as const) await run(process.execPath, resolve('dist/kpi-flow.mjs'), 'rename', name, next);
  expect(await run('npm', 'run', '--silent', 'typecheck')).toBe('');
  expect(await run('npm', 'run', '--silent', 'lint')).toContain('Found 0 warnings and 0 errors');
  expect(await run('npx', 'vitest', 'run', '--no-isolate', 'order', 'tests/flows')).toMatch(/Tests +\d+ passed \(\d+\)/);
  expect(await run('npm', 'run', '--silent', 'flow', '--', '--start', '2026-01-05', '--end', '2026-01-12')).toContain('Completed');
  const { stdout } = await execa(process.execPath, [resolve('tests/e2e/read-duckdb.mjs'), folder, join(folder, '.data/sample.duckdb'), 'orders_weekly']);
  const rows = (JSON.parse(stdout) as Record<string, Rows>)['orders_weekly'] ?? [];
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.every((row) => Number(row['clean_orders']) > 0 && Number(row['clean_arrivals']) > 0)).toBe(true);
}, 10 * minutes);

test.skipIf(!long)('npm install makes a repository whole', async () => {
  const folder = join(home, 'installed');
  await make(folder, 'on_time_rate', 'typescript');
  const { NODE_ENV: _env, ...env } = process.env;
  await execa('npm', ['install', '--no-audit', '--no-fund', '--strict-allow-scripts'], { cwd: folder, env, extendEnv: false });
  const { stdout } = await execa('npm', ['run', '--silent', 'typecheck'], { cwd: folder, env, extendEnv: false });
  expect(stdout).toBe('');
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as { packages: Record<string, { hasInstallScript?: boolean }> };
  expect(Object.entries(lock.packages).filter(([, each]) => each.hasInstallScript === true).map(([name]) => name)).toEqual([]);
}, 5 * minutes);

/** A registry need not have what is only wanted on other systems, and `npm ci` wants all that a lock names. */
async function forgetAbsentOptions(file: string): Promise<void> {
  const lock = JSON.parse(await readFile(file, 'utf8')) as { packages: Record<string, { optionalDependencies?: Record<string, string> }> };
  const there = new Set(Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, '')));
  for (const each of Object.values(lock.packages)) {
    if (each.optionalDependencies !== undefined) each.optionalDependencies = Object.fromEntries(Object.entries(each.optionalDependencies).filter(([name]) => there.has(name)));
  }
  await writeFile(file, JSON.stringify(lock, null, 2));
}

type Rows = readonly Readonly<Record<string, unknown>>[];

async function readTables(id: Id, ...tables: string[]): Promise<Readonly<Record<string, Rows>>> {
  const file = join(folderOf(id), '.data/sample.duckdb');
  const { stdout } = await execa(process.execPath, [resolve('tests/e2e/read-duckdb.mjs'), folderOf(id), file, ...tables]);
  return JSON.parse(stdout) as Record<string, Rows>;
}

/** The very records that the TypeScript flow read, through the Python repository's own functions. */
async function computeInPython(id: Id, records: Readonly<Record<string, Rows | undefined>>): Promise<Rows> {
  const file = join(home, `${id}.json`);
  const iso = (rows: Rows = []): Rows => rows.map((row) => ({ ...row, occurred_at: String(row['occurred_at']).replace(' ', 'T') }));
  await writeFile(file, JSON.stringify(Object.fromEntries(Object.entries(records).map(([name, rows]) => [name, iso(rows)]))));
  const { python } = await sharedEnvironment(everyPackage, '.cache');
  const { stdout } = await execa(python, [resolve('tests/e2e/compute_kpi.py'), pythonFolderOf(id), id, file]);
  return JSON.parse(stdout) as Rows;
}

/** Keys are the same; figures are so but for the last bits, where two languages add in another order. */
function expectSameRows(ours: Rows, theirs: Rows): void {
  const text = (value: unknown): unknown => (typeof value === 'string' ? value.replace('T', ' ') : value);
  const plain = (rows: Rows) => rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)])));
  const keyOf = (row: Readonly<Record<string, unknown>>) => JSON.stringify(Object.values(row).filter((each) => typeof each === 'string'));
  const sorted = (rows: Rows) => plain(rows).toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  const [left, right] = [sorted(ours), sorted(theirs)];
  expect(left.map(keyOf)).toEqual(right.map(keyOf));
  left.forEach((row, index) => {
    expect(Object.keys(row)).toEqual(Object.keys(right[index] ?? {}));
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === 'number') expect(value, name).toBeCloseTo(Number(right[index]?.[name]), 6);
      else expect(value, name).toBe(right[index]?.[name]);
    }
  });
}
