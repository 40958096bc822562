import type { Cost } from './measure.ts';

export type Measured = ReadonlyMap<string, Cost & { readonly best: number }>;

/** A promise about a figure, as a ratio or a difference within one run: another machine gives other milliseconds. */
export interface Target {
  readonly what: string;
  readonly limit: number;
  readonly unit: 'x' | 'ms';
  readonly of: (measured: Measured) => number;
}

const at = (measured: Measured, name: string): Cost => {
  const cost = measured.get(name);
  if (cost === undefined) throw new Error(`nothing was measured as ${name}`);
  return cost;
};

export const floor = 'node -e 0';
export const create = 'create-kpi-flow --yes';
export const vite = 'create-vite react-ts';
export const sv = 'sv create minimal';
export const generatedFlow = 'import of a generated flow';
export const handWrittenFlow = 'import of a hand-written flow';
export const quick = ['--version', '--help', 'completion'];

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
    of: (m) => at(m, create).cpu - at(m, floor).cpu,
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
    of: (m) => at(m, name).cpu - at(m, floor).cpu,
  })),
  {
    what: `${generatedFlow} over ${handWrittenFlow.replace('import of ', '')}`,
    limit: 1.05,
    unit: 'x',
    of: (m) => at(m, generatedFlow).wall / at(m, handWrittenFlow).wall,
  },
];

/** The targets that these figures say something about: the flows are measured only when they are asked for. */
export function targetsFor(measured: Measured): readonly Target[] {
  return measured.has(generatedFlow) ? everyTarget : everyTarget.slice(0, -1);
}
