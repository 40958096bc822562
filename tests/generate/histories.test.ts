import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stages } from '../../generators/index.ts';
import { Failure } from '../../src/errors/failure.ts';
import type { Growth } from '../../src/generate/plan-add.ts';
import { planAdd } from '../../src/generate/plan-add.ts';
import { planRemove } from '../../src/generate/plan-remove.ts';
import { planSync } from '../../src/generate/plan-sync.ts';
import { countErrors } from '../../src/python/parse-python.ts';
import type { Files } from './grown.ts';
import { apply, startFiles, stateOf } from './grown.ts';

const start = startFiles({ dir: 'kpi', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: 0.03, warning: 0.02 });
const names = ['returns', 'clean_returns', 'net', 'net_by_day', 'kept', 'refunds', 'orders', 'a_one', 'z_two'];
const inputs = ['orders', 'sessions', 'returns', 'clean_returns', 'net', 'net_by_day', 'conversion', 'by_day', 'clean_orders', 'nothing'];
const kinds = { extractor: ['sql', 'datalake'], transformer: ['cleaning', 'calculation', 'aggregation'], loader: ['sql', 'datalake'] } as const;

type Step =
  | { readonly do: 'add'; readonly generator: keyof typeof stages; readonly kind: string; readonly name: string; readonly inputs: readonly string[] }
  | { readonly do: 'remove'; readonly name: string }
  | { readonly do: 'sync' | 'undo' }
  | { readonly do: 'edit'; readonly path: number; readonly form: 'comment' | 'windows' | 'mark' | 'delete' };

const adding = fc.constantFrom<keyof typeof stages>('extractor', 'transformer', 'loader').chain((generator) =>
  fc.record({ do: fc.constant('add' as const), generator: fc.constant(generator), kind: fc.constantFrom(...kinds[generator]), name: fc.constantFrom(...names), inputs: generator === 'extractor' ? fc.constant([]) : fc.uniqueArray(fc.constantFrom(...inputs), { maxLength: 2 }) }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: adding },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), name: fc.constantFrom(...names) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('sync' as const, 'undo' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), path: fc.nat(), form: fc.constantFrom('comment' as const, 'windows' as const, 'mark' as const, 'delete' as const) }) },
);

/** Files that a person would edit: what is generated is refused, and a test of its own. */
const own = (files: Files) => [...files.keys()].filter((path) => path.endsWith('.py') && !/__init__|tasks\.py|^\.kpi-flow/.test(path));

function plan(files: Files, next: Step): Growth | undefined {
  const state = stateOf(files);
  if (next.do === 'add') return planAdd(stages[next.generator], next, state);
  if (next.do === 'remove') return planRemove(next.name, state);
  return next.do === 'sync' ? planSync(Object.values(stages), state) : undefined;
}

function edit(files: Files, { path, form }: Extract<Step, { do: 'edit' }>, mark: string): string | undefined {
  const all = own(files);
  const chosen = all[path % all.length] ?? '';
  const text = files.get(chosen) ?? '';
  // Deleting what others import would break the repository by a person's own hand.
  if (form === 'delete') return void (chosen.startsWith('tests/') && files.delete(chosen));
  if (form === 'windows') files.set(chosen, text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'));
  else if (form === 'mark') files.set(chosen, `\ufeff${text.replace(/^\ufeff/, '')}`);
  else files.set(chosen, `${text}# ${mark}\n`);
  return form === 'comment' ? chosen : undefined;
}

describe('any history', () => {
  it('loses no line of a person, keeps Python whole, undoes to the byte, and leaves nothing to do', { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
        const files: Files = new Map(start);
        const written = new Map<string, string>();
        const runs: Files[] = [];
        steps.forEach((each, index) => {
          const before = new Map(files);
          if (each.do === 'edit') {
            const path = edit(files, each, `mine ${index}`);
            if (path !== undefined) written.set(`# mine ${index}`, path);
            runs.length = 0;
            return;
          }
          if (each.do === 'undo') {
            const last = runs.pop();
            if (last !== undefined) {
              files.clear();
              for (const [path, text] of last) files.set(path, text);
            }
            return;
          }
          try {
            const growth = plan(files, each);
            apply(files, growth?.plan.ops ?? []);
            runs.push(before);
          } catch (error) {
            if (!(error instanceof Failure) || error.exitCode === 70) throw error;
            expect(files).toEqual(before);
          }
        });
        const state = stateOf(files);
        for (const [line, path] of written) if (files.has(path)) expect(files.get(path)?.split(/\r?\n/)).toContain(line);
        for (const [path, text] of files) if (path.endsWith('.py') && text !== start.get(path)) expect(countErrors(state.parse(text)), path).toBe(0);
        apply(files, planSync(Object.values(stages), state).plan.ops);
        expect(planSync(Object.values(stages), stateOf(files)).plan.ops).toEqual([]);
      }),
      { numRuns: Number(process.env['KPI_FLOW_LONG'] ? 10_000 : 60) },
    );
  });

  it('comes out the same in whatever order stages that nothing joins are added', { timeout: 120_000 }, () => {
    const asked: Extract<Step, { do: 'add' }>[] = [
      { do: 'add', generator: 'extractor', kind: 'sql', name: 'returns', inputs: [] },
      { do: 'add', generator: 'extractor', kind: 'sql', name: 'a_one', inputs: [] },
      { do: 'add', generator: 'transformer', kind: 'cleaning', name: 'clean_more', inputs: ['orders'] },
      { do: 'add', generator: 'transformer', kind: 'calculation', name: 'net', inputs: ['clean_orders', 'clean_sessions'] },
      { do: 'add', generator: 'loader', kind: 'datalake', name: 'kept', inputs: ['by_day'] },
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(asked, { minLength: 5 }), (order) => {
        const trees = [asked, order].map((all) => {
          const files: Files = new Map(start);
          for (const each of all) apply(files, planAdd(stages[each.generator], each, stateOf(files)).plan.ops);
          return files;
        });
        expect(trees[1]).toEqual(trees[0]);
      }),
      { numRuns: 10 },
    );
  });
});
