import { compareNaturally } from './natural-order.ts';
import type { MetricType, ProjectInput, SourceKind, TimeGrain } from './project-input.ts';
import { rolesOf } from './project-input.ts';
import type { RunFacts } from './define-generator.ts';

/** A system that the repository reads from or writes to, as its templates name it. */
export interface SourceView {
  readonly name: string;
  readonly kind: SourceKind;
  readonly key: 'url' | 'uri';
  /** The environment variable with the real address. */
  readonly variable: string;
  /** Where the embedded sample lies while the variable is not set. */
  readonly sample: string;
}

export interface InputView {
  readonly name: string;
  readonly clean: string;
  readonly role: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** All that a template of a KPI repository may use: nothing is computed in a template. */
export interface ProjectView {
  readonly locale: 'en' | 'es';
  readonly version: string;
  readonly kpi: {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly owner: string;
    readonly type: MetricType;
    readonly unit: string;
    readonly direction: ProjectInput['direction'];
    readonly target: number;
    readonly warning: number;
  };
  readonly isPercent: boolean;
  readonly grain: {
    readonly time: TimeGrain;
    /** The period as polars writes it. */
    readonly truncate: string;
    /** A day already holds whole periods. */
    readonly isShort: boolean;
    /** The periods that a window is widened to. */
    readonly whole: string;
    /** The period within which a running total runs; empty when it never starts again. */
    readonly reset: string;
  };
  readonly dimensions: readonly string[];
  readonly hasDimensions: boolean;
  readonly period: string;
  readonly keys: readonly string[];
  readonly inputs: readonly InputView[];
  readonly input: Readonly<Record<string, InputView>>;
  readonly calculation: string;
  readonly aggregation: string;
  readonly loader: string;
  readonly publish: string;
  /** Names by stage, in the order of config.yaml. */
  readonly stages: Readonly<Record<'extractors' | 'transformers' | 'loaders' | 'publishers', readonly string[]>>;
  /** Names in the order of imports. */
  readonly extractorsSorted: readonly string[];
  readonly transformersSorted: readonly string[];
  readonly loadersSorted: readonly string[];
  readonly flow: string;
  readonly source: SourceView;
  readonly destination: SourceView;
  readonly sources: readonly SourceView[];
  readonly needsSql: boolean;
  readonly needsLake: boolean;
  readonly schedule: { readonly cron: string } | null;
  readonly timezone: string;
  readonly pool: string;
  readonly plop: boolean;
  readonly today: string;
}

const truncations: Readonly<Record<TimeGrain, string>> = {
  hour: '1h',
  day: '1d',
  week: '1w',
  month: '1mo',
  quarter: '1q',
  year: '1y',
};

/** A running total by hour runs within its day, one by day within its month, the longer ones within their year. */
const resets: Readonly<Record<TimeGrain, string>> = {
  hour: '1d',
  day: '1mo',
  week: '1y',
  month: '1y',
  quarter: '1y',
  year: '',
};

const frequencies: Readonly<Record<TimeGrain, string>> = {
  hour: 'hourly',
  day: 'daily',
  week: 'weekly',
  month: 'monthly',
  quarter: 'quarterly',
  year: 'yearly',
};

const systems: Readonly<Record<SourceKind, SourceView>> = {
  sql: { name: 'warehouse', kind: 'sql', key: 'url', variable: 'WAREHOUSE_URL', sample: 'sqlite:///.data/sample.sqlite' },
  datalake: { name: 'lake', kind: 'datalake', key: 'uri', variable: 'LAKE_URI', sample: '.data/lake' },
};

/** The names of the stages that a KPI gets, in the order they run. */
export function stageNames(input: Pick<ProjectInput, 'id' | 'grain' | 'inputs'>) {
  return {
    extractors: input.inputs,
    cleaners: input.inputs.map((name) => `clean_${name}`),
    calculation: input.id,
    aggregation: `${input.id}_by_${input.grain.time}`,
    loader: `${input.id}_${frequencies[input.grain.time]}`,
    publish: `publish_${input.id}`,
    flow: `${input.id}_flow`,
  } as const;
}

/** Lays the answers out for the templates. */
export function viewProject(input: ProjectInput, { version, today }: RunFacts): ProjectView {
  const { id, name, description, owner, type, unit, direction, target, warning } = input;
  const { grain, locale, timezone, pool, plop, schedule } = input;
  const stages = stageNames(input);
  const inputs = viewInputs(type, input.inputs);
  const source = systems[input.source];
  const destination = systems[input.destination];
  const sources = source === destination ? [source] : [source, destination];
  return {
    locale,
    version,
    kpi: { id, name, description, owner, type, unit, direction, target, warning },
    isPercent: unit === 'percent',
    grain: viewGrain(grain.time),
    dimensions: grain.dimensions,
    hasDimensions: grain.dimensions.length > 0,
    period: grain.time,
    keys: [grain.time, ...grain.dimensions],
    inputs,
    input: Object.fromEntries(inputs.map((each) => [each.role, each])),
    calculation: stages.calculation,
    aggregation: stages.aggregation,
    loader: stages.loader,
    publish: stages.publish,
    ...viewStages(stages),
    flow: stages.flow,
    source,
    destination,
    sources,
    needsSql: sources.some(({ kind }) => kind === 'sql'),
    needsLake: sources.some(({ kind }) => kind === 'datalake'),
    schedule: schedule === null ? null : { cron: schedule },
    timezone,
    pool,
    plop,
    today,
  };
}

function viewGrain(time: TimeGrain): ProjectView['grain'] {
  const isShort = time === 'hour' || time === 'day';
  return { time, truncate: truncations[time], isShort, whole: isShort ? '1d' : truncations[time], reset: resets[time] };
}

function viewStages({ extractors, cleaners, calculation, aggregation, loader, publish }: ReturnType<typeof stageNames>) {
  const transformers = [...cleaners, calculation, aggregation];
  return {
    stages: { extractors, transformers, loaders: [loader], publishers: [publish] },
    extractorsSorted: extractors.toSorted(compareNaturally),
    transformersSorted: transformers.toSorted(compareNaturally),
    loadersSorted: [loader],
  };
}

function viewInputs(type: MetricType, names: readonly string[]): InputView[] {
  return rolesOf[type].map(({ role, name: usual }, index, all) => {
    const name = names[index] ?? usual;
    return { name, clean: `clean_${name}`, role, isFirst: index === 0, isLast: index === all.length - 1 };
  });
}
