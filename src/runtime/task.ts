import { requireScope } from './context.ts';
import { DEFAULT, NO_CACHE, cacheKeyPolicy, hash } from './cache-policy.ts';
import type { CachePolicy } from './cache-policy.ts';
import { ConfigurationError } from './errors.ts';
import { PrefectFuture } from './future.ts';
import type { PrefectFutureList } from './future.ts';
import { TaskRun } from './engine/task-run.ts';
import { mapOver } from './engine/map.ts';
import { parameterNames } from './engine/parameters.ts';
import { startTask } from './engine/run-task.ts';
import type { TaskHook, TaskInfo, TaskRunInfo, TaskSpec, TransactionHook } from './engine/task-spec.ts';
import type { State } from './state.ts';
import type { Input, MapInput, Result } from './task-types.ts';

/** Prefect's options of a task, in camelCase. */
export interface TaskOptions {
  /** As it stands in the dashboard; by default the name of the function, with dashes. */
  readonly name?: string;
  readonly description?: string;
  /** With those of the flow run. A concurrency limit `tag:<tag>` on the server holds tasks of that tag back. */
  readonly tags?: readonly string[];
  readonly version?: string;
  /** A template (`load-{day}`) or a function of the parameters. */
  readonly taskRunName?: string | ((parameters: Record<string, unknown>) => string);
  /** How often a run that failed is tried again; PREFECT_TASKS_DEFAULT_RETRIES by default. */
  readonly retries?: number;
  /** Seconds; a list for each retry (the last repeats), or a function that makes the list. */
  readonly retryDelaySeconds?: number | readonly number[] | ((retries: number) => readonly number[]);
  /** Spreads the delays, by up to this factor. */
  readonly retryJitterFactor?: number;
  /** Asked before each retry; false, or an error of its own, ends them. */
  readonly retryConditionFn?: (task: TaskInfo, run: TaskRunInfo, state: State) => boolean | Promise<boolean>;
  /** A run that takes longer fails with TimedOut, and its `runtime.signal` aborts. */
  readonly timeoutSeconds?: number;
  /** What makes two runs the same, so that the second takes the result of the first. */
  readonly cachePolicy?: CachePolicy;
  /** A key of one's own, which wins over the policy; null for none. */
  readonly cacheKeyFn?: (run: { readonly flowRunId: string }, parameters: Record<string, unknown>) => string | null;
  /** Seconds that a kept result is good for. */
  readonly cacheExpiration?: number;
  /** Runs in any case, and keeps the new result. */
  readonly refreshCache?: boolean;
  /** Keeps the result on disk as JSON; by default when an option of the cache is given. */
  readonly persistResult?: boolean;
  /** The name that it is kept under. */
  readonly resultStorageKey?: string | ((parameters: Record<string, unknown>) => string);
  /** Hooks, in their order; `onFailure` only after the last retry. */
  readonly onCompletion?: readonly TaskHook[];
  readonly onFailure?: readonly TaskHook[];
  readonly onRunning?: readonly TaskHook[];
  readonly onRollback?: readonly TransactionHook[];
  readonly onCommit?: readonly TransactionHook[];
  /** Where a worker thread finds the plain function: `{ module: import.meta.url, export: 'parse' }`. */
  readonly worker?: { readonly module: string; readonly export: string };
}

/** What a single call may add. */
export interface CallOptions {
  /** Runs that have to complete first, and edges in the run graph. */
  readonly waitFor?: readonly unknown[];
}

type Fn<A extends unknown[], R> = (...args: A) => R;

/** A function that runs as a task of the flow around it. Calling it waits for the result. */
export interface Task<A extends unknown[], R> {
  (...args: Inputs<A>): Promise<Result<R>>;
  /** Starts it and gives a future. */
  submit(...args: Inputs<A>): PrefectFuture<Result<R>>;
  /** One run for each item; every list is gone through side by side. */
  map(...args: MapInputs<A>): PrefectFutureList<Result<R>>;
  /** Waits as a call does, and gives the final state in place of the result. */
  state(...args: Inputs<A>): Promise<State<Result<R>>>;
  /** A copy with other options. */
  withOptions(options: TaskOptions & CallOptions): Task<A, R>;
  /** The plain function. */
  readonly fn: Fn<A, R>;
  readonly name: string;
  readonly spec: TaskSpec;
}

export type Inputs<A extends unknown[]> = { [K in keyof A]: Input<A[K]> };
export type MapInputs<A extends unknown[]> = { [K in keyof A]: MapInput<A[K]> };

/** `task(fn, options)`, `task(options)(fn)`, and `@task(options)` on a method are the same. */
export function task<A extends unknown[], R>(fn: Fn<A, R>, options?: TaskOptions): Task<A, R>;
export function task(options?: TaskOptions): TaskMaker;
export function task(first?: Fn<never[], unknown> | TaskOptions, options: TaskOptions = {}): unknown {
  if (typeof first === 'function') return makeTask(first as Fn<unknown[], unknown>, options);
  return (fn: Fn<unknown[], unknown>, context?: ClassMethodDecoratorContext) =>
    makeTask(fn, context === undefined ? (first ?? {}) : { name: String(context.name).replaceAll('_', '-'), ...first });
}

export interface TaskMaker {
  <This, A extends unknown[], R>(
    method: (this: This, ...args: A) => R,
    context: ClassMethodDecoratorContext<This, (this: This, ...args: A) => R>,
  ): (this: This, ...args: A) => R;
  <A extends unknown[], R>(fn: Fn<A, R>): Task<A, R>;
}

function makeTask<A extends unknown[], R>(fn: Fn<A, R>, options: TaskOptions & CallOptions): Task<A, R> {
  const spec = specOf(fn as TaskSpec['fn'], options);
  const waitFor = options.waitFor ?? [];
  const begin = (self: unknown, args: readonly unknown[], submitted: boolean): TaskRun => {
    const run = new TaskRun(spec, requireScope(`Task '${spec.name}'`), self, args);
    void startTask(run, waitFor, submitted);
    return run;
  };
  function call(this: unknown, ...args: unknown[]): Promise<unknown> {
    const result = resultOf(begin(this, args, false));
    result.catch(ignore);
    return result;
  }
  Object.defineProperty(call, 'name', { value: spec.name });
  return Object.assign(call, {
    fn,
    spec,
    submit(...args: unknown[]) {
      return new PrefectFuture(begin(undefined, args, true));
    },
    map(...args: unknown[]) {
      const { flowScope } = requireScope(`Task '${spec.name}'`);
      return mapOver(spec.name, args, flowScope, (each) => begin(undefined, each, true));
    },
    async state(...args: unknown[]) {
      return stateOf(begin(undefined, args, false));
    },
    withOptions: (more: TaskOptions & CallOptions) => makeTask(fn, { ...options, ...more }),
  }) as unknown as Task<A, R>;
}

/** A failure that nobody waits for is in the run's state and its log; it does not end the process. */
function ignore(): void {}

async function resultOf(run: TaskRun): Promise<unknown> {
  const state = (await run.done) as State;
  return state.result();
}

async function stateOf(run: TaskRun): Promise<State> {
  return (await run.done) as State;
}

function specOf(fn: TaskSpec['fn'], options: TaskOptions): TaskSpec {
  const name = options.name ?? nameOf(fn);
  const { retries = Number(process.env['PREFECT_TASKS_DEFAULT_RETRIES'] ?? 0), retryJitterFactor: jitter = 0 } =
    options;
  const delays = delaysOf(options, retries);
  check(name, retries, delays, jitter, options);
  const caches = options.cachePolicy !== undefined && options.cachePolicy !== NO_CACHE;
  const keeps = caches || options.cacheKeyFn || options.cacheExpiration !== undefined || options.resultStorageKey;
  return {
    fn,
    name,
    key: `${fn.name || name}-${hash(fn.toString()).slice(0, 8)}`,
    parameterNames: parameterNames(fn),
    description: options.description ?? null,
    version: options.version ?? null,
    tags: [...new Set(options.tags)],
    runName: options.taskRunName ?? null,
    policy: { retries, delays, jitter },
    reportedPolicy: {
      retries,
      retry_delay: delays.length > 1 ? delays : (delays[0] ?? 0),
      ...(options.retryJitterFactor === undefined ? {} : { retry_jitter_factor: options.retryJitterFactor }),
    },
    retryCondition: options.retryConditionFn ?? null,
    timeoutSeconds: options.timeoutSeconds ?? null,
    cachePolicy: policyOf(options),
    cacheExpirationSeconds: options.cacheExpiration ?? null,
    refreshCache: options.refreshCache ?? false,
    persistResult: options.persistResult ?? (keeps ? true : null),
    resultStorageKey: options.resultStorageKey ?? null,
    worker: options.worker ?? null,
    hooks: {
      running: options.onRunning ?? [],
      completion: options.onCompletion ?? [],
      failure: options.onFailure ?? [],
      rollback: options.onRollback ?? [],
      commit: options.onCommit ?? [],
    },
  };
}

export function nameOf(fn: { readonly name: string }): string {
  return (fn.name || 'anonymous').replaceAll('_', '-');
}

function delaysOf({ retryDelaySeconds: delay = 0 }: TaskOptions, retries: number): readonly number[] {
  if (typeof delay === 'number') return delay === 0 ? [] : [delay];
  return typeof delay === 'function' ? delay(retries) : delay;
}

/** A function for the key wins over a policy. */
function policyOf({ cacheKeyFn, cachePolicy }: TaskOptions): CachePolicy {
  if (cacheKeyFn) return cacheKeyPolicy(({ runId, parameters }) => cacheKeyFn({ flowRunId: runId }, parameters));
  return cachePolicy ?? DEFAULT;
}

function check(
  name: string,
  retries: number,
  delays: readonly number[],
  jitter: number,
  { timeoutSeconds }: TaskOptions,
): void {
  const wrong = (what: string): never => {
    throw new ConfigurationError(`Task '${name}': ${what}.`);
  };
  if (!Number.isInteger(retries) || retries < 0)
    wrong(`retries must be a whole number of at least 0, and is ${retries}`);
  if (delays.length > 50) wrong('can not configure more than 50 retry delays per task');
  if (delays.some((each) => !(each >= 0))) wrong('retryDelaySeconds must be numbers of at least 0');
  if (!(jitter >= 0)) wrong(`retryJitterFactor must be at least 0, and is ${jitter}`);
  if (timeoutSeconds !== undefined && !(timeoutSeconds > 0))
    wrong(`timeoutSeconds must be above 0, and is ${timeoutSeconds}`);
}

/** Delays that double: `exponentialBackoff(10)` gives 10, 20, 40 … seconds. */
export function exponentialBackoff(backoffFactor: number): (retries: number) => readonly number[] {
  return (retries) => Array.from({ length: Math.min(retries, 50) }, (_, index) => backoffFactor * 2 ** index);
}
