import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { addTo, startFiles } from '../generate/grown.ts';
import { linkClients } from './typescript-clients.ts';
import { ways } from './loader-ways.ts';
import type { Way } from './loader-ways.ts';
import { writeRepository } from './use-repository.ts';

/*
 * No SAP HANA is at hand: its client is the real one, and stops before the wire. What it is told is read here, and what it is
 * given to write goes through its own writer. That the sentences mean what they say is not shown.
 */

const minutes = 60_000;
type Done = (error: Error | null, result?: unknown) => void;
interface Column {
  readonly columnDisplayName: string;
  readonly dataType: number;
}
interface Hdb {
  readonly Client: { readonly prototype: { connect(done: Done): void; exec(statement: string, done: Done): void; prepare(statement: string, done: Done): void; setAutoCommit(on: boolean): void; get(key: string): unknown } };
}
interface ResultSet {
  readonly id: Buffer;
  readonly metadata: readonly Column[];
  readonly data: Packet;
}
interface Packet {
  readonly argumentCount: number;
  readonly attributes: number;
  readonly buffer: Buffer;
}
interface Writer {
  setValues(values: readonly unknown[]): void;
}

let root = '';
let load: (name: string) => unknown = () => undefined;

beforeAll(async () => {
  await mkdir('.cache', { recursive: true });
  root = await mkdtemp(join(resolve('.cache'), 'typescript-hana-'));
  const files = startFiles({ dir: 'kpi', id: 'sales', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', language: 'typescript', database: 'hana', timezone: 'Europe/Madrid' });
  addTo(files, 'extractor', { name: 'many', kind: 'sql', source: 'erp', database: 'hana', batch_rows: '7' });
  addTo(files, 'extractor', { name: 'seen', kind: 'sql', source: 'erp', database: 'hana', contract: 'evolve' });
  for (const [way, options] of Object.entries(ways)) addTo(files, 'loader', { name: `by_${way}`, kind: 'sql', source: 'erp', inputs: 'sales_by_day', ...options });
  addTo(files, 'loader', { name: 'looked_at', kind: 'sql', source: 'erp', inputs: 'sales_by_day', publish: 'audit' });
  await writeRepository(root, files);
  await linkClients(root, ['@duckdb/node-api', 'hdb']);
  load = createRequire(join(root, 'package.json'));
}, 10 * minutes);

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
afterAll(async () => await rm(root, { recursive: true, force: true, maxRetries: 5 }));

type Module = Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>;
type Rows = readonly Readonly<Record<string, string | number | null>>[];

async function moduleOf(path: string): Promise<Module> {
  return (await import(join(root, path))) as Module;
}

async function save(stage: string, rows: Rows): Promise<unknown> {
  const name = stage.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return await (await moduleOf(`src/core/loaders/${stage}.ts`))[name]?.(rows);
}

async function read(query: string, columns: object): Promise<Rows> {
  return (await (await moduleOf('src/core/sql.ts'))['readSql']?.('seen', query, columns, '2026-01-05', '2026-01-06')) as Rows;
}

/** What the client would send, in order, with the values of prepared statements; `answer` gives rows, or an error. */
function listen(answer: (statement: string) => unknown = () => [], columns: readonly Column[] = []): { readonly said: string[]; readonly values: unknown[][][]; readonly options: Record<string, unknown> } {
  vi.stubEnv('ERP_URL', 'hana+hdbcli://ana:a%20word@here:443/?encrypt=true&currentSchema=KPI');
  const heard = { said: [] as string[], values: [] as unknown[][][], options: {} as Record<string, unknown> };
  const { prototype } = (load('hdb') as Hdb).Client;
  const reply = (statement: string, done: Done): void => {
    heard.said.push(statement.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+/g, 'NOW'));
    const found = answer(statement);
    if (found instanceof Error) done(found);
    else done(null, found);
  };
  vi.spyOn(prototype, 'connect').mockImplementation(function connect(this: typeof prototype, done: Done) {
    for (const key of ['host', 'port', 'user', 'password', 'useTLS', 'rejectUnauthorized']) heard.options[key] = this.get(key);
    const found = answer('connect');
    done(found instanceof Error ? found : null);
  });
  vi.spyOn(prototype, 'exec').mockImplementation((statement: string, done: Done) => void reply(statement, done));
  vi.spyOn(prototype, 'setAutoCommit').mockImplementation((on: boolean) => void heard.said.push(`autocommit ${String(on)}`));
  vi.spyOn(prototype, 'prepare').mockImplementation((statement: string, done: Done) => {
    const exec = (values: unknown[][], executed: Done): void => {
      heard.values.push(values);
      reply(statement, executed);
    };
    const execute = (_: unknown, executed: Done): void => reply(statement, executed);
    done(null, { resultSetMetadata: columns, exec, execute, drop: (dropped: Done) => dropped(null) });
  });
  return heard;
}

/** Rows as HANA sends them, packet by packet, to the client's own reader; `fetched` counts the packets that it asked for. */
function resultSet(columns: readonly Column[], rows: readonly (readonly [number, string | null])[], packetRows: number, fault?: Error): { readonly found: unknown; readonly fetched: () => number } {
  const cells = (row: readonly [number, string | null]): Buffer => {
    const number = Buffer.from([1, 0, 0, 0, 0]);
    number.writeInt32LE(row[0], 1);
    return Buffer.concat([number, row[1] === null ? Buffer.from([255]) : Buffer.from([Buffer.byteLength(row[1]), ...Buffer.from(row[1])])]);
  };
  let [at, count] = [0, 0];
  const packet = (): Packet => {
    const some = rows.slice(at, (at += packetRows));
    return { argumentCount: some.length, attributes: at >= rows.length ? 1 : 0, buffer: Buffer.concat(some.map(cells)) };
  };
  const connection = {
    fetchNext(_: unknown, done: Done): void {
      count += 1;
      if (fault !== undefined && count > 3) done(fault);
      else done(null, { resultSets: [{ data: packet() }] });
    },
    closeResultSet: (_: unknown, done: Done) => done(null),
  };
  const Found = load('hdb/lib/protocol/ResultSet') as new (connection: object, described: ResultSet, options: object) => unknown;
  return { found: new Found(connection, { id: Buffer.alloc(8), metadata: columns, data: packet() }, {}), fetched: () => count };
}

const withCode = (message: string, code: number | string): Error => Object.assign(new Error(message), { code });

test('a repository with it satisfies its compiler', async () => {
  const { exitCode, stdout } = await execa(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', root], { reject: false });
  expect([exitCode, stdout]).toEqual([0, '']);
}, 2 * minutes);

describe('a load into SAP HANA', () => {
  const rows: Rows = [{ day: '2026-01-05', channel: 'ñ 😀', value: 1.5 }, { day: '2026-01-06', channel: 'b', value: null }];
  const staged = '"#staged"';
  const same = (t: string) => `${t}."DAY" = s."DAY" and ${t}."CHANNEL" = s."CHANNEL"`;
  const insert = (way: Way) => `insert into "BY_${way.toUpperCase()}" ("DAY", "CHANNEL", "VALUE") select "DAY", "CHANNEL", "VALUE" from ${staged}`;
  const absent = (way: Way) => `${insert(way)} s where not exists (select 1 from "BY_${way.toUpperCase()}" t where ${same('t')})`;
  const differ = '("BY_SCD2"."VALUE" <> s."VALUE" or ("BY_SCD2"."VALUE" is null and s."VALUE" is not null) or ("BY_SCD2"."VALUE" is not null and s."VALUE" is null))';
  const ended = `from ${staged} s where "BY_SCD2".valid_to is null and ${same('"BY_SCD2"')} and (1 = 0 or ${differ})`;
  const statements: Readonly<Record<Way, readonly string[]>> = {
    delete_insert: [`delete from "BY_DELETE_INSERT" where ("DAY", "CHANNEL") in (select "DAY", "CHANNEL" from ${staged})`, insert('delete_insert')],
    upsert: [`update "BY_UPSERT" set "VALUE" = (select s."VALUE" from ${staged} s where ${same('"BY_UPSERT"')}) where exists (select 1 from ${staged} s where ${same('"BY_UPSERT"')})`, absent('upsert')],
    insert_only: [absent('insert_only')],
    append: [absent('append').replace(' and t."CHANNEL" = s."CHANNEL"', '')],
    replace: ['delete from "BY_REPLACE"', insert('replace')],
    replace_partitions: [`delete from "BY_REPLACE_PARTITIONS" where ("DAY") in (select "DAY" from (select distinct "DAY" from ${staged}))`, insert('replace_partitions')],
    scd2: [
      `update "BY_SCD2" set valid_to = (select to_timestamp('NOW') ${ended}) where exists (select 1 ${ended})`,
      `insert into "BY_SCD2" ("DAY", "CHANNEL", "VALUE", valid_from, valid_to) select s."DAY", s."CHANNEL", s."VALUE", to_timestamp('NOW'), null from ${staged} s where not exists (select 1 from "BY_SCD2" t where ${same('t')} and t.valid_to is null)`,
    ],
  };

  test.for(Object.keys(ways) as Way[])('is one transaction in its own words: %s', async (way) => {
    const { said, values, options } = listen();
    expect(await save(`by_${way}`, rows)).toBe(2);
    expect(options).toEqual({ host: 'here', port: 443, user: 'ana', password: 'a word', useTLS: true, rejectUnauthorized: true });
    const heard = said.filter((each) => !/^(?:select COLUMN_NAME|set schema|create (?:table|index))/.test(each));
    expect(heard.slice(0, 3)).toEqual([
      'autocommit false',
      `create local temporary table ${staged} ("DAY" date, "CHANNEL" nvarchar(5000), "VALUE" double)`,
      `insert into ${staged} ("DAY", "CHANNEL", "VALUE") values (?, ?, ?)`,
    ]);
    expect(heard.slice(3)).toEqual([...statements[way], 'commit']);
    expect(said.filter((each) => each.startsWith('set schema'))).toContain('set schema "KPI"');
    expect(values).toEqual([[['2026-01-05', 'ñ 😀', 1.5], ['2026-01-06', 'b', null]]]);
  });

  test('writes what the client takes for each type', async () => {
    const { values } = listen();
    await save('by_replace', [{ day: '2026-01-05', channel: 'ñ 😀', at: '2026-01-05T08:00:00.25', value: 5e-324 }]);
    const Writer = load('hdb/lib/protocol/Writer') as new (parameters: object, options: object) => Writer;
    // In the numbers that HANA has for them: DAYDATE, NVARCHAR, LONGDATE, DOUBLE.
    const writer = new Writer({ types: [63, 11, 61, 7], fractions: [0, 0, 0, 0], lengths: [10, 5000, 27, 8] }, { useCesu8: true });
    expect(values[0]).toHaveLength(1);
    for (const row of values[0] ?? []) expect(() => writer.setValues(row)).not.toThrow();
  });

  test('makes a table and what tells its rows apart once', async () => {
    const { said } = listen();
    for (const way of ['upsert', 'append', 'scd2'] as const) await save(`by_${way}`, rows);
    expect(said.filter((each) => /^create (?:table|index)/.test(each))).toEqual([
      'create table "BY_UPSERT" ("DAY" date, "CHANNEL" nvarchar(760), "VALUE" double, primary key ("DAY", "CHANNEL"))',
      'create table "BY_APPEND" ("DAY" date, "CHANNEL" nvarchar(5000), "VALUE" double)',
      'create index "IX_BY_APPEND" on "BY_APPEND" ("DAY")',
      'create table "BY_SCD2" ("DAY" date, "CHANNEL" nvarchar(760), "VALUE" double, "VALID_FROM" timestamp, "VALID_TO" timestamp, primary key ("DAY", "CHANNEL", "VALID_FROM"))',
    ]);
    vi.restoreAllMocks();
    const there = listen((statement) => (statement.startsWith('select COLUMN_NAME') ? [{ NAME: 'DAY', KIND: 'DATE' }] : []));
    await save('by_upsert', rows);
    expect(there.said.filter((each) => /^create (?:table|index)/.test(each))).toEqual([]);
  });

  test('that is audited publishes nothing of what fails, and leaves texts as they are', async () => {
    const { said } = listen((statement) => (statement.startsWith('select count(*)') ? [{ WRONG: statement.includes('"VALUE" is null') ? 1 : 0 }] : []));
    await expect(save('looked_at', rows)).rejects.toThrow(/value: 1 .*"looked_at_staged"/);
    expect(said).toContain('create table "LOOKED_AT_STAGED" ("DAY" date, "CHANNEL" nvarchar(5000), "VALUE" double)');
    expect(said.at(-1)).toBe('rollback');
    expect(said.filter((each) => each.startsWith('insert into "LOOKED_AT"'))).toEqual([]);
  });

  test('that is refused half way is rolled back', async () => {
    const { said } = listen((statement) => (statement.startsWith('insert into "BY_REPLACE"') ? withCode('invalid column name: EXTRA: line 1 col 38', 260) : []));
    await expect(save('by_replace', rows)).rejects.toThrow('by_replace: no such column; check the query: invalid column name: EXTRA: line 1 col 38');
    expect(said.at(-1)).toBe('rollback');
  });
});

describe('an extractor of SAP HANA', () => {
  const column = (columnDisplayName: string, dataType: number): Column => ({ columnDisplayName, dataType });
  const columns = [column('RECORD_ID', 4), column('OCCURRED_AT', 61), column('CHANNEL', 26), column('AMOUNT', 5), column('PIECES', 3), column('sentOn', 63), column('OPEN', 28)];
  const row = { RECORD_ID: '9007199254740993', OCCURRED_AT: '2026-01-05T08:00:00.123456700', CHANNEL: Buffer.from('7469656e646120c3b120eda0bdedb880', 'hex'), AMOUNT: '0.10', PIECES: 12, sentOn: '2026-01-05', OPEN: true };

  test('is asked between midnights, and gives names in small letters, every digit and whole texts', async () => {
    const { said } = listen(() => [row], columns);
    const schema = { record_id: 'text', occurred_at: 'moment', channel: 'text', amount: 'number', sentOn: 'day' };
    expect(await read('select * from SEEN where occurred_at >= :start and occurred_at < :end;\n', schema)).toEqual([{ record_id: '9007199254740993', occurred_at: '2026-01-05T08:00:00.123456', channel: 'tienda ñ 😀', amount: 0.1, sentOn: '2026-01-05' }]);
    expect(said.at(-1)).toBe("select * from SEEN where occurred_at >= to_timestamp('2026-01-05 00:00:00') and occurred_at < to_timestamp('2026-01-06 00:00:00')");
  });

  test('takes what a contract foresees from the types of its columns', async () => {
    listen(() => [row], columns);
    const extract = (await moduleOf('src/core/extractors/seen.ts'))['seen'];
    expect(await extract?.('2026-01-05', '2026-01-06')).toEqual([{ record_id: '9007199254740993', occurred_at: '2026-01-05T08:00:00.123456', channel: 'tienda ñ 😀', amount: 0.1, pieces: 12, sentOn: '2026-01-05', open: 1 }]);
  });

  test('in batches gives every row, fetches no more than is asked for, and can be left', async () => {
    const asked = [column('RECORD_ID', 3), column('CHANNEL', 11)];
    const rows = Array.from({ length: 20_000 }, (_, index) => [index, index === 3 ? null : `tienda ñ ${index}`] as const);
    const batches = async (size: number): Promise<AsyncGenerator<Rows>> => ((await moduleOf('src/core/sql.ts'))['sqlBatches'] as unknown as (...given: unknown[]) => AsyncGenerator<Rows>)('seen', 'select * from MANY', { record_id: 'number', channel: 'text' }, '2026-01-05', '2026-01-06', size);
    const all = resultSet(asked, rows, 100);
    listen(() => all.found, asked);
    const [came, sizes]: [unknown[], Set<number>] = [[], new Set()];
    for await (const batch of await batches(700)) {
      came.push(...batch);
      sizes.add(batch.length);
    }
    expect(came).toEqual(rows.map(([record_id, channel]) => ({ record_id, channel })));
    expect([...sizes]).toEqual([700, 400]);

    vi.restoreAllMocks();
    const begun = resultSet(asked, rows, 100);
    listen(() => begun.found, asked);
    const left = await batches(7);
    expect((await left.next()).value).toHaveLength(7);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(begun.fetched()).toBeLessThan(100);
    await left.return(undefined);

    vi.restoreAllMocks();
    const broken = resultSet(asked, rows, 100, withCode('Connection closed by server', 'EHDBCLOSE'));
    listen(() => broken.found, asked);
    await expect((async () => { for await (const batch of await batches(7)) expect(batch.length).toBeLessThanOrEqual(7); })()).rejects.toThrow('it went away half way; run it again, or check ERP_URL');
  });

  test('in batches reads long texts, which a row has the place of only', async () => {
    const long = { read: (done: Done) => done(null, row.CHANNEL) };
    const found = { setFetchSize: () => {}, createObjectStream: () => [{ ...row, RECORD_ID: 7, OCCURRED_AT: '2026-01-05T08:00:00', CHANNEL: long }] };
    listen(() => found, columns);
    const extract = (await moduleOf('src/core/extractors/many.ts'))['many'];
    expect(await extract?.('2026-01-05', '2026-01-06')).toEqual([{ record_id: '7', occurred_at: '2026-01-05T08:00:00', channel: 'tienda ñ 😀', amount: 0.1 }]);
  });

  test('refuses a number that has more digits than a number keeps', async () => {
    listen(() => [{ AMOUNT: '123456789012345678.91' }], [column('AMOUNT', 5)]);
    await expect(read('select amount from SEEN', { amount: 'number' })).rejects.toThrow('has more digits than a number keeps');
  });

  test('says what to check, and never the address', async () => {
    const saying = async (answer: (statement: string) => unknown): Promise<string> => {
      listen(answer, [column('OTHER', 3)]);
      const found = await read('select 1 as other from DUMMY', { other: 'number' }).then(() => 'fine', (error: Error) => `${error.name}: ${error.message}`);
      vi.restoreAllMocks();
      return found;
    };
    const onConnect = (error: Error) => (statement: string) => (statement === 'connect' ? error : []);
    const onQuery = (error: Error) => (statement: string) => (statement.startsWith('select 1') ? error : []);
    expect(await saying(() => [])).toBe('fine');
    expect(await saying(onConnect(withCode('authentication failed', 10)))).toBe('SqlError: seen: not let in; check user and password in ERP_URL');
    expect(await saying(onConnect(withCode('Could not connect to any host: [ here:443 - getaddrinfo ENOTFOUND here ]', 'EHDBOPENCONN')))).toBe('SqlError: seen: no such host; check ERP_URL');
    expect(await saying(onConnect(withCode('Could not connect to any host: [ here:443 - connect ECONNREFUSED 127.0.0.1:443 ]', 'EHDBOPENCONN')))).toBe('SqlError: seen: nothing answers there; check host and port in ERP_URL');
    expect(await saying(onQuery(withCode('invalid table name:  Could not find table/view SEEN in schema KPI', 259)))).toBe('SqlError: seen: no such table; check its name: invalid table name:  Could not find table/view SEEN in schema KPI');
    expect(await saying(onQuery(withCode('insufficient privilege: Not authorized', 258)))).toBe('SqlError: seen: not allowed; ask for the right to do it: insufficient privilege: Not authorized');
    expect(await saying(onQuery(withCode('Connection closed by server', 'EHDBCLOSE')))).toBe('SqlError: seen: it went away half way; run it again, or check ERP_URL');
    listen(() => [], [column('OTHER', 3)]);
    await expect(read('select 1 as other from DUMMY', { amount: 'number' })).rejects.toThrow('seen: no such column; check the query: no such column: amount');
  });

  test('finds out by itself that nothing answers', async () => {
    vi.stubEnv('ERP_URL', 'hana://ana:s3cr3t@127.0.0.1:1');
    await expect(read('select 1 as other from DUMMY', { other: 'number' })).rejects.toThrow(/^seen: nothing answers there; check host and port in ERP_URL$/);
  });
});
