import { AsyncLocalStorage } from 'node:async_hooks';
import type { FlowScope } from './engine/flow-scope.ts';
import type { TaskRun } from './engine/task-run.ts';
import { MissingContextError } from './errors.ts';
import type { Transaction } from './transaction.ts';

/** Where code stands: within which flow run, task run and transaction. A task run is such a place itself. */
export interface Scope {
  readonly flowScope: FlowScope;
  readonly taskRun: TaskRun | null;
  readonly transaction: Transaction | null;
  /** Tags given by `tags(...)` around the code. */
  readonly extraTags: readonly string[];
}

/** Outside of a flow there may be tags and nothing else. */
export interface Outside {
  readonly flowScope: null;
  readonly taskRun: null;
  readonly transaction: Transaction | null;
  readonly extraTags: readonly string[];
}

const places = new AsyncLocalStorage<Scope | Outside>();
const nowhere: Outside = { flowScope: null, taskRun: null, transaction: null, extraTags: [] };

export function here(): Scope | Outside {
  return places.getStore() ?? nowhere;
}

export function requireScope(what: string): Scope {
  const place = here();
  if (place.flowScope !== null) return place;
  throw new MissingContextError(
    `${what} works inside a flow run only. Call it from a function wrapped by flow(); for the plain function use .fn.`,
  );
}

export function within<A extends unknown[], R>(place: Scope | Outside, call: (...args: A) => R, ...args: A): R {
  return places.run(place, call, ...args);
}

/** Runs what it is given as if from outside: work of the engine that belongs to no run. */
export function outside<R>(call: () => R): R {
  return places.exit(call);
}
