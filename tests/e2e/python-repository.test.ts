import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrefectHandle } from '../../src/edge/prefect.ts';
import { startPrefect } from '../../src/edge/prefect.ts';
import type { FlowRun } from '../../src/edge/prefect-api.ts';
import { requirementsOf } from '../../src/edge/python-environment.ts';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import type { RawAnswers } from '../../src/generate/define-generator.ts';
import { expectGraph, expectNoRetries } from './flow-graph.ts';
import { frames } from './frames.ts';
import { makeRepository } from './make-repository.ts';

const minutes = 60_000;

/** One of each metric type; the other answers are spread so that each is met somewhere. */
const answers = {
  stock_value: { type: 'simple', grain: 'month,region,product_line', source: 'datalake', destination: 'sql', locale: 'es', unit: 'EUR', direction: 'target_is_best', target: '1e21' },
  on_time_rate: { type: 'ratio', grain: 'day,channel', source: 'sql', destination: 'sql', locale: 'en', unit: 'percent', inputs: 'on_time,arrivals' },
  visits_so_far: { type: 'cumulative', grain: 'week', source: 'sql', destination: 'datalake', locale: 'en', unit: 'count', target: '5000', schedule: 'none' },
  net_margin: { type: 'derived', grain: 'quarter,region,channel,plant', source: 'datalake', destination: 'datalake', locale: 'es', unit: 'EUR', direction: 'lower_is_better', target: '-3' },
  sign_up_rate: { type: 'conversion', grain: 'hour', source: 'sql', destination: 'datalake', locale: 'es', unit: 'ratio', target: '0.05', name: 'Tasa «"""\\' },
} as const satisfies Record<string, RawAnswers>;
type Id = keyof typeof answers;
const ids = Object.keys(answers) as Id[];

let home = '';
let python = '';
let packages: string[] = [];
const folderOf = (id: Id) => join(home, id);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'kpi-flow-python-'));
  await Promise.all(ids.map((id) => makeRepository(folderOf(id), id, { frames, ...answers[id] })));
  const asked = await Promise.all(ids.map((id) => requirementsOf(folderOf(id))));
  // pyright comes from npm here, and looks for packages in .venv.
  packages = [...new Set(asked.flatMap(({ run, dev }) => [...run, ...dev]))].filter((each) => !each.startsWith('pyright'));
  const environment = await sharedEnvironment(packages, '.cache');
  python = environment.python;
  const kind = process.platform === 'win32' ? 'junction' : 'dir';
  await Promise.all(ids.map((id) => symlink(environment.folder, join(folderOf(id), '.venv'), kind)));
}, 10 * minutes);

afterAll(async () => {
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

/** Runs a module of the environment in a repository, without anything that this shell may have set. */
async function runModule(id: Id, ...args: string[]): Promise<string> {
  const { WAREHOUSE_URL: _url, LAKE_URI: _uri, PREFECT_API_URL: _api, ...env } = process.env;
  const result = await execa(python, ['-m', ...args], { cwd: folderOf(id), env, extendEnv: false, all: true, reject: false });
  expect(result.exitCode, `${id}: python -m ${args.join(' ')}\n${result.all}`).toBe(0);
  return result.all;
}

describe.each(ids)('%s, as it was made,', (id) => {
  test('has nothing that ruff would say or change', async () => {
    await runModule(id, 'ruff', 'check', '.');
    await runModule(id, 'ruff', 'format', '--check', '.');
  }, minutes);

  test('is typed, strictly', async () => {
    const pyright = join(process.cwd(), 'node_modules/pyright/index.js');
    const result = await execa(process.execPath, [pyright], { cwd: folderOf(id), all: true, reject: false });
    expect(result.all).toContain('0 errors, 0 warnings');
  }, 3 * minutes);

  test('passes its tests without Prefect', async () => {
    const said = await runModule(id, 'pytest', '-q', '-p', 'no:cacheprovider', 'tests/unit', 'tests/contract', 'tests/equivalence');
    expect(said).toMatch(/\d+ passed/);
    expect(said).not.toMatch(/warning|skipped/i);
  }, 3 * minutes);
});

// The two differ in every answer that a flow can notice; the others pass the same lines in their deployed run.
test.each(['stock_value', 'sign_up_rate'] as const)('%s passes the tests of its flow', async (id) => {
  expect(await runModule(id, 'pytest', '-q', '-p', 'no:cacheprovider', 'tests/flows')).toMatch(/3 passed/);
}, 5 * minutes);

describe('on a Prefect server, with one worker that has Prefect and nothing else,', () => {
  const secret = 'sqlite:///.data/s3cr3t.sqlite';
  let prefect: PrefectHandle;
  let deployments: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const bare = await sharedEnvironment(packages.filter((each) => each.startsWith('prefect')), '.cache');
    prefect = await startPrefect(bare.python, { cache: '.cache', startSeconds: 240 });
    await prefect.startWorker('kpi-pool');
    for (const id of ids) await deploy(id);
    deployments = new Map((await prefect.api.deployments()).map((each) => [each.name.replaceAll('-', '_'), each.id]));
  }, 8 * minutes);

  afterAll(() => prefect?.stop(), minutes);

  /** From the repository's own environment, by somebody who has the secret at hand: it must not stay on the server. */
  async function deploy(id: Id): Promise<void> {
    const own = join(folderOf(id), '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
    const env = { ...prefect.env, WAREHOUSE_URL: secret };
    await execa(own, ['-m', 'prefect', '--no-prompt', 'deploy', '--all'], { cwd: folderOf(id), env, extendEnv: false });
  }

  const start = (id: Id, days: Readonly<Record<string, string>> = {}): Promise<FlowRun> =>
    prefect.runDeployment(deployments.get(id) ?? '', days, { seconds: 240 });

  test.each(ids)('%s runs in its own folder, each stage a task with its edges', async (id) => {
    const run = await start(id, { start: '2026-01-05', end: '2026-01-06' });
    await expectGraph(prefect, run.id, await readFile(join(folderOf(id), 'config/config.yaml'), 'utf8'), id);
  }, 5 * minutes);

  test('no deployment holds a secret', async () => {
    const whole = JSON.stringify(await prefect.api.call('POST', '/deployments/filter', {}));
    expect(whole).toContain('-m prefect.engine');
    expect(whole).not.toContain('s3cr3t');
  });

  test('deploying again changes nothing', async () => {
    await deploy('on_time_rate');
    const again = (await prefect.api.deployments()).find((each) => each.name === 'on-time-rate');
    expect(again?.id).toBe(deployments.get('on_time_rate'));
    expect(again?.tags).toEqual(expect.arrayContaining(['kpi', 'kpi:on_time_rate']));
  }, 2 * minutes);

  test('a change of retries in config.yaml counts from the next run', async () => {
    const file = join(folderOf('visits_so_far'), 'config/config.yaml');
    const before = await start('visits_so_far');
    await writeFile(file, (await readFile(file, 'utf8')).replace('retries: 3', 'retries: 7'));
    const after = await start('visits_so_far');
    expect(await retriesOf(before)).toEqual([3]);
    expect(await retriesOf(after)).toEqual([7]);
  }, 5 * minutes);

  async function retriesOf({ id }: FlowRun): Promise<unknown[]> {
    const tasks = (await prefect.api.taskRuns(id)) as unknown as { empirical_policy: { retries: number } }[];
    return [...new Set(tasks.map((each) => each.empirical_policy.retries))];
  }

  test('a run whose variable has no value fails without retries: waiting gives it none', async () => {
    await expectNoRetries(prefect, deployments.get('on_time_rate') ?? '', folderOf('on_time_rate'));
  }, 5 * minutes);

  test('the same days again leave the same rows', async () => {
    const days = { start: '2026-01-05', end: '2026-01-07' };
    await start('on_time_rate', days);
    const once = await rows();
    await start('on_time_rate', days);
    expect(await rows()).toBe(once);
    expect(once).toContain('channel_a');
  }, 5 * minutes);

  async function rows(): Promise<string> {
    const script = 'import sqlite3; print(sqlite3.connect(".data/sample.sqlite").execute("select * from on_time_rate_daily order by 1, 2").fetchall())';
    return (await execa(python, ['-c', script], { cwd: folderOf('on_time_rate') })).stdout;
  }
});
