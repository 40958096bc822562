import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { grow, startFiles } from '../generate/grown.ts';
import { extractorPackages } from './extractor-packages.ts';
import { frames } from './frames.ts';
import { databases, makeFile, noPrograms, useDatabases } from './use-databases.ts';
import { expectOwnTestsToPass, useRepository } from './use-repository.ts';

const minutes = 60_000;
const contracts = ['evolve', 'freeze', 'discard_row', 'discard_value'];
const each = ['plain', ...contracts.map((contract) => `by_${contract}`)];
const everyOne = [...each, ...each.map((name) => `batched_${name}`)];
const cases = 15;

const repository = useRepository(() => {
  const files = startFiles({ dir: 'kpi', name: 'Reclamaciones', id: 'complaints', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', target: 10, warning: 12, direction: 'lower_is_better', timezone: 'Europe/Madrid', locale: 'en', frames });
  for (const name of everyOne) {
    const contract = contracts.find((known) => name.endsWith(`by_${known}`));
    grow(files, 'extractor', { name, kind: 'sql', source: 'archive', options: { ...(contract && { contract }), ...(name.startsWith('batched') && { batch_rows: '1000' }) } });
  }
  grow(files, 'loader', { name: 'kept', kind: 'sql', source: 'archive' });
  return files;
}, extractorPackages);
const servers = useDatabases(repository);

describe.each(databases)('every extractor of a database, in %s', (database) => {
  it('gives what is there, to the same value and type, as its contract says', { timeout: 5 * minutes }, async ({ skip }) => {
    const address = await servers.empty(database, 'extractors');
    if (address === undefined) return skip(noPrograms(database));
    const found = await repository.json<Record<string, readonly [held: readonly string[], fault: string]>>(['extract_suite.py', database, ...everyOne], { ARCHIVE_URL: address });
    expect(Object.fromEntries(Object.entries(found).map(([name, [held, fault]]) => [name, fault === '' ? held.length : fault]))).toEqual(Object.fromEntries(everyOne.map((name) => [name, cases])));
  });
});

describe.each(databases)('rows in batches, in %s,', (database) => {
  it('take no more memory when there are ten times as many', { timeout: 5 * minutes }, async ({ skip }) => {
    if (process.platform !== 'linux') return skip('only Linux tells the most memory that a process had');
    const address = await servers.empty(database, 'batches');
    if (address === undefined) return skip(noPrograms(database));
    const measure = (rows: number) => repository.json<{ rows: number; peak: number }>(['staged_memory.py', 'batched_plain', database, String(rows)], { ARCHIVE_URL: address });
    const [few, many] = [await measure(200_000), await measure(2_000_000)];
    expect([few.rows, many.rows]).toEqual([50_000, 500_000]);
    expect(many.peak, `${few.peak} MiB before`).toBeLessThan(few.peak * 1.2);
  });
});

type Fault = readonly [address: string, what: string, says: RegExp];

/** What an extractor, one in batches and a loader say that is not what they should; the loader only where it has something to do with it. */
async function saidElse(faults: readonly Fault[]): Promise<string[]> {
  const found = await repository.json<string[][]>(['database_faults.py', 'plain', 'batched_plain', 'kept'], {}, JSON.stringify(faults.map(([address, what]) => [address, what])));
  return faults.flatMap(([, what, says], index) => {
    const stages = ['plain', 'batched_plain', ...(['', 'away'].includes(what) ? ['kept'] : [])];
    return stages.flatMap((stage, at) => {
      const said = found[index]?.[at] ?? '';
      const [, told = ''] = new RegExp(`^DatabaseError: ${stage}: (.*)$`).exec(said) ?? [];
      return says.test(told) ? [] : [`${said}, not ${says}`];
    });
  });
}

describe.each(['postgresql', 'mariadb'] as const)('a database that is not as it should be, %s', (database) => {
  it('is told each with a message of its own, the variable to check and no secret', { timeout: 5 * minutes }, async ({ skip }) => {
    const server = servers.server(database);
    if (server === undefined) return skip(noPrograms(database));
    const url = server.url(server.first);
    const port = /:(\d+)\//.exec(url)?.[1] ?? '';
    const nobody = database === 'mariadb' ? url.replace('kpi:a%20word', 'kpi:another%20a%20word') : url.replace('kpi@', 'nobody:a%20word@');
    const faults: readonly Fault[] = [
      ['a word', '', /^it is not like postgresql\+psycopg:\/\/user@host\/database; check ARCHIVE_URL$/],
      ['nodatabase://kpi:a%20word@host/x', '', /^no such kind of database; see how it begins; check ARCHIVE_URL$/],
      [url.replace(/\+\w+/, database === 'mariadb' ? '+mysqldb' : '+asyncpg'), '', database === 'mariadb' ? /^its driver is not installed; run uv add mysqlclient$/ : /^its driver is not installed; run uv add asyncpg$/],
      [url.replace('127.0.0.1', 'nowhere.invalid'), '', /^no such host; check ARCHIVE_URL$/],
      [url.replace(port, '9'), '', /^nothing answers there; check host and port in ARCHIVE_URL$/],
      [nobody, '', /^not let in; check user and password in ARCHIVE_URL$/],
      [server.url('no_such_database'), '', /^no such database; check its name in ARCHIVE_URL$/],
      [url, 'table', /^no such table; check its name: .*no_such_table/],
      [url, 'column', /^no such column; check the query: .*no_such_column/],
      [url, 'away', /^it went away half way; run it again, or check ARCHIVE_URL$/],
    ];
    expect(await saidElse(faults)).toEqual([]);
  });
});

describe('a database without a server that is not as it should be', () => {
  it('is told each with a message of its own, and the variable to check', { timeout: 5 * minutes }, async () => {
    const noDatabase = join(repository.root, 'text');
    await writeFile(noDatabase, 'no database at all. '.repeat(100));
    for (const kind of ['sqlite', 'duckdb'] as const) await makeFile(repository, kind, 'some');
    const held = `duckdb:///${repository.root}/held.duckdb`;
    const holder = execa(repository.python, ['-c', `import duckdb, sys\nkept = duckdb.connect(${JSON.stringify(held.slice('duckdb:///'.length))})\nprint("held", flush=True)\nsys.stdin.read()`]);
    await new Promise((isHeld) => holder.stdout.once('data', isHeld));
    try {
      const found = await saidElse([
        // It looks into a file when it is asked for a table.
        [`sqlite:///${noDatabase}`, 'table', /^what lies there is no database of this kind; check ARCHIVE_URL$/],
        [`duckdb:///${noDatabase}`, '', /^what lies there is no database of this kind; check ARCHIVE_URL$/],
        ...['sqlite', 'duckdb'].flatMap((kind): Fault[] => [
          [`${kind}:///${repository.root}`, '', /^no such database; check its name in ARCHIVE_URL$/],
          [`${kind}:///${noDatabase}/file`, '', /^no such folder, or none to write in; check ARCHIVE_URL$/],
          // A loader makes the file it is to write; what is read is there, or its name is wrong.
          [`${kind}:///${repository.root}/typo.${kind}`, 'table', /^no such file; check ARCHIVE_URL$/],
          [`${kind}:///:memory:`, 'table', /^no such table; check its name: .*no_such_table/],
          [`${kind}:///${repository.root}/some.${kind}`, 'table', /^no such table; check its name: .*no_such_table/],
          [`${kind}:///${repository.root}/some.${kind}`, 'column', /^no such column; check the query: .*no_such_column/],
        ]),
        [held, '', /^another process has it open; wait until that ends, or check ARCHIVE_URL$/],
        // Its driver lets out what the network said.
        ['oracle+oracledb://kpi:a%20word@nowhere.invalid/x', '', /^no such host; check ARCHIVE_URL$/],
      ]);
      expect(found).toEqual([]);
      expect((await readdir(repository.root)).filter((name) => name.startsWith('typo'))).toEqual([]);
    } finally {
      holder.stdin.end();
      await holder;
    }
  });
});

const inTokyo = `
from datetime import date

import polars as pl
from core import sql
from own_frames import ours, own_schema
from sqlalchemy import text

with sql.open_database("plain").begin() as connection:
    connection.exec_driver_sql("set time_zone = '+00:00'")
    connection.exec_driver_sql("create table moments (at timestamp null)")
    for at in ("2026-01-04 14:59:59", "2026-01-04 15:00:00", "2026-01-05 15:00:00"):
        connection.execute(text("insert into moments values (:at)"), {"at": at})
schema = own_schema(pl.Schema({"at": pl.Datetime("us")}))
query = "select at from moments where at >= :start and at < :end"
print(ours(sql.read_sql("plain", query, schema, date(2026, 1, 5), date(2026, 1, 6)))["at"].dt.to_string().to_list())
`;

it('a TIMESTAMP of MariaDB is read in the time zone of the KPI, also where the server has no name for it', async ({ skip }) => {
  const address = await servers.empty('mariadb', 'moments');
  if (address === undefined) return skip(noPrograms('mariadb'));
  const file = join(repository.root, 'config/config.yaml');
  const config = await readFile(file, 'utf8');
  await writeFile(file, config.replace('Europe/Madrid', 'Asia/Tokyo'));
  const { stdout, all } = await repository.run(['-c', inTokyo], { ARCHIVE_URL: address, PYTHONPATH: [join(repository.root, 'src'), resolve('tests/e2e')].join(':') });
  await writeFile(file, config);
  expect(stdout, all).toBe("['2026-01-05 00:00:00.000000']");
}, 2 * minutes);

it('passes the tests that they came with', () => expectOwnTestsToPass(repository, everyOne.map((name) => `tests/unit/test_${name}.py`)), 2 * minutes);
