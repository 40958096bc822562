import type { Source } from './config.ts';

/** What there is to know of a kind of source, besides the keys that it has in config.yaml. */
export interface SourceKindFacts {
  /** The key of its address. */
  readonly key: 'url' | 'uri';
  /** What it is called when nobody says a name. */
  readonly usualName: string;
  /** What config.yaml falls back to while nobody has set a real address. */
  readonly sample: string;
  /** The same in a TypeScript repository, where it is another. */
  readonly sampleInTypescript?: string;
  /** The modules of src/core that read and write it. */
  readonly modules: readonly string[];
  /** Those that it has beside them in a repository of pandas. */
  readonly modulesInPandas?: readonly string[];
  /** What a TypeScript repository needs for it beside what every one has: modules with their tests, as paths. */
  readonly filesInTypescript?: readonly string[];
}

/** Every kind of source, in the order in which they are told. */
export const sourceKinds: Readonly<Record<Source['kind'], SourceKindFacts>> = {
  sql: { key: 'url', usualName: 'warehouse', sample: 'sqlite:///.data/sample.sqlite', sampleInTypescript: 'duckdb:///.data/sample.duckdb', modules: ['sql.py', 'sql_errors.py', 'sql_moments.py', 'sql_postgresql.py'] },
  datalake: { key: 'uri', usualName: 'lake', sample: '.data/lake', modules: ['lake.py'], modulesInPandas: ['lake_files.py'], filesInTypescript: ['src/core/lake.ts', 'src/core/lake-files.ts', 'src/core/lake-store.ts', 'src/core/table-like.ts', 'src/core/temporary-folder.ts', 'tests/unit/table-like.test.ts'] },
  api: { key: 'url', usualName: 'api', sample: 'sample://', modules: ['api.py', 'api_auth.py', 'contract.py', 'http_client.py', 'paginators.py'] },
  sap: { key: 'url', usualName: 'sap', sample: 'sample://', modules: ['api_auth.py', 'contract.py', 'http_client.py', 'odata.py', 'sap.py'] },
};

/** The modules of a kind of source in a repository of polars or of pandas. */
export function modulesOfSource(kind: Source['kind'], isPandas: boolean): readonly string[] {
  const { modules, modulesInPandas = [] } = sourceKinds[kind];
  return isPandas ? [...modules, ...modulesInPandas] : modules;
}

/** What a kind of source needs in a TypeScript repository beside what every one has. */
export function filesInTypescript(kind: Source['kind']): readonly string[] {
  return sourceKinds[kind].filesInTypescript ?? [];
}

/** The variable that a source's address is read from unless somebody names another. */
export function variableOf(name: string, kind: Source['kind']): string {
  return `${name}_${sourceKinds[kind].key}`.toUpperCase();
}

/** Where the sample of a kind lies. */
export function sampleOf(kind: Source['kind'], language: 'python' | 'typescript'): string {
  const { sample, sampleInTypescript = sample } = sourceKinds[kind];
  return language === 'typescript' ? sampleInTypescript : sample;
}

/** The address of a new source: its variable, or the sample while nobody has set it. */
export function sampleAddress(variable: string, kind: Source['kind'], language: 'python' | 'typescript' = 'python'): string {
  return `\${${variable}:-${sampleOf(kind, language)}}`;
}

/** The address of a source, whatever its kind calls it. */
export function addressOf(source: Source): string {
  return 'url' in source ? source.url : source.uri;
}
