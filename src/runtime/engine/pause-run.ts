import { MissingContextError, ParameterTypeError, RuntimeError } from '../errors.ts';
import { here, requireScope } from '../context.ts';
import type { FlowScope } from './flow-scope.ts';
import { FlowStopped } from './interrupts.ts';
import { propose } from './propose.ts';
import { currentWorld } from './world.ts';
import { describeIssues } from '../standard-schema.ts';
import type { StandardSchema } from '../standard-schema.ts';
import type { PauseOptions } from '../pause.ts';
import { State } from '../state.ts';
import { isoMicros } from '../time.ts';
import type { JsonObject, StateDetails } from '../types.ts';

/** Holds the flow run, in this process, until somebody resumes it. Gives the input that was asked for. */
export async function pauseRun({
  timeout = 3600,
  pollInterval = 10,
  key,
  waitForInput,
}: PauseOptions & { readonly pollInterval?: number } = {}): Promise<unknown> {
  const scope = flowLevel('pauseFlowRun()');
  const pauseKey = key ?? String((scope.counters.pauses += 1));
  const until = scope.world.clock.now() + timeout * 1_000_000;
  const details = detailsOf(pauseKey, until, waitForInput);
  scope.log.info(`Pausing flow, execution will continue when this flow run is resumed.`);
  const paused = await propose(scope.world, scope, new State('PAUSED', { details }), { signal: scope.signal });
  if (paused.type === 'PAUSED') await askFor(scope, pauseKey, waitForInput);
  if (paused.type === 'PAUSED') await untilRunning(scope, until, pollInterval);
  else if (paused.type !== 'RUNNING')
    throw new RuntimeError(`Flow run cannot be paused: it is in state ${paused.toString()}.`);
  scope.log.info('Resuming flow run execution!');
  return waitForInput && inputOf(scope, pauseKey, waitForInput);
}

async function untilRunning(scope: FlowScope, until: number, pollInterval: number): Promise<void> {
  const { world, id, signal } = scope;
  while (world.clock.now() < until) {
    await world.clock.sleep(Math.min(pollInterval * 1000, Math.max(1, (until - world.clock.now()) / 1000)), signal);
    const { state } = await world.api.readFlowRun(id);
    if (state?.type === 'RUNNING') return;
    if (state?.type === 'CANCELLING' || state?.type === 'CANCELLED')
      throw new FlowStopped('cancelled', 'Flow run was cancelled.');
  }
  throw new RuntimeError('Flow run was paused and never resumed.');
}

/** Ends the process and gives the place back; on resume the flow runs again from its top, in a new one. */
export async function suspendRun({ timeout = 3600, key, waitForInput }: PauseOptions = {}): Promise<unknown> {
  const scope = flowLevel('suspendFlowRun()');
  const pauseKey = key ?? String((scope.counters.pauses += 1));
  const resumed = waitForInput && (await scope.world.api.readRunInput(scope.id, keyset(pauseKey).response));
  if (resumed) return inputOf(scope, pauseKey, waitForInput);
  const details = {
    ...detailsOf(pauseKey, scope.world.clock.now() + timeout * 1_000_000, waitForInput),
    pause_reschedule: true,
  };
  const state = new State('PAUSED', { name: 'Suspended', details });
  const answered = await propose(scope.world, scope, state, { signal: scope.signal });
  if (answered.type !== 'PAUSED') return undefined;
  await askFor(scope, pauseKey, waitForInput);
  scope.log.info('Suspending flow run, execution will be rescheduled when this flow run is resumed.');
  throw new FlowStopped('suspended', 'Flow run was suspended.');
}

/** Lets a paused or suspended run go on. */
export async function resumeRun(id: string, input?: JsonObject): Promise<void> {
  const world = here().flowScope?.world ?? (await currentWorld());
  const { status, details } = await world.api.resumeFlowRun(id, input);
  if (status !== 'ACCEPT') throw new RuntimeError(`Cannot resume this run: ${details.reason ?? status}`);
}

function flowLevel(what: string): FlowScope {
  const { flowScope, taskRun } = requireScope(what);
  if (taskRun) throw new MissingContextError(`${what} cannot be called from a task: call it from the flow.`);
  return flowScope;
}

function detailsOf(key: string, until: number, schema: StandardSchema | undefined): StateDetails {
  const details = { pause_key: key, pause_timeout: isoMicros(until), pause_reschedule: false };
  return schema ? { ...details, run_input_keyset: keyset(key) } : details;
}

/** After the pause began: a server then forgets what was given to one of that name before. */
async function askFor(scope: FlowScope, key: string, schema: StandardSchema | undefined): Promise<void> {
  if (!schema) return;
  const described = schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' }) ?? { type: 'object' };
  await scope.world.api.writeRunInput(scope.id, keyset(key).schema, JSON.stringify(described));
}

/** Prefect's names of a pause's inputs. */
function keyset(key: string): { readonly schema: string; readonly response: string; readonly description: string } {
  const base = `paused-${key}`;
  return { schema: `${base}-schema`, response: `${base}-response`, description: `${base}-description` };
}

async function inputOf(scope: FlowScope, key: string, schema: StandardSchema): Promise<unknown> {
  const text = await scope.world.api.readRunInput(scope.id, keyset(key).response);
  const checked = await schema['~standard'].validate(text === undefined ? {} : (JSON.parse(text) as unknown));
  if (checked.issues)
    throw new ParameterTypeError(
      `The input of the pause is not what was asked for:\n${describeIssues(checked.issues)}`,
    );
  return checked.value;
}
