import { here } from './context.ts';
import { md5 } from './crypto.ts';
import { ConfigurationError } from './errors.ts';
import type { FlowHook, FlowSpec } from './engine/flow-spec.ts';
import { parameterNames } from './engine/parameters.ts';
import { startFlow } from './engine/start-flow.ts';
import type { TaskRunner } from './engine/task-runner.ts';
import type { SchemaInput, SchemaOutput, StandardSchema } from './standard-schema.ts';
import type { State } from './state.ts';
import { nameOf } from './task.ts';
import type { Inputs } from './task.ts';
import type { FlowResult } from './task-types.ts';

/** Prefect's options of a flow, in camelCase. */
export interface FlowOptions {
  /** As it stands in the dashboard; by default the name of the function, with dashes. None of / % & < >. */
  readonly name?: string;
  /** By default a hash of the function's text. */
  readonly version?: string;
  readonly description?: string;
  /** A template (`load-{day}`) or a function of the parameters. */
  readonly flowRunName?: string | ((parameters: Record<string, unknown>) => string);
  /** How often a run that failed is tried again; the server decides. PREFECT_FLOWS_DEFAULT_RETRIES by default. */
  readonly retries?: number;
  readonly retryDelaySeconds?: number;
  /** A run that takes longer fails with TimedOut, and its `runtime.signal` aborts. */
  readonly timeoutSeconds?: number;
  /** Where submitted tasks run: `concurrent({ maxWorkers })`, or `workerThreads()`. */
  readonly taskRunner?: TaskRunner;
  /** Tasks inside keep their results unless they say otherwise. */
  readonly persistResult?: boolean;
  /** Hooks, in their order; one that fails is logged, and changes nothing. */
  readonly onCompletion?: readonly FlowHook[];
  readonly onFailure?: readonly FlowHook[];
  readonly onCancellation?: readonly FlowHook[];
  readonly onCrashed?: readonly FlowHook[];
  readonly onRunning?: readonly FlowHook[];
}

type Fn<A extends unknown[], R> = (...args: A) => R;

/** A function that runs as a flow. Calling it inside another flow makes a subflow. */
export interface Flow<A extends unknown[], R> {
  (...args: Inputs<A>): Promise<FlowResult<R>>;
  /** The final state in place of the result. */
  state(...args: Inputs<A>): Promise<State<FlowResult<R>>>;
  /** A copy with other options. */
  withOptions(options: FlowOptions): Flow<A, R>;
  /** The plain function. */
  readonly fn: Fn<never[], R>;
  readonly name: string;
  readonly spec: FlowSpec;
}

/** `parameters` is any Standard Schema (zod, valibot, arktype …): it checks and types the one argument of the flow. */
export interface FlowSchemaOptions<S extends StandardSchema> extends FlowOptions {
  readonly parameters: S;
}

/** `flow(fn, options)`, `flow(options)(fn)`, and `@flow(options)` on a method are the same. */
export function flow<S extends StandardSchema, R>(
  fn: (parameters: SchemaOutput<S>) => R,
  options: FlowSchemaOptions<S>,
): Flow<[SchemaInput<S>], R>;
export function flow<A extends unknown[], R>(fn: Fn<A, R>, options?: FlowOptions): Flow<A, R>;
export function flow<S extends StandardSchema>(
  options: FlowSchemaOptions<S>,
): <R>(fn: (parameters: SchemaOutput<S>) => R) => Flow<[SchemaInput<S>], R>;
export function flow(options?: FlowOptions): FlowMaker;
export function flow(first?: Fn<never[], unknown> | FlowOptions, options: FlowOptions = {}): unknown {
  if (typeof first === 'function') return makeFlow(first, options);
  return (fn: Fn<never[], unknown>, context?: ClassMethodDecoratorContext) =>
    context === undefined
      ? makeFlow(fn, first ?? {})
      : methodFlow(fn, { name: String(context.name).replaceAll('_', '-'), ...first });
}

export interface FlowMaker {
  <This, A extends unknown[], R>(
    method: (this: This, ...args: A) => R,
    context: ClassMethodDecoratorContext<This, (this: This, ...args: A) => R>,
  ): (this: This, ...args: A) => R;
  <A extends unknown[], R>(fn: Fn<A, R>): Flow<A, R>;
}

function makeFlow(fn: Fn<never[], unknown>, options: FlowOptions & { readonly parameters?: StandardSchema }): unknown {
  const spec = specOf(fn, options);
  function call(...args: unknown[]): Promise<unknown> {
    const result = startFlow(spec, args).then((state) => state.result());
    if (here().flowScope !== null) result.catch(ignore);
    return result;
  }
  Object.defineProperty(call, 'name', { value: spec.name });
  return Object.assign(call, {
    fn,
    spec,
    state: (...args: unknown[]) => startFlow(spec, args),
    withOptions: (more: FlowOptions) => makeFlow(fn, { ...options, ...more }),
  });
}

function methodFlow(fn: Fn<never[], unknown>, options: FlowOptions): unknown {
  const spec = specOf(fn, options);
  return function call(this: unknown, ...args: never[]): Promise<unknown> {
    const bound = { ...spec, fn: (...inside: never[]) => fn.apply(this as never, inside) };
    return startFlow(bound, args).then((state) => state.result());
  };
}

/** The failure of a subflow that nobody waits for is in its state and its log; that of a program's flow is the program's. */
function ignore(): void {}

function specOf(fn: Fn<never[], unknown>, options: FlowOptions & { readonly parameters?: StandardSchema }): FlowSpec {
  const name = options.name ?? nameOf(fn);
  const retries = options.retries ?? defaultRetries();
  check(name, { ...options, retries: retries ?? 0 });
  return {
    fn,
    name,
    version: options.version ?? md5(fn.toString()),
    description: options.description ?? null,
    parameterNames: options.parameters ? [null] : parameterNames(fn),
    parameters: options.parameters ?? null,
    runName: options.flowRunName ?? null,
    retries,
    retryDelaySeconds: options.retryDelaySeconds ?? null,
    timeoutSeconds: options.timeoutSeconds ?? null,
    taskRunner: options.taskRunner ?? null,
    persistResult: options.persistResult ?? null,
    hooks: {
      running: options.onRunning ?? [],
      completion: options.onCompletion ?? [],
      failure: options.onFailure ?? [],
      cancellation: options.onCancellation ?? [],
      crashed: options.onCrashed ?? [],
    },
  };
}

function defaultRetries(): number | null {
  const set = process.env['PREFECT_FLOWS_DEFAULT_RETRIES'];
  return set === undefined ? null : Number(set);
}

function check(name: string, { retries = 0, retryDelaySeconds = 0, timeoutSeconds = 1 }: FlowOptions): void {
  const wrong = (what: string): never => {
    throw new ConfigurationError(`Flow '${name}': ${what}.`);
  };
  if (/[/%&<>]/.test(name)) wrong('a name may not hold any of / % & < >');
  if (!Number.isInteger(retries) || retries < 0)
    wrong(`retries must be a whole number of at least 0, and is ${retries}`);
  if (!(retryDelaySeconds >= 0)) wrong(`retryDelaySeconds must be at least 0, and is ${retryDelaySeconds}`);
  if (!(timeoutSeconds > 0)) wrong(`timeoutSeconds must be above 0, and is ${timeoutSeconds}`);
}
