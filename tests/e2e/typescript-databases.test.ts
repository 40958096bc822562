import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DatabaseServer } from '../../src/build/database-servers.ts';
import { startMariadb, startPostgres } from '../../src/build/database-servers.ts';
import { addTo, startFiles } from '../generate/grown.ts';
import { ways } from './loader-ways.ts';
import type { Way } from './loader-ways.ts';
import { linkClients } from './typescript-clients.ts';
import { noPrograms } from './use-databases.ts';
import { writeRepository } from './use-repository.ts';

const minutes = 60_000;
const databases = ['postgresql', 'mariadb', 'sqlite'] as const;
type Database = (typeof databases)[number] | 'duckdb';

const everyWay = Object.keys(ways) as Way[];

/** What is there after rows of 1 and 2, then one of 3 with the keys of the first, then one of 4 on another day. */
const kept: Readonly<Record<Way, readonly number[]>> = {
  delete_insert: [2, 3, 4],
  upsert: [2, 3, 4],
  insert_only: [1, 2, 4],
  scd2: [1, 2, 3, 4],
  append: [1, 2, 4],
  replace: [4],
  replace_partitions: [3, 4],
};

let root = '';
const servers = new Map<Database, DatabaseServer>();

beforeAll(async () => {
  for (const [name, start] of [['postgresql', startPostgres], ['mariadb', startMariadb]] as const) {
    const server = await start();
    if (server !== undefined) servers.set(name, server);
  }
  // Below the project, so that zod, yaml and the compiler are found where ours are.
  await mkdir('.cache', { recursive: true });
  root = await mkdtemp(join(resolve('.cache'), 'typescript-databases-'));
  const files = startFiles({ dir: 'kpi', id: 'sales', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', language: 'typescript', database: 'postgresql', timezone: 'Europe/Madrid' });
  for (const database of databases) {
    addTo(files, 'extractor', { name: `from_${database}`, kind: 'sql', source: `in_${database}`, database });
    for (const contract of ['evolve', 'freeze']) {
      addTo(files, 'extractor', { name: `${contract}_${database}`, kind: 'sql', source: `in_${database}`, contract });
      files.set(`src/core/extractors/${contract}_${database}.sql`, `select * from ${contract}_${database} where occurred_at >= :start and occurred_at < :end`);
    }
    for (const contract of ['none', 'evolve', 'freeze']) {
      addTo(files, 'extractor', { name: `staged_${contract}_${database}`, kind: 'sql', source: `in_${database}`, contract, batch_rows: '7' });
      files.set(`src/core/extractors/staged_${contract}_${database}.sql`, `select ${contract === 'none' ? 'record_id, occurred_at, channel, amount' : '*'} from many_${database} where occurred_at >= :start and occurred_at < :end order by record_id`);
    }
    for (const [way, options] of Object.entries(ways)) {
      for (const publish of ['direct', 'audit']) addTo(files, 'loader', { name: `to_${database}_${way}_${publish}`, kind: 'sql', source: `in_${database}`, inputs: 'sales_by_day', publish, ...options });
    }
  }
  for (const way of everyWay) {
    for (const publish of ['direct', 'audit']) addTo(files, 'loader', { name: `to_duckdb_${way}_${publish}`, kind: 'sql', source: 'in_duckdb', inputs: 'sales_by_day', publish, ...ways[way] });
  }
  await writeRepository(root, files);
  await writeFile(join(root, 'kept.sqlite'), '');
  servers.set('duckdb', { first: 'kept', url: (name) => `duckdb:///${root}/${name}.duckdb`, stop: async () => {} });
  servers.set('sqlite', { first: 'kept', url: (name) => `sqlite:///${root}/${name}.sqlite`, stop: async () => {} });
  await linkClients(root, ['@duckdb/node-api', 'pg', 'mysql2', '@types/pg', 'libsql']);
}, 10 * minutes);

afterEach(() => void vi.unstubAllEnvs());
afterAll(async () => {
  await Promise.all([...servers.values()].map((server) => server.stop()));
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
}, minutes);

type Rows = readonly Readonly<Record<string, string | number | null>>[];
type Module = Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>;

const moduleOf = async (path: string): Promise<Module> => (await import(join(root, path))) as Module;
const camel = (name: string): string => name.replaceAll(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

async function save(stage: string, rows: Rows): Promise<unknown> {
  return await (await moduleOf(`src/core/loaders/${stage}.ts`))[camel(stage)]?.(rows);
}

const schema = { day: 'day', channel: 'text', at: 'moment', value: 'number' };

async function read(stage: string, query: string, columns: object = schema): Promise<Rows> {
  return (await (await moduleOf('src/core/sql.ts'))['readSql']?.(stage, query, columns, '2026-01-05', '2026-01-06')) as Rows;
}

/** Runs statements of somebody who is none of ours: in the words of the database. */
async function run(stage: string, ...statements: string[]): Promise<void> {
  await (await moduleOf('src/core/sql.ts'))['connected']?.(stage, async (connection: { run: (statement: string) => Promise<unknown> }) => {
    for (const statement of statements) await connection.run(statement);
  });
}

const odd = 'ñ 😀 \' " \\ \n\t :start ? $1';
const rowsOf = (values: readonly (number | null)[], day = '2026-01-05'): Rows => values.map((value, index) => ({ day, channel: `${odd}${index}`, at: `${day}T08:00:00.25`, value }));

const useServer = (database: Database, name: string, skip: (why: string) => never): string => {
  const server = servers.get(database);
  if (server === undefined) return skip(noPrograms(database));
  vi.stubEnv(`IN_${database.toUpperCase()}_URL`, server.url(server.first));
  return `to_${database}_${name}`;
};

test('a repository with every database satisfies its compiler', async () => {
  const { exitCode, stdout } = await execa(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', root], { reject: false });
  expect([exitCode, stdout]).toEqual([0, '']);
}, 2 * minutes);

describe.each(databases)('a loader of a TypeScript repository, in %s,', (database) => {
  test.for(everyWay.flatMap((way) => (['direct', 'audit'] as const).map((publish) => [way, publish] as const)))('writes by %s, %s: once, and all of it or nothing', async ([way, publish], { skip }) => {
    const stage = useServer(database, `${way}_${publish}`, skip);
    const values = async () => (await read(stage, `select * from ${stage}`)).map((row) => row['value']).toSorted();
    for (let times = 0; times < 2; times += 1) expect(await save(stage, rowsOf([1, 2]))).toBe(2);
    expect(await values()).toEqual([1, 2]);
    await save(stage, rowsOf([3]));
    await save(stage, rowsOf([4], '2026-01-06'));
    expect(await values()).toEqual(kept[way]);
    expect(await save(stage, [])).toBe(0);
    await expect(save(stage, rowsOf([5, 6], '2026-01-07').map((row) => ({ ...row, extra: 1 })))).rejects.toThrow('extra');
    if (publish === 'audit') await expect(save(stage, rowsOf([7, null], '2026-01-08'))).rejects.toThrow('value');
    expect(await values()).toEqual(kept[way]);
  });

  test.for(everyWay)('takes rows of which a column is empty, whether or not the table is there: %s', async (way, { skip }) => {
    const stage = useServer(database, `${way}_direct`, skip);
    await run(stage, `drop table if exists ${stage}`);
    const more = (rows: Rows, values: object): Rows => rows.map((row) => ({ ...row, ...values }));
    const all = async () => (await read(stage, `select * from ${stage}`, { ...schema, note: 'text', since: 'moment' })).map((row) => [row['value'], row['note'], row['since']]);
    await save(stage, more(rowsOf([1]), { note: null, since: '2026-01-05T08:00:00' }));
    await save(stage, more(rowsOf([null]), { note: 'seen', since: null }));
    const byText = (given: readonly unknown[]) => given.toSorted((left, right) => JSON.stringify(left).localeCompare(JSON.stringify(right)));
    const [first, second] = [[1, null, '2026-01-05T08:00:00'], [null, 'seen', null]];
    const stays = { insert_only: [first], append: [first], scd2: [first, second] }[way as string] ?? [second];
    expect(byText(await all())).toEqual(byText(stays));
  });

  test('keeps what it is given: texts, days, moments and numbers of any size', async ({ skip }) => {
    const stage = useServer(database, 'replace_direct', skip);
    const numbers = [0.1, -1e21, 5e-324, 123456789012345, 0];
    const rows: Rows = [...rowsOf(numbers), { day: '2026-01-05', channel: '', at: '1000-01-01T23:59:59', value: 1 }];
    await save(stage, rows);
    const byValue = (all: Rows) => all.toSorted((left, right) => Number(left['value']) - Number(right['value']));
    expect(byValue(await read(stage, `select * from ${stage};`))).toEqual(byValue(rows));
  });
});

describe.each(databases)('an extractor of a TypeScript repository, in %s,', (database) => {
  const stage = `from_${database}`;
  const zoned = { postgresql: 'timestamptz', mariadb: 'timestamp(6) null', sqlite: 'datetime' }[database];
  // SQLite has no decimals: as text they keep every digit.
  const decimal = database === 'sqlite' ? 'text' : 'numeric(20, 2)';
  const moment = (at: string) => ({ postgresql: `'${at}+01:00'`, mariadb: `convert_tz('${at}', '+01:00', @@time_zone)`, sqlite: `'${at}'` })[database];

  test('reads from the first moment of the days up to the last, in the time zone of the KPI, with every digit', async ({ skip }) => {
    useServer(database, '', skip);
    await run(stage, `create table ${stage} (record_id bigint, occurred_at ${zoned}, channel varchar(20)${database === 'mariadb' ? ' character set utf8mb4' : ''}, amount ${decimal})`);
    for (const at of ['2026-01-04 23:59:59', '2026-01-05 00:00:00', '2026-01-05 23:59:59.5', '2026-01-06 00:00:00']) await run(stage, `insert into ${stage} values (9007199254740993, ${moment(at)}, 'tienda ñ 😀', '0.10')`);
    const extract = (await moduleOf(`src/core/extractors/${stage}.ts`))[camel(stage)];
    const rows = (await extract?.('2026-01-05', '2026-01-06')) as Rows;
    expect(rows.map((row) => row['occurred_at'])).toEqual(['2026-01-05T00:00:00', '2026-01-05T23:59:59.5']);
    expect(rows[0]).toEqual({ record_id: '9007199254740993', occurred_at: '2026-01-05T00:00:00', channel: 'tienda ñ 😀', amount: 0.1 });
    await run(stage, `update ${stage} set amount = '123456789012345678.91'`);
    await expect(extract?.('2026-01-05', '2026-01-06')).rejects.toThrow('123456789012345678.91');
  });

  test('holds rows to a contract, with columns that nobody foresaw', async ({ skip }) => {
    useServer(database, '', skip);
    const extract = async (contract: string): Promise<unknown> => await (await moduleOf(`src/core/extractors/${contract}_${database}.ts`))[camel(`${contract}_${database}`)]?.('2026-01-05', '2026-01-06').catch((error: Error) => `${error.name}: ${error.message}`);
    for (const contract of ['evolve', 'freeze']) await run(stage, `create table ${contract}_${database} (record_id bigint, occurred_at ${zoned}, channel varchar(20), amount numeric(20, 2), pieces bigint, sent_at ${zoned}, sent_on date, note varchar(9))`, `insert into ${contract}_${database} values (7, ${moment('2026-01-05 08:00:00')}, 'web', 0.10, 12, ${moment('2026-01-05 09:00:00.5')}, '2026-01-05', null)`);
    expect(await extract('evolve')).toEqual([{ record_id: '7', occurred_at: '2026-01-05T08:00:00', channel: 'web', amount: 0.1, pieces: 12, sent_at: '2026-01-05T09:00:00.5', sent_on: '2026-01-05', note: null }]);
    expect(await extract('freeze')).toMatch(new RegExp(`^ContractError: freeze_${database}: pieces, sent_at, sent_on, note: expected`));
    await run(stage, `alter table freeze_${database} drop column amount`);
    expect(await extract('freeze')).toMatch(new RegExp(`^ContractError: freeze_${database}: amount: expected`));
  });

  test('in batches gives what it gives at once, and says what is wrong wherever it is', async ({ skip }) => {
    useServer(database, '', skip);
    const source = `many_${database}`;
    const extract = async (name: string, days = ['2026-01-05', '2026-01-06']): Promise<unknown> => await (await moduleOf(`src/core/extractors/${name}_${database}.ts`))[camel(`${name}_${database}`)]?.(...days).catch((error: Error) => `${error.name}: ${error.message}`);
    await run(stage, `create table ${source} (record_id bigint, occurred_at ${zoned}, channel varchar(20), amount ${decimal}, pieces bigint, note varchar(9))`);
    for (let number = 0; number < 20; number += 1) await run(stage, `insert into ${source} values (${number}, ${moment('2026-01-05 08:00:00.25')}, 'web', '${number}.10', ${number}, ${number === 3 ? "'seen'" : 'null'})`);
    const [one, all] = [(number: number) => ({ record_id: String(number), occurred_at: '2026-01-05T08:00:00.25', channel: 'web', amount: Number(`${number}.1`) }), Array.from({ length: 20 }, (_, index) => index)];
    expect(await extract('staged_none')).toEqual(all.map(one));
    expect(await extract('staged_evolve')).toEqual(all.map((number) => ({ ...one(number), pieces: number, note: number === 3 ? 'seen' : null })));
    for (const name of ['staged_none', 'staged_evolve']) expect(await extract(name, ['2025-01-05', '2025-01-06'])).toEqual([]);
    expect(await extract('staged_freeze')).toMatch(new RegExp(`^ContractError: staged_freeze_${database}: pieces, note: expected .* \\(records 1, 2, 3\\)$`));
    // In the middle of the third batch.
    await run(stage, `update ${source} set amount = '123456789012345678.91' where record_id = 17`);
    expect(await extract('staged_none')).toContain('123456789012345678.91');
    expect(await extract('staged_evolve')).toMatch(/^ContractError: .* \(records 18\)$/);
    await run(stage, `alter table ${source} drop column channel`);
    expect(await extract('staged_none')).toMatch(new RegExp(`^SqlError: staged_none_${database}: no such column; check the query: .*channel`));
    expect(await extract('staged_freeze', ['2025-01-05', '2025-01-06'])).toMatch(new RegExp(`^ContractError: staged_freeze_${database}: channel: expected`));
  });

  test('takes a query in the words of the database', async ({ skip }) => {
    useServer(database, '', skip);
    const text = database === 'mariadb' ? '"a" as word, `order`' : `'a' as word, "order"`;
    const from = database === 'mariadb' ? '(select 1 as `order`) o' : '(select 1 as "order") o';
    const query = `with o as (select ${text} from ${from}) -- a comment, :start\nselect word, o.order, :end as "end", '?' as mark from o where :start < :end;\n`.replace('o.order', database === 'mariadb' ? '`order`' : '"order"').replace('-- a comment, :start\n', '').replace('"end"', 'finish');
    expect(await read(stage, query, { word: 'text', order: 'number', finish: 'moment', mark: 'text' })).toEqual([{ word: 'a', order: 1, finish: '2026-01-06T00:00:00', mark: '?' }]);
    await expect(read(stage, 'select 1 as word', { missing: 'text' })).rejects.toThrow(/SqlError|missing/);
  });

  test('says what to check, and never the address', async ({ skip }) => {
    const server = servers.get(database);
    if (server === undefined) return skip(noPrograms(database));
    const variable = `IN_${database.toUpperCase()}_URL`;
    const saying = async (address: string, query = 'select 1 as word'): Promise<string> => {
      vi.stubEnv(variable, address);
      return await read(stage, query, { word: 'text' }).then(() => 'fine', (error: Error) => `${error.name}: ${error.message}`);
    };
    const own = server.url(server.first);
    expect(await saying(own)).toBe('fine');
    expect(await saying(own, 'select word from nowhere')).toMatch(new RegExp(`^SqlError: ${stage}: no such table; check its name: .*nowhere`));
    expect(await saying(own, 'select word from (select 1 as other) as o')).toMatch(new RegExp(`^SqlError: ${stage}: no such column; check the query: .*word`));
    expect(await saying('oracle://s3cr3t')).toMatch(new RegExp(`^SqlError: ${stage}: here an address begins with duckdb, .*; check ${variable} \\(`));
    if (database === 'sqlite') {
      await writeFile(join(root, 'no.sqlite'), 'no database at all, and longer than the head of one'.repeat(9));
      for (const address of [server.url('no'), `sqlite:///${root}`]) expect(await saying(address, 'select name as word from sqlite_schema')).toBe(`SqlError: ${stage}: no such database; check its name in ${variable}`);
      expect(await saying(server.url('typo'))).toBe(`SqlError: ${stage}: no such file; check its name in ${variable}`);
      expect(existsSync(join(root, 'typo.sqlite'))).toBe(false);
      expect(await saying(server.url('no.sqlite/deeper/file'))).toBe(`SqlError: ${stage}: no such folder, or none to write in; check ${variable}`);
      return;
    }
    const here = new URL(own);
    const at = (change: (url: URL) => void): string => {
      const url = new URL(here.href.replace(/^[\w+]+:/, 'http:'));
      change(url);
      return url.href.replace('http:', `${database}:`);
    };
    expect(await saying(at((url) => (url.port = '1')))).toBe(`SqlError: ${stage}: nothing answers there; check host and port in ${variable}`);
    expect(await saying(at((url) => (url.pathname = '/nowhere')))).toBe(`SqlError: ${stage}: no such database; check its name in ${variable}`);
    if (database === 'mariadb') expect(await saying(at((url) => (url.password = 's3cr3t')))).toBe(`SqlError: ${stage}: not let in; check user and password in ${variable}`);
  });
});

// A file of SQLite has moments of no zone.
describe.each(['postgresql', 'mariadb'] as const)('an extractor of a TypeScript repository, in %s, beside moments of another zone,', (database) => {
  const [zoned, moment] = { postgresql: ['timestamptz', (at: string) => `'${at}+01:00'`] as const, mariadb: ['timestamp(6) null', (at: string) => `convert_tz('${at}', '+01:00', @@time_zone)`] as const }[database];

  test('reads in the time zone of the KPI also where the server has no name for it', async ({ skip }) => {
    useServer(database, '', skip);
    const reader = (await moduleOf(`src/core/sql-${database}.ts`))[database] as unknown as { read(...given: unknown[]): Promise<Rows> };
    await run(`from_${database}`, `create table moments (at ${zoned})`, ...['2026-01-04 15:59:59', '2026-01-04 16:00:00', '2026-01-05 16:00:00'].map((at) => `insert into moments values (${moment(at)})`));
    const days = { start: '2026-01-05', end: '2026-01-06', timeZone: 'Asia/Tokyo' };
    expect(await reader.read(process.env[`IN_${database.toUpperCase()}_URL`], 'select at from moments where at >= :start and at < :end', { at: 'moment' }, days)).toEqual([{ at: expect.stringMatching(/^2026-01-05[ T]00:00:00/) }]);
  });
});

// DuckDB stands where the machine does.
describe.each(['postgresql', 'mariadb', 'duckdb'] as const)('a loader of a TypeScript repository, in %s, with columns of a time zone,', (database) => {
  const zoned = { postgresql: 'timestamptz', mariadb: 'timestamp(6) null', duckdb: 'timestamptz' }[database];
  const epoch = { postgresql: 'extract(epoch from moment)', mariadb: 'unix_timestamp(moment)', duckdb: 'epoch(moment)' }[database];

  test.for(everyWay.flatMap((way) => (['direct', 'audit'] as const).map((publish) => [way, publish] as const)))('keeps the instants of moments and of days wherever its server stands: %s, %s', async ([way, publish], { skip }) => {
    const stage = useServer(database, `${way}_${publish}`, skip);
    // As its administrator may have; what connects from now on stands there.
    if (database === 'postgresql') await run(stage, "alter database postgres set timezone to 'America/New_York'");
    const columns = ['day date', `channel varchar(99)${database === 'mariadb' ? ' character set utf8mb4 collate utf8mb4_bin' : ''}`, `moment ${zoned}`, `since ${zoned}`, 'value double precision', ...(way === 'scd2' ? [`valid_from ${zoned}`, `valid_to ${zoned}`] : [])];
    await run(stage, `drop table if exists ${stage}`, `create table ${stage} (${columns.join(', ')})`);
    // Of Madrid, where 02:30 comes twice, and not at all; the last says its own zone.
    const moments = ['2026-10-25T02:30:00', '2026-03-29T02:30:00', '2026-07-01T12:00:00.25', '2026-07-01T12:00:00-03:00'];
    const rows = moments.map((moment, value) => ({ day: '2026-01-05', channel: `c${value}`, moment, since: '2026-01-05', value }));
    for (let times = 0; times < 2; times += 1) await save(stage, rows);
    const found = await read(stage, `select ${epoch} as moment, ${epoch.replace('moment)', 'since)')} as since, value from ${stage} order by value`, { moment: 'number', since: 'number', value: 'number' });
    const seconds = (at: string): number => Date.parse(at) / 1000;
    expect(found.map((row) => row['moment'])).toEqual(['2026-10-25T00:30Z', '2026-03-29T01:30Z', '2026-07-01T10:00:00.25Z', '2026-07-01T15:00Z'].map(seconds));
    expect(new Set(found.map((row) => row['since']))).toEqual(new Set([seconds('2026-01-04T23:00Z')]));
    expect((await read(stage, `select moment, since from ${stage} order by value`, { moment: 'moment', since: 'day' })).map((row) => Object.values(row))).toEqual([['2026-10-25T02:30:00', '2026-01-05'], ['2026-03-29T03:30:00', '2026-01-05'], ['2026-07-01T12:00:00.25', '2026-01-05'], ['2026-07-01T17:00:00', '2026-01-05']]);
    if (way !== 'scd2') return;
    const [age] = await read(stage, `select ${epoch.replace('moment)', 'min(valid_from))')} as since from ${stage}`, { since: 'number' });
    expect(Math.abs(Number(age?.['since']) - Date.now() / 1000)).toBeLessThan(1800);

      });

  test('takes a session as it is for a table without them', async ({ skip }) => {
    const stage = useServer(database, 'replace_direct', skip);
    await run(stage, `drop table if exists ${stage}`, `create table ${stage} (day date, channel varchar(99), moment ${database === 'mariadb' ? 'datetime(6)' : 'timestamp'}, value double precision, loaded ${database === 'mariadb' ? 'datetime' : 'timestamp'} default current_timestamp)`);
    await save(stage, rowsOf([1]).map((row) => ({ day: row['day'] ?? null, channel: 'web', moment: row['at'] ?? null, value: 1 })));
    const [row] = await read(stage, `select moment, loaded from ${stage}`, { moment: 'moment', loaded: 'moment' });
    expect(row?.['moment']).toBe('2026-01-05T08:00:00.25');
    // PostgreSQL stands in New York since the load before, MariaDB at -05:00; what DuckDB says of now is of the machine.
    const zone = { postgresql: 'America/New_York', mariadb: 'Etc/GMT+5', duckdb: Intl.DateTimeFormat().resolvedOptions().timeZone }[database];
    const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
    expect([-1, 0, 1].map((minutes) => clock.format(Date.now() + minutes * 60_000).replace(' ', 'T'))).toContain(String(row?.['loaded']).slice(0, 16));
  });
});

/** Rows enough that a kill can come in the middle of them. */
const many = (value: number): Rows => Array.from({ length: 4000 }, (_, index) => ({ day: '2026-01-05', channel: `c${index}`, value }));

describe.each(databases)('a load of a TypeScript repository that is killed, in %s,', (database) => {
  beforeAll(async () => {
    await execa(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')]);
  }, 2 * minutes);

  test.for(['delete_insert_direct', 'upsert_direct', 'replace_partitions_audit'])('leaves the old rows or the new ones, and the next one the new ones: %s', { timeout: 5 * minutes }, async (way, { skip }) => {
    const stage = useServer(database, way, skip);
    const url = process.env[`IN_${database.toUpperCase()}_URL`] ?? '';
    const script = join(root, 'load.mjs');
    await writeFile(script, `import { ${camel(stage)} as save } from './dist/src/core/loaders/${stage}.js';\nconst rows = ${many.toString().replace('many', 'rows')};\nconsole.log('loads');\nawait save(rows(Number(process.argv[2])));\nconsole.log('done');\n`);
    await run(stage, `drop table if exists ${stage}`);
    await save(stage, many(0));
    let before = 0;
    for (const [value, patience] of [[1, 0], [2, 60], [3, 150], [4, 300]] as const) {
      const child = spawn(process.execPath, [script, String(value)], { env: { ...process.env, [`IN_${database.toUpperCase()}_URL`]: url }, stdio: ['ignore', 'pipe', 'inherit'] });
      // One that cannot even begin says so by itself, and leaves the old rows: then the last comparison fails.
      await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
      await sleep(patience);
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await ended;
      const values = await settled(stage);
      expect([[before], [value]]).toContainEqual(values);
      before = values[0] ?? -1;
    }
    await save(stage, many(9));
    expect(await settled(stage)).toEqual([9]);
  });

  /** What is there once the server has noticed who is gone: until then their locks keep who wants to write waiting. */
  async function settled(stage: string): Promise<number[]> {
    if (database !== 'sqlite') await run(stage, 'begin', database === 'postgresql' ? `lock table ${stage}` : `select count(*) from ${stage} for update`, 'commit');
    const rows = await read(stage, `select distinct value from ${stage}`, { value: 'number' });
    return rows.map((row) => Number(row['value']));
  }
});

describe.each(databases)('rows in batches of a TypeScript repository, in %s,', (database) => {
  beforeAll(async () => {
    await execa(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')]);
  }, 2 * minutes);

  test('take no more memory when there are five times as many', { timeout: 10 * minutes }, async ({ skip }) => {
    useServer(database, '', skip);
    const [few, many] = [await grouped(200_000), await grouped(1_000_000)];
    for (const [{ rows }, count] of [[few, 200_000], [many, 1_000_000]] as const) expect(rows).toEqual([{ channel: 'a', records: count / 2, amount: count / 4 }, { channel: 'b', records: count / 2, amount: count / 4 }]);
    expect(many.peak).toBeLessThan(few.peak * 1.3);
  });

  /** What a query of so many rows gives, counted where they are staged, and the most memory that its process had, in MiB. */
  async function grouped(count: number): Promise<{ readonly rows: Rows; readonly peak: number }> {
    const numbers = { postgresql: `generate_series(1, ${count}) as numbers(i)`, mariadb: `(select seq as i from seq_1_to_${count}) as numbers`, sqlite: `(with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < ${count}) select i from numbers) as numbers` }[database];
    const query = `select i as record_id, '2026-01-05 08:00:00' as occurred_at, case when i % 2 = 0 then 'a' else 'b' end as channel, 0.5 as amount from ${numbers} where :start < :end`;
    const script = join(root, `grouped_${database}.mjs`);
    await writeFile(script, `import { sqlBatches } from './dist/src/core/sql.js';
import { staged } from './dist/src/core/staging.js';
const schema = { record_id: 'text', occurred_at: 'moment', channel: 'text', amount: 'number' };
const incoming = sqlBatches('from_${database}', ${JSON.stringify(query)}, schema, '2026-01-05', '2026-01-06', 10_000);
const rows = await staged('from_${database}', schema, incoming, 10_000, async ({ query }) => await query('select channel, count(*) as records, sum(amount) as amount from staged group by channel order by channel', { channel: 'text', records: 'number', amount: 'number' }));
console.log(JSON.stringify({ rows, peak: Math.round(process.resourceUsage().maxRSS / 1024) }));
`);
    const { stdout } = await execa(process.execPath, [script]);
    return JSON.parse(stdout) as { rows: Rows; peak: number };
  }
});

describe('a file of SQLite', () => {
  const stage = 'to_sqlite_delete_insert_direct';
  const use = (name: string): void => void vi.stubEnv('IN_SQLITE_URL', `sqlite:///${root}/${name}.sqlite`);

  test('takes loads that stages of one process write at the same time, and is read beside them', async () => {
    use('shared');
    const names = everyWay.map((way) => `to_sqlite_${way}_direct`);
    const counted = async (name: string) => (await read(name, `select count(*) as found from ${name}`, { found: 'number' }))[0]?.['found'];
    await Promise.all(names.flatMap((name) => [save(name, many(1)), save(name, many(1))]));
    expect(await Promise.all(names.map(counted))).toEqual(names.map(() => 4000));
  });

  test('waits for who writes, also in this process', async () => {
    use('busy');
    await save(stage, rowsOf([1]));
    const saving: Promise<unknown>[] = [];
    await (await moduleOf('src/core/sql.ts'))['connected']?.(stage, async ({ begin, run: say }: { begin: () => Promise<unknown>; run: (statement: string) => Promise<unknown> }) => {
      await begin();
      saving.push(save(stage, rowsOf([2])).catch(String));
      await sleep(200);
      await say('commit');
    });
    expect(await Promise.all(saving)).toEqual([1]);
    expect((await read(stage, `select * from ${stage}`)).map((row) => row['value'])).toEqual([2]);
  });

  test('is what Python reads and writes: the same rows from there change nothing', async () => {
    use('python');
    await save('to_sqlite_upsert_direct', rowsOf([0.1, null]));
    const script = `import sqlite3; c = sqlite3.connect('${root}/python.sqlite'); print(c.execute("select day, at, value from to_sqlite_upsert_direct order by channel").fetchall()); c.execute("insert into to_sqlite_upsert_direct values ('2026-01-06', 'a', '2026-01-06 08:00:00.000000', 7)"); c.commit()`;
    const { stdout } = await execa('python3', ['-c', script]);
    expect(stdout).toBe("[('2026-01-05', '2026-01-05 08:00:00.250000', 0.1), ('2026-01-05', '2026-01-05 08:00:00.250000', None)]");
    const found = () => read(stage, "select * from to_sqlite_upsert_direct where day = '2026-01-06'");
    expect(await found()).toEqual([{ day: '2026-01-06', channel: 'a', at: '2026-01-06T08:00:00', value: 7 }]);
  });

  test('gives the moments of its days in whatever form they are kept, and says which column is in none', async () => {
    use('forms');
    await run(stage, 'create table seen (at, day, amount)');
    for (const at of ['2026-01-04 23:59:59.999999', '2026-01-05', '2026-01-05 00:00:00', '2026-01-05T08:30', '2026-01-05 23:59:59.5', '2026-01-06']) await run(stage, `insert into seen values ('${at}', '2026-01-05 00:00:00', 1)`);
    const query = 'select * from seen where at >= :start and at < :end order by at';
    const rows = () => read(stage, query, { at: 'moment', day: 'day', amount: 'number' });
    expect((await rows()).map((row) => row['at'])).toEqual(['2026-01-05T00:00:00', '2026-01-05T00:00:00', '2026-01-05T23:59:59.5', '2026-01-05T08:30:00']);
    expect(new Set((await rows()).map((row) => row['day']))).toEqual(new Set(['2026-01-05']));
    for (const [change, column] of [[`at = '2026-01-05T08:00:00Z'`, 'at'], [`at = '2026-01-05', day = 20260105`, 'day'], [`day = '2026-01-05', amount = 'many'`, 'amount']] as const) {
      await run(stage, `update seen set ${change} where at >= '2026-01-05'`);
      await expect(rows()).rejects.toThrow(new RegExp(`^${column}: a value is not like`));
    }
  });

  test('says how its driver is installed where it is not', async () => {
    await execa(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')]);
    const script = join(root, 'driver.mjs');
    await writeFile(script, `import { readSql } from './dist/src/core/sql.js';
await readSql('${stage}', 'select 1 as word', { word: 'text' }, '2026-01-05', '2026-01-06').catch((error) => console.log(error.message));
`);
    const [there, away] = [join(root, 'node_modules/libsql'), join(root, 'node_modules/libsql-away')];
    await rename(there, away);
    try {
      const { stdout } = await execa(process.execPath, [script], { env: { IN_SQLITE_URL: `sqlite:///${root}/driver.sqlite` } });
      expect(stdout).toBe(`${stage}: its driver is not installed; run npm install`);
    } finally {
      await rename(away, there);
    }
  });
}, 2 * minutes);
