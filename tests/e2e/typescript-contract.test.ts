import { describe, it } from 'vitest';
import { addTo, startFiles } from '../generate/grown.ts';
import { expectOwnChecksToPass, expectToPass, useTypescript } from './use-typescript.ts';

const contracts = ['evolve', 'freeze', 'discard_row', 'discard_value'];

function files() {
  const all = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day,region', owner: 'ana', language: 'typescript', locale: 'en', timezone: 'Europe/Madrid' });
  for (const contract of contracts) {
    addTo(all, 'extractor', { name: `under_${contract}`, kind: 'sql', contract });
    const path = `src/core/extractors/under_${contract}.sql`;
    // Only a query that names no columns may give one that nobody foresaw.
    all.set(path, (all.get(path) ?? '').replace(/select[\s\S]*from/, 'select *\nfrom'));
  }
  addTo(all, 'extractor', { name: 'tickets', kind: 'api', source: 'desk', contract: 'freeze' });
  return all;
}

const suite = `
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeEach, expect, test, vi } from 'vitest';
import { underDiscardRow } from '../../src/core/extractors/under_discard_row.ts';
import { underDiscardValue } from '../../src/core/extractors/under_discard_value.ts';
import { underEvolve } from '../../src/core/extractors/under_evolve.ts';
import { underFreeze } from '../../src/core/extractors/under_freeze.ts';
import { places } from '../../src/core/root.ts';

const all = { under_evolve: underEvolve, under_freeze: underFreeze, under_discard_row: underDiscardRow, under_discard_value: underDiscardValue };
const names = Object.keys(all) as (keyof typeof all)[];
const days = ['2026-01-05', '2026-01-06'] as const;
const usual = "select 7 as record_id, timestamptz '2026-01-05 08:00:00+00' as occurred_at, 'a' as region, ";
const read = { record_id: '7', occurred_at: '2026-01-05T09:00:00', region: 'a' };

beforeEach(() => void vi.stubEnv('WAREHOUSE_URL', 'duckdb:///source.duckdb'));

async function tables(query: string): Promise<void> {
  const connection = await (await DuckDBInstance.fromCache(join(places.data, 'source.duckdb'))).connect();
  for (const name of names) await connection.run(\`create or replace table \${name} as \${query}\`);
  connection.closeSync();
}
const said = async (name: keyof typeof all): Promise<unknown> => await all[name](...days).catch((error: Error) => \`\${error.name}: \${error.message}\`);

test('rows as foreseen come whichever contract holds', async () => {
  await tables(\`\${usual} 0.10::decimal(18, 2) as amount\`);
  expect(await said('under_evolve')).toEqual([{ ...read, amount: 0.1 }]);
  expect(await said('under_freeze')).toEqual([{ ...read, amount: 0.1 }]);
  expect(await said('under_discard_value')).toEqual([{ ...read, amount: 0.1 }]);
  expect(await said('under_discard_row')).toEqual([{ ...read, amount: 0.1 }]);
});

test('a new column comes along, stops the run, or goes', async () => {
  await tables(\`\${usual} 0.1 as amount, 12::bigint as pieces, timestamptz '2026-01-05 08:00:00+00' as sent_at, 12345678901234567890::hugeint as long\`);
  expect(await said('under_evolve')).toEqual([{ ...read, amount: 0.1, pieces: 12, sent_at: '2026-01-05T09:00:00', long: '12345678901234567890' }]);
  expect(await said('under_freeze')).toMatch(/^ContractError: under_freeze: pieces, sent_at, long: expected \\{.*"amount":"number".*\\}, came \\{.*\\} \\(records 1\\)$/);
  expect(await said('under_discard_row')).toEqual([]);
  expect(await said('under_discard_value')).toEqual([{ ...read, amount: 0.1 }]);
});

test.each(['\\'many\\'', '12345678901234567.89::decimal(20, 2)'])('a value that its column cannot hold stops the run, or goes: %s', async (value) => {
  await tables(\`\${usual} \${value} as amount\`);
  for (const name of ['under_evolve', 'under_freeze'] as const) expect(await said(name)).toMatch(new RegExp(\`^ContractError: \${name}: amount: expected\`));
  expect(await said('under_discard_row')).toEqual([]);
  expect(await said('under_discard_value')).toEqual([{ ...read, amount: null }]);
});

test('a column that is missing is told of whether or not there are rows', async () => {
  for (const where of ['true', 'false']) {
    await tables(\`select * exclude (region) from (\${usual} 0.1 as amount) where \${where}\`);
    for (const name of names) expect(await said(name)).toMatch(new RegExp(\`^ContractError: \${name}: region: expected\`));
  }
});

test('the sample is read until there is an address', async () => {
  vi.stubEnv('WAREHOUSE_URL', '');
  for (const name of names) expect((await all[name](...days)).length).toBeGreaterThan(0);
});
`;

describe('extractors of kind sql with a contract in a TypeScript repository', () => {
  const repository = useTypescript(files);

  it('pass the repository’s own compiler, linter and tests', async () => {
    await expectOwnChecksToPass(repository, ['under_', 'tickets']);
  }, 300_000);

  it('hold every row to their schema', async () => {
    await expectToPass(repository, 'contracts', suite);
  }, 120_000);
});
