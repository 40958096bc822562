import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stages } from '../../generators/index.ts';
import { Failure } from '../../src/errors/failure.ts';
import type { StageGenerator, StageKind } from '../../src/generate/define-stage.ts';
import { optionsOfKind } from '../../src/generate/kind-options.ts';
import { planRemove } from '../../src/generate/plan-remove.ts';
import { generatorsIn } from '../../src/generate/typescript-stage.ts';
import type { Files } from './grown.ts';
import { addTo, apply, startFiles, stateOf } from './grown.ts';

const isLong = process.env['KPI_FLOW_LONG'] !== undefined;
const runs = isLong ? 300 : 10;
const patience = isLong ? 1_800_000 : 120_000;

/** What an option without choices may be told. */
const examples: Readonly<Record<string, string>> = {
  checks: 'not_null(occurred_at), unique(record_id)',
  client: '100',
  cursor: 'updated_at',
  initial: '2026-01-05',
  keys: 'day',
  lag: '3',
  language: 'EN',
  batch_rows: '1000',
};

type Answers = Readonly<Record<string, string>>;
type Stage = readonly [generator: string, answers: Answers & { readonly name: string }];

/** Anything that a kind may be asked: each option told or not. */
function anyAnswers({ value, source, inputs, ...kind }: StageKind, generator: StageGenerator): fc.Arbitrary<Answers> {
  const options = optionsOfKind({ value, ...kind } as StageKind).map(({ key, choices }) => {
    const told = choices === undefined ? fc.constantFrom(examples[key] ?? `no example of ${key}`) : fc.constantFrom(...choices.map((each) => each.value));
    return [key, fc.option(told, { nil: undefined })] as const;
  });
  return fc
    .record({
      ...Object.fromEntries(options),
      source: source === undefined ? fc.constant(undefined) : fc.constantFrom(undefined, 'other'),
      inputs: inputs === undefined ? fc.constant(undefined) : fc.constantFrom(generator.group === 'loaders' ? undefined : 'orders'),
    })
    .map((given) => ({ kind: value, ...(Object.fromEntries(Object.entries(given).filter(([, each]) => each !== undefined)) as Answers) }));
}

const project = { dir: 'kpi', name: 'Sales', id: 'sales', inputs: 'orders', owner: 'ana' };

/** Adds a stage, or leaves all as it is where it cannot be. */
function tryTo(files: Files, [generator, answers]: Stage): boolean {
  const after = new Map(files);
  try {
    addTo(after, generator, answers);
  } catch (error) {
    if (error instanceof Failure && error.exitCode === 2) return false;
    throw error;
  }
  after.forEach((text, path) => files.set(path, text));
  return true;
}

function remove(files: Files, name: string): void {
  const { plan, remarks } = planRemove(name, stateOf(files), false, Object.values(stages));
  apply(files, plan.ops);
  expect(remarks.filter(({ kind }) => kind === 'kept' || kind === 'outlived')).toEqual([]);
}

const changed = (before: Files, after: Files): string[] => [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));

describe.each(['python', 'typescript'] as const)('in a %s repository', (language) => {
  const starts = [{ locale: 'en', grain: 'day' }, { locale: 'es', grain: 'week,channel', type: 'simple', plop: true }, { grain: 'day,channel', source: 'datalake', destination: 'datalake' }].map((each) => startFiles({ ...project, ...each, language }));
  const kinds = generatorsIn(language, Object.values(stages)).flatMap((generator) => generator.kinds.map((kind) => ({ generator, kind, name: `${generator.name} ${kind.value}` })));
  const anyStage = (name: string): fc.Arbitrary<Stage> => fc.constantFrom(...kinds).chain(({ generator, kind }) => anyAnswers(kind, generator).map((answers) => [generator.name, { name, ...answers }] as const));

  test.each(kinds)('a $name that goes leaves every byte as it was', ({ generator, kind }) => {
    fc.assert(
      fc.property(fc.nat(starts.length - 1), fc.option(anyStage('visits')), anyAnswers(kind, generator), (start, other, answers) => {
        const files = new Map(starts[start]);
        if (other !== null) tryTo(files, other);
        const before = new Map(files);
        // Answers that do not go together are refused, and others tried.
        fc.pre(tryTo(files, [generator.name, { name: 'returns', ...answers }]));
        expect(changed(before, files)).not.toEqual([]);
        remove(files, 'returns');
        expect(changed(before, files)).toEqual([]);
      }),
      { numRuns: runs },
    );
  }, patience);

  test('two stages leave every byte as it was, whichever goes first', () => {
    fc.assert(
      fc.property(fc.nat(starts.length - 1), anyStage('returns'), anyStage('visits'), fc.boolean(), (start, first, second, inOrder) => {
        const files = new Map(starts[start]);
        const there = [first, second].filter((each) => tryTo(files, each)).map(([, { name }]) => name);
        for (const name of inOrder ? there : there.toReversed()) remove(files, name);
        expect(changed(starts[start] ?? new Map(), files)).toEqual([]);
      }),
      { numRuns: 4 * runs },
    );
  }, patience);
});
