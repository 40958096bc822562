import { left } from '../engine/ending.ts';
import { executeFlowRun } from '../engine/execute.ts';
import { FlowStopped } from '../engine/interrupts.ts';
import { levels } from '../engine/log.ts';
import { say, stateOfStop } from '../engine/run-flow.ts';
import { Abort } from '../errors.ts';
import type { Api, DrainReport } from '../ports.ts';
import { relatedTo } from '../related.ts';
import type { State } from '../state.ts';
import type { FlowRunRecord, JsonObject } from '../types.ts';
import type { Receipt } from './control-channel.ts';
import { endDescendants } from './descendants.ts';
import type { Interruptions } from './interruptions.ts';
import type { AnyFlow } from './load-flow.ts';
import { loadFlow } from './load-flow.ts';
import { ofServer } from './placeholders.ts';
import { runPullSteps } from './pull-steps.ts';

/**
 * Runs the flow run that a work pool started this process for.
 * @returns the exit code: 0 when the server knows how it ended, 1 when it could not be told, 143 after a SIGTERM of nobody
 */
export async function executeRun(api: Api, runId: string, entrypoint: string, interruptions: Interruptions): Promise<number> {
  const { channel } = interruptions;
  let report: DrainReport | undefined;
  try {
    const state = await execute(api, runId, entrypoint, interruptions).finally(async () => (report = await api.drain()));
    await channel.tell(receiptOf(state));
    return interruptions.exitCode(state);
  } finally {
    // What was stopped may still have something to undo, and to say of it.
    if (await left()) report = await api.drain();
    if (report !== undefined) sayDelivered(report);
    endDescendants();
    channel.close();
  }
}

async function execute(api: Api, runId: string, entrypoint: string, interruptions: Interruptions): Promise<State | null> {
  try {
    const record = await interruptions.orStopped(api.readFlowRun(runId));
    const { flow, deploymentName } = await interruptions.orStopped(prepare(api, record, entrypoint, interruptions));
    return await executeFlowRun(flow, record, { api, deploymentName, signal: interruptions.signal });
  } catch (error) {
    if (error instanceof FlowStopped) return await tellStop(api, runId, error);
    // The server ended it, and knows why.
    if (error instanceof Abort) return null;
    throw error;
  }
}

/** Stopped while its code was fetched or loaded: what a running flow would say. */
async function tellStop(api: Api, runId: string, error: FlowStopped): Promise<State | null> {
  // Who asked for it says what becomes of the run.
  if (error.why === 'suspended') return null;
  const ended = stateOfStop(error);
  await api.proposeFlowState(runId, { type: ended.type, name: ended.name, message: error.message }, { force: true });
  return ended;
}

interface Prepared {
  readonly flow: AnyFlow;
  readonly deploymentName: string | null;
}

/** What goes wrong before the flow is there is the run's failure all the same. */
async function prepare(api: Api, record: FlowRunRecord, entrypoint: string, interruptions: Interruptions): Promise<Prepared> {
  try {
    const deployment = record.deployment_id === null ? undefined : await api.readDeployment(record.deployment_id);
    await pull(api, record, deployment?.pull_steps ?? []);
    return { flow: await loadFlow(entrypoint), deploymentName: deployment?.name ?? null };
  } catch (error) {
    // A signal that goes to the whole group ends a pull step too, and the stop is what counts.
    if (interruptions.isStopping) return await interruptions.orStopped(new Promise<never>(() => undefined));
    const message = `Flow could not be retrieved from deployment: ${error instanceof Error ? error.message : String(error)}`;
    await api.proposeFlowState(record.id, { type: 'FAILED', name: 'Failed', message }, { force: true });
    throw error;
  }
}

/** The pull steps, told to the server as Prefect tells them. */
async function pull(api: Api, record: FlowRunRecord, steps: readonly JsonObject[]): Promise<void> {
  if (steps.length === 0) return;
  const log = (level: number, text: string): void => say({ record, world: { api } }, level, text);
  const resource = { 'prefect.resource.id': `prefect.flow-run.${record.id}` };
  const related = relatedTo('deployment', record.deployment_id);
  log(levels.info, `Running ${steps.length} deployment pull step(s)`);
  try {
    await runPullSteps(steps, {
      lookup: (reference) => ofServer(reference, api),
      onBegin: ({ step_name }) => log(levels.info, `Executing deployment step: ${step_name}`),
      onEnd: (step, isGood) => {
        if (isGood) log(levels.info, `Deployment step '${step.step_name}' completed successfully`);
        api.emitEvent({ event: `prefect.flow-run.pull-step.${isGood ? 'executed' : 'failed'}`, resource, related, payload: { ...step } });
      },
    });
  } catch (error) {
    log(levels.error, error instanceof Error ? error.message : String(error));
    throw error;
  }
  log(levels.info, 'All deployment steps completed successfully');
}

function receiptOf(state: State | null): Receipt {
  if (state === null) return { disposition: 'ORCHESTRATION_ABORTED' };
  return { disposition: 'STATE_REPORTED', state_id: state.id, state_name: state.name, state_type: state.type };
}

/** Silent when everything arrived. */
function sayDelivered({ events, logs, resent, reason }: DrainReport): void {
  if (reason === null && resent === 0 && events.dropped + events.unconfirmed + logs.dropped === 0) return;
  const because = reason === null ? '' : `: ${reason}`;
  process.stderr.write(
    `Reported ${events.confirmed} of ${events.emitted} events (${resent} sent again, ${events.unconfirmed} unconfirmed, ${events.dropped} dropped), ${logs.confirmed} of ${logs.emitted} log lines${because}\n`,
  );
}
