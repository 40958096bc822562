import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addTo, startFiles } from '../generate/grown.ts';
import { expectToPass, useTypescript } from './use-typescript.ts';

const repository = useTypescript(() => {
  const files = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day', owner: 'ana', language: 'typescript' });
  addTo(files, 'extractor', { name: 'orders', kind: 'sql' });
  addTo(files, 'transformer', { name: 'orders_by_day', kind: 'aggregation', inputs: 'orders' });
  return files;
});

/** Node collects at moments of its own; here it does when it hurts most. */
const suite = `
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fileIn } from '../../src/core/sql-database.ts';
import { duckdb } from '../../src/core/sql-duckdb.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const columns = { amount: 'number' } as const;

test('a file that is not there is not made by reading it', async () => {
  const days = { start: '2026-01-05', end: '2026-01-06', timeZone: 'UTC' };
  const ways = [duckdb.read('duckdb:///typo.duckdb', 'select 1 as amount', { amount: 'number' }, days), duckdb.describe('duckdb:///typo.duckdb', 'select 1 as amount', days), (async () => { for await (const _ of duckdb.batches('duckdb:///typo.duckdb', 'select 1 as amount', { amount: 'number' }, days, 10)) break; })()];
  for (const each of await Promise.allSettled(ways)) expect(each).toMatchObject({ status: 'rejected', reason: { code: 'ENOENT' } });
  expect(existsSync(fileIn('duckdb:///typo.duckdb'))).toBe(false);
  expect(await duckdb.read('duckdb:///:memory:', 'select 1 as amount', { amount: 'number' }, days)).toEqual([{ amount: 1 }]);
});

async function writeAndRead(address: string, index: number): Promise<number> {
  const table = 't' + String(index);
  const connection = await duckdb.connect(address);
  await connection.run("create table " + table + " as select range as amount, 'a' || range as name from range(20000)");
  await connection.close();
  await setImmediate();
  if (index % 2 === 1) collect();
  return (await duckdb.read(address, 'select * from ' + table + ' where :start < :end', columns, { start: '2026-01-05', end: '2026-01-06', timeZone: 'UTC' })).length;
}

test('stages that open and close one file at the same time do not take it from each other', async () => {
  for (let file = 0; file < 20; file += 1) {
    const counts = await Promise.all([0, 1, 2, 3].map(async (index) => await writeAndRead('duckdb:///' + String(file) + '.duckdb', index)));
    expect(counts).toEqual([20000, 20000, 20000, 20000]);
  }
}, 120_000);
`;

it('stages of a TypeScript repository share a file of DuckDB', async () => await expectToPass(repository, 'shared', suite), 300_000);

const kept = `
import { expect, test } from 'vitest';
import { duckdb } from '../../src/core/sql-duckdb.ts';
import { ordersByDay } from '../../src/core/transformers/orders_by_day.ts';

const columns = { name: 'text', day: 'day', at: 'moment', amount: 'number' } as const;
const row = (name: string | null, amount: number | null, at: string | null = '2026-01-05T08:00:00.123456', day: string | null = '2026-02-28') => ({ name, day, at, amount });
const rows = [row('ñ 😀 \\' " \\\\ \\n \\t', 0.1), row('', -1e21, '1000-01-01T23:59:59'), row(null, null, null, null), row('a', 5e-324), row('b', 123456789012345), row('c', -0)];

test.each(['"kept"', '"a b"."ta""ble"'])('rows that are put come back as they were, in a table of any name: %s', async (table) => {
  const connection = await duckdb.connect('duckdb:///kept.duckdb');
  await connection.run('create schema if not exists "a b"');
  for (const isTemporary of table.includes('.') ? [false] : [true, false]) {
    for (const given of [[row('old', 1)], [...rows, ...Array.from({ length: 11_000 }, (_, index) => row('more', index))]]) await connection.put(table, columns, given, isTemporary);
    const found = await connection.run('select name, "day"::varchar as "day", strftime("at", \\'%Y-%m-%dT%H:%M:%S.%f\\') as "at", amount from ' + table);
    expect(found).toHaveLength(11_006);
    expect(found.slice(0, 6)).toEqual(rows.map((each) => ({ ...each, at: each.at !== null && each.at.length === 19 ? each.at + '.000000' : each.at })));
    if (isTemporary) await connection.run('drop table ' + table);
  }
  await connection.close();
}, 60_000);

test('what does not fit is an error, and nothing of it stays: not even where a transaction goes on', async () => {
  const connection = await duckdb.connect('duckdb:///kept.duckdb');
  await connection.put('"there"', columns, [row('a', 1)], false);
  await connection.begin();
  await connection.run('create table money (amount decimal(20, 4))');
  await connection.put('"staged"', columns, [row('a', 0.1), row('b', 12345.6789)], true);
  await connection.run('insert into money select amount from staged');
  expect(await connection.run('select amount::varchar as amount from money order by 1')).toEqual([{ amount: '0.1000' }, { amount: '12345.6789' }]);
  await expect(connection.put('"staged"', columns, [row('a', 1), row('b', 2, '2026-13-05T00:00:00')], true)).rejects.toThrow();
  await connection.run('rollback');
  expect(await connection.run('select name from there')).toEqual([{ name: 'a' }]);
  await connection.close();
});

test('an aggregation keeps a column of numbers that is empty, and no other', () => {
  const order = (day: string, amount: number | null) => ({ record_id: null, occurred_at: day + 'T08:00:00', amount });
  const sums = (...given: readonly object[]) => ordersByDay(given as never);
  expect(sums(order('2026-01-05', null))).toEqual([{ day: '2026-01-05', amount: 0 }]);
  expect(sums(order('2026-01-05', null), order('2026-01-06', 2), order('2026-01-06', null))).toEqual([{ day: '2026-01-05', amount: 0 }, { day: '2026-01-06', amount: 2 }]);
});
`;

it('rows are put into files of DuckDB with every value as it was, and summed as in Python', async () => await expectToPass(repository, 'kept', kept), 120_000);

const thread = `
import { Worker, isMainThread } from 'node:worker_threads';
import { duckdb } from './dist/src/core/sql-duckdb.js';

const said = await duckdb.connect('duckdb:///threads.duckdb').then(async (connection) => await connection.close().then(() => 'opened'), (error) => error.message);
console.log(said);
if (isMainThread) await new Promise((resolve) => new Worker(new URL(import.meta.url)).on('exit', resolve));
`;

it('another thread of its process does not open a file of DuckDB: what one writes would be lost without a word', async () => {
  await repository.run('npm', ['run', '--silent', 'build']);
  await writeFile(join(repository.root, 'threads.mjs'), thread);
  const said = await repository.run(process.execPath, ['threads.mjs']);
  expect(said.split('\n')).toEqual(['opened', "a file of DuckDB is opened in the flow's own thread only: leave out `worker` where the task is made"]);
}, 120_000);
