import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addTo, startFiles } from '../generate/grown.ts';
import { expectOwnChecksToPass, expectToPass, useTypescript } from './use-typescript.ts';

const contracts = ['evolve', 'freeze', 'discard_row', 'discard_value'];

function files() {
  const all = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day,region', owner: 'ana', language: 'typescript', source: 'datalake', locale: 'en', timezone: 'Europe/Madrid' });
  addTo(all, 'extractor', { name: 'trips', kind: 'datalake', cursor: 'updated_at', initial: '2026-01-05', lag: '2' });
  for (const format of ['csv', 'json']) addTo(all, 'extractor', { name: `trips_${format}`, kind: 'datalake', format });
  for (const format of ['parquet', 'csv', 'json']) for (const contract of ['none', 'evolve', 'discard_row']) addTo(all, 'extractor', { name: `staged_${contract}_${format}`, kind: 'datalake', format, contract, batch_rows: '700' });
  for (const contract of contracts) addTo(all, 'extractor', { name: `under_${contract}`, kind: 'datalake', contract, cursor: contract === 'freeze' ? 'updated_at' : '' });
  addTo(all, 'loader', { name: 'sales_files', kind: 'datalake', inputs: 'sales_by_day' });
  return all;
}

const suite = `
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeEach, expect, test, vi } from 'vitest';
import { readJson } from '../../src/core/lake-json.ts';
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

const rowsOf = async (pattern: string, start: string, end: string, format: 'parquet' | 'csv' | 'json') => (format === 'json' ? await readJson('trips', pattern, SCHEMA, start, end) : await readLake('trips', pattern, format, SCHEMA, start, end));
const idsOf = async (pattern: string, start: string, end: string, format: 'parquet' | 'csv' | 'json' = 'parquet') => (await rowsOf(pattern, start, end, format)).map(({ record_id }) => record_id).toSorted();

function write(path: string, text: string): void {
  const file = join(places.data, 'source', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

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
  expect(await of('many')).toMatch(/^trips: Conversion Error.* (?!.*many)/);
});

test('JSON loses no digit: a text is as it was written, and what a number cannot keep is an error', async () => {
  const line = (amount: string): string => \`{"occurred_at": "2026-01-05 08:00:00", "record_id": \${amount}, "amount": \${amount}}\\n\`;
  const of = async (text: string, amount: 'number' | 'text') => {
    write('f/one.json', text);
    return await readJson('trips', 'f/*.json', { ...SCHEMA, amount }, '2026-01-05', '2026-01-06').then((rows) => rows.map((row) => row.amount), (error: Error) => \`\${error.name}: \${error.message}\`);
  };
  const written = ['12345678901234567.89', '0.12345678901234567890', '-9007199254740993', '123456789012345678901234567890', '1.10', '1e3', '0.1', '7'];
  expect(await of(written.map(line).join(''), 'text')).toEqual(written);
  expect(await of(['1.10', '1e3', '0.1', '-7', 'null', '"0.5"'].map(line).join(''), 'number')).toEqual([1.1, 1000, 0.1, -7, null, 0.5]);
  expect(await of(line('12345678901234567.89'), 'number')).toMatch(/^LakeError: trips: f\\/one\\.json: amount: expected .*"amount":"a number of too many digits".* \\(records 1\\)$/);
  expect(await of(line('"many"'), 'number')).toMatch(/^LakeError: trips: f\\/one\\.json: amount: expected (?!.*many)/);
  expect(await of(line('1').replace('"amount"', '"other"'), 'number')).toMatch(/^LakeError: trips: amount: expected/);
  expect(await of(line('{"a": [1.5, "12: 3456789012345678"]}'), 'text')).toEqual(['{"a":[1.5,"12: 3456789012345678"]}']);
  expect(await of('{"occurred_at": "2026-01-05 08:00:00"', 'text')).toMatch(/^LakeError: trips: /);
  expect(await of('[1, 2]\\n', 'text')).toMatch(/^LakeError: trips: /);
});

test.each(['csv', 'json'] as const)('a moment of a zone is one of the KPI, whatever day it is elsewhere: %s', async (format) => {
  const moments = ['2026-01-04T23:30:00Z', '2026-01-05T22:30:00.25Z', '2026-01-05T23:30:00+00:00', '2026-01-05 00:15:00+0200', '2026-01-05T12:00:00'];
  write(\`g/one.\${format}\`, format === 'csv' ? \`record_id,occurred_at\\n\${moments.map((each) => \`\${each},\${each}\\n\`).join('')}\` : moments.map((each) => \`\${JSON.stringify({ record_id: each, occurred_at: each })}\\n\`).join(''));
  expect((await rowsOf(\`g/*.\${format}\`, '2026-01-05', '2026-01-06', format)).map((row) => row.occurred_at)).toEqual(['2026-01-05T00:30:00', '2026-01-05T23:30:00.25', '2026-01-05T12:00:00']);
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

const contractSuite = `
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { readLakeByContract } from '../../src/core/lake-contract.ts';
import { places } from '../../src/core/root.ts';

const SCHEMA = { record_id: 'text', occurred_at: 'moment', amount: 'number' } as const;
const contracts = ['evolve', 'freeze', 'discard_row', 'discard_value'] as const;
const days = ['2026-01-05', '2026-01-07'] as const;

beforeEach(() => void vi.stubEnv('LAKE_URI', 'source'));

describe.each(['parquet', 'csv', 'json'] as const)('%s', (format) => {
  async function put(path: string, ...rows: string[]): Promise<void> {
    const file = join(places.data, 'source', path, \`part.\${format}\`);
    mkdirSync(dirname(file), { recursive: true });
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(\`copy (\${rows.map((row) => \`select \${row}\`).join(' union all ')}) to '\${file}' (format \${format})\`);
    connection.closeSync();
  }
  const row = (id: string, at: string, more = '0.5 as amount'): string => \`'\${id}' as record_id, '\${at}' as occurred_at, \${more}\`;
  const read = async (folder: string, contract: (typeof contracts)[number], [start, end]: readonly [string, string] = days): Promise<unknown> => await readLakeByContract('trips', \`\${folder}/**/*.\${format}\`, format, SCHEMA, start, end, contract).catch((error: Error) => \`\${error.name}: \${error.message}\`);
  const first = { record_id: 'a', occurred_at: '2026-01-05T08:00:00', amount: 0.5 };

  test('what fits is the same by every contract, of the days asked for', async () => {
    await put('fits', row('a', '2026-01-05 08:00:00'), row('b', '2026-01-07 00:00:00'), row('c', '2026-01-04 23:59:59'), row('d', '2026-01-06T22:30:00Z'), row('e', '2026-01-06T23:30:00Z'));
    for (const contract of contracts) expect(await read('fits', contract)).toEqual([first, { ...first, record_id: 'd', occurred_at: '2026-01-06T23:30:00' }]);
  });

  test('a column more comes along, stops the run, or goes', async () => {
    await put('more/1', row('a', '2026-01-05 08:00:00'));
    await put('more/2', row('b', '2026-01-06 08:00:00', "0.5 as amount, 7 as extra"));
    const second = { ...first, record_id: 'b', occurred_at: '2026-01-06T08:00:00' };
    expect(await read('more', 'evolve')).toEqual([{ ...first, extra: null }, { ...second, extra: format === 'csv' ? '7' : 7 }]);
    expect(await read('more', 'freeze')).toMatch(/^ContractError: trips: more\\/2\\/part\\.\\w+: extra: expected \\{.*\\}, came \\{.*"extra".*\\} \\(records 1\\)$/);
    expect(await read('more', 'discard_row')).toEqual([first]);
    expect(await read('more', 'discard_value')).toEqual([first, second]);
    expect(await read('more', 'freeze', ['2026-01-05', '2026-01-06'])).toEqual([first]);
  });

  test('a value that its column cannot hold stops the run, or goes, and is never shown', async () => {
    await put('unfit', row('a', '2026-01-05 08:00:00', "'0.5' as amount"), row('b', '2026-01-05 09:00:00', "'secret' as amount"), row('c', '2026-01-04 09:00:00', "'secret' as amount"));
    for (const contract of ['evolve', 'freeze'] as const) {
      const said = await read('unfit', contract);
      expect(said).toMatch(/^ContractError: trips: unfit\\/part\\.\\w+: amount: expected .* \\(records 2\\)$/);
      expect(said).not.toContain('secret');
    }
    expect(await read('unfit', 'discard_row')).toEqual([first]);
    expect(await read('unfit', 'discard_value')).toEqual([first, { record_id: 'b', occurred_at: '2026-01-05T09:00:00', amount: null }]);
  });

  test('a moment that cannot be read is of no day that anybody knows; a row without one is of none', async () => {
    await put('dateless', row('a', '2026-01-05 08:00:00'), row('b', 'soon'), "'c' as record_id, null as occurred_at, 0.5 as amount");
    for (const contract of ['evolve', 'freeze'] as const) expect(await read('dateless', contract, ['2020-01-01', '2020-01-02'])).toMatch(/^ContractError: trips: dateless.*: occurred_at: expected/);
    for (const contract of ['discard_row', 'discard_value'] as const) expect(await read('dateless', contract)).toEqual([first]);
  });

  test('a column less stops every contract, whether or not there are rows', async () => {
    await put('less', "'a' as record_id, '2026-01-05 08:00:00' as occurred_at");
    await put('timeless', "'a' as record_id, 0.5 as amount");
    for (const contract of contracts) {
      expect(await read('less', contract)).toMatch(/^ContractError: trips: less.*: amount: expected/);
      expect(await read('less', contract, ['2020-01-01', '2020-01-02'])).toMatch(/^ContractError: trips: less.*: amount: expected/);
      expect(await read('timeless', contract)).toMatch(/^ContractError: trips: timeless.*: occurred_at: expected/);
    }
  });

  test('a folder is a column where the schema has it, and no difference else', async () => {
    await put('told/place=x/record_id=a%2Fb', "'2026-01-05 08:00:00' as occurred_at, 0.5 as amount");
    for (const contract of contracts) expect(await read('told', contract)).toEqual([{ ...first, record_id: 'a/b' }]);
  });

  test('no file is the same error as without a contract, and the sample is read until there is an address', async () => {
    expect(await read('nowhere', 'freeze')).toMatch(/^LakeError: trips: no file lies there/);
    vi.stubEnv('LAKE_URI', '');
    expect(((await read('nowhere', 'freeze')) as unknown[]).length).toBeGreaterThan(0);
  });
});

test('a parquet that has types keeps those of new columns, and moments of a zone become local', async () => {
  const file = join(places.data, 'source/typed/part.parquet');
  mkdirSync(dirname(file), { recursive: true });
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run(\`copy (select 7 as record_id, timestamptz '2026-01-05 22:30:00+00' as occurred_at, 12345678901234567.89::decimal(20, 2) as amount, timestamptz '2026-01-05 22:30:00+00' as seen_at, true as flag) to '\${file}' (format parquet)\`);
  connection.closeSync();
  const read = async (contract: (typeof contracts)[number]) => await readLakeByContract('trips', 'typed/*.parquet', 'parquet', SCHEMA, '2026-01-05', '2026-01-06', contract).catch((error: Error) => error.message);
  expect(await read('discard_value')).toEqual([{ record_id: '7', occurred_at: '2026-01-05T23:30:00', amount: null }]);
  expect(await read('evolve')).toContain('amount: expected');
  const wider = await readLakeByContract('trips', 'typed/*.parquet', 'parquet', { ...SCHEMA, amount: 'text' }, '2026-01-05', '2026-01-06', 'evolve');
  expect(wider).toEqual([{ record_id: '7', occurred_at: '2026-01-05T23:30:00', amount: '12345678901234567.89', seen_at: '2026-01-05T23:30:00', flag: 'true' }]);
});
`;

const batchSuite = `
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as extractors from '../../src/core/extractors/index.ts';
import { jsonBatches } from '../../src/core/lake-json.ts';
import { lakeBatches } from '../../src/core/lake.ts';
import { places } from '../../src/core/root.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];
type Extract = (start: string, end: string) => Promise<Rows>;

vi.setConfig({ testTimeout: 60_000 });

const whole = ['2026-01-05', '2026-01-08'] as const;
const system = tmpdir();
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(system, 'kpi-batches-'));
  vi.stubEnv('LAKE_URI', 'source');
  vi.stubEnv('TMPDIR', folder);
});
// Nothing is left behind, however it ended.
afterEach(() => rmdirSync(folder));

describe.each(['parquet', 'csv', 'json'] as const)('%s', (format) => {
  async function put(path: string, query: string): Promise<void> {
    const file = join(places.data, 'source', \`\${path}.\${format}\`);
    mkdirSync(dirname(file), { recursive: true });
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(\`copy (\${query}) to '\${file}' (format \${format})\`);
    connection.closeSync();
  }
  const stage = (contract: string): string => \`staged_\${contract}_\${format}\`;
  const extract = async (contract: string, [start, end]: readonly [string, string] = whole): Promise<Rows> => {
    const name = stage(contract).replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return await ((extractors as unknown as Readonly<Record<string, Extract>>)[name]?.(start, end) ?? expect.unreachable());
  };
  const sorted = (rows: Rows): Rows => rows.toSorted((left, right) => Number(left['amount']) - Number(right['amount']));
  const records = (amount: string, from: number, to: number) => \`select 'r' || range as record_id, timestamp '2026-01-05 08:00:00.25' + interval 1 day * (range // 1500) as occurred_at, 'tienda ñ 😀' as region, \${amount} as amount from range(\${from}, \${to})\`;
  const fill = async (contract: string, amount = 'range + 0.5::double'): Promise<void> => {
    for (const part of [0, 1, 2]) await put(\`\${stage(contract)}/\${part}\`, records(part === 1 ? amount : 'range + 0.5::double', part * 1500, part * 1500 + 1500));
  };
  const expected = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => ({ record_id: \`r\${from + index}\`, occurred_at: \`2026-01-0\${5 + Math.floor((from + index) / 1500)}T08:00:00.25\`, region: 'tienda ñ 😀', amount: from + index + 0.5 }));

  test.each(['none', 'evolve', 'discard_row'])('gives what it gives at once, of every file and batch: %s', async (contract) => {
    await fill(contract);
    expect(sorted(await extract(contract))).toEqual(expected(0, 4500));
    expect(sorted(await extract(contract, ['2026-01-06', '2026-01-07']))).toEqual(expected(1500, 3000));
    expect(await extract(contract, ['2025-01-05', '2025-01-07'])).toEqual([]);
  });

  test('says what is wrong wherever it is', async () => {
    for (const contract of ['none', 'evolve', 'discard_row']) await fill(contract, "case when range = 2500 then 'many' else '1' end");
    expect(await extract('discard_row')).toHaveLength(4499);
    await expect(extract('evolve')).rejects.toThrow(/: amount: expected .* \\(records 1001\\)$/);
    if (format === 'json') await expect(extract('none')).rejects.toThrow(/: amount: expected .* \\(records 1001\\)$/);
    else await expect(extract('none')).rejects.toThrow();
  });

  test('comes part by part, and what was begun can be left', async () => {
    await fill('evolve');
    const schema = { record_id: 'text', occurred_at: 'moment' } as const;
    const given = ['trips', \`\${stage('evolve')}/*.\${format}\`] as const;
    const parts = format === 'json' ? jsonBatches(...given, schema, ...whole) : lakeBatches(...given, format, schema, ...whole);
    expect(((await parts.next()).value as Rows).length).toBeLessThanOrEqual(2048);
    await parts.return(undefined);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a new column comes along, a number only where all of it is, from one file to the next', async () => {
    const row = "'r' as record_id, timestamp '2026-01-05 08:00:00' as occurred_at, 'web' as region";
    await put(\`\${stage('evolve')}/0\`, \`select \${row}, 1.5::double as amount, 7 as pieces, 7 as mixed\`);
    await put(\`\${stage('evolve')}/1\`, \`select \${row}, 2.5::double as amount, 'seven' as mixed\`);
    await put(\`\${stage('evolve')}/2\`, \`select \${row}, 3.5::double as amount, 0.1::double as pieces\`);
    const [seven, tenth] = format === 'csv' ? ['7', '0.1'] : [7, 0.1];
    expect(sorted(await extract('evolve')).map(({ pieces, mixed }) => [pieces, mixed])).toEqual([[seven, '7'], [null, 'seven'], [tenth, null]]);
  });
});
`;

/** Reads a lake in batches into the files of a stage, and counts there; says how much memory the process had at most, in MiB. */
const memoryScript = `
import { readFileSync } from 'node:fs';
import { staged } from './dist/src/core/staging.js';
const [, , format, contract] = process.argv;
const schema = { record_id: 'text', occurred_at: 'moment', day: 'day', amount: 'number', note: 'text' };
const [days, stage, files] = [['2026-01-01', '2026-01-02'], 'trips', \`many/*.\${format}\`];
async function* incoming() {
  if (contract !== 'none') yield* (await import('./dist/src/core/lake-contract.js')).lakeBatchesByContract(stage, files, format, schema, ...days, contract);
  else if (format === 'json') yield* (await import('./dist/src/core/lake-json.js')).jsonBatches(stage, files, schema, ...days);
  else yield* (await import('./dist/src/core/lake.js')).lakeBatches(stage, files, format, schema, ...days);
}
const [counted] = await staged(stage, schema, incoming(), 20_000, async ({ query }) => await query('select count(*) as rows, sum(amount) as amount from staged', { rows: 'number', amount: 'number' }));
const peak = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
console.log(JSON.stringify({ ...counted, peak }));
`;

/** Makes so many files of 25,000 records each. */
const fillScript = `
import { mkdirSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
const [, , folder, format, files] = process.argv;
mkdirSync(\`\${folder}/many\`, { recursive: true });
const connection = await (await DuckDBInstance.create()).connect();
for (let at = 0; at < Number(files); at += 1) {
  const rows = \`select 'record ' || range || ' of many that do not fit' as record_id, timestamp '2026-01-01 08:00:00' as occurred_at, date '2026-01-01' as day, range * 0.5::double as amount, record_id as note from range(\${at * 25_000}, \${(at + 1) * 25_000})\`;
  await connection.run(\`copy (\${rows}) to '\${folder}/many/\${String(at).padStart(3, '0')}.\${format}' (format \${format})\`);
}
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

  it('are read a batch at a time', async () => {
    await expectToPass(repository, 'lake-batches', batchSuite);
  }, 120_000);

  it.for([['parquet', 'none'], ['csv', 'evolve'], ['json', 'none']] as const)('take no more memory in batches when they have ten times as many files: %s, %s', { timeout: 600_000 }, async ([format, contract], { skip }) => {
    if (process.platform !== 'linux') return skip('only Linux tells the most memory that a process had');
    await writeFile(join(repository.root, 'fill.mjs'), fillScript);
    await writeFile(join(repository.root, 'read.mjs'), memoryScript);
    await repository.run('npm', ['run', '--silent', 'build']);
    const measure = async (count: number) => {
      const lake = join(repository.root, `lake_of_${count}`);
      await repository.run(process.execPath, ['fill.mjs', lake, format, String(count)]);
      return JSON.parse(await repository.run(process.execPath, ['read.mjs', format, contract], { LAKE_URI: lake })) as { rows: number; amount: number; peak: number };
    };
    const [few, many] = [await measure(4), await measure(40)];
    expect([few.rows, few.amount, many.rows, many.amount]).toEqual([100_000, 2_499_975_000, 1_000_000, 249_999_750_000]);
    // What is collected late makes some difference; a million rows at once would be five times as much.
    expect(many.peak, `${few.peak} MiB before`).toBeLessThan(few.peak * 2);
  });

  it('are held to a contract, each file by itself', async () => {
    await expectToPass(repository, 'lake-contracts', contractSuite);
  }, 120_000);
});
