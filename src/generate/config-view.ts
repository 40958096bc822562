import type { Config, Source } from '../config/config.ts';
import { usualDatabase } from '../config/databases.ts';
import { storeOf } from '../config/lake-stores.ts';
import { readReferences } from '../config/references.ts';
import { addressOf, sourceKinds, variableOf } from '../config/source-kinds.ts';
import { declaredKindOf, isPublisher, sourceOf } from './declared-kind.ts';
import { compareNaturally } from './natural-order.ts';
import type { FrameLibrary, ProjectInput } from './project-input.ts';
import { rolesOf } from './project-input.ts';
import type { ProjectView, SourceView } from './project-view.ts';
import { viewKinds, viewProject, viewStores } from './project-view.ts';
import type { StageRow } from './stage-graph.ts';
import { stagesOf } from './repository-state.ts';
import { moduleOf } from './stage-files.ts';
import { usualInputs, viewGraph } from './stage-graph.ts';

/** What decides the texts of a repository and does not stand in its config.yaml. */
export interface RepositorySettings {
  readonly locale: 'en' | 'es';
  readonly language: 'python' | 'typescript';
  /** The library of frames that its stages work with. */
  readonly frames: FrameLibrary;
  readonly plop: boolean;
  /** The version of create-kpi-flow that last wrote it. */
  readonly version: string;
  readonly schedule: string | null;
  /** Whether some transformer was added that checks what it returns. */
  readonly checks: boolean;
  /** Whether some extractor was added that goes on where the last run left off. */
  readonly resumes: boolean;
  /** The databases that a TypeScript repository can open besides DuckDB. */
  readonly databases: readonly string[];
  /** Whether a TypeScript repository can read lakes, and in which stores besides folders. */
  readonly lakes: boolean;
  readonly stores: readonly string[];
  /** What each stage takes that was added, by its name. */
  readonly inputs: ReadonlyMap<string, readonly string[]>;
}

/** Lays a config.yaml out for the templates, as `viewProject` does with the answers of `create`. */
export function viewConfig(config: Config, settings: RepositorySettings): ProjectView {
  const input = inputOf(config, settings);
  const view = viewProject(input, { version: settings.version, today: '', hash: () => '' });
  const [stores, publishers] = partLoaders(config);
  const [loader, publish] = [stores[0], publishers[0]];
  const [reader] = Object.keys(config.extractors).flatMap((each) => sourceOf(each, config) ?? []);
  const sources = Object.entries(config.sources).map(([name, each]) => viewSource(name, each));
  const byName = (name: string | undefined): SourceView => sources.find((each) => each.name === name) ?? view.source;
  return {
    ...view,
    ...viewStages(config),
    graph: viewGraph(rowsOf(config, settings, view)),
    sources,
    source: byName(reader),
    destination: byName(loader && sourceOf(loader, config)),
    loader: loader ?? view.loader,
    publish: publish ?? view.publish,
    ...viewKinds(sources),
    checksResults: settings.checks,
    resumesExtracts: settings.resumes,
    databaseModules: settings.databases,
    hasLakes: settings.lakes,
    stores: viewStores(settings.stores),
  };
}

function inputOf(config: Config, { locale, language, frames, plop, schedule }: RepositorySettings): ProjectInput {
  const { kpi, extractors } = config;
  const [time, ...dimensions] = kpi.grain;
  return {
    ...kpi,
    dir: '',
    description: kpi.description ?? kpi.name,
    warning: kpi.warning ?? kpi.target,
    grain: { time, dimensions },
    locale,
    language,
    frames,
    source: 'sql',
    destination: 'sql',
    database: usualDatabase(language),
    store: 'folder',
    task_runner: 'threads',
    inputs: Object.keys(extractors).slice(0, rolesOf[kpi.type].length),
    schedule,
    timezone: config.flow.timezone,
    pool: '',
    plop,
    git: false,
    install: false,
  };
}

/** Every stage with what it takes: what it was added with, else what one of its name takes in a new repository. */
function rowsOf(config: Config, { inputs, language }: RepositorySettings, view: ProjectView): StageRow[] {
  const byVariable = new Map([[`by_${view.period}`, view.aggregation]]);
  const takes = (name: string) => (inputs.get(name) ?? usualInputs(name, view)).map((each) => byVariable.get(each) ?? each);
  const parts = { extractors: 'extract', transformers: 'transform', loaders: 'load' } as const;
  return [...stagesOf(config)].map(([name, group]) => ({
    name,
    part: parts[group],
    kind: declaredKindOf(name, config)?.value ?? '',
    source: sourceOf(name, config) ?? '',
    inputs: takes(name),
    file: moduleOf(group, name, config, language),
  }));
}

/** The stages in the order of config.yaml, and those that a package of the core gathers, in the order of ruff. */
function viewStages(config: Config) {
  const { extractors, transformers } = config;
  const [stores, publishers] = partLoaders(config);
  return {
    stages: { extractors: Object.keys(extractors), transformers: Object.keys(transformers), loaders: stores, publishers },
    extractorsSorted: Object.keys(extractors).toSorted(compareNaturally),
    transformersSorted: Object.keys(transformers).toSorted(compareNaturally),
    loadersSorted: stores.toSorted(compareNaturally),
    publishersSorted: publishers.toSorted(compareNaturally),
  };
}

/** The loaders that keep data, and those that show it in Prefect. */
function partLoaders(config: Config): readonly [stores: readonly string[], publishers: readonly string[]] {
  const names = Object.keys(config.loaders);
  return [names.filter((name) => !isPublisher(name, config)), names.filter((name) => isPublisher(name, config))];
}

/** A source as templates name it: its variable is the one its address refers to. */
export function viewSource(name: string, source: Source): SourceView {
  const address = addressOf(source);
  const references = readReferences(address);
  const [reference] = typeof references === 'string' ? [] : references;
  return {
    name,
    kind: source.kind,
    key: sourceKinds[source.kind].key,
    address,
    variable: reference?.name ?? variableOf(name, source.kind),
    sample: reference?.default ?? address,
    ...(source.kind !== 'sql' && source.kind !== 'datalake' && { auth: source.auth ?? 'none' }),
    ...(source.kind === 'datalake' && { store: storeOf(Object.keys(source)) }),
  };
}
