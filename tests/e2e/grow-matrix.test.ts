import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrefectHandle } from '../../src/edge/prefect.ts';
import { startPrefect } from '../../src/edge/prefect.ts';
import { requirementsOf } from '../../src/edge/python-environment.ts';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import type { Files } from '../generate/grown.ts';
import { grow, startFiles } from '../generate/grown.ts';
import { tell } from '../cli/command-line.ts';
import { framePackages, frames } from './frames.ts';
import { pairs } from '../templates/pairs.ts';
import type { DatabaseServer } from '../../src/build/database-servers.ts';
import { startMariadb, startPostgres } from '../../src/build/database-servers.ts';

const minutes = 60_000;

/**
 * What decides the texts of a stage that is added, besides its kind. Every repository has a stage of each kind, so
 * that each two kinds meet, and each kind meets every value here; each two values meet in the long run.
 */
const factors = {
  type: ['simple', 'ratio', 'cumulative', 'derived', 'conversion'],
  time: ['hour', 'day', 'week', 'month', 'quarter', 'year'],
  dimensions: ['', ',channel', ',region,product_line_of_the_catalogue,plant,channel'],
  database: ['sqlite', 'postgresql', 'mariadb'],
  source: ['sql', 'datalake'],
  destination: ['sql', 'datalake'],
  locale: ['en', 'es'],
} as const;
type Case = { readonly [Name in keyof typeof factors]: (typeof factors)[Name][number] };

const few: readonly Case[] = [
  { type: 'simple', time: 'month', dimensions: factors.dimensions[2], database: 'postgresql', source: 'sql', destination: 'datalake', locale: 'es' },
  { type: 'ratio', time: 'day', dimensions: ',channel', database: 'mariadb', source: 'sql', destination: 'sql', locale: 'en' },
  { type: 'cumulative', time: 'week', dimensions: '', database: 'sqlite', source: 'datalake', destination: 'sql', locale: 'es' },
  { type: 'derived', time: 'quarter', dimensions: factors.dimensions[2], database: 'mariadb', source: 'datalake', destination: 'datalake', locale: 'en' },
  { type: 'conversion', time: 'hour', dimensions: ',channel', database: 'postgresql', source: 'sql', destination: 'sql', locale: 'es' },
  { type: 'ratio', time: 'year', dimensions: '', database: 'sqlite', source: 'sql', destination: 'datalake', locale: 'en' },
];
const all = pairs(factors) as readonly Case[];
const isLong = Boolean(process.env['KPI_FLOW_LONG']);
if (!isLong) tell('skipped: types of every pair, and their flows in a file of SQLite (set KPI_FLOW_LONG=1)');

interface Repository extends Case {
  readonly id: string;
  readonly files: Files;
}

/** A chain through every kind on top of a new repository, kept and published in every way. */
function makeRepository(id: string, { time, dimensions, database, ...answers }: Case): Repository {
  const files = startFiles({ dir: 'kpi', name: 'Índice «x»', id, owner: 'ana', frames, grain: `${time}${dimensions}`, target: 0.5, warning: 0.5, ...answers });
  grow(files, 'extractor', { name: 'returns', kind: 'sql', source: 'archive', options: { database } });
  grow(files, 'extractor', { name: 'visits', kind: 'datalake', source: 'pond' });
  for (const name of ['returns', 'visits']) grow(files, 'transformer', { name: `clean_${name}`, kind: 'cleaning', inputs: [name] });
  grow(files, 'transformer', { name: 'net', kind: 'calculation', inputs: ['clean_returns', 'clean_visits'] });
  grow(files, 'transformer', { name: 'net_by', kind: 'aggregation', inputs: ['net'] });
  grow(files, 'transformer', { name: 'passed_on', kind: 'calculation', inputs: ['net_by'] });
  grow(files, 'transformer', { name: 'net_again', kind: 'aggregation', inputs: ['passed_on'] });
  grow(files, 'loader', { name: 'net_kept', kind: 'sql', inputs: ['net_by'], source: 'archive', options: { database } });
  grow(files, 'loader', { name: 'net_files', kind: 'datalake', inputs: ['net_again'], source: 'pond' });
  for (const [form, input] of [['table', 'net_by'], ['markdown', `by_${time}`], ['link', 'net_again']] as const) {
    grow(files, 'loader', { name: `shown_as_${form}`, kind: 'artifact', inputs: [input], options: { form } });
  }
  return { id, files, time, dimensions, database, ...answers };
}

const everyOne = all.map((each, index) => makeRepository(`matrix_${index}`, each));
// A usual run takes one of them all the way; the long one takes the others, and every pair.
const chosen = (isLong ? [...few, ...all] : few.slice(1, 2)).map((each, index) => makeRepository(`chosen_${index}`, each));

let home = '';
let python = '';
let bare = '';
const servers = new Map<string, DatabaseServer>();
const rootOf = ({ id }: Repository): string => join(home, id);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'kpi-matrix-'));
  await Promise.all([...new Set([...everyOne, ...chosen])].map(write));
  const asked = await Promise.all(chosen.map((each) => requirementsOf(rootOf(each))));
  const packages = [...new Set([...framePackages, ...asked.flatMap(({ run, dev }) => [...run, ...dev])])].filter((each) => !each.startsWith('pyright'));
  const environment = await sharedEnvironment(packages, '.cache');
  python = environment.python;
  await Promise.all(chosen.map((each) => symlink(resolve(environment.folder), join(rootOf(each), '.venv'), 'junction')));
  bare = (await sharedEnvironment(packages.filter((each) => each.startsWith('prefect')), '.cache')).python;
  const started = await Promise.all([['postgresql', startPostgres] as const, ['mariadb', startMariadb] as const].map(async ([name, start]) => [name, await start()] as const));
  for (const [name, server] of started) if (server !== undefined) servers.set(name, server);
}, 10 * minutes);

afterAll(async () => {
  await Promise.all([...servers.values()].map((server) => server.stop()));
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}, minutes);

async function write({ id, files }: Repository): Promise<void> {
  for (const folder of new Set([...files.keys()].map((path) => dirname(join(home, id, path))))) await mkdir(folder, { recursive: true });
  await Promise.all([...files].map(([path, text]) => writeFile(join(home, id, path), text)));
}

/** What the shell may have set does not count. */
const { WAREHOUSE_URL: _url, LAKE_URI: _uri, PREFECT_API_URL: _api, ...shell } = process.env;

async function run(file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = shell): Promise<string> {
  const { exitCode, all: said } = await execa(file, args, { cwd, env, extendEnv: false, all: true, reject: false });
  expect(exitCode, `${cwd}: ${args.join(' ')}\n${said}`).toBe(0);
  return said;
}

const script = (name: string): string => resolve('tests/e2e', name);

test(`${all.length} repositories in which each two answers meet have nothing that ruff would say or change`, async () => {
  expect(await run(python, ['-m', 'ruff', 'check', '.'], home)).toContain('All checks passed');
  expect(await run(python, ['-m', 'ruff', 'format', '--check', '.'], home)).toContain('already formatted');
}, 3 * minutes);

test.runIf(isLong)('all that were chosen are typed, strictly', async () => {
  const settings = (chosen[0]?.files.get('pyproject.toml') ?? '').split('[tool.pyright]\n')[1]?.split('\n[')[0] ?? '';
  expect(settings).toContain('typeCheckingMode = "strict"');
  const quiet = [...settings.matchAll(/^(report\w+) = false$/gm)].map(([, name = '']) => [name, false] as const);
  const config = {
    include: chosen.flatMap(({ id }) => ['src', 'prefect_flows', 'tests'].map((folder) => `${id}/${folder}`)),
    executionEnvironments: chosen.map(({ id }) => ({ root: id, extraPaths: [`${id}/src`] })),
    pythonVersion: '3.11',
    typeCheckingMode: 'strict',
    ...Object.fromEntries(quiet),
  };
  await writeFile(join(home, 'pyrightconfig.json'), JSON.stringify(config));
  expect(await run(process.execPath, [resolve('node_modules/pyright/index.js'), '--pythonpath', python], home)).toContain('0 errors, 0 warnings');
}, 10 * minutes);

test.each(chosen)('$id ($type, $time, $locale) passes its tests', async (repository) => {
  // The tests of flows start a server each; grow.test.ts has them all.
  const parts = isLong ? ['tests'] : ['tests/unit', 'tests/contract', 'tests/equivalence'];
  const said = await run(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', ...parts], rootOf(repository));
  expect(said).toMatch(/\d+ passed/);
  expect(said).not.toMatch(/warning|skipped/i);
}, 5 * minutes);

describe('on a Prefect server', () => {
  let prefect: PrefectHandle;
  beforeAll(async () => {
    prefect = await startPrefect(bare, { cache: '.cache', startSeconds: 240 });
  }, 5 * minutes);
  afterAll(() => prefect?.stop(), minutes);

  /** Some days in January; a longer grain takes the whole of its period. */
  async function runFlow(repository: Repository, env: NodeJS.ProcessEnv): Promise<void> {
    const flow = `${repository.id}_flow`;
    await run(python, ['-c', `from datetime import date; from prefect_flows.${flow} import ${flow}; ${flow}(date(2026, 1, 5), date(2026, 1, 8))`], rootOf(repository), { ...prefect.env, ...env });
  }

  test.each(chosen)('$id ($type, $time, $locale) runs on its sample: every stage a task, and what it publishes is there', async (repository) => {
    await runFlow(repository, {});
    const kebab = repository.id.replaceAll('_', '-');
    const [flowRun] = await prefect.api.call<{ id: string }[]>('POST', '/flow_runs/filter', { flows: { name: { any_: [kebab] } } });
    const config = repository.files.get('config/config.yaml') ?? '';
    const stages = [...config.matchAll(/^ {2}(\w+):\n {4}(?:source|kind): (?!sql|datalake)/gm)].map(([, name]) => name);
    // A step that the pipeline runs too runs once more for what was added.
    const names = (await prefect.api.taskRuns(flowRun?.id ?? '')).map(({ name }) => name.replace(/-[^-]*$/, ''));
    expect([...new Set(names)].sort()).toEqual(stages.sort());
    const artifacts = await prefect.api.artifacts(flowRun?.id ?? '');
    const types = ['table', 'markdown', 'link'].map((form) => artifacts.find(({ key }) => key === `kpi-${kebab}-shown-as-${form}`)?.type);
    expect(types).toEqual(['table', 'markdown', 'markdown']);
  }, 3 * minutes);

  describe.each(['postgresql', 'mariadb'].filter((name) => chosen.some((each) => each.database === name)))('and in %s', (database) => {
    const span = ({ time }: Repository) => (time === 'hour' || time === 'day' ? ['2025-12-20', '2026-02-01'] : ['2025-12-20', '2027-01-10']);

    test.for(chosen.filter((each) => each.database === database))('$id ($type, $time) gives the values of the sample, and keeps what it is given', { timeout: 5 * minutes }, async (repository, { skip }) => {
      const server = servers.get(database);
      if (server === undefined) {
        skip(`the programs of ${database} are not on this machine`);
        return;
      }
      const root = rootOf(repository);
      const url = server.url(repository.id);
      const inputs = [...(repository.files.get('src/core/extractors/__init__.py') ?? '').matchAll(/^ {4}"(\w+)",$/gm)].map(([, name = '']) => name);
      await run(python, [script('seed_database.py'), server.url(server.first), url, ...span(repository), ...inputs], root);
      const env = { ARCHIVE_URL: url, ...(repository.source === 'sql' && { WAREHOUSE_URL: url }) };
      await runFlow(repository, env);
      const rows = (from: string) => run(python, [script('dump_table.py'), from, 'net_kept'], root);
      const once = await rows(url);
      expect(once).toBe(await rows(`sqlite:///${root}/.data/sample.sqlite`));
      expect(once).not.toBe('');
      await run(python, [script('seed_database.py'), server.url(server.first), server.url(`${repository.id}_round`), ...span(repository)], root);
      const round = await run(python, [script('round_trip.py'), 'net_kept'], root, { ...shell, ARCHIVE_URL: server.url(`${repository.id}_round`) });
      expect(round).toContain('kept');
    });
  });

  test.runIf(isLong)('the same holds in a file of SQLite', async () => {
    const repository = chosen.find(({ database }) => database === 'sqlite');
    if (repository === undefined) throw new Error('none of them has SQLite');
    const url = `sqlite:///${rootOf(repository)}/round.sqlite`;
    expect(await run(python, [script('round_trip.py'), 'net_kept'], rootOf(repository), { ...shell, ARCHIVE_URL: url })).toContain('kept');
  }, minutes);
});
