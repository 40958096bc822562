/** Flows and tasks in TypeScript, on Prefect. */
import { connectWith } from './engine/world.ts';

// The wire is loaded when a flow runs, and not before.
connectWith(async () => (await (await import('./api/connect.ts')).connect()) ?? null);

export { onStop } from './on-stop.ts';
export { getRunLogger, runtime, tags } from './runtime.ts';
export type { Log } from './engine/log.ts';
export * from './artifacts.ts';
export { emitEvent } from './events.ts';
export type { EventOptions } from './events.ts';
export { Secret, Variable } from './variables.ts';
export { concurrency, rateLimit } from './concurrency.ts';
export { pauseFlowRun, resumeFlowRun, suspendFlowRun } from './pause.ts';
export { earlierRuns } from './earlier-runs.ts';
export type { EarlierRun } from './earlier-runs.ts';
export { runDeployment } from './run-deployment.ts';
export { executeFlowRun } from './engine/execute.ts';
export { FlowStopped } from './engine/interrupts.ts';
export { flow } from './flow.ts';
export type { Flow, FlowOptions, FlowSchemaOptions } from './flow.ts';
export { exponentialBackoff, task } from './task.ts';
export type { CallOptions, Task, TaskOptions } from './task.ts';
export type { FlowResult, Input, MapInput, Result } from './task-types.ts';
export type { FlowHook, FlowInfo, FlowRunInfo } from './engine/flow-spec.ts';
export type { TaskHook, TaskInfo, TaskRunInfo, TransactionHook } from './engine/task-spec.ts';
export { PrefectFuture, PrefectFutureList, asCompleted, waitFor } from './future.ts';
export { AllowFailure, Quote, Unmapped, allowFailure, quote, unmapped } from './inputs.ts';
export { Cancelled, Completed, Crashed, Failed, State } from './state.ts';
export { concurrent } from './engine/task-runner.ts';
export { workerThreads } from './worker-threads.ts';
export type { TaskRunner } from './engine/task-runner.ts';
export { transaction } from './transaction.ts';
export type { CommitMode, Transaction, TransactionOptions } from './transaction.ts';
export { DEFAULT, FLOW_PARAMETERS, INPUTS, NO_CACHE, RUN_ID, TASK_SOURCE } from './cache-policy.ts';
export type { CachePolicy } from './cache-policy.ts';
export type { StandardSchema } from './standard-schema.ts';
export * from './errors.ts';
