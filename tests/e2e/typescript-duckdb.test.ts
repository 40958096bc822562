import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startFiles } from '../generate/grown.ts';
import { expectToPass, useTypescript } from './use-typescript.ts';

const repository = useTypescript(() => startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day', owner: 'ana', language: 'typescript' }));

/** Node collects at moments of its own; here it does when it hurts most. */
const suite = `
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { duckdb } from '../../src/core/sql-duckdb.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const columns = { amount: 'number' } as const;

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
