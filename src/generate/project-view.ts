import type { Source } from '../config/config.ts';
import { databaseOf, typescriptDatabase } from '../config/databases.ts';
import type { LakeStore, StoreKey } from '../config/lake-stores.ts';
import { lakeStores, storeKeys } from '../config/lake-stores.ts';
import { sourceKinds, variableOf } from '../config/source-kinds.ts';
import type { TaskRunnerView } from '../config/task-runners.ts';
import { viewTaskRunner } from '../config/task-runners.ts';
import type { FramesView, PandasPeriods } from './frames-view.ts';
import { pandasPeriods, viewFrames } from './frames-view.ts';
import { compareNaturally } from './natural-order.ts';
import type { KindsView } from './kinds-view.ts';
import { viewStageKinds } from './kinds-view.ts';
import type { MetricType, ProjectInput, SourceKind, TimeGrain } from './project-input.ts';
import { rolesOf } from './project-input.ts';
import type { RunFacts } from './define-generator.ts';
import type { GraphView, StageRow } from './stage-graph.ts';
import { extensionOf } from './language.ts';
import { artifactFile } from './stage-files.ts';
import { usualInputs, viewGraph } from './stage-graph.ts';

/** A system that the repository reads from or writes to, as its templates name it. */
export interface SourceView {
  readonly name: string;
  readonly kind: Source['kind'];
  readonly key: 'url' | 'uri';
  /** As config.yaml has it, with its reference. */
  readonly address: string;
  /** The environment variable with the real address. */
  readonly variable: string;
  /** Where the embedded sample lies while the variable is not set. */
  readonly sample: string;
  /** How a source that speaks HTTP lets in, where config.yaml says so. */
  readonly auth?: string;
  /** Which store the keys of a lake are for. */
  readonly store?: string;
  /** The keys of a new lake, each with its variable. */
  readonly storeKeys?: readonly StoreKey[];
}

/** A store of lakes as a TypeScript repository names it. */
export interface StoreView {
  readonly name: string;
  readonly schemes: readonly string[];
}

export interface InputView {
  readonly name: string;
  readonly clean: string;
  readonly role: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** All that a template of a KPI repository may use: nothing is computed in a template. */
export interface ProjectView extends FramesView {
  readonly locale: 'en' | 'es';
  readonly version: string;
  readonly language: ProjectInput['language'];
  /** How a file of code ends. */
  readonly extension: 'py' | 'ts';
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
    /** The same three as pandas writes them. */
    readonly pandas: PandasPeriods & { readonly whole: string; readonly reset: PandasPeriods };
  };
  readonly dimensions: readonly string[];
  readonly hasDimensions: boolean;
  /** Those whose name fits twice on a line. */
  readonly shortDimensions: readonly string[];
  readonly period: string;
  /** How long a text can be that is part of a key: all of them together have to fit one of MariaDB's. */
  readonly textLength: number;
  readonly keys: readonly string[];
  readonly inputs: readonly InputView[];
  readonly hasSeveralInputs: boolean;
  readonly input: Readonly<Record<string, InputView>>;
  readonly calculation: string;
  readonly aggregation: string;
  readonly loader: string;
  readonly publish: string;
  /** Names by stage, in the order of config.yaml. */
  readonly stages: Readonly<Record<'extractors' | 'transformers' | 'loaders' | 'publishers', readonly string[]>>;
  /** The stages as a table and a picture. */
  readonly graph: GraphView;
  /** Names in the order of imports. */
  readonly extractorsSorted: readonly string[];
  readonly transformersSorted: readonly string[];
  readonly loadersSorted: readonly string[];
  readonly publishersSorted: readonly string[];
  readonly flow: string;
  readonly source: SourceView;
  readonly destination: SourceView;
  readonly sources: readonly SourceView[];
  readonly needsSql: boolean;
  readonly needsLake: boolean;
  readonly needsApi: boolean;
  readonly needsSap: boolean;
  readonly needsHttp: boolean;
  readonly needsUrl: boolean;
  /** What a new source of kind sql is to be: its drivers, the form of its address, and whether that was chosen. */
  readonly database: { readonly name: string; readonly drivers: readonly string[]; readonly address: string; readonly isChosen: boolean };
  /** The databases that a TypeScript repository can open besides DuckDB. */
  readonly databaseModules: readonly string[];
  /** Whether a TypeScript repository can read lakes, and the stores besides folders, with how their addresses begin. */
  readonly hasLakes: boolean;
  readonly stores: readonly StoreView[];
  /** Where a new lake lies: the form of its address, and what pyproject.toml or package.json must list for it. */
  readonly store: { readonly isFolder: boolean; readonly address: string; readonly packages: readonly string[] };
  /** The classes of the kinds of source, as Python writes a union. */
  readonly sourceUnion: string;
  readonly severalSources: boolean;
  readonly annotatesSources: boolean;
  /** What the settings module says of the kinds of stages. */
  readonly kinds: KindsView;
  /** Whether transformers may declare checks: then their tasks apply them. */
  readonly checksResults: boolean;
  /** Whether extractors may declare that they go on where the last run left off: then their tasks do. */
  readonly resumesExtracts: boolean;
  /** What runs the tasks that the flow submits. */
  readonly runner: TaskRunnerView;
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

/** As `resets` says it, of a total that starts again. */
const resetPeriods: Readonly<Record<TimeGrain, TimeGrain>> = { hour: 'day', day: 'month', week: 'year', month: 'year', quarter: 'year', year: 'year' };

const frequencies: Readonly<Record<TimeGrain, string>> = {
  hour: 'hourly',
  day: 'daily',
  week: 'weekly',
  month: 'monthly',
  quarter: 'quarterly',
  year: 'yearly',
};

function usualSource(kind: SourceKind, { language, store }: ProjectInput): SourceView {
  const { key, usualName: name, sample: usual, sampleInTypescript } = sourceKinds[kind];
  const variable = variableOf(name, kind);
  const sample = language === 'typescript' ? (sampleInTypescript ?? usual) : usual;
  return { name, kind, key, address: `\${${variable}:-${sample}}`, variable, sample, storeKeys: kind === 'datalake' ? storeKeys(name, store) : [] };
}

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

type SourcesView = Pick<ProjectView, 'needsSql' | 'needsLake' | 'needsApi' | 'needsSap' | 'needsHttp' | 'needsUrl' | 'sourceUnion' | 'severalSources' | 'annotatesSources'>;

const sourceClasses: Readonly<Record<Source['kind'], string>> = { sql: 'SqlSource', datalake: 'LakeSource', api: 'ApiSource', sap: 'SapSource' };

/** Which kinds of source there are. */
export function viewKinds(sources: readonly Pick<SourceView, 'kind'>[]): SourcesView {
  const kinds = new Set(sources.map(({ kind }) => kind));
  const [needsSql, needsLake, needsApi, needsSap] = [kinds.has('sql'), kinds.has('datalake'), kinds.has('api'), kinds.has('sap')];
  const needsHttp = needsApi || needsSap;
  const severalSources = kinds.size > 1;
  const sourceUnion = Object.entries(sourceClasses).flatMap(([kind, name]) => (kinds.has(kind as Source['kind']) ? [name] : [])).join(' | ');
  return { needsSql, needsLake, needsApi, needsSap, needsHttp, needsUrl: needsSql || needsHttp, sourceUnion, severalSources, annotatesSources: severalSources || needsHttp || needsLake };
}

/** `"name": "Name",` within what ruff keeps a line to. */
function shortOnes(names: readonly string[]): readonly string[] {
  return names.filter(({ length }) => length <= 38);
}

/** Lays the answers out for the templates. */
export function viewProject(input: ProjectInput, { version, today }: RunFacts): ProjectView {
  const { id, name, description, owner, type, unit, direction, target, warning } = input;
  const { grain, locale, language, timezone, pool, plop, schedule } = input;
  const stages = stageNames(input);
  const inputs = viewInputs(type, input.inputs);
  const source = usualSource(input.source, input);
  const destination = usualSource(input.destination, input);
  const sources = source.kind === destination.kind ? [source] : [source, destination];
  return {
    locale,
    version,
    language,
    extension: extensionOf(language),
    ...viewFrames(input.frames),
    kpi: { id, name, description, owner, type, unit, direction, target, warning },
    isPercent: unit === 'percent',
    grain: viewGrain(grain.time),
    dimensions: grain.dimensions,
    hasDimensions: grain.dimensions.length > 0,
    shortDimensions: shortOnes(grain.dimensions),
    period: grain.time,
    textLength: Math.min(200, Math.floor(760 / Math.max(1, grain.dimensions.length))),
    keys: [grain.time, ...grain.dimensions],
    inputs,
    hasSeveralInputs: inputs.length > 1,
    input: Object.fromEntries(inputs.map((each) => [each.role, each])),
    calculation: stages.calculation,
    aggregation: stages.aggregation,
    loader: stages.loader,
    publish: stages.publish,
    ...viewStages(stages),
    graph: viewGraph(rowsOf(stages, inputs, input)),
    flow: stages.flow,
    source,
    destination,
    sources,
    ...viewKinds(sources),
    ...viewDatabase(input),
    hasLakes: language === 'typescript' && sources.some(({ kind }) => kind === 'datalake'),
    stores: viewStores(input.store === 'folder' ? [] : [input.store]),
    store: viewStore(input),
    kinds: viewStageKinds(),
    checksResults: false,
    resumesExtracts: false,
    runner: viewTaskRunner(input.task_runner),
    schedule: schedule === null ? null : { cron: schedule },
    timezone,
    pool,
    plop,
    today,
  };
}

function viewStore({ store, language, frames }: ProjectInput): ProjectView['store'] {
  const { address = '/var/data/lake', typescript, pandas = [] }: Partial<LakeStore> = lakeStores[store] ?? {};
  return { isFolder: store === 'folder', address, packages: language === 'typescript' ? (typescript?.packages ?? []) : frames === 'pandas' ? pandas : [] };
}

export function viewStores(names: readonly string[]): StoreView[] {
  return names.map((name) => ({ name, schemes: lakeStores[name]?.typescript.schemes ?? [] }));
}

/** Where nobody chose, the example of an address is PostgreSQL's. */
function viewDatabase({ source, destination, database, language }: ProjectInput): Pick<ProjectView, 'database' | 'databaseModules'> {
  const isUsed = source === 'sql' || destination === 'sql';
  if (language === 'typescript') {
    const { module, packages, address } = typescriptDatabase(isUsed ? database : undefined);
    return { database: { name: databaseOf(database).name, drivers: packages, address, isChosen: module !== undefined }, databaseModules: module === undefined ? [] : [module] };
  }
  const isChosen = database !== 'sqlite' && isUsed;
  const { name, drivers, readers, address } = databaseOf(isChosen ? database : 'postgresql');
  return { database: { name, drivers: isChosen ? [...drivers, ...(source === 'sql' ? readers : [])] : [], address, isChosen }, databaseModules: [] };
}

function viewGrain(time: TimeGrain): ProjectView['grain'] {
  const isShort = time === 'hour' || time === 'day';
  return { time, truncate: truncations[time], isShort, whole: isShort ? '1d' : truncations[time], reset: resets[time], pandas: { ...pandasPeriods[time], whole: pandasPeriods[isShort ? 'day' : time].period, reset: pandasPeriods[resetPeriods[time]] } };
}

function viewStages({ extractors, cleaners, calculation, aggregation, loader, publish }: ReturnType<typeof stageNames>) {
  const transformers = [...cleaners, calculation, aggregation];
  return {
    stages: { extractors, transformers, loaders: [loader], publishers: [publish] },
    extractorsSorted: extractors.toSorted(compareNaturally),
    transformersSorted: transformers.toSorted(compareNaturally),
    loadersSorted: [loader],
    publishersSorted: [publish],
  };
}

/** The stages of a new repository, in the order of config.yaml. */
function rowsOf(stages: ReturnType<typeof stageNames>, inputs: readonly InputView[], { source, destination, language }: ProjectInput): StageRow[] {
  const ending = extensionOf(language);
  const own = { ...stages, inputs };
  const row = (part: StageRow['part'], kind: string, name: string, file: string, from = ''): StageRow => ({ name, part, kind, source: from, inputs: usualInputs(name, own), file });
  const transformer = (kind: string) => (name: string) => row('transform', kind, name, `src/core/transformers/${name}.${ending}`);
  return [
    ...stages.extractors.map((name) => row('extract', source, name, `src/core/extractors/${name}.${ending}`, sourceKinds[source].usualName)),
    ...stages.cleaners.map(transformer('cleaning')),
    transformer('calculation')(stages.calculation),
    transformer('aggregation')(stages.aggregation),
    row('load', destination, stages.loader, `src/core/loaders/${stages.loader}.${ending}`, sourceKinds[destination].usualName),
    row('load', 'artifact', stages.publish, artifactFile(stages.publish, language)),
  ];
}

function viewInputs(type: MetricType, names: readonly string[]): InputView[] {
  return rolesOf[type].map(({ role, name: usual }, index, all) => {
    const name = names[index] ?? usual;
    return { name, clean: `clean_${name}`, role, isFirst: index === 0, isLast: index === all.length - 1 };
  });
}
