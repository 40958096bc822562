import type { LakeKey } from './lake-stores.ts';

/** What `config/config.yaml` says, as `parseConfig` hands it over: checked, with references not resolved. */
export interface Config {
  readonly version: 1;
  readonly kpi: KpiCard;
  readonly sources: Readonly<Record<string, Source>>;
  readonly extractors: Readonly<Record<string, Extractor>>;
  readonly transformers: Readonly<Record<string, Transformer>>;
  readonly loaders: Readonly<Record<string, Loader>>;
  readonly flow: FlowSettings;
}

/** What the figure is, for people and for its state against the target. */
export interface KpiCard {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly owner: string;
  readonly type: 'simple' | 'ratio' | 'cumulative' | 'derived' | 'conversion';
  readonly unit: string;
  /** A time grain, then the columns that each value is told apart by. */
  readonly grain: readonly ['hour' | 'day' | 'week' | 'month' | 'quarter' | 'year', ...string[]];
  readonly direction: 'higher_is_better' | 'lower_is_better' | 'target_is_best';
  readonly target: number;
  readonly warning?: number | undefined;
}

/** A system to read from or to write to; its address may hold references. */
export type Source = SqlSource | DatalakeSource | ApiSource | SapSource;

export interface SqlSource {
  readonly kind: 'sql';
  readonly url: string;
}

export interface DatalakeSource extends Readonly<Partial<Record<LakeKey, string | undefined>>> {
  readonly kind: 'datalake';
  readonly uri: string;
}

/** What speaks HTTP. */
interface HttpSource {
  readonly url: string;
  readonly auth?: 'bearer' | 'api_key' | 'http_basic' | 'oauth2_client_credentials' | undefined;
  readonly rate_limit?: number | undefined;
}

export interface ApiSource extends HttpSource {
  readonly kind: 'api';
}

export interface SapSource extends HttpSource {
  readonly kind: 'sap';
  readonly client?: string | undefined;
  readonly language?: string | undefined;
}

/** What a stage may say instead of the flow. */
export interface StageSettings {
  /** `module:function`, when it is not the one named like the stage. */
  readonly function?: string | undefined;
  readonly retries?: number | undefined;
  readonly timeout_seconds?: number | undefined;
}

export type Extractor = SourceExtractor | OtherExtractor;

export interface SourceExtractor extends StageSettings {
  /** What it is, where its source does not tell. */
  readonly kind?: string | undefined;
  readonly source: string;
  readonly cache?: 'inputs' | undefined;
}

/** What reads from no source. */
export interface OtherExtractor extends StageSettings {
  readonly kind: string;
  readonly cache?: 'inputs' | undefined;
}

export interface Transformer extends StageSettings {
  readonly kind: string;
  readonly cache?: 'inputs' | undefined;
}

/** What becomes of the rows that are there, in dlt's words. */
export type Write = 'append' | 'replace' | 'merge' | 'replace_partitions';

export type Loader = StoreLoader | OtherLoader;

export interface StoreLoader extends StageSettings {
  /** What it is, where its source does not tell. */
  readonly kind?: string | undefined;
  readonly source: string;
  readonly write: Write;
  readonly strategy?: 'delete-insert' | 'upsert' | 'insert-only' | 'scd2' | undefined;
  /** What tells apart rows, loads or partitions; nothing where all is replaced. */
  readonly keys?: readonly string[] | undefined;
  /** The table or the folder, when it is not named like the stage. */
  readonly table?: string | undefined;
}

/** What writes to no source: an artifact of Prefect. */
export interface OtherLoader extends StageSettings {
  readonly kind: string;
}

/** What holds for every stage that does not say otherwise. */
export interface FlowSettings {
  readonly timezone: string;
  readonly retries: number;
  readonly timeout_seconds: number;
}
