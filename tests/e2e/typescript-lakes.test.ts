import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addTo, startFiles } from '../generate/grown.ts';
import { expectOwnChecksToPass, expectToPass, useTypescript } from './use-typescript.ts';

function files() {
  const all = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day,region', owner: 'ana', language: 'typescript', source: 'datalake', locale: 'en', timezone: 'Europe/Madrid' });
  addTo(all, 'extractor', { name: 'trips', kind: 'datalake', cursor: 'updated_at', initial: '2026-01-05', lag: '2' });
  for (const format of ['csv', 'json']) addTo(all, 'extractor', { name: `trips_${format}`, kind: 'datalake', format });
  addTo(all, 'loader', { name: 'sales_files', kind: 'datalake', inputs: 'sales_by_day' });
  return all;
}

const suite = `
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeEach, expect, test, vi } from 'vitest';
import { readLake, saveLake } from '../../src/core/lake.ts';
import { places } from '../../src/core/root.ts';

const SCHEMA = { record_id: 'text', occurred_at: 'moment' } as const;

beforeEach(() => void vi.stubEnv('LAKE_URI', 'source'));

async function run(query: string) {
  const connection = await (await DuckDBInstance.create()).connect();
  const reader = await connection.runAndReadAll(query);
  connection.closeSync();
  return reader.getRowObjectsJson();
}

/** A file with a record of each moment, named by it. */
async function put(path: string, ...moments: string[]): Promise<void> {
  const file = join(places.data, 'source', path);
  mkdirSync(dirname(file), { recursive: true });
  await run(\`copy (select unnest([\${moments.map((each) => \`'\${each}'\`).join(', ')}]) as record_id, record_id::timestamp as occurred_at) to '\${file}' (format \${path.split('.').at(-1)})\`);
}

const idsOf = async (pattern: string, start: string, end: string, format: 'parquet' | 'csv' | 'json' = 'parquet') => (await readLake('trips', pattern, format, SCHEMA, start, end)).map(({ record_id }) => record_id).toSorted();

/** Whoever opens it fails. */
function breakFile(path: string): void {
  const file = join(places.data, 'source', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'no parquet');
}

test.each(['parquet', 'csv', 'json'] as const)('folders named by day are looked at for the days asked for only: %s', async (format) => {
  await put(\`a/day=2026-01-05/one.\${format}\`, '2026-01-05 08:00:00', '2026-01-04 08:00:00');
  await put(\`a/day=2026-01-05/two.\${format}\`, '2026-01-05 09:00:00');
  await put(\`a/day=2026-01-06/one.\${format}\`, '2026-01-06 08:00:00');
  breakFile('a/day=2026-01-08/one.parquet');

  // A row of another day in the folder of a day is none of that day.
  expect(await idsOf(\`a/day={day}/*.\${format}\`, '2026-01-05', '2026-01-06', format)).toEqual(['2026-01-05 08:00:00', '2026-01-05 09:00:00']);
  expect(await idsOf(\`a/day={day}/*.\${format}\`, '2026-01-05', '2026-01-08', format)).toHaveLength(3);
  expect(await idsOf(\`a/day={day}/*.\${format}\`, '2026-02-01', '2026-02-03', format)).toEqual([]);
  expect(await idsOf(\`a/day={day}/*.\${format}\`, '2026-01-05', '2026-01-05', format)).toEqual([]);
});

test('in whatever form the day is written', async () => {
  await put('b/2026/01/05/one.parquet', '2026-01-05 08:00:00');
  breakFile('b/2026/01/06/one.parquet');
  await put('c/2026-01/one.parquet', '2026-01-05 08:00:00', '2026-01-06 08:00:00');
  breakFile('c/2026-02/one.parquet');

  expect(await idsOf('b/{day:%Y/%m/%d}/*.parquet', '2026-01-05', '2026-01-06')).toEqual(['2026-01-05 08:00:00']);
  expect(await idsOf('b/{day:%Y/%m/%d}/*.parquet', '2026-03-05', '2026-03-06')).toEqual([]);
  expect(await idsOf('c/{day:%Y-%m}/*.parquet', '2026-01-05', '2026-01-31')).toHaveLength(2);
});

test('a number of a CSV that JavaScript cannot keep is an error, and so is one that is none', async () => {
  const of = async (value: string): Promise<unknown> => {
    const file = join(places.data, 'source/e/one.csv');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, \`occurred_at,amount\\n2026-01-05 08:00:00,\${value}\\n\`);
    return await readLake('trips', 'e/*.csv', 'csv', { occurred_at: 'moment', amount: 'number' }, '2026-01-05', '2026-01-06').then(([row]) => row?.amount, (error: Error) => error.message);
  };
  expect([await of('0.1'), await of('1e3'), await of('')]).toEqual([0.1, 1000, null]);
  expect(await of('12345678901234567.89')).toContain('more digits than a number keeps');
  expect(await of('many')).toMatch(/^trips: .*many/);
});

test('a pattern that fits no file at all stops, and so does a form that is none', async () => {
  await put('d/day=2026-01-05/one.parquet', '2026-01-05 08:00:00');
  await expect(idsOf('nowhere/day={day}/*.parquet', '2026-01-05', '2026-01-06')).rejects.toThrow(/^trips: no file lies there; .*config\\.yaml$/);
  await expect(idsOf('d/day={day:%H}/*.parquet', '2026-01-05', '2026-01-06')).rejects.toThrow('%H');
});

test('a file has each column of its load with the type of the column, also where its part is empty', async () => {
  await saveLake('sales_files', 'kept', [{ day: '2026-01-05', region: 'a', sales: 1.5, note: null }, { day: '2026-01-06', region: 'a', sales: null, note: null }], 'parquet');
  const columns = await run(\`describe select * from read_parquet('\${join(places.data, 'source/kept/day=2026-01-06')}/**/*.parquet', hive_partitioning = false)\`);
  expect(columns.map(({ column_name: name, column_type: type }) => [name, type])).toEqual([['day', 'DATE'], ['region', 'VARCHAR'], ['sales', 'DOUBLE']]);
});
`;

describe('lakes of a TypeScript repository', () => {
  const repository = useTypescript(files);

  it('pass the repository’s own compiler, linter and tests', async () => {
    await expectOwnChecksToPass(repository, []);
  }, 300_000);

  it('are what a new one reads and writes, as soon as it is made', async () => {
    expect(await repository.run('npm', ['run', '--silent', 'flow', '--', '--start', '2026-01-05', '--end', '2026-01-07'])).toContain('Completed');
    const days = (await readdir(join(repository.root, '.data/lake/sales_daily'))).toSorted();
    expect(days).toEqual(['day=2026-01-05', 'day=2026-01-06']);
    expect(await readdir(join(repository.root, '.data/lake/sales_daily/day=2026-01-05'))).toEqual(['data.parquet']);
  }, 120_000);

  it('are read by their folders and written with their types', async () => {
    await expectToPass(repository, 'lakes', suite);
  }, 120_000);
});
