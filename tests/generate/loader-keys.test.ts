import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tell } from '../cli/command-line.ts';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { Failure } from '../../src/errors/failure.ts';
import { stages } from '../../generators/index.ts';
import { packages } from '../e2e/own-checks.ts';
import type { Files } from './grown.ts';
import { addTo, grow, startFiles, stateOf } from './grown.ts';
import { OwnTests } from './own-pytest.ts';
import { ruffFaults } from './own-ruff.ts';

const types = { ratio: 'orders,sessions', simple: 'orders', cumulative: 'orders', derived: 'sales,returned', conversion: 'visits,orders' } as const;
const isLong = process.env['KPI_FLOW_LONG'] !== undefined;

/** A repository with a stage of every form of data: as it came, cleaned, counted, by period, and passed on. */
function startOf(type: keyof typeof types): { readonly files: Files; readonly inputs: Readonly<Record<string, string>> } {
  const files = startFiles({ dir: 'kpi', name: 'Conversión', id: 'conversion', type, inputs: types[type], grain: 'day,channel', owner: 'ana', target: 0.03, warning: 0.02 });
  grow(files, 'extractor', { name: 'refunds', kind: 'sql' });
  grow(files, 'transformer', { name: 'clean_refunds', kind: 'cleaning', inputs: ['refunds'] });
  grow(files, 'transformer', { name: 'net', kind: 'calculation', inputs: ['clean_refunds', 'refunds'] });
  grow(files, 'transformer', { name: 'net_by_day', kind: 'aggregation', inputs: ['net'] });
  grow(files, 'transformer', { name: 'passed', kind: 'calculation', inputs: ['net_by_day'] });
  grow(files, 'transformer', { name: 'passed_raw', kind: 'calculation', inputs: ['refunds', 'net_by_day'] });
  return { files, inputs: { raw: 'refunds', clean: 'clean_refunds', counted: 'net', periods: 'net_by_day', passed: 'passed', first: 'passed_raw', kpi: 'conversion', variable: 'by_day' } };
}

const ways: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ...['append', 'replace', 'replace_partitions'].map((way) => [way, 'sql', { write_disposition: way }] as const),
  ...['delete-insert', 'upsert', 'insert-only', 'scd2'].map((way) => [way.replace('-', '_'), 'sql', { merge_strategy: way }] as const),
  ['told', 'sql', { keys: 'record_id,occurred_at' }],
  ['lake', 'datalake', {}],
  ['api', 'api', {}],
  ['shown', 'artifact', {}],
];

/** Adds a loader; gives the keys that config.yaml has then, or why it was refused. */
function keysOf(files: Files, name: string, kind: string, input: string, options: Readonly<Record<string, string>>): readonly string[] | string {
  try {
    addTo(files, 'loader', { name, kind, inputs: input, ...options });
  } catch (error) {
    if (error instanceof Failure) return error.problems[0]?.code ?? '';
    throw error;
  }
  const loader = stateOf(files).config.loaders[name];
  return loader !== undefined && 'keys' in loader ? (loader.keys ?? []) : [];
}

const refused = 'E_LOADER_KEYS';
const [byDay, periods] = [['day', 'channel'], ['day']];

describe('what a loader knows its rows by', () => {
  it.each<readonly [string, Readonly<Record<string, readonly string[] | string>>]>([
    ['raw', { append: ['record_id'], replace: [], replace_partitions: ['occurred_at'], delete_insert: refused, upsert: refused, scd2: refused, lake: refused, api: ['occurred_at'], shown: [] }],
    ['clean', { append: ['record_id'], replace_partitions: ['occurred_at'], delete_insert: ['record_id'], insert_only: ['record_id'], lake: refused, api: ['occurred_at'] }],
    ['counted', { append: ['occurred_at'], replace_partitions: ['occurred_at'], delete_insert: refused, lake: refused, api: ['occurred_at'] }],
    ['kpi', { append: ['occurred_at'], delete_insert: refused }],
    ['first', { delete_insert: refused, append: ['record_id'] }],
    ['periods', { append: periods, replace_partitions: periods, delete_insert: byDay, scd2: byDay, lake: periods, api: periods }],
    ['passed', { delete_insert: byDay, lake: periods }],
    ['variable', { delete_insert: byDay, lake: periods, api: periods }],
  ])('of %s', (form, expected) => {
    const { files, inputs } = startOf('ratio');
    const found = Object.keys(expected).map((way) => {
      const [, kind = '', options = {}] = ways.find(([name]) => name === way) ?? [];
      return [way, keysOf(new Map(files), 'kept', kind, inputs[form] ?? '', options)];
    });
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('is what somebody says', () => {
    const { files } = startOf('ratio');
    expect(keysOf(files, 'kept', 'sql', 'refunds', { keys: 'record_id, channel' })).toEqual(['record_id', 'channel']);
    expect(() => addTo(files, 'loader', { name: 'other', kind: 'sql', inputs: 'refunds', keys: 'record id' })).toThrow(Failure);
  });

  it('of a pipeline is not asked of other data', () => {
    const { files } = startOf('ratio');
    expect(() => addTo(files, 'pipeline', { name: 'weekly', inputs: 'net_by_day,conversion_daily' })).toThrow(Failure);
    addTo(files, 'pipeline', { name: 'weekly', inputs: 'by_day,conversion_daily' });
    expect(() => addTo(files, 'pipeline', { name: 'shown_too', inputs: 'net,publish_conversion' })).toThrow(Failure);
  });
});

// Every way and type is for the long form: each loader is a task run, in a server of its own.
if (process.platform === 'win32') tell('skipped: the tests of a repository with loaders on every form of data, for this system has no fork');

describe.skipIf(process.platform === 'win32')('a repository with loaders on every form of data', () => {
  // The tests run in forks.
  let own: OwnTests;
  beforeAll(async () => {
    own = await OwnTests.start((await sharedEnvironment(packages, '.cache')).python);
  }, 600_000);
  afterAll(() => own.stop(), 60_000);

  it.each(isLong ? (Object.keys(types) as (keyof typeof types)[]) : (['ratio'] as const))('runs, of a KPI of type %s', { timeout: 900_000 }, async (type) => {
    const { files, inputs } = startOf(type);
    for (const [form, input] of Object.entries(inputs)) {
      if (!isLong && !['raw', 'clean', 'counted'].includes(form)) continue;
      for (const [way, kind, options] of ways) {
        if (way === 'told' ? form === 'clean' : isLong || ['append', 'replace_partitions', 'upsert', 'api'].includes(way)) keysOf(files, `${form}_${way}`, kind, input, options);
      }
    }
    expect(ruffFaults(new Map([...files].filter(([path]) => !path.startsWith('.kpi-flow/'))), () => true)).toEqual([]);
    expect(Object.keys(stateOf(files).config.loaders).length).toBeGreaterThan(isLong ? 50 : 11);
    expect(await own.run(files, ['tests/flows/test_conversion_flow.py::test_every_stage_is_a_completed_task_run'])).toBe('');
  });
});

it('every kind of loader that keeps rows is among them', () => {
  expect(new Set(ways.map(([, kind]) => kind))).toEqual(new Set(stages.loader.kinds.map(({ value }) => value)));
});
