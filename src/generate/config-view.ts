import type { Config, Source } from '../config/config.ts';
import { readReferences } from '../config/references.ts';
import { compareNaturally } from './natural-order.ts';
import type { ProjectInput } from './project-input.ts';
import { rolesOf } from './project-input.ts';
import type { ProjectView, SourceView } from './project-view.ts';
import { viewProject } from './project-view.ts';

/** What decides the texts of a repository and does not stand in its config.yaml. */
export interface RepositorySettings {
  readonly locale: 'en' | 'es';
  readonly plop: boolean;
  /** The version of create-kpi-flow that last wrote it. */
  readonly version: string;
  readonly schedule: string | null;
}

/** Lays a config.yaml out for the templates, as `viewProject` does with the answers of `create`. */
export function viewConfig(config: Config, settings: RepositorySettings): ProjectView {
  const input = inputOf(config, settings);
  const view = viewProject(input, { version: settings.version, today: '', hash: () => '' });
  const loader = Object.entries(config.loaders).find(([, each]) => 'source' in each);
  const publish = Object.entries(config.loaders).find(([, each]) => 'kind' in each);
  const sources = Object.entries(config.sources).map(([name, each]) => viewSource(name, each));
  const byName = (name: string | undefined): SourceView => sources.find((each) => each.name === name) ?? view.source;
  return {
    ...view,
    ...viewStages(config),
    sources,
    source: byName(Object.values(config.extractors)[0]?.source),
    destination: byName(loader !== undefined && 'source' in loader[1] ? loader[1].source : undefined),
    loader: loader?.[0] ?? view.loader,
    publish: publish?.[0] ?? view.publish,
    needsSql: sources.some(({ kind }) => kind === 'sql'),
    needsLake: sources.some(({ kind }) => kind === 'datalake'),
  };
}

function inputOf(config: Config, { locale, plop, schedule }: RepositorySettings): ProjectInput {
  const { kpi, extractors } = config;
  const [time, ...dimensions] = kpi.grain;
  return {
    ...kpi,
    dir: '',
    description: kpi.description ?? kpi.name,
    warning: kpi.warning ?? kpi.target,
    grain: { time, dimensions },
    locale,
    language: 'python',
    source: 'sql',
    destination: 'sql',
    inputs: Object.keys(extractors).slice(0, rolesOf[kpi.type].length),
    schedule,
    timezone: config.flow.timezone,
    pool: '',
    plop,
    git: false,
    install: false,
  };
}

/** The stages in the order of config.yaml, and those that a package of the core gathers, in the order of ruff. */
function viewStages({ extractors, transformers, loaders }: Config) {
  const stores = Object.keys(loaders).filter((name) => 'source' in (loaders[name] ?? {}));
  const publishers = Object.keys(loaders).filter((name) => !stores.includes(name));
  return {
    stages: { extractors: Object.keys(extractors), transformers: Object.keys(transformers), loaders: stores, publishers },
    extractorsSorted: Object.keys(extractors).toSorted(compareNaturally),
    transformersSorted: Object.keys(transformers).toSorted(compareNaturally),
    loadersSorted: stores.toSorted(compareNaturally),
  };
}

/** A source as templates name it: its variable is the one its address refers to. */
export function viewSource(name: string, source: Source): SourceView {
  const isSql = source.kind === 'sql';
  const address = isSql ? source.url : source.uri;
  const references = readReferences(address);
  const [reference] = typeof references === 'string' ? [] : references;
  return {
    name,
    kind: source.kind,
    key: isSql ? 'url' : 'uri',
    variable: reference?.name ?? variableOf(name, source.kind),
    sample: reference?.default ?? address,
  };
}

/** The variable that a source's address is read from unless somebody names another. */
export function variableOf(name: string, kind: Source['kind']): string {
  return `${name.toUpperCase()}_${kind === 'sql' ? 'URL' : 'URI'}`;
}

/** Where the embedded sample lies, by the kind of a source. */
export const sampleAddresses: Readonly<Record<Source['kind'], string>> = { sql: 'sqlite:///.data/sample.sqlite', datalake: '.data/lake' };
