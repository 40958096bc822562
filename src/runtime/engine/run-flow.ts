import { within } from '../context.ts';
import { Abort, ParameterTypeError, RunTimeout, formatException, isTimeout } from '../errors.ts';
import { poolOf } from '../related.ts';
import { describeIssues } from '../standard-schema.ts';
import { State } from '../state.ts';
import type { FlowRunRecord } from '../types.ts';
import { letLeave } from './ending.ts';
import { finalStateOf } from './final-state.ts';
import type { FlowScope, OpenWork, World } from './flow-scope.ts';
import type { FlowHook, FlowSpec } from './flow-spec.ts';
import { runHooks } from './hooks.ts';
import { FlowStopped } from './interrupts.ts';
import { levels, logger, write } from './log.ts';
import { argumentsOf, fillTemplate, parametersOf } from './parameters.ts';
import { propose } from './propose.ts';
import { concurrent } from './task-runner.ts';

/** Everything about one run of a flow that does not change from attempt to attempt. */
export interface FlowJob {
  readonly spec: FlowSpec;
  readonly record: FlowRunRecord;
  readonly world: World;
  readonly parent: FlowScope | null;
  /** Set for a direct call; a run from a deployment has them in its record. */
  readonly args: readonly unknown[] | null;
  readonly deploymentName: string | null;
  /** Stops it from outside; the reason is a FlowStopped, or counts as one that crashed. */
  readonly signal: AbortSignal | null;
  /** True when whoever started the process sets the state of a cancelled run. */
  readonly supervised: boolean;
}

/**
 * A run that waits for nothing but its cancelling has no other handle that keeps Node awake: without this one the process
 * would end in the middle of it, with the server none the wiser.
 */
const longest = 2 ** 31 - 1;

/** How a run is told to end before its end. */
interface Stop {
  /** Ends all of it. */
  readonly now: AbortController;
  /** Ends it where a task would begin: what is at work comes to its end. */
  readonly soon: AbortController;
}

/** Runs a flow to its end and gives its final state; only an end that the server ordered (Abort) is thrown. */
export async function runFlow(job: FlowJob): Promise<State> {
  const stop: Stop = { now: new AbortController(), soon: new AbortController() };
  const forward = (): void => stop.now.abort(asStop(job.signal?.reason));
  if (job.signal?.aborted) forward();
  job.signal?.addEventListener('abort', forward, { once: true });
  const awake = job.world.api.reports && job.parent === null ? setInterval(() => undefined, longest) : undefined;
  try {
    return await begin(job, stop);
  } finally {
    clearInterval(awake);
    job.signal?.removeEventListener('abort', forward);
  }
}

async function begin(given: FlowJob, stop: Stop): Promise<State> {
  let job = given;
  try {
    const args = await validArguments(job);
    job = await withName(job, args);
    return await running(job, args, stop);
  } catch (error) {
    if (error instanceof ParameterTypeError) return await refuse(job, error);
    throw error;
  }
}

/** The arguments as the function takes them: checked by the schema when there is one. */
async function validArguments({ spec, args, record }: FlowJob): Promise<readonly unknown[]> {
  const given = args ?? argumentsOf(spec.parameterNames, record.parameters, spec.parameters !== null);
  if (spec.parameters === null) return given;
  const checked = await spec.parameters['~standard'].validate(given[0]);
  if (checked.issues)
    throw new ParameterTypeError(`Validation of flow parameters failed with error:\n${describeIssues(checked.issues)}`);
  return [checked.value];
}

/** Failed before Running, as in Prefect; the hooks run all the same. */
async function refuse(job: FlowJob, error: ParameterTypeError): Promise<State> {
  say(job, levels.error, error.message);
  const failed = new State('FAILED', { message: error.message }, undefined, error);
  const state = (await propose(job.world, job.record, failed, { force: true })).with({});
  await hooks(job, job.spec.hooks.failure, state);
  return keepError(state, error);
}

function keepError(state: State, error: unknown): State {
  const { type, name, message, details, data, timestamp, id } = state;
  return new State(type, { name, message, details, data, timestamp, id }, undefined, error);
}

/** Set once, before Running. */
async function withName(job: FlowJob, args: readonly unknown[]): Promise<FlowJob> {
  const { runName, parameterNames } = job.spec;
  if (runName === null || job.record.run_count > 0) return job;
  const parameters = parametersOf(parameterNames, args);
  const name = typeof runName === 'function' ? runName(parameters) : fillTemplate(runName, parameters);
  await job.world.api.updateFlowRun(job.record.id, { name });
  return { ...job, record: { ...job.record, name } };
}

async function running(job: FlowJob, args: readonly unknown[], stop: Stop): Promise<State> {
  const { world, record, parent } = job;
  let started = await becomeRunning(job, stop.now.signal);
  if (started.type !== 'RUNNING') return started;
  const detach = attend(job, started, stop);
  say(job, levels.info, `Beginning ${parent ? 'subflow' : 'flow'} run '${record.name}' for flow '${job.spec.name}'`);
  if (world.api.uiUrl && !parent) sayHere(job, `View at ${world.api.uiUrl}/runs/flow-run/${record.id}`);
  try {
    for (let attempt = firstAttempt(record); ; attempt += 1) {
      const current = { ...job, record: { ...record, run_count: attempt } };
      await hooks(current, job.spec.hooks.running, started);
      const ended = await oneAttempt(current, args, stop);
      const state = await report(current, ended, stop);
      if (state.type !== 'SCHEDULED' || state.name !== 'AwaitingRetry') return await finish(current, state);
      say(
        job,
        levels.info,
        `Received non-final state '${state.name}' when proposing final state '${ended.name}' and will attempt to run again...`,
      );
      started = await becomeRunning(job, stop.now.signal);
      if (started.type !== 'RUNNING') return await finish(current, started);
    }
  } finally {
    detach();
  }
}

/** As the server counts: a run that goes on after a pause is in the attempt that it was in. */
function firstAttempt({ run_count, empirical_policy }: FlowRunRecord): number {
  return empirical_policy.resuming === true ? Math.max(run_count, 1) : run_count + 1;
}

/** A run that a concurrency limit holds back stays Pending: it is asked for again until it is let in. */
async function becomeRunning(job: FlowJob, signal: AbortSignal): Promise<State> {
  const { world, record } = job;
  for (;;) {
    try {
      const state = await propose(world, record, new State('RUNNING'), { signal });
      if (state.type === 'CANCELLING') return await endCancelling(job);
      if (state.type !== 'PENDING') return state;
      await world.clock.sleep(200, signal);
    } catch (error) {
      if (!(error instanceof FlowStopped)) throw error;
      // Whoever asked for that says what becomes of the run.
      if (error.why === 'suspended') return stateOfStop(error);
      return propose(world, record, stateOfStop(error), { force: true });
    }
  }
}

/** With the lease of the state that it runs in: the one before may have run out, and the server then made another. */
function attend({ world, record, spec }: FlowJob, { details }: State, stop: Stop): () => void {
  const isLeased = record.state && details.deployment_concurrency_lease_id;
  const run = isLeased ? { ...record, state: { ...record.state, state_details: details } } : record;
  return world.api.attend(run, spec.name, {
    cancel: () => stop.now.abort(new FlowStopped('cancelled', 'Flow run was cancelled.')),
    suspend: () => stop.soon.abort(new FlowStopped('suspended', 'Flow run was suspended.')),
    lost: (reason) => stop.now.abort(new FlowStopped('lost', reason)),
    unsure: (warning) => say({ record, world }, levels.warning, warning),
  });
}

/** Calls the function once, waits for the tasks that it left behind, and says what came of it. */
async function oneAttempt(job: FlowJob, args: readonly unknown[], stop: Stop): Promise<State> {
  const ended = new AbortController();
  const timeout = new AbortController();
  const signal = AbortSignal.any([stop.now.signal, timeout.signal]);
  const halt = AbortSignal.any([signal, stop.soon.signal, ...(job.parent ? [job.parent.halt] : [])]);
  const scope = scopeOf(job, { signal, halt, queueSignal: AbortSignal.any([halt, ended.signal]) });
  const { timeoutSeconds } = job.spec;
  const limit =
    timeoutSeconds === null ? null : new FlowTimeout(`Flow run exceeded timeout of ${timeoutSeconds} second(s)`);
  const cancel = limit && job.world.clock.timer((timeoutSeconds ?? 0) * 1000, () => timeout.abort(limit));
  try {
    const state = await untilStopped(scope, () => callFlow(job.spec, scope, args));
    ended.abort(new FlowStopped('cancelled', 'The flow was over before this task run had a place in the task runner.'));
    await settleOpen(scope);
    // Stopped while its last tasks ran: what its function came to is not how the run ended.
    halt.throwIfAborted();
    return state;
  } catch (error) {
    ended.abort(asStop(error));
    await endOpen(scope, signal.aborted ? signal.reason : null);
    // Told to end while its tasks came to theirs: that is how it ended, whatever its function threw.
    const state = stateOfError([signal, halt].find(({ aborted: isAborted }) => isAborted)?.reason ?? error);
    if (state.type === 'FAILED') sayFailure(job, state.error);
    return state;
  } finally {
    cancel?.();
    await scope.runner.close();
  }
}

/** The engine's own limit; a RunTimeout of user code is another. */
class FlowTimeout extends RunTimeout {}

async function callFlow(spec: FlowSpec, scope: FlowScope, args: readonly unknown[]): Promise<State> {
  const place = { flowScope: scope, taskRun: null, transaction: null, extraTags: [] };
  return within(place, async () => finalStateOf(await spec.fn(...(args as never[]))));
}

/** The function's end, or the signal's, whichever comes first. */
function untilStopped({ halt: signal }: FlowScope, call: () => Promise<State>): Promise<State> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const called = call();
    const stopped = (): void => {
      letLeave(called);
      reject(signal.reason as Error);
    };
    if (signal.aborted) stopped();
    signal.addEventListener('abort', stopped, { once: true });
    called.then(resolve, reject).finally(() => signal.removeEventListener('abort', stopped));
  });
}

/** Tasks that nobody waited for are waited for. */
async function settleOpen(scope: FlowScope): Promise<void> {
  while (scope.open.size > 0) {
    const all = Promise.allSettled([...scope.open].map((each) => each.done));
    await Promise.race([all, aborted(scope, scope.open)]);
    // What was interrupted still says how it ended, to a server that takes its time.
    if (scope.signal.aborted) await all;
  }
}

function aborted({ signal }: FlowScope, open: ReadonlySet<OpenWork>): Promise<void> {
  return new Promise((resolve) => {
    const interrupt = (): void => {
      for (const each of open) each.interrupt?.(signal.reason);
      resolve();
    };
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt, { once: true });
  });
}

/** The flow failed or was stopped: with a reason to stop, its tasks are stopped as well; else they finish. */
async function endOpen(scope: FlowScope, reason: unknown): Promise<void> {
  if (reason !== null) {
    const stop = reason instanceof FlowStopped ? reason : new FlowStopped('cancelled', String((reason as Error).message));
    for (const each of scope.open) each.interrupt?.(stop);
  }
  // The code around what ended hears of it in a turn of its own, and may begin another, or have something to undo.
  do {
    await settleOpen(scope);
    await new Promise(setImmediate);
  } while (scope.open.size > 0);
}

function scopeOf(job: FlowJob, signals: Pick<FlowScope, 'signal' | 'halt' | 'queueSignal'>): FlowScope {
  const { record, spec, world, parent } = job;
  return {
    id: record.id,
    name: record.name,
    flowId: record.flow_id,
    flowName: spec.name,
    tags: record.tags,
    deploymentId: record.deployment_id,
    ...poolOf(record),
    world,
    spec,
    version: spec.version,
    deploymentName: job.deploymentName,
    deploymentVersion: record.deployment_version ?? null,
    parameters: record.parameters,
    scheduledStartTime: record.expected_start_time,
    jobVariables: record.job_variables ?? {},
    runCount: record.run_count,
    parentTaskRunId: record.parent_task_run_id,
    parent,
    ...signals,
    open: new Set(),
    runner: spec.taskRunner ?? concurrent(),
    log: logger(() => target(job)),
    subflows: new Map(),
    counters: { pauses: 0 },
    persists: spec.persistResult ?? parent?.persists ?? null,
  };
}

function stateOfError(error: unknown): State {
  if (error instanceof FlowStopped) return stateOfStop(error);
  if (error instanceof FlowTimeout)
    return new State('FAILED', { name: 'TimedOut', message: error.message }, undefined, error);
  if (isTimeout(error)) return new State('FAILED', { name: 'TimedOut', message: `Flow run failed due to timeout: ${formatException(error)}` }, undefined, error);
  return new State(
    'FAILED',
    { message: `Flow run encountered an exception: ${formatException(error)}` },
    undefined,
    error,
  );
}

/** What a run is in after a stop. */
export function stateOfStop(error: FlowStopped): State {
  if (error.why === 'cancelled') return new State('CANCELLED', { message: error.message }, undefined, error);
  if (error.why === 'suspended')
    return new State('PAUSED', { name: 'Suspended', message: error.message }, undefined, error);
  return new State('CRASHED', { message: error.message }, undefined, error);
}

function asStop(reason: unknown): FlowStopped {
  if (reason instanceof FlowStopped) return reason;
  return new FlowStopped(
    'crashed',
    reason instanceof Error ? reason.message : 'Execution was aborted by a termination signal.',
  );
}

/** What is said to the server of the end, and what it answers. */
async function report(job: FlowJob, ended: State, stop: Stop): Promise<State> {
  const { error } = ended;
  if (error instanceof FlowStopped) {
    if (error.why === 'suspended' || (error.why === 'cancelled' && job.supervised)) return ended;
    return keepError(await proposeOrKeep(job, ended), error);
  }
  const answered = await propose(job.world, job.record, ended, { signal: stop.now.signal });
  if (answered.type === 'CANCELLING') return await endCancelling(job);
  return answered.type === ended.type ? keepResult(answered, ended) : answered;
}

/** Cancelled in a moment between two looks: nothing but Cancelled is taken any more, and whoever has the run says it. */
async function endCancelling(job: FlowJob): Promise<State> {
  const stop = new FlowStopped('cancelled', 'Flow run was cancelled.');
  return job.supervised ? stateOfStop(stop) : keepError(await proposeOrKeep(job, stateOfStop(stop)), stop);
}

/** A forced state of a run that is over already is refused: what stands is the truth. */
async function proposeOrKeep(job: FlowJob, ended: State): Promise<State> {
  try {
    return await propose(job.world, job.record, ended, { force: true });
  } catch (error) {
    if (error instanceof Abort) return ended;
    throw error;
  }
}

function keepResult(answered: State, ended: State): State {
  const { id, timestamp, details } = answered;
  return ended.with({ id, timestamp, details });
}

/** A limit of the engine's own has no trace that says more. */
function sayFailure(job: FlowJob, error: unknown): void {
  if (error instanceof FlowTimeout) say(job, levels.error, error.message);
  else say(job, levels.error, `Encountered exception during execution: ${formatException(error)}`, error);
}

async function finish(job: FlowJob, state: State): Promise<State> {
  const isGood = state.isCompleted() || state.type === 'PAUSED';
  say(job, isGood ? levels.info : levels.error, `Finished in state ${state.toString()}`);
  const { hooks: all } = job.spec;
  if (state.type === 'COMPLETED') await hooks(job, all.completion, state);
  else if (state.type === 'FAILED') await hooks(job, all.failure, state);
  else if (state.type === 'CANCELLED') await hooks(job, all.cancellation, state);
  else if (state.type === 'CRASHED') await hooks(job, all.crashed, state);
  return state;
}

async function hooks(job: FlowJob, list: readonly FlowHook[], state: State): Promise<void> {
  if (list.length === 0) return;
  const never = new AbortController().signal;
  const scope = scopeOf(job, { signal: never, halt: never, queueSignal: never });
  const place = { flowScope: scope, taskRun: null, transaction: null, extraTags: [] };
  await within(place, () =>
    runHooks(list, [job.spec, scope, state], state.name, (level, text) => say(job, level, text)),
  );
}

/** Who says it, and to whom. */
export interface Speaker {
  readonly record: Pick<FlowRunRecord, 'id' | 'name'>;
  readonly world: Pick<World, 'api'>;
}

export function say(job: Speaker, level: number, message: string, error?: unknown): void {
  write(target(job), level, message, error);
}

/** For who started it; whoever reads the log on the server is there already. */
export function sayHere(job: Speaker, message: string): void {
  write({ ...target(job), api: null }, levels.info, message);
}

function target({ record, world }: Speaker): Parameters<typeof write>[0] {
  return {
    api: world.api,
    label: `Flow run '${record.name}'`,
    name: 'prefect.flow_runs',
    flowRunId: record.id,
    taskRunId: null,
  };
}
