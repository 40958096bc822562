import { describe, it } from 'vitest';
import { addTo, startFiles } from '../generate/grown.ts';
import { expectOwnChecksToPass, expectToPass, useTypescript } from './use-typescript.ts';

/** A chain that begins with an extractor that goes on where the last run left off. */
function chain() {
  const files = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day,region', owner: 'ana', target: 100, warning: 95, language: 'typescript', locale: 'es' });
  addTo(files, 'extractor', { name: 'refunds', kind: 'sql', cursor: 'updated_at', initial: '2026-01-05', lag: '2' });
  addTo(files, 'extractor', { name: 'tickets', kind: 'api', source: 'desk', initial: '2026-01-05' });
  addTo(files, 'transformer', { name: 'clean_refunds', kind: 'cleaning', inputs: 'refunds' });
  addTo(files, 'transformer', { name: 'refunds_by_day', kind: 'aggregation', inputs: 'clean_refunds' });
  addTo(files, 'loader', { name: 'refunds_daily', kind: 'sql', inputs: 'refunds_by_day' });
  files.set('config/config.yaml', (files.get('config/config.yaml') ?? '').replace('retries: 3', 'retries: 0'));
  return files;
}

const runs = `
import { flow } from '@kpi-flow/runtime';
import { MemoryApi, runFlow } from '@kpi-flow/runtime/testing';
import { expect, test, vi } from 'vitest';
import { salesFlow } from '../../prefect_flows/sales_flow.ts';
import * as tasks from '../../prefect_flows/tasks.ts';

const asked = vi.hoisted(() => ({ days: [] as string[][], loadFails: true }));
vi.mock('../../src/core/sql.ts', async (original) => ({
  ...(await original<object>()),
  readSql: async (stage: string, _query: string, _schema: object, start: string, end: string) => {
    if (stage === 'refunds') asked.days.push([start, end]);
    return [];
  },
}));
vi.mock('../../src/core/loaders/refunds_daily.ts', () => ({
  refundsDaily: async () => {
    if (asked.loadFails) throw new Error('the table is away');
    return 0;
  },
}));

vi.useFakeTimers({ toFake: ['Date'] });
let micros = 0;
const clock = { now: () => Date.now() * 1000 + (micros += 1), sleep: async () => {}, timer: () => () => {} };
const api = new MemoryApi(clock);
const another = flow(async () => void (await tasks.refunds('2026-03-01', '2026-03-20')), { name: 'another' });

async function run(which: typeof salesFlow, at: string, days: { start?: string; end?: string } = {}) {
  vi.setSystemTime(new Date(at));
  asked.days = [];
  const { state } = await runFlow(which, [days], { api, clock });
  return [state.type, ...asked.days];
}

test('runs begin at the initial day until one completes, then where that one began, less the lag', async () => {
  expect(await run(salesFlow, '2026-03-10T12:00:00Z')).toEqual(['FAILED', ['2026-01-05', '2026-03-11']]);
  asked.loadFails = false;
  expect(await run(salesFlow, '2026-03-10T13:00:00Z', { start: '2026-02-01', end: '2026-02-03' })).toEqual(['COMPLETED', ['2026-02-01', '2026-02-03']]);
  expect(await run(salesFlow, '2026-03-11T12:00:00Z')).toEqual(['COMPLETED', ['2026-01-05', '2026-03-12']]);
  expect(await run(salesFlow, '2026-03-13T12:00:00Z')).toEqual(['COMPLETED', ['2026-03-09', '2026-03-14']]);
  expect(await run(another as unknown as typeof salesFlow, '2026-03-14T12:00:00Z')).toEqual(['COMPLETED', ['2026-01-05', '2026-03-20']]);
});
`;

describe('extractors of a TypeScript repository that go on where the last run left off', () => {
  const repository = useTypescript(chain);

  it('pass the repository’s own compiler, linter and tests', async () => {
    await expectOwnChecksToPass(repository, ['incremental', 'refunds', 'tickets', 'tests/flows']);
  }, 300_000);

  it('read what is new', async () => {
    await expectToPass(repository, 'incremental_runs', runs);
  }, 120_000);
});
