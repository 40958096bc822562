import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseOf, databases } from '../../src/config/databases.ts';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { grow, startFiles } from '../generate/grown.ts';
import { extractorPackages } from './extractor-packages.ts';
import { writeRepository } from './use-repository.ts';

const script = (name: string): string => resolve('tests/e2e', name);
const names = Object.keys(databases);
const ways: readonly Readonly<Record<string, string>>[] = [
  ...['append', 'replace', 'replace_partitions'].map((way) => ({ write_disposition: way })),
  ...['upsert', 'insert-only', 'scd2'].map((way) => ({ merge_strategy: way })),
];

let root = '';
let python = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kpi-databases-'));
  ({ python } = await sharedEnvironment(extractorPackages, '.cache'));
  const files = startFiles({ dir: 'kpi', name: 'Devoluciones', id: 'returned', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', target: 10, warning: 9, source: 'datalake', locale: 'es' });
  for (const database of names) {
    grow(files, 'extractor', { name: `from_${database}`, kind: 'sql', source: `in_${database}`, options: { database } });
    grow(files, 'loader', { name: `to_${database}`, kind: 'sql', inputs: ['returned_by_day'], source: `in_${database}`, options: { database } });
  }
  for (const options of ways) grow(files, 'loader', { name: `way_${Object.values(options).join('').replace('-', '_')}`, kind: 'sql', inputs: ['returned_by_day'], source: 'in_sqlite', options });
  await writeRepository(root, files);
}, 600_000);

afterAll(() => rm(root, { recursive: true, force: true }));

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { exitCode, all } = await execa(python, args, { cwd: root, env: { PYTHONUTF8: '1', ...env }, all: true, reject: false });
  expect(exitCode, all).toBe(0);
  return all;
}

describe('a database that no server is at hand for', { timeout: 120_000 }, () => {
  const statements = (database: string) => run([script('compile_statements.py'), databaseOf(database).address, `from_${database}`]);

  it('SQL Server is asked, and keeps, in its own words', async () => {
    const said = await statements('mssql');
    expect(said).toMatch(/where occurred_at >= %\(start\)s\s+and occurred_at < %\(end\)s/);
    expect(said).toContain("{'start': datetime.datetime(2026, 1, 31, 0, 0), 'end': datetime.datetime(2026, 2, 1, 0, 0)}");
    expect([...said.matchAll(/^\tc_(\w+) (.+?),? ?(?:NULL)?,? ?$/gm)].map(([, kind, type]) => `${kind}: ${type}`)).toEqual([
      'datetime: DATETIME2(6)',
      'date: DATE',
      'decimal: NUMERIC(20, 2)',
      'boolean: BIT',
      'int64: BIGINT',
      'float64: DOUBLE PRECISION',
      'string: NVARCHAR(max)',
    ]);
  });

  it('Oracle is asked, and keeps, in its own words', async () => {
    const said = await statements('oracle');
    // START is a word of its own: quoted, or it is refused.
    expect(said).toMatch(/where occurred_at >= :"start"\s+and occurred_at < :end/);
    expect([...said.matchAll(/^\tc_(\w+) (.+?),? ?$/gm)].map(([, kind, type]) => `${kind}: ${type}`)).toEqual([
      'datetime: TIMESTAMP',
      'date: DATE',
      'decimal: NUMERIC(20, 2)',
      'boolean: BOOLEAN',
      'int64: NUMBER(19)',
      'float64: BINARY_DOUBLE',
      'string: CLOB',
    ]);
  });

  it('SAP HANA is asked, and keeps, in its own words', async () => {
    const said = await statements('hana');
    expect(said).toMatch(/where occurred_at >= \?\s+and occurred_at < \?/);
    expect([...said.matchAll(/^\tc_(\w+) (.+?),? ?$/gm)].map(([, kind, type]) => `${kind}: ${type}`)).toEqual([
      'datetime: TIMESTAMP',
      'date: DATE',
      'decimal: DECIMAL(20, 2)',
      'boolean: BOOLEAN',
      'int64: BIGINT',
      'float64: DOUBLE',
      'string: NCLOB',
    ]);
  });
});

describe('a load into a database that no server is at hand for', { timeout: 120_000 }, () => {
  const loads = async (database: string) => JSON.parse(await run([script('compile_loads.py'), databaseOf(database).address, `to_${database}`])) as Record<string, string[]>;
  const rowsOf = (staged: string) => `SELECT ${['day', 'channel', 'value'].map((name) => `${staged}.${name}`).join(', ')} FROM ${staged}`;
  const same = (staged: string) => `kept.day = ${staged}.day AND kept.channel = ${staged}.channel`;

  /** What every database is told alike. */
  function expectStandard(said: Record<string, string[]>, staged: string): void {
    const insert = 'INSERT INTO kept (day, channel, value)';
    const absent = `NOT (EXISTS (SELECT * FROM kept WHERE ${same(staged)}))`;
    expect(said['replace']).toEqual(['DELETE FROM kept', `${insert} ${rowsOf(staged)}`]);
    expect([said['append'], said['insert_only']]).toEqual(Array.from({ length: 2 }, () => [`${insert} ${rowsOf(staged)} WHERE ${absent}`]));
    expect(said['upsert']).toEqual([
      `UPDATE kept SET value=(SELECT ${staged}.value FROM ${staged} WHERE ${same(staged)}) WHERE EXISTS (SELECT * FROM ${staged} WHERE ${same(staged)})`,
      `${insert} ${rowsOf(staged)} WHERE ${staged}.day IS NOT NULL AND ${absent}`,
    ]);
    expect([said['delete_insert']?.[1], said['replace_partitions']?.[1]]).toEqual(Array.from({ length: 2 }, () => `${insert} ${rowsOf(staged)}`));
    expect(said['scd2']?.[1]).toMatch(/^INSERT INTO kept \(day, channel, value, valid_from, valid_to\) SELECT .* WHERE NOT \(EXISTS \(SELECT \* FROM kept WHERE .* AND kept\.valid_to IS NULL\)\)$/);
  }

  it('SQL Server joins the rows that it deletes or ends, and keeps the texts of keys whole', async () => {
    const [said, staged] = [await loads('mssql'), '[#staged]'];
    expectStandard(said, staged);
    expect(said['aside']?.[0]).toBe('CREATE TABLE [#staged] ( day DATE NULL, channel NVARCHAR(760) COLLATE DATABASE_DEFAULT NULL, value DOUBLE PRECISION NULL )');
    expect([said['delete_insert']?.[0], said['replace_partitions']?.[0]]).toEqual(Array.from({ length: 2 }, () => `DELETE FROM kept FROM kept, ${staged} WHERE ${same(staged)}`));
    expect(said['scd2']?.[0]).toBe(`UPDATE kept SET valid_to=%(valid_to)s FROM kept, ${staged} WHERE kept.valid_to IS NULL AND ${same(staged)} AND NOT EXISTS (SELECT kept.value INTERSECT SELECT ${staged}.value)`);
  });

  it('Oracle has one table in each DELETE and UPDATE, and puts rows into a private table that ends with the transaction', async () => {
    const [said, staged] = [await loads('oracle'), '"ORA$PTT_STAGED"'];
    expectStandard(said, staged);
    expect(said['aside']?.[0]).toBe(`CREATE PRIVATE TEMPORARY TABLE ${staged} ( day DATE, channel VARCHAR2(760 CHAR), value BINARY_DOUBLE ) ON COMMIT DROP DEFINITION`);
    expect(said['delete_insert']?.[0]).toBe(`DELETE FROM kept WHERE (kept.day, kept.channel) IN (SELECT ${staged}.day, ${staged}.channel FROM ${staged})`);
    expect(said['scd2']?.[0]).toBe(`UPDATE kept SET valid_to=:valid_to WHERE kept.valid_to IS NULL AND (EXISTS (SELECT * FROM ${staged} WHERE ${same(staged)} AND DECODE(kept.value, ${staged}.value, 0, 1) = 1))`);
  });

  it('texts without a length are compared by what Oracle and SAP HANA have for that', async () => {
    const ended = async (database: string) => (await loads(database))['scd2_of_texts']?.[0] ?? '';
    expect(await ended('oracle')).toContain('dbms_lob.compare(kept.note, "ORA$PTT_STAGED".note) != :');
    expect(await ended('hana')).toContain('to_nvarchar(kept.note) <> to_nvarchar("#staged".note)');
    expect(await ended('mssql')).toContain('NOT EXISTS (SELECT kept.note INTERSECT SELECT [#staged].note)');
  });

  it('SAP HANA too, and its table for the connection has its own words', async () => {
    const [said, staged] = [await loads('hana'), '"#staged"'];
    expectStandard(said, staged);
    expect(said['aside']?.[0]).toBe(`CREATE LOCAL TEMPORARY TABLE ${staged} ( day DATE, channel NVARCHAR(760), value DOUBLE )`);
    expect(said['delete_insert']?.[0]).toBe(`DELETE FROM kept WHERE (kept.day, kept.channel) IN (SELECT ${staged}.day, ${staged}.channel FROM ${staged})`);
    expect(said['scd2']?.[0]).toMatch(/^UPDATE kept SET valid_to=\? WHERE kept\.valid_to IS NULL AND \(EXISTS \(SELECT \* FROM "#staged" WHERE .*\(kept\.value <> "#staged"\.value OR .*\)\)$/);
  });
});

describe('DuckDB', () => {
  it('gives back to the same value and type what it was given, and a load that fails leaves nothing', async () => {
    const address = `duckdb:///${root}/round.duckdb`;
    expect(await run([script('round_trip.py'), 'to_duckdb'], { IN_DUCKDB_URL: address })).toContain('kept');
  });
});

it('every database is read from the sample at once, and passes the tests that it came with', async () => {
  const tests = names.flatMap((each) => [`tests/unit/test_from_${each}.py`, `tests/unit/test_to_${each}.py`]);
  expect(await run(['-m', 'pytest', '-q', ...tests])).toMatch(new RegExp(`${names.length * 6} passed`));
}, 120_000);
