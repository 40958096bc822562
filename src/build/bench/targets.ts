import { floor, floorOfLimits } from './floor.ts';
import type { Cost } from './measure.ts';

export type Measured = ReadonlyMap<string, Cost & { readonly best: number }>;

/**
 * A promise about a figure, as a ratio or a difference within one run. Milliseconds are those of the machine that the
 * limits were set on: what is measured is scaled by how much longer the floor takes here.
 */
export interface Target {
  readonly what: string;
  readonly limit: number;
  readonly unit: 'x' | 'ms';
  /** What must have been measured for it; without it the target says nothing. */
  readonly needs?: readonly string[];
  readonly of: (measured: Measured) => number;
}

const at = (measured: Measured, name: string): Cost & { readonly best: number } => {
  const cost = measured.get(name);
  if (cost === undefined) throw new Error(`nothing was measured as ${name}`);
  return cost;
};

export const create = 'create-kpi-flow --yes';
export const vite = 'create-vite react-ts';
export const sv = 'sv create minimal';
export const generatedFlow = 'import of a generated flow';
export const handWrittenFlow = 'import of a hand-written flow';
export const plopOwn = 'plop, its own add of one file';
/** A stage without inputs, and one whose lines join a flow. */
export const added = ['extractor', 'loader'] as const;
export const addOf = (kind: string): string => `kpi-flow add ${kind}`;
export const plopOf = (kind: string): string => `plop ${kind}`;
export const addLate = 'kpi-flow add extractor, the 200th stage';
export const quick = ['--version', '--help', 'completion'];

function aboveFloor(measured: Measured, name: string): number {
  const { cpu } = at(measured, floor);
  return ((at(measured, name).cpu - cpu) * floorOfLimits) / cpu;
}

function over(one: string, other: string, limit: number, what = `${one}: wall time over ${other}`): Target {
  return { what, limit, unit: 'x', needs: [one, other], of: (m) => at(m, one).wall / at(m, other).wall };
}

const growing: readonly Target[] = [
  ...added.flatMap((kind): Target[] => [
    { what: `${addOf(kind)}: processor time above ${floor}`, limit: 80, unit: 'ms', needs: [addOf(kind)], of: (m) => aboveFloor(m, addOf(kind)) },
    over(addOf(kind), plopOwn, 0.6),
    over(plopOf(kind), plopOwn, 1.1),
  ]),
  over(addLate, addOf('extractor'), 2, 'the 200th stage: wall time over the first that is added'),
];

const everyTarget: readonly Target[] = [
  {
    what: `${create}: wall time over ${vite}`,
    limit: 1.4,
    unit: 'x',
    of: (m) => at(m, create).wall / at(m, vite).wall,
  },
  { what: `${create}: wall time over ${sv}`, limit: 0.8, unit: 'x', of: (m) => at(m, create).wall / at(m, sv).wall },
  {
    what: `${create}: processor time above ${floor}`,
    limit: 40,
    unit: 'ms',
    of: (m) => aboveFloor(m, create),
  },
  {
    what: `${create}: peak memory over ${vite}`,
    limit: 1.3,
    unit: 'x',
    of: (m) => at(m, create).peak / at(m, vite).peak,
  },
  ...quick.map((name): Target => ({
    what: `${name}: processor time above ${floor}`,
    limit: 12,
    unit: 'ms',
    of: (m) => aboveFloor(m, name),
  })),
  {
    what: `${generatedFlow} over ${handWrittenFlow.replace('import of ', '')}`,
    limit: 1.05,
    unit: 'x',
    needs: [generatedFlow],
    // An import does the same each time: its best round is the one that nothing disturbed.
    of: (m) => at(m, generatedFlow).best / at(m, handWrittenFlow).best,
  },
];

/** The targets that these figures say something about: the flows are measured only when they are asked for. */
export function targetsFor(measured: Measured): readonly Target[] {
  return [...everyTarget, ...growing].filter(({ needs = [] }) => needs.every((name) => measured.has(name)));
}
