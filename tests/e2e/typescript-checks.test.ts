import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import type { Files } from '../generate/grown.ts';
import { addTo, startFiles } from '../generate/grown.ts';
import { expectOwnChecksToPass, expectToPass, useTypescript } from './use-typescript.ts';

// The sample has a record without a region on a Monday, which is read days later than it is fresh.
const checks = 'not_null(record_id, amount), unique(record_id), accepted_values(region, region_a, region_b), range(amount, , 1000), row_count(1, 100000), freshness(occurred_at, 1d)';

/** A chain in which every kind of transformer checks what it returns. */
function checkedChain(locale: string): Files {
  const files = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day,region', owner: 'ana', target: 100, warning: 95, language: 'typescript', locale });
  addTo(files, 'extractor', { name: 'refunds', kind: 'sql' });
  addTo(files, 'transformer', { name: 'clean_refunds', kind: 'cleaning', inputs: 'refunds', checks, on_failure: 'quarantine' });
  addTo(files, 'transformer', { name: 'counted_refunds', kind: 'calculation', inputs: 'clean_refunds', checks: 'row_count(1)', on_failure: 'warn' });
  addTo(files, 'transformer', { name: 'refunds_by_day', kind: 'aggregation', inputs: 'counted_refunds', checks: 'unique(day, region)' });
  addTo(files, 'loader', { name: 'refunds_daily', kind: 'sql', inputs: 'refunds_by_day' });
  files.set('config/config.yaml', (files.get('config/config.yaml') ?? '').replaceAll(/^( {2}(?:sales|counted_refunds):\n)/gm, '$1    cache: inputs\n'));
  return files;
}

/** What a run of the flow left behind, told of by tests inside of the repository. */
const report = (expectations: string): string => `
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { runFlow } from '@kpi-flow/runtime/testing';
import { expect, test } from 'vitest';
import { salesFlow } from '../../prefect_flows/sales_flow.ts';
import { places } from '../../src/core/root.ts';

let micros = Date.UTC(2026, 0, 6) * 1000;
const clock = { now: () => (micros += 1), sleep: async () => {}, timer: () => () => {} };
const run = () => runFlow(salesFlow, [{ start: '2026-01-05', end: '2026-01-06' }], { clock });
const name = 'accepted_values(region, region_a, region_b)';
const folder = () => join(places.data, '.data/quarantine/clean_refunds');
async function rejected() {
  const connection = await (await DuckDBInstance.create()).connect();
  const reader = await connection.runAndReadAll(\`select region, failed_checks from '\${folder()}/*.parquet'\`);
  connection.closeSync();
  return reader.getRowObjectsJson();
}

test('as declared', async () => {
${expectations}
});
`;

describe('transformers of a TypeScript repository that check what they return', () => {
  const repository = useTypescript(() => checkedChain('es'));

  it('pass the repository’s own compiler, linter and unit tests', async () => {
    await expectOwnChecksToPass(repository, ['checks', 'refunds', 'tests/flows']);
  }, 300_000);

  it('keep their results apart where config.yaml says that they are kept', async () => {
    await expectToPass(repository, 'cached', cached);
  }, 120_000);
});

const cached = `
import { flow } from '@kpi-flow/runtime';
import { MemoryApi, memoryResults, runFlow } from '@kpi-flow/runtime/testing';
import { expect, test } from 'vitest';
import * as tasks from '../../prefect_flows/tasks.ts';

let micros = Date.UTC(2026, 0, 6) * 1000;

test('two stages that are given the same have results of their own, and each is computed once', async () => {
  const rows = [{ record_id: 'a', occurred_at: '2026-01-05T08:00:00', region: 'a', amount: 1 }] as never;
  const both = flow(async () => [await tasks.countedRefunds(rows), await tasks.sales(rows)] as unknown, { name: 'both' });
  const world = { api: new MemoryApi({ now: () => (micros += 1), sleep: async () => {}, timer: () => () => {} }), results: memoryResults() };
  const first = await runFlow(both, [], world);
  const again = await runFlow(both, [], world);
  const [counted, sales] = first.state.result() as object[][];
  expect(Object.keys(counted?.[0] ?? {})).toContain('clean_refunds');
  expect(Object.keys(sales?.[0] ?? {})).not.toContain('clean_refunds');
  expect(again.state.result()).toEqual([counted, sales]);
  const states = world.api.taskRuns.map(({ name, state }) => [name.replace(/-.*/, ''), state.name]);
  expect(states.toSorted()).toEqual([['counted_refunds', 'Cached'], ['counted_refunds', 'Completed'], ['sales', 'Cached'], ['sales', 'Completed']]);
});
`;

describe('a run in TypeScript whose data fails a check', () => {
  const repository = useTypescript(() => checkedChain('en'));

  async function failingWith(onFailure: string): Promise<void> {
    const file = join(repository.root, 'src/core/transformers/clean_refunds.ts');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^ {2}'\w+',$/m, `  '${onFailure}',`));
  }

  it('sets its rows aside with the reason, once for the same rows, shows every check and tells automations', async () => {
    await expectToPass(repository, 'quarantined', report(`
  await run();
  const { state, artifacts, logs, api } = await run();
  expect(state.type).toBe('COMPLETED');
  const shown = artifacts.filter(({ key }) => key === 'sales-clean-refunds-checks').map(({ data }) => JSON.parse(String(data)));
  expect(shown).toHaveLength(1);
  expect(shown[0].map(({ check, result, rows }) => [check.split('(')[0], result, rows])).toEqual([
    ['not_null', 'passed', 0], ['unique', 'passed', 0], ['accepted_values', 'failed', 1], ['range', 'passed', 0], ['row_count', 'passed', null], ['freshness', 'passed', null],
  ]);
  expect(logs.filter(({ level }) => level === 30).map(({ message }) => message)).toContain(\`clean_refunds: \${name}: 1 rows\`);
  const told = api.events.filter(({ event }) => event === 'kpi.check.accepted_values');
  expect(told.map(({ resource, payload }) => [resource['prefect.resource.id'], payload])).toEqual([['kpi.sales', { stage: 'clean_refunds', check: \`\${name}: 1 rows\` }]]);
  expect(readdirSync(folder())).toHaveLength(1);
  expect(await rejected()).toEqual([{ region: 'unknown', failed_checks: name }]);`));
  }, 120_000);

  it('fails at once when it is to stop, and says why', async () => {
    await failingWith('stop');
    await expectToPass(repository, 'stopped', report(`
  const { state, taskRuns } = await run();
  expect(state.type).toBe('FAILED');
  expect(state.message).toContain(\`CheckError: clean_refunds: \${name}: 1 rows\`);
  expect(taskRuns.filter((each) => each.name.startsWith('clean_refunds-')).map(({ runCount }) => runCount)).toEqual([1]);
  expect(existsSync(folder())).toBe(false);`));
  }, 120_000);

  it('goes on when it is to warn', async () => {
    await failingWith('warn');
    await expectToPass(repository, 'warned', report(`
  const { state, logs } = await run();
  expect(state.type).toBe('COMPLETED');
  expect(logs.map(({ message }) => message)).toContain(\`clean_refunds: \${name}: 1 rows\`);
  expect(existsSync(folder())).toBe(false);`));
  }, 120_000);
});
