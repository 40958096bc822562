import { within } from '../context.ts';
import { RunTimeout, UpstreamTaskError, formatException } from '../errors.ts';
import { PrefectFuture } from '../future.ts';
import { append, look, nothingFound, remember, settle, tracking } from '../inputs.ts';
import type { Found } from '../inputs.ts';
import { State } from '../state.ts';
import type { TaskInput, TaskInputs } from '../types.ts';
import { Transaction } from '../transaction.ts';
import type { Member } from '../transaction.ts';
import { refuseCircle } from './await-run.ts';
import { letLeave } from './ending.ts';
import { runHooks } from './hooks.ts';
import { FlowStopped } from './interrupts.ts';
import { levels } from './log.ts';
import { say } from './say-task.ts';
import { takeTagSlots } from './tag-slots.ts';
import { next } from './task-machine.ts';
import type { TaskEffect, TaskEvent } from './task-machine.ts';
import { resultsOf } from './task-results.ts';
import type { TaskResults } from './task-results.ts';
import type { TaskRun } from './task-run.ts';
import { callHere } from './task-runner.ts';

/**
 * Starts a run; what it gives never rejects.
 * @throws what looking at its arguments throws
 */
export function startTask(run: TaskRun, waitFor: readonly unknown[], submitted: boolean): Promise<State> {
  if (run.flowScope.halt.aborted) return (run.done = refuse(run));
  const found = lookAtInputs(run, waitFor);
  const { clock } = run.flowScope.world;
  run.expectedStartTime = clock.now();
  move(run, { kind: 'created', at: run.expectedStartTime });
  // Not before: a flow waits for what is open, and an argument that cannot even be looked at is thrown at the caller.
  run.flowScope.open.add(run);
  run.done = isPlainRun(run, found, submitted) ? plainRun(run, submitted) : drive(run, found, submitted);
  return run.done;
}

/**
 * The flow run was stopped: nothing begins, and the server hears of nothing. Code that tries a task until it succeeds would
 * never let the event loop, and with it the end of the run, have its turn.
 */
async function refuse(run: TaskRun): Promise<State> {
  await new Promise(setImmediate);
  const error: unknown = run.flowScope.halt.reason;
  run.phase = next(run.phase, { kind: 'created', at: now(run) }, run.spec.policy).phase;
  run.phase = next(run.phase, { kind: isCancel(error) ? 'cancelled' : 'crashed', at: now(run), error }, run.spec.policy).phase;
  return run.state;
}

function isCancel(error: unknown): boolean {
  return error instanceof FlowStopped && error.why === 'cancelled';
}

/** Most runs wait for nothing and keep nothing: for them there is one promise less at every step. */
function isPlainRun({ spec, flowScope, extraTags }: TaskRun, found: Found, submitted: boolean): boolean {
  if (found.special || spec.tags.length > 0 || extraTags.length > 0) return false;
  if (submitted && flowScope.runner.bounded) return false;
  return (spec.persistResult ?? flowScope.persists) !== true;
}

async function plainRun(run: TaskRun, submitted: boolean): Promise<State> {
  try {
    let effect = move(run, { kind: 'started', at: now(run) });
    while (effect !== 'end') {
      if (typeof effect === 'object') effect = await untilDue(run, effect.seconds);
      if (run.spec.hooks.running.length > 0) await hooks(run, run.spec.hooks.running);
      run.flowScope.halt.throwIfAborted();
      const event = attempt(run, null, submitted);
      effect = settleEvent(run, event instanceof Promise ? await event : event);
    }
    if (run.state.isCompleted() && (run.transaction !== null || run.spec.hooks.commit.length > 0)) await commit(run, null);
    const finished = finish(run);
    if (finished) await finished;
  } catch (error) {
    stop(run, error);
  }
  run.flowScope.open.delete(run);
  return run.state;
}

async function drive(run: TaskRun, found: Found, submitted: boolean): Promise<State> {
  let leave: (() => void) | undefined;
  try {
    if (found.special && !(await settleInputs(run, found))) return run.state;
    if (run.flowScope.halt.aborted) return stop(run, run.flowScope.halt.reason);
    if (submitted) leave = await run.flowScope.runner.enter(run.flowScope.queueSignal);
    return await guarded(run, resultsOf(run), submitted);
  } catch (error) {
    return stop(run, error);
  } finally {
    leave?.();
    run.flowScope.open.delete(run);
  }
}

/** With what costs something, and only tasks that ask for it pay for: a kept result, a limit of its tags. */
async function guarded(run: TaskRun, results: TaskResults | null, submitted: boolean): Promise<State> {
  const kept = await results?.find(run);
  if (kept) {
    move(run, { kind: 'started', at: now(run) });
    move(run, { kind: 'cached', at: now(run), ...kept });
    await finish(run);
    return run.state;
  }
  const release = run.tags.length > 0 ? await takeTagSlots(run) : undefined;
  try {
    return await attempts(run, results, submitted);
  } finally {
    await release?.();
  }
}

/** The loop: what `next` says is done, and what came of it is told to `next`. */
async function attempts(run: TaskRun, results: TaskResults | null, submitted: boolean): Promise<State> {
  let effect = move(run, { kind: 'started', at: now(run) });
  while (effect !== 'end') {
    if (typeof effect === 'object') effect = await untilDue(run, effect.seconds);
    if (run.spec.hooks.running.length > 0) await hooks(run, run.spec.hooks.running);
    // It may have waited until here: for a slot, for a hook.
    run.flowScope.halt.throwIfAborted();
    effect = settleEvent(run, await attempt(run, results, submitted));
  }
  if (run.state.isCompleted()) await commit(run, results);
  await finish(run);
  return run.state;
}

async function untilDue(run: TaskRun, seconds: number): Promise<TaskEffect> {
  await run.flowScope.world.clock.sleep(seconds * 1000, run.flowScope.halt);
  return move(run, { kind: 'due', at: now(run) });
}

function settleEvent(run: TaskRun, event: TaskEvent): TaskEffect {
  run.interrupt = null;
  const effect = move(run, event);
  if (isFault(event)) sayFault(run, event, effect);
  return effect;
}

/** At once, or as a member of the transaction around it. */
async function commit(run: TaskRun, results: TaskResults | null): Promise<void> {
  await results?.commit(run);
  const { hooks } = run.spec;
  if (run.transaction) run.transaction.add(memberOf(run));
  else if (hooks.commit.length > 0) {
    const alone = new Transaction({}, null, null);
    alone.add(memberOf(run));
    await alone.commit();
  }
}

function memberOf(run: TaskRun): Member {
  return {
    async commit(transaction) {
      for (const hook of run.spec.hooks.commit) await hook(transaction);
    },
    async rollback(transaction) {
      move(run, { kind: 'rolled-back', at: now(run) });
      await runHooks(run.spec.hooks.rollback, [transaction], 'RolledBack', (level, text) => say(run, level, text));
    },
  };
}

/** One call of the function, and what it came to; a function that answers at once costs no promise. */
function attempt(run: TaskRun, results: TaskResults | null, submitted: boolean): TaskEvent | Promise<TaskEvent> {
  try {
    const returned = within(run, submitted ? run.flowScope.runner.call : callHere, run, run.args);
    return isThenable(returned) ? patiently(run, returned, results) : judge(run, returned, results);
  } catch (error) {
    return judgeError(run, error);
  }
}

function judge(run: TaskRun, value: unknown, results: TaskResults | null): TaskEvent | Promise<TaskEvent> {
  if (value instanceof State || value instanceof PrefectFuture) return judgeState(run, value, results);
  if (results === null) return { kind: 'returned', at: now(run), value, data: null, details: tracking(value) };
  try {
    const { data, details } = results.keep(run, value);
    return { kind: 'returned', at: now(run), value, data, details };
  } catch (error) {
    return judgeError(run, error);
  }
}

/** Waits for the function; the flow's end, and this run's own timeout, do not have to. */
function patiently(run: TaskRun, returned: PromiseLike<unknown>, results: TaskResults | null): Promise<TaskEvent> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      cancel?.();
      resolve(judgeError(run, error));
    };
    const cancel = run.spec.timeoutSeconds === null ? null : startTimeout(run, run.spec.timeoutSeconds, fail);
    const succeed = (value: unknown): void => {
      cancel?.();
      resolve(judge(run, value, results));
    };
    run.interrupt = (reason) => {
      letLeave(returned);
      fail(reason);
    };
    returned.then(succeed, fail).then(undefined, reject);
  });
}

function startTimeout(run: TaskRun, seconds: number, fail: (error: TaskTimeout) => void): () => void {
  return run.flowScope.world.clock.timer(seconds * 1000, () => {
    const error = new TaskTimeout(`Task run exceeded timeout of ${seconds} second(s)`);
    run.controller?.abort(error);
    run.controller = null;
    fail(error);
  });
}

/** The engine's own limit: a RunTimeout of user code is another, whose words stand in the state. */
class TaskTimeout extends RunTimeout {}

async function judgeState(
  run: TaskRun,
  value: State | PrefectFuture<unknown>,
  results: TaskResults | null,
): Promise<TaskEvent> {
  const state = value instanceof PrefectFuture ? await value.wait() : value;
  if (state.isCompleted()) {
    const { name, message } = state;
    const kept = state.hasResult() ? state.result() : undefined;
    if (name === 'Completed' && message === null) return judge(run, kept, results);
  }
  const retry = state.type === 'FAILED' && (await mayRetry(run, state));
  return { kind: 'returned-state', at: now(run), state, retry, chance: Math.random() };
}

async function judgeError(run: TaskRun, error: unknown): Promise<TaskEvent> {
  if (error instanceof FlowStopped)
    return { kind: error.why === 'cancelled' ? 'cancelled' : 'crashed', at: now(run), error };
  const kind = error instanceof TaskTimeout ? 'timed-out' : 'threw';
  const retry = await mayRetry(run, new State('FAILED', { message: formatException(error) }, undefined, error));
  return { kind, at: now(run), error, retry, chance: Math.random() };
}

async function mayRetry(run: TaskRun, state: State): Promise<boolean> {
  const { retryCondition, policy } = run.spec;
  if (policy.retries === 0) return false;
  if (retryCondition === null || run.runCount > policy.retries) return true;
  try {
    return await retryCondition(run.spec, run, state);
  } catch (error) {
    say(
      run,
      levels.error,
      `An error was encountered while running \`retryConditionFn\`: ${formatException(error)}. The task is not retried.`,
    );
    return false;
  }
}

/** Waits for the inputs; false when one of them did not complete, and this run never starts. */
async function settleInputs(run: TaskRun, found: Found): Promise<boolean> {
  for (const list of found.lists) await list.known.catch(refuseList);
  const late = found.lists.flatMap((list) => list.futures);
  if (late.length > 0) addEdges(run, late);
  const runs = [...found.futures, ...late].map((each) => each.run);
  for (const each of runs) {
    refuseCircle(run, each);
    run.waitsFor.add(each);
  }
  for (const each of runs) await each.done;
  run.waitsFor.clear();
  try {
    run.args = run.args.map((each) => settle(each));
    return true;
  } catch (error) {
    if (!(error instanceof UpstreamTaskError)) throw error;
    move(run, { kind: 'not-ready', at: now(run), message: error.message });
    await finish(run);
    return false;
  }
}

function refuseList(error: unknown): never {
  throw error instanceof UpstreamTaskError ? error : new UpstreamTaskError(formatException(error));
}

/** Items of a mapped list that were not known when this run was made: its edges to them come with its next state. */
function addEdges(run: TaskRun, futures: readonly PrefectFuture<unknown>[]): void {
  const edges = futures.map(({ taskRunId: id }) => ({ input_type: 'task_run', id }) as const);
  if (run.flowScope.world.api.reports) run.taskInputs = { ...run.taskInputs, mapped: edges };
}

/** What the arguments hold: futures to wait for, and the edges of the run graph. */
function lookAtInputs(run: TaskRun, waitFor: readonly unknown[]): Found {
  const all = nothingFound();
  const edges = run.flowScope.world.api.reports;
  const inputs: Record<string, readonly TaskInput[]> = {};
  const names = run.spec.parameterNames;
  const named = run.args.length === 1 && (names[0] ?? null) === null ? Object.entries(run.parameters) : null;
  const parameters = named ?? run.args.map((value, index) => [names[index] ?? `arg${index}`, value] as const);
  for (const [name, value] of parameters) {
    const found = typeof value === 'object' && value !== null ? lookAt(value, all) : [];
    if (edges) inputs[name] = found;
  }
  if (waitFor.length > 0) inputs['wait_for'] = lookAt(waitFor, all);
  if (edges && run.parent) inputs['__parents__'] = [{ input_type: 'task_run', id: run.parent.id }];
  if (edges) run.taskInputs = inputs as TaskInputs;
  return all;
}

function lookAt(value: unknown, all: Found): TaskInput[] {
  const found = nothingFound();
  look(value, found);
  append(all.futures, found.futures);
  append(all.lists, found.lists);
  all.special ||= found.special;
  const futures = found.futures.map(({ run }) => ({ input_type: 'task_run', id: run.id }) as const);
  return [...new Map([...futures, ...found.origins].map((each) => [JSON.stringify(each), each])).values()];
}

/** One change of state: `next` decides, and whoever listens is told. */
export function move(run: TaskRun, event: TaskEvent): TaskEffect {
  const before = run.phase;
  const { phase, effect } = next(before, event, run.spec.policy);
  run.phase = phase;
  const { api } = run.flowScope.world;
  if (api.reports && phase.state !== null) {
    const { state: to, runCount, startTime, endTime, totalRunTime } = phase;
    const flowRunRunCount = runCount === 0 ? 0 : run.flowScope.runCount;
    api.emitTaskState({ run, from: before.state, to, runCount, flowRunRunCount, startTime, endTime, totalRunTime });
  }
  return effect;
}

/** The flow was stopped, or the engine itself failed: the run is over, whatever its function still does. */
function stop(run: TaskRun, error: unknown): State {
  if (run.phase.state?.isFinal()) return run.state;
  move(run, { kind: isCancel(error) ? 'cancelled' : 'crashed', at: now(run), error });
  sayFinished(run);
  return run.state;
}

/** The last words; a promise only when there are hooks to wait for. */
function finish(run: TaskRun): Promise<void> | null {
  const { completion, failure } = run.spec.hooks;
  const { state } = run;
  sayFinished(run);
  if (state.isCompleted() && run.flowScope.world.api.reports) rememberResult(run, state);
  if (state.isCompleted() && completion.length > 0) return hooks(run, completion);
  return state.type === 'FAILED' && failure.length > 0 ? hooks(run, failure) : null;
}

function rememberResult(run: TaskRun, state: State): void {
  const value = state.hasResult() ? state.result() : undefined;
  if (typeof value === 'object' && value !== null) remember(value, { input_type: 'task_run', id: run.id });
}

function hooks(run: TaskRun, list: TaskRun['spec']['hooks']['running']): Promise<void> {
  return within(run, () =>
    runHooks(list, [run.spec, run, run.state], run.state.name, (level, text) => say(run, level, text)),
  );
}

type Fault = Extract<TaskEvent, { readonly retry: boolean }>;

function isFault(event: TaskEvent): event is Fault {
  return 'retry' in event && !(event.kind === 'returned-state' && event.state.isCompleted());
}

/** Prefect's own sentences. */
function sayFault(run: TaskRun, event: Fault, effect: TaskEffect): void {
  const { retries } = run.spec.policy;
  const what =
    event.kind === 'returned-state' ? `state: ${event.state.toString()}` : `exception: ${formatException(event.error)}`;
  if (event.kind === 'timed-out' && effect === 'end') return say(run, levels.error, run.state.message ?? 'TimedOut');
  if (effect !== 'end') {
    const used = effect === 'call' ? run.runCount - 1 : run.runCount;
    const when = typeof effect === 'object' ? `${effect.seconds} second(s) from now` : 'immediately';
    return say(run, levels.info, `Task run failed with ${what} - Retry ${used}/${retries} will start ${when}`);
  }
  const error = event.kind === 'threw' ? event.error : undefined;
  say(run, levels.error, `Task run failed with ${what}${retries > 0 ? ' - Retries are exhausted' : ''}`, error);
}

function sayFinished(run: TaskRun): void {
  const { state } = run;
  if (state.isCompleted() && !run.flowScope.world.api.reports) return;
  say(run, state.isCompleted() ? levels.info : levels.error, `Finished in state ${state.toString()}`);
}

function now(run: TaskRun): number {
  return run.flowScope.world.clock.now();
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
