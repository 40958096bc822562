import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRemove } from '../../src/generate/plan-remove.ts';
import { planSync } from '../../src/generate/plan-sync.ts';
import { stages } from '../../generators/index.ts';
import type { Files } from './grown.ts';
import { apply, grow, startFiles, stateOf } from './grown.ts';

const flowPath = 'prefect_flows/conversion_flow.py';
const start = startFiles({ dir: 'kpi', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: 0.03, warning: 0.02 });

type Adding = readonly [generator: 'extractor' | 'transformer' | 'loader', name: string, kind: string, ...inputs: string[]];
/** Sources that are new, by the stage that brings them. */
const sources: Readonly<Record<string, string>> = { zones: 'zone_lake', areas: 'area_lake', a_copy: 'archive', net_copy: 'archive' };
/** Chains that meet: a step that two loaders need, one that another chain needs, loads of the KPI itself, new sources. */
const all: readonly Adding[] = [
  ['extractor', 'returns', 'sql'],
  ['extractor', 'a_first', 'sql'],
  ['extractor', 'zones', 'datalake'],
  ['extractor', 'areas', 'datalake'],
  ['transformer', 'clean_returns', 'cleaning', 'returns'],
  ['transformer', 'clean_first', 'cleaning', 'a_first'],
  ['transformer', 'net', 'calculation', 'clean_orders', 'clean_returns'],
  ['transformer', 'both', 'calculation', 'net', 'clean_first'],
  ['transformer', 'net_by_day', 'aggregation', 'net'],
  ['transformer', 'both_by_day', 'aggregation', 'both'],
  ['transformer', 'by_channel', 'aggregation', 'conversion'],
  ['loader', 'net_daily', 'sql', 'net_by_day'],
  ['loader', 'net_copy', 'datalake', 'net_by_day'],
  ['loader', 'both_daily', 'sql', 'both_by_day'],
  ['loader', 'channels', 'sql', 'by_channel'],
  ['loader', 'a_copy', 'datalake', 'by_day'],
  ['loader', 'shown', 'artifact', 'both_by_day'],
];

/** An order in which everything comes after what it takes. */
function sorted(order: readonly Adding[]): Adding[] {
  const names = new Set(all.map(([, name]) => name));
  const done: Adding[] = [];
  const left = [...order];
  while (left.length > 0) {
    const at = left.findIndex(([, , , ...inputs]) => inputs.every((input) => !names.has(input) || done.some(([, name]) => name === input)));
    done.push(...left.splice(at, 1));
  }
  return done;
}

function add(files: Files, [generator, name, kind, ...inputs]: Adding): void {
  grow(files, generator, { name, kind, inputs, source: sources[name] });
}

function growAll(order: readonly Adding[]): Files {
  const files: Files = new Map(start);
  for (const each of sorted(order)) add(files, each);
  return files;
}

describe('chains that loaders join', () => {
  const usual = growAll(all);

  it('stand in the flow by what they need, then by name', () => {
    expect(usual.get(flowPath)).toContain(`    sessions = tasks.sessions.submit(*days)
    a_first = tasks.a_first.submit(*days)
    returns = tasks.returns.submit(*days)
`);
    expect(usual.get(flowPath)).toContain(`    tasks.publish_conversion(by_day)

    by_channel = tasks.by_channel(
        tasks.conversion(
            tasks.clean_orders(orders.result()),
            tasks.clean_sessions(sessions.result()),
        ),
    )
    clean_first = tasks.clean_first(a_first.result())
    clean_returns = tasks.clean_returns(returns.result())
    net = tasks.net(tasks.clean_orders(orders.result()), clean_returns)
    both = tasks.both(net, clean_first)
    net_by_day = tasks.net_by_day(net)
    both_by_day = tasks.both_by_day(both)
    tasks.a_copy(by_day)
    tasks.both_daily(both_by_day)
    tasks.channels(by_channel)
    tasks.net_copy(net_by_day)
    tasks.net_daily(net_by_day)
    tasks.shown(both_by_day)


`);
  });

  it('come out the same, byte for byte, in whatever order they were added', { timeout: 240_000 }, () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...all], { minLength: all.length }), (order) => {
        expect(growAll(order)).toEqual(usual);
      }),
      { numRuns: Number(process.env['KPI_FLOW_LONG'] ? 500 : 8) },
    );
  });

  it('come out the same in whatever order by steps of two, from any state on the way', { timeout: 240_000 }, () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...all], { minLength: all.length }), fc.nat(all.length - 2), (order, at) => {
        const before = sorted(order).slice(0, at);
        const [a, b] = sorted(order).slice(at, at + 2);
        if (a === undefined || b === undefined || b.slice(3).includes(a[1])) return;
        const base: Files = new Map(start);
        for (const each of before) add(base, each);
        const [left, right] = [new Map(base), new Map(base)];
        for (const each of [a, b]) add(left, each);
        for (const each of [b, a]) add(right, each);
        expect(right).toEqual(left);
      }),
      { numRuns: Number(process.env['KPI_FLOW_LONG'] ? 500 : 8) },
    );
  });

  it('are gone after remove as if they had never been, in whatever order', { timeout: 240_000 }, () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(all.filter(([, , kind]) => kind !== 'datalake'), { minLength: 10 }), fc.infiniteStream(fc.nat()), (order, choice) => {
        const files: Files = new Map(start);
        const added = sorted(order.length === 0 ? all : all.filter((each) => order.includes(each) || each[0] !== 'loader').filter(([, , kind]) => kind !== 'datalake'));
        for (const each of added) add(files, each);
        const left = [...added];
        while (left.length > 0) {
          const free = left.filter(([, name]) => !left.some(([, , , ...inputs]) => inputs.includes(name)));
          const [chosen] = free.splice((choice.next().value ?? 0) % free.length, 1);
          if (chosen === undefined) break;
          apply(files, planRemove(chosen[1], stateOf(files)).plan.ops);
          left.splice(left.indexOf(chosen), 1);
          expect(planSync(Object.values(stages), stateOf(files)).plan.ops).toEqual([]);
        }
        expect(files).toEqual(start);
      }),
      { numRuns: Number(process.env['KPI_FLOW_LONG'] ? 200 : 4) },
    );
  });
});

describe('a new source that two kinds of stages have in common', () => {
  const readers = stages.extractor.kinds.flatMap(({ value, source }) => (source === undefined ? [] : [{ value, source }]));
  const shared = readers.flatMap(({ value, source }) => stages.loader.kinds.filter((each) => each.source === source).map((each) => [value, each.value] as const));

  it.each(shared)('is the same whether the extractor %s or the loader %s comes first', (read, kept) => {
    const additions: readonly (readonly ['extractor' | 'loader', { name: string; kind: string; source: string; inputs: string[] }])[] = [
      ['extractor', { name: 'returns', kind: read, source: 'common', inputs: [] }],
      ['loader', { name: 'copied', kind: kept, source: 'common', inputs: ['by_day'] }],
    ];
    const [one, other] = [additions, additions.toReversed()].map((order) => {
      const files: Files = new Map(start);
      for (const [generator, input] of order) grow(files, generator, input);
      return files;
    });
    expect(other).toEqual(one);
  });
});
