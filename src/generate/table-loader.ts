import type { StoreLoader } from '../config/config.ts';

/** How rows get into a table: a way to write, or a strategy of merging. */
export type TableWay = Exclude<StoreLoader['write'], 'merge'> | NonNullable<StoreLoader['strategy']>;

/** What the code of a loader of a table needs to know of the way it writes. */
export interface TableLoader {
  /** The function that makes the statements, and its module of the core. */
  readonly strategy: string;
  readonly module: string;
  /** The modules of the core that it stands on: those of its own way, and no other. */
  readonly modules: readonly string[];
}

/** What a loader of a table is made of. */
export function tableLoader(way: TableWay, audits = false): TableLoader {
  const strategy = way.replaceAll('-', '_');
  const module = `sql_${strategy}`;
  const names = ['sql_load', 'sql_zones', module, ...(audits ? ['sql_audit'] : [])];
  return { strategy, module, modules: names.map((name) => `src/core/${name}.py`) };
}
