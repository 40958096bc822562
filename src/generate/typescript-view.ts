import { databaseModules as allModules } from '../config/databases.ts';
import type { TimeGrain } from './project-input.ts';
import type { ProjectView } from './project-view.ts';

/** What only the templates of a TypeScript repository use. */
export interface TypescriptView {
  /** The days that are read are widened: to full periods, or to where a running total begins. */
  readonly windowIsWhole: boolean;
  readonly windowNeedsStart: boolean;
  readonly window: { readonly start: string; readonly end: string };
  readonly neverRestarts: boolean;
  /** How an address begins of a database besides DuckDB, and the module that opens it. */
  readonly schemes: readonly { readonly scheme: string; readonly module: string }[];
  /** What the made-up records come close to: with 0 there would be nothing to record. */
  readonly sampleTarget: number;
  readonly sampleAddsUp: boolean;
  /** The records of one input differ from those of another. */
  readonly sampleByName: boolean;
  readonly sampleKnowsMondays: boolean;
  /** The day after the period of 2026-03-18, when windows are whole. */
  readonly windowEnd: string;
  /** The periods of 2026-01-05 8:00 and 2027-01-04 8:00, and a moment that lies a period after the first. */
  readonly periods: { readonly first: string; readonly second: string; readonly next: string };
}

const windowEnds: Readonly<Record<TimeGrain, string>> = {
  hour: '2026-03-19',
  day: '2026-03-19',
  week: '2026-03-23',
  month: '2026-04-01',
  quarter: '2026-04-01',
  year: '2027-01-01',
};

const periods: Readonly<Record<TimeGrain, TypescriptView['periods']>> = {
  hour: { first: '2026-01-05T08:00:00', second: '2027-01-04T08:00:00', next: '2026-01-05T09:30:00' },
  day: { first: '2026-01-05', second: '2027-01-04', next: '2026-01-06T08:00:00' },
  week: { first: '2026-01-05', second: '2027-01-04', next: '2026-01-12T08:00:00' },
  month: { first: '2026-01-01', second: '2027-01-01', next: '2026-02-05T08:00:00' },
  quarter: { first: '2026-01-01', second: '2027-01-01', next: '2026-04-05T08:00:00' },
  year: { first: '2026-01-01', second: '2027-01-01', next: '2027-01-05T08:00:00' },
};

/** Within which period a running total runs, as `grain.reset` says it to polars. */
const restarts: Readonly<Record<string, string>> = { '1d': 'day', '1mo': 'month', '1y': 'year', '': '' };

/** A week that two years share belongs to the total of the year of its Monday. */
function startOfTotal({ time, reset }: ProjectView['grain']): string {
  return time === 'week' ? 'weekOfYear' : (restarts[reset] ?? '');
}

export function viewTypescript({ kpi, grain, hasDimensions, databaseModules }: ProjectView): TypescriptView {
  const isCumulative = kpi.type === 'cumulative';
  const neverRestarts = isCumulative && grain.reset === '';
  const windowIsWhole = isCumulative || !grain.isShort;
  return {
    windowIsWhole,
    windowNeedsStart: windowIsWhole && !neverRestarts,
    window: { start: isCumulative ? startOfTotal(grain) : grain.time, end: grain.isShort ? 'day' : grain.time },
    neverRestarts,
    schemes: databaseModules.flatMap((module) => (allModules.get(module) ?? []).map((scheme) => ({ scheme, module }))),
    sampleTarget: kpi.target === 0 ? 1 : kpi.target,
    sampleAddsUp: kpi.type !== 'ratio' && kpi.type !== 'conversion',
    sampleByName: kpi.type !== 'simple' && !isCumulative,
    sampleKnowsMondays: hasDimensions || kpi.type === 'conversion',
    windowEnd: windowEnds[grain.time],
    periods: periods[grain.time],
  };
}
