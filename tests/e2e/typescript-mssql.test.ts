import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { addTo, startFiles } from '../generate/grown.ts';
import type { Answer, TdsServer } from './tds-server.ts';
import { startTds } from './tds-server.ts';
import { linkClients } from './typescript-clients.ts';
import { ways } from './loader-ways.ts';
import type { Way } from './loader-ways.ts';
import { writeRepository } from './use-repository.ts';

/*
 * No SQL Server is at hand: what is said to one is read here, as the client itself sends it, by a listener that lets it in.
 * That the sentences mean what they say is not shown.
 */

const minutes = 60_000;
let root = '';
let server: TdsServer | undefined;

beforeAll(async () => {
  await mkdir('.cache', { recursive: true });
  root = await mkdtemp(join(resolve('.cache'), 'typescript-mssql-'));
  const files = startFiles({ dir: 'kpi', id: 'sales', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', language: 'typescript', database: 'mssql', timezone: 'Europe/Madrid' });
  addTo(files, 'extractor', { name: 'many', kind: 'sql', source: 'erp', database: 'mssql', batch_rows: '7' });
  addTo(files, 'extractor', { name: 'seen', kind: 'sql', source: 'erp', database: 'mssql', contract: 'evolve' });
  for (const [way, options] of Object.entries(ways)) addTo(files, 'loader', { name: `by_${way}`, kind: 'sql', source: 'erp', inputs: 'sales_by_day', ...options });
  addTo(files, 'loader', { name: 'looked_at', kind: 'sql', source: 'erp', inputs: 'sales_by_day', publish: 'audit' });
  await writeRepository(root, files);
  await linkClients(root, ['@duckdb/node-api', 'tedious']);
}, 10 * minutes);

afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.stop();
  server = undefined;
});
afterAll(async () => await rm(root, { recursive: true, force: true, maxRetries: 5 }));

type Module = Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>;
type Rows = readonly Readonly<Record<string, string | number | null>>[];

async function moduleOf(path: string): Promise<Module> {
  return (await import(join(root, path))) as Module;
}

async function listen(answer: (statement: string) => Answer = () => ({}), login?: Answer): Promise<TdsServer> {
  server = await startTds(answer, login);
  vi.stubEnv('ERP_URL', `mssql+pymssql://ana:a%20word@127.0.0.1:${server.port}/kpi?encrypt=false`);
  return server;
}

const schema = { record_id: 'text', at: 'moment', day: 'day', amount: 'number' };

async function read(query: string, columns: object = schema): Promise<Rows> {
  return (await (await moduleOf('src/core/sql.ts'))['readSql']?.('seen', query, columns, '2026-01-05', '2026-01-06')) as Rows;
}

async function save(stage: string, rows: Rows): Promise<unknown> {
  const name = stage.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return await (await moduleOf(`src/core/loaders/${stage}.ts`))[name]?.(rows);
}

/** What was said once the client was in. */
const said = (): string[] => (server?.heard ?? []).map((each) => each.replace(/\d{4}-\d\d-\d\dT[\d:.]+/g, 'NOW'));

test('a repository with it satisfies its compiler', async () => {
  const { exitCode, stdout } = await execa(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', root], { reject: false });
  expect([exitCode, stdout]).toEqual([0, '']);
}, 2 * minutes);

describe('a load into SQL Server', () => {
  const rows: Rows = [{ day: '2026-01-05', channel: 'ñ', value: 1.5 }, { day: '2026-01-06', channel: 'b', value: null }];
  const [staged, same] = ['"#staged"', 't."day" = s."day" and t."channel" = s."channel"'];
  const insert = (way: Way) => `insert into "by_${way}" ("day", "channel", "value") select "day", "channel", "value" from ${staged}`;
  const absent = (way: Way) => `${insert(way)} s where not exists (select 1 from "by_${way}" t where ${same})`;
  const statements: Readonly<Record<Way, readonly string[]>> = {
    delete_insert: [`delete t from "by_delete_insert" t join ${staged} s on ${same}`, insert('delete_insert')],
    upsert: [`update t set "value" = s."value" from "by_upsert" t join ${staged} s on ${same}`, absent('upsert')],
    insert_only: [absent('insert_only')],
    append: [absent('append').replace(' and t."channel" = s."channel"', '')],
    replace: ['delete from "by_replace"', insert('replace')],
    replace_partitions: [`delete t from "by_replace_partitions" t join (select distinct "day" from ${staged}) s on t."day" = s."day"`, insert('replace_partitions')],
    scd2: [
      `update t set valid_to = cast('NOW' as datetime2(6)) from "by_scd2" t join ${staged} s on t.valid_to is null and ${same} and (1 = 0 or not exists (select t."value" intersect select s."value"))`,
      `insert into "by_scd2" ("day", "channel", "value", valid_from, valid_to) select s."day", s."channel", s."value", cast('NOW' as datetime2(6)), null from ${staged} s where not exists (select 1 from "by_scd2" t where ${same} and t.valid_to is null)`,
    ],
  };

  test.for(Object.keys(ways) as Way[])('is one transaction in its own words: %s', async (way) => {
    await listen();
    expect(await save(`by_${way}`, rows)).toBe(2);
    const heard = said().filter((each) => !each.startsWith('select COLUMN_NAME'));
    expect(heard[0]).toMatch(new RegExp(`^if object_id\\(N'"by_${way}"'\\) is null create table "by_${way}" \\("day" date, "channel" nvarchar\\(${['append', 'replace', 'replace_partitions'].includes(way) ? '\\w+' : '760'}\\) collate database_default, "value" float`));
    expect(heard[1]).toBe('begin transaction');
    expect(heard[2]).toBe(`create table ${staged} ("day" date, "channel" nvarchar(max) collate database_default, "value" float)`);
    expect(heard[3]).toBe(`insert bulk ${staged}([day] date, [channel] nvarchar(max), [value] float) WITH (KEEP_NULLS)`);
    const day = Buffer.alloc(3);
    day.writeUIntLE((Date.parse('2026-01-05') - Date.parse('0001-01-01')) / 86_400_000, 0, 3);
    for (const part of [`03${day.toString('hex')}`, Buffer.from('ñ', 'utf16le').toString('hex'), '08000000000000f83f']) expect(heard[4]).toContain(part);
    expect(heard.slice(5)).toEqual([...statements[way], 'commit']);
  });

  test('gives a column with a time zone the instant of a day or a moment, in UTC', async () => {
    await listen((statement) => (statement.startsWith('select COLUMN_NAME') ? { columns: { name: 'nvarchar', kind: 'nvarchar' }, rows: [['day', 'datetimeoffset'], ['channel', 'nvarchar']] } : {}));
    await save('by_upsert', rows.slice(0, 1));
    const heard = said();
    expect(heard).toContain(`create table ${staged} ("day" datetime2(6), "channel" nvarchar(max) collate database_default, "value" float)`);
    const bulk = heard[heard.findIndex((each) => each.startsWith('insert bulk')) + 1];
    const moment = Buffer.alloc(8);
    moment.writeUIntLE(23 * 3_600_000_000, 0, 5);
    moment.writeUIntLE((Date.parse('2026-01-04') - Date.parse('0001-01-01')) / 86_400_000, 5, 3);
    expect(bulk).toContain(`08${moment.toString('hex')}`);
  });

  test('tells rows apart by the keys of the table, as long as a key may be', async () => {
    await listen();
    await save('by_upsert', rows);
    await save('by_append', rows);
    await save('by_scd2', rows);
    expect(said().filter((each) => each.startsWith('if object_id')).map((each) => /, ((?:primary|index).*)\)$/.exec(each)?.[1])).toEqual([
      'primary key nonclustered ("day", "channel")',
      'index ix nonclustered ("day")',
      'primary key nonclustered ("day", "channel", "valid_from")',
    ]);
  });

  test('that is audited publishes nothing of what fails', async () => {
    await listen((statement) => (statement.startsWith('select count(*)') && statement.includes('"value" is null') ? { columns: { wrong: 'int' }, rows: [[1]] } : { columns: { wrong: 'int' }, rows: [[0]] }));
    await expect(save('looked_at', rows)).rejects.toThrow(/value: 1 .*"looked_at_staged"/);
    const heard = said();
    expect(heard).toContain(`if object_id(N'"looked_at_staged"') is not null drop table "looked_at_staged"`);
    expect(heard.at(-1)).toBe('rollback');
    expect(heard.filter((each) => each.startsWith('insert into'))).toEqual([]);
  });

  test('that is refused half way is rolled back', async () => {
    await listen((statement) => (statement.startsWith('insert into') ? { errors: [[207, "Invalid column name 'extra'."], [8180, 'Statement(s) could not be prepared.']] } : {}));
    await expect(save('by_replace', rows)).rejects.toThrow("SqlError: by_replace: no such column; check the query: Invalid column name 'extra'.".replace('SqlError: ', ''));
    expect(said().at(-1)).toBe('rollback');
  });
});

describe('an extractor of SQL Server', () => {
  const described = (columns: Readonly<Record<string, string>>): Answer => ({ columns: { is_hidden: 'bit', name: 'nvarchar', system_type_name: 'nvarchar' }, rows: Object.entries(columns).map(([name, type]) => [0, name, type]) });

  test('asks what a query gives, and then for decimals as text: no digit is lost, no moment moves', async () => {
    const columns = { record_id: 'bigint', at: 'datetimeoffset(7)', day: 'datetime2(7)', amount: 'decimal(38,18)', other: 'money' };
    const rows = [['9007199254740993', '2026-01-04 23:00:00.5000000 60', '2026-01-05 00:00:00.0000000', '0.100000000000000000', null]];
    const { heard } = await listen((statement) => (statement.includes('sp_describe') ? described(columns) : { columns: { record_id: 'nvarchar', at: 'datetimeoffset', day: 'datetime2', amount: 'nvarchar', other: 'money' }, rows }));
    const query = 'with seen as (select * from erp.seen) select * from seen where at >= :start and at < :end order by at;\n';
    expect(await read(query)).toEqual([{ record_id: '9007199254740993', at: '2026-01-05T00:00:00.5', day: '2026-01-05', amount: 0.1 }]);
    const asked = heard.filter((each) => each.includes('sp_executesql'));
    expect(asked.join()).toContain(`with result sets (("record_id" bigint, "at" datetimeoffset(7), "day" datetime2(7), "amount" varchar(50), "other" money))`);
    expect(asked.join()).toContain('with seen as (select * from erp.seen) select * from seen where at >= @start and at < @end order by at');
    expect(asked.join()).not.toContain('order by at;');
  });

  test('refuses a number that has more digits than a number keeps', async () => {
    for (const [wire, type, value] of [['nvarchar', 'decimal(20,2)', '123456789012345678.91'], ['money', 'money', 9007199254740993n]] as const) {
      await listen((statement) => (statement.includes('sp_describe') ? described({ amount: type }) : { columns: { amount: wire }, rows: [[value]] }));
      await expect(read('select amount from seen', { amount: 'number' })).rejects.toThrow('has more digits than a number keeps');
      await server?.stop();
    }
  });

  test('takes what a contract foresees from the types of its columns', async () => {
    const columns = { record_id: 'int', occurred_at: 'datetime2(7)', channel: 'nvarchar(20)', amount: 'decimal(9,2)', pieces: 'int', sent_on: 'date', open: 'bit' };
    const row = [7, '2026-01-05 08:00:00.1234560', 'web', '0.10', 12, '2026-01-05 00:00:00.0000000', 1];
    await listen((statement) => (statement.includes('sp_describe') ? described(columns) : { columns: { record_id: 'int', occurred_at: 'datetime2', channel: 'nvarchar', amount: 'nvarchar', pieces: 'int', sent_on: 'datetime2', open: 'bit' }, rows: [row] }));
    const extract = (await moduleOf('src/core/extractors/seen.ts'))['seen'];
    expect(await extract?.('2026-01-05', '2026-01-06')).toEqual([{ record_id: '7', occurred_at: '2026-01-05T08:00:00.123456', channel: 'web', amount: 0.1, pieces: 12, sent_on: '2026-01-05', open: 1 }]);
  });

  test('in batches gives what it gives at once, no more rows at a time than were asked for, and can be left', async () => {
    const columns = { record_id: 'bigint', occurred_at: 'datetime2(7)', channel: 'nvarchar(20)', amount: 'decimal(9,2)' };
    const row = (index: number) => [index, '2026-01-05 08:00:00.2500000', 'tienda ñ 😀', `${index}.10`];
    const rows = Array.from({ length: 40 }, (_, index) => row(index));
    const answering = (given: readonly (readonly unknown[])[], errors: Answer['errors'] = []) => (statement: string): Answer => (statement.includes('sp_describe') ? described(columns) : { columns: { record_id: 'int', occurred_at: 'datetime2', channel: 'nvarchar', amount: 'nvarchar' }, rows: given, errors });
    await listen(answering(rows));
    const extract = (await moduleOf('src/core/extractors/many.ts'))['many'];
    const atOnce = await read('select * from many', { record_id: 'text', occurred_at: 'moment', channel: 'text', amount: 'number' });
    expect(atOnce[39]).toEqual({ record_id: '39', occurred_at: '2026-01-05T08:00:00.25', channel: 'tienda ñ 😀', amount: 39.1 });
    expect(await extract?.('2026-01-05', '2026-01-06')).toEqual(atOnce);
    const batches = async (): Promise<AsyncGenerator<Rows>> => ((await moduleOf('src/core/sql.ts'))['sqlBatches'] as unknown as (...given: unknown[]) => AsyncGenerator<Rows>)('many', 'select * from many', { record_id: 'text' }, '2026-01-05', '2026-01-06', 7);
    const sizes: number[] = [];
    for await (const batch of await batches()) sizes.push(batch.length);
    expect(sizes).toEqual([7, 7, 7, 7, 7, 5]);
    const begun = await batches();
    expect((await begun.next()).value).toHaveLength(7);
    await begun.return(undefined);
    await server?.stop();
    await listen(answering([]));
    expect(await extract?.('2026-01-05', '2026-01-06')).toEqual([]);
    await server?.stop();
    await listen(answering(rows.slice(0, 20), [[8134, 'Divide by zero error encountered.']]));
    await expect(extract?.('2026-01-05', '2026-01-06')).rejects.toThrow('Divide by zero');
  });

  test('says what to check, and never the address', async () => {
    const saying = async (login?: Answer, answer: Answer = {}): Promise<string> => {
      const started = await listen(() => answer, login);
      const found = await read('select 1 as amount', { amount: 'number' }).then(() => 'fine', (error: Error) => `${error.name}: ${error.message}`);
      await started.stop();
      return found;
    };
    expect(await saying({ errors: [[18456, "Login failed for user 'ana'."]] })).toBe('SqlError: seen: not let in; check user and password in ERP_URL');
    expect(await saying({ errors: [[4060, 'Cannot open database "kpi" requested by the login. The login failed.'], [18456, "Login failed for user 'ana'."]] })).toBe('SqlError: seen: no such database; check its name in ERP_URL');
    expect(await saying(undefined, { errors: [[208, "Invalid object name 'seen'."]] })).toBe("SqlError: seen: no such table; check its name: Invalid object name 'seen'.");
    expect(await saying(undefined, { errors: [[229, "The SELECT permission was denied on the object 'seen'."]] })).toBe("SqlError: seen: not allowed; ask for the right to do it: The SELECT permission was denied on the object 'seen'.");
    expect(await saying(undefined, described({ other: 'int' }))).toBe('SqlError: seen: no such column; check the query: no such column: amount');
    vi.stubEnv('ERP_URL', 'mssql://ana:s3cr3t@127.0.0.1:1/kpi');
    await expect(read('select 1 as amount')).rejects.toThrow(/^seen: nothing answers there; check host and port in ERP_URL$/);
    vi.stubEnv('ERP_URL', 'mssql://ana:s3cr3t@here:port/kpi');
    const error = await read('select 1 as amount').catch((found: unknown) => found);
    expect(error).toMatchObject({ message: 'seen: it is not like postgresql://user@host/database; check ERP_URL' });
    expect((error as Error).cause).toBeUndefined();
  });
});
