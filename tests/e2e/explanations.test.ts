import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { grow, startFiles } from '../generate/grown.ts';
import { packages } from './own-checks.ts';

/** What drivers say, and what a repository makes of it: names that look like trouble are names. */
const sql = [
  ['column "terminated_at" does not exist', 'no such column; check the query'],
  ['(1054, "Unknown column \'timeout\' in \'SELECT\'")', 'no such column; check the query'],
  ['relation "connection_refused" does not exist', 'no such table; check its name'],
  ['no such table: terminating connections', 'no such table; check its name'],
  ['permission denied for table connection_timeouts', 'not allowed; ask for the right to do it'],
  ['attempt to write a readonly database', 'not allowed; ask for the right to do it'],
  ['duplicate key value violates unique constraint "refused_orders_readonly_key"', 'duplicate key'],
  // Values may be anybody's, and say anything.
  ['(1062, "Duplicate entry \'Ana for key\\nconnection refused-2026\' for key \'PRIMARY\'")', '(1062, "Duplicate entry … for key \'PRIMARY\'")'],
  [String.raw`(1062, 'Duplicate entry \'Ana "B"\' for key \'PRIMARY\'')`, String.raw`(1062, 'Duplicate entry … for key \'PRIMARY\'')`],
  ["(1366, \"Incorrect integer value: 'Ana' for column `shop`.`orders`.`count` at row 1\")", '(1366, "Incorrect integer value: … for column `shop`.`orders`.`count` at row 1")'],
  ['invalid input syntax for type integer: "Ana"\nCONTEXT: unnamed portal', 'invalid input syntax for type integer: …'],
  ["Violation of PRIMARY KEY constraint 'PK_orders'. The duplicate key value is (Ana, 1).", "Violation of PRIMARY KEY constraint 'PK_orders'. The duplicate key value is …"],
  ['canceling statement due to statement timeout', 'canceling statement due to statement timeout'],
  ['Lock wait timeout exceeded; try restarting transaction', 'Lock wait timeout exceeded'],
  ['terminating connection due to administrator command', 'it went away half way; run it again, or check SHOP_URL'],
  ['server closed the connection unexpectedly', 'it went away half way; run it again, or check SHOP_URL'],
  ['(2013, "Lost connection to MySQL server during query")', 'it went away half way; run it again, or check SHOP_URL'],
  ['connection failed: connection to server at "10.0.0.1", port 5432 failed: Connection refused', 'nothing answers there; check host and port in SHOP_URL'],
  ['connection timeout expired', 'nothing answers there; check host and port in SHOP_URL'],
  ['(2003, "Can\'t connect to MySQL server on \'db\' (timed out)")', 'nothing answers there; check host and port in SHOP_URL'],
] as const;
const lake = [
  ["conversion from `str` to `datetime[μs]` failed in column 'connected_at' for 1 out of 1 values: [\"a\"]", "conversion from `str` to `datetime[μs]` failed in column 'connected_at' for 1 out of 1 values: …"],
  ["conversion from `str` to `i64` failed in column 'error 403' for 1 out of 1 values: [\"a\"]", "conversion from `str` to `i64` failed in column 'error 403' for 1 out of 1 values: …"],
  ['Generic S3 error: HTTP error: error sending request', 'nobody answers, or not to the end; check the network and LAKE_SERVER'],
  ['Error getting list response body: HTTP error: request or response body error', 'nobody answers, or not to the end; check the network and LAKE_SERVER'],
  ['tcp connect error: Connection refused (os error 111)', 'nobody answers, or not to the end; check the network and LAKE_SERVER'],
  ['Server returned non-2xx status code: 403 Forbidden', 'not let in; check LAKE_KEY'],
] as const;

it('an error is explained by what a database or a store says, not by what a column is called', async () => {
  const files = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', owner: 'ana', target: 1, locale: 'en' });
  grow(files, 'extractor', { name: 'trips', kind: 'datalake', source: 'archive' });
  const { python } = await sharedEnvironment(packages, '.cache');
  const root = await mkdtemp(join(tmpdir(), 'kpi-explanations-'));
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const input = JSON.stringify({ sql: sql.map(([said]) => said), lake: lake.map(([said]) => said) });
    const { stdout } = await execa(resolve(python), [resolve('tests/e2e/explanations.py')], { cwd: root, input });
    const told = JSON.parse(stdout) as { readonly sql: string[]; readonly lake: string[] };
    expect(told.sql).toEqual(sql.map(([, meaning]) => expect.stringContaining(`orders: ${meaning}`)));
    expect(told.sql.join()).not.toContain('Ana');
    expect(told.lake).toEqual(lake.map(([, meaning]) => meaning));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}, 120_000);
