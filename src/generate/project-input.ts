import type { DatabaseName } from '../config/databases.ts';
import type { TaskRunnerName } from '../config/task-runners.ts';

/** dbt's metric types. */
export type MetricType = 'simple' | 'ratio' | 'cumulative' | 'derived' | 'conversion';
export type Direction = 'higher_is_better' | 'lower_is_better' | 'target_is_best';
export type TimeGrain = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';
export type FrameLibrary = 'polars' | 'pandas';
export type SourceKind = 'sql' | 'datalake';

/** What a new KPI repository is made from: the answers to the questions of `create`, checked. */
export interface ProjectInput {
  /** The folder to make, as it was typed. */
  readonly dir: string;
  readonly name: string;
  readonly id: string;
  /** What it measures, in a sentence. */
  readonly description: string;
  readonly owner: string;
  readonly type: MetricType;
  /** `ratio`, `percent`, `count`, a currency code, `hours` ... */
  readonly unit: string;
  readonly grain: { readonly time: TimeGrain; readonly dimensions: readonly string[] };
  readonly direction: Direction;
  readonly target: number;
  /** From here to the target the KPI's state is a warning. */
  readonly warning: number;
  readonly locale: 'en' | 'es';
  readonly language: 'python' | 'typescript';
  /** The library of frames that the stages of a Python repository work with. */
  readonly frames: FrameLibrary;
  readonly source: SourceKind;
  readonly destination: SourceKind;
  /** Which database a source of kind sql is. */
  readonly database: DatabaseName;
  /** Where a source of kind datalake lies: a folder, or a store by its name. */
  readonly store: string;
  /** The names of what is extracted, in the order of the metric type's roles. */
  readonly inputs: readonly string[];
  /** A cron line of five fields; null when a master flow or a person starts it. */
  readonly schedule: string | null;
  /** An IANA time zone. */
  readonly timezone: string;
  /** What runs the tasks that the flow submits. */
  readonly task_runner: TaskRunnerName;
  /** The Prefect work pool. */
  readonly pool: string;
  readonly plop: boolean;
  readonly git: boolean;
  readonly install: boolean;
}

/** What each metric type extracts: the role of each input and the name it has unless somebody names it. */
export const rolesOf: Readonly<Record<MetricType, readonly { readonly role: string; readonly name: string }[]>> = {
  simple: [{ role: 'measure', name: 'records' }],
  ratio: [
    { role: 'numerator', name: 'numerator' },
    { role: 'denominator', name: 'denominator' },
  ],
  cumulative: [{ role: 'measure', name: 'records' }],
  derived: [
    { role: 'added', name: 'gross' },
    { role: 'subtracted', name: 'deductions' },
  ],
  conversion: [
    { role: 'base', name: 'base_events' },
    { role: 'conversion', name: 'conversion_events' },
  ],
};
