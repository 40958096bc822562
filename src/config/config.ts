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
export type Source = SqlSource | DatalakeSource;

export interface SqlSource {
  readonly kind: 'sql';
  readonly url: string;
}

export interface DatalakeSource {
  readonly kind: 'datalake';
  readonly uri: string;
}

/** What a stage may say instead of the flow. */
export interface StageSettings {
  /** `module:function`, when it is not the one named like the stage. */
  readonly function?: string | undefined;
  readonly retries?: number | undefined;
  readonly timeout_seconds?: number | undefined;
}

export interface Extractor extends StageSettings {
  readonly source: string;
  readonly cache?: 'inputs' | undefined;
}

export interface Transformer extends StageSettings {
  readonly kind: 'cleaning' | 'calculation' | 'aggregation';
  readonly cache?: 'inputs' | undefined;
}

export type Loader = StoreLoader | ArtifactLoader;

export interface StoreLoader extends StageSettings {
  readonly source: string;
  readonly write: 'merge' | 'replace_partitions';
  readonly keys: readonly string[];
}

export interface ArtifactLoader extends StageSettings {
  readonly kind: 'artifact';
}

/** What holds for every stage that does not say otherwise. */
export interface FlowSettings {
  readonly timezone: string;
  readonly retries: number;
  readonly timeout_seconds: number;
}
