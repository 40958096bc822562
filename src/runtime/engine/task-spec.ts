import type { CachePolicy } from '../cache-policy.ts';
import type { State } from '../state.ts';
import type { TaskRunPolicy } from '../types.ts';
import type { TaskPolicy } from './task-machine.ts';
import type { TaskRun } from './task-run.ts';
import type { Transaction } from '../transaction.ts';

/** A task as hooks and conditions see it. */
export interface TaskInfo {
  readonly name: string;
  readonly key: string;
  readonly version: string | null;
  readonly tags: readonly string[];
}

/** A task run as hooks and conditions see it. */
export type TaskRunInfo = Pick<TaskRun, 'id' | 'name' | 'tags' | 'runCount' | 'parameters'>;

/** Called when a task run enters a state. What it throws is logged, and changes nothing. */
export type TaskHook = (task: TaskInfo, run: TaskRunInfo, state: State) => unknown;
/** Called when the transaction of a task is committed, or rolled back. */
export type TransactionHook = (transaction: Transaction) => unknown;

/** A task's options, read once: what every run of it shares. */
export interface TaskSpec extends TaskInfo {
  readonly fn: (...args: never[]) => unknown;
  readonly parameterNames: readonly (string | null)[];
  readonly description: string | null;
  readonly runName: string | ((parameters: Record<string, unknown>) => string) | null;
  readonly policy: TaskPolicy;
  /** The same as Prefect records it. */
  readonly reportedPolicy: TaskRunPolicy;
  readonly retryCondition: ((task: TaskInfo, run: TaskRunInfo, state: State) => boolean | Promise<boolean>) | null;
  readonly timeoutSeconds: number | null;
  readonly cachePolicy: CachePolicy | null;
  readonly cacheExpirationSeconds: number | null;
  readonly refreshCache: boolean;
  readonly persistResult: boolean | null;
  readonly resultStorageKey: string | ((parameters: Record<string, unknown>) => string) | null;
  readonly worker: { readonly module: string; readonly export: string } | null;
  readonly hooks: {
    readonly running: readonly TaskHook[];
    readonly completion: readonly TaskHook[];
    readonly failure: readonly TaskHook[];
    readonly rollback: readonly TransactionHook[];
    readonly commit: readonly TransactionHook[];
  };
}
