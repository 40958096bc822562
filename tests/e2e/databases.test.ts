import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseOf, databases } from '../../src/config/databases.ts';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { grow, startFiles } from '../generate/grown.ts';
import { extractorPackages } from './extractor-packages.ts';

const script = (name: string): string => resolve('tests/e2e', name);
const names = Object.keys(databases);

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
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}, 600_000);

afterAll(() => rm(root, { recursive: true, force: true }));

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { exitCode, all } = await execa(python, args, { cwd: root, env: { PYTHONUTF8: '1', ...env }, all: true, reject: false });
  expect(exitCode, all).toBe(0);
  return all;
}

describe('a database that no server is at hand for', () => {
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

describe('DuckDB', () => {
  it('gives back to the same value and type what it was given, and a load that fails leaves nothing', async () => {
    const address = `duckdb:///${root}/round.duckdb`;
    expect(await run([script('round_trip.py'), 'to_duckdb'], { IN_DUCKDB_URL: address })).toContain('kept');
  }, 60_000);
});

it('every database is read from the sample at once, and passes the tests that it came with', async () => {
  const tests = names.flatMap((each) => [`tests/unit/test_from_${each}.py`, `tests/unit/test_to_${each}.py`]);
  expect(await run(['-m', 'pytest', '-q', ...tests])).toMatch(new RegExp(`${names.length * 6} passed`));
}, 120_000);
