import type { KpiRow } from './reference.ts';

/** What differs from one programming language to the other. */
export interface DemoLanguage {
  /** What `create` is asked for. */
  readonly answers: readonly string[];
  /** Where the records are, as the repository's `.env` says it. */
  readonly address: string;
  /** Everything that has to be installed. `detail` says how far it has come. */
  install(detail: (text: string) => void): Promise<Installed>;
}

export interface Installed {
  /** The interpreter that has Prefect. */
  readonly python: string;
  loadFlights(): Promise<void>;
  runUnitTests(): Promise<void>;
  /** The table that the flow wrote. */
  readTable(table: string): Promise<readonly KpiRow[]>;
}
