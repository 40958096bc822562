import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { grow, startFiles } from '../generate/grown.ts';
import type { DatabaseServer } from '../../src/build/database-servers.ts';
import { startMariadb, startPostgres } from '../../src/build/database-servers.ts';
import { tell } from '../cli/command-line.ts';
import { extractorPackages } from './extractor-packages.ts';

const minutes = 60_000;
const ways = {
  append: { write_disposition: 'append' },
  replace: { write_disposition: 'replace' },
  replace_partitions: { write_disposition: 'replace_partitions' },
  delete_insert: { merge_strategy: 'delete-insert' },
  upsert: { merge_strategy: 'upsert' },
  insert_only: { merge_strategy: 'insert-only' },
  scd2: { merge_strategy: 'scd2' },
} as const;
const everyOne = ['kept', 'seen'].flatMap((how) => Object.keys(ways).map((way) => `${how}_${way}`));
const few = ['kept_delete_insert', 'kept_upsert', 'kept_scd2', 'seen_upsert'];
const isLong = Boolean(process.env['KPI_FLOW_LONG']);

/** A usual run takes all of them in SQLite, and elsewhere those whose statements differ from one database to another. */
const chosen = (database: string): readonly string[] => (isLong || database === 'sqlite' ? everyOne : few);
const databases = ['sqlite', 'duckdb', 'postgresql', 'mariadb'] as const;

let root = '';
let python = '';
const servers = new Map<string, DatabaseServer>();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kpi-loaders-'));
  ({ python } = await sharedEnvironment(extractorPackages, '.cache'));
  const files = startFiles({ dir: 'kpi', name: 'Reclamaciones', id: 'complaints', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', target: 10, warning: 12, direction: 'lower_is_better', locale: 'en' });
  for (const [way, options] of Object.entries(ways)) {
    grow(files, 'loader', { name: `kept_${way}`, kind: 'sql', source: 'archive', options });
    grow(files, 'loader', { name: `seen_${way}`, kind: 'sql', source: 'archive', options: { ...options, publish: 'audit' } });
  }
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  for (const [name, start] of [['postgresql', startPostgres], ['mariadb', startMariadb]] as const) {
    const server = await start();
    if (server !== undefined) servers.set(name, server);
  }
}, 10 * minutes);

afterAll(async () => {
  await Promise.all([...servers.values()].map((server) => server.stop()));
  await rm(root, { recursive: true, force: true });
}, minutes);

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => execa(python, args, { cwd: root, env: { PYTHONPATH: join(root, 'src'), PYTHONUTF8: '1', ...env } });

/** The address of an empty database; nothing where its programs are not on the machine. */
async function addressOf(database: (typeof databases)[number], name = 'loaders'): Promise<string | undefined> {
  if (database === 'sqlite' || database === 'duckdb') return `${database}:///${root}/${name}.${database}`;
  const server = servers.get(database);
  if (server === undefined) return undefined;
  await run([resolve('tests/e2e/seed_database.py'), server.url(server.first), server.url(name), '2026-01-01', '2026-01-02']);
  return server.url(name);
}

describe.each(databases)('every loader of a table, in %s', (database) => {
  it('keeps what it is given, once, and all of it or nothing', { timeout: 5 * minutes }, async ({ skip }) => {
    const address = await addressOf(database);
    if (address === undefined) return skip(`the programs of ${database} are not on this machine`);
    const { stdout } = await run([resolve('tests/e2e/load_suite.py'), ...chosen(database)], { ARCHIVE_URL: address });
    const found = JSON.parse(stdout) as Record<string, readonly [held: readonly string[], fault: string]>;
    expect(Object.fromEntries(Object.entries(found).map(([name, [held, fault]]) => [name, fault === '' ? held.length : fault]))).toEqual(Object.fromEntries(chosen(database).map((name) => [name, 7])));
  });
});

/** A usual run kills one load of each way in SQLite, and elsewhere where the statements differ; a long one fifteen of each, audited ones too. */
describe.each(['sqlite', 'postgresql', 'mariadb'] as const)('a load that is killed, in %s', (database) => {
  it('leaves the old rows or the new ones, and the next one the new ones', { timeout: 60 * minutes }, async ({ skip }) => {
    const address = await addressOf(database, 'killed');
    if (address === undefined) return skip(`the programs of ${database} are not on this machine`);
    const names = isLong ? everyOne : database === 'sqlite' ? everyOne.slice(0, Object.keys(ways).length) : few;
    const { stdout } = await run([resolve('tests/e2e/load_killed.py'), isLong ? '15' : '1', ...names], { ARCHIVE_URL: address });
    const found = JSON.parse(stdout) as Record<string, { readonly killed: number; readonly old: number; readonly new: number; readonly fault: string }>;
    if (isLong) tell(`${database}: ${Object.entries(found).map(([name, each]) => `${name} ${each.killed} killed, ${each.old} old, ${each.new} new`).join('; ')}`);
    expect(Object.entries(found).map(([name, { fault }]) => [name, fault])).toEqual(names.map((name) => [name, '']));
    expect(Object.values(found).reduce((sum, each) => sum + each.killed, 0)).toBeGreaterThan(0);
  });
});

it('passes the tests that they came with', async () => {
  const { exitCode, all } = await execa(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', ...everyOne.map((name) => `tests/unit/test_${name}.py`)], { cwd: root, all: true, reject: false });
  expect([exitCode, exitCode === 0 ? '' : all]).toEqual([0, '']);
}, 2 * minutes);
