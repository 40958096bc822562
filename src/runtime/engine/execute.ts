import type { Flow } from '../flow.ts';
import type { State } from '../state.ts';
import type { FlowRunRecord } from '../types.ts';
import type { Api } from '../ports.ts';
import { systemClock } from './clock.ts';
import { fileResults } from './file-results.ts';
import { levels } from './log.ts';
import { runFlow, say } from './run-flow.ts';

/** For the process that a work pool starts: the run is there already, with its parameters. */
export interface ExecuteOptions {
  readonly api: Api;
  /** Its reason is a FlowStopped: cancelled, crashed, suspended, or lost. */
  readonly signal?: AbortSignal;
  /** True when whoever started the process sets the state of a cancelled run. */
  readonly supervised?: boolean;
  readonly deploymentName?: string | null;
}

/**
 * Runs a flow run that the server made to its end; the caller drains the Api.
 * @throws Abort when the server ended it without a state
 */
export async function executeFlowRun(
  flow: Flow<never[], unknown>,
  record: FlowRunRecord,
  options: ExecuteOptions,
): Promise<State> {
  const { api, signal = null, supervised = false, deploymentName = null } = options;
  const { spec } = flow;
  const { retries, retry_delay: delay } = record.empirical_policy;
  const policy = {
    ...record.empirical_policy,
    retries: retries ?? spec.retries ?? 0,
    retry_delay: delay ?? Math.trunc(spec.retryDelaySeconds ?? 0),
  };
  await api.updateFlowRun(record.id, {
    empirical_policy: policy,
    ...(spec.version ? { flow_version: spec.version } : {}),
  });
  const world = { api, clock: systemClock, results: fileResults() };
  const run = { ...record, empirical_policy: policy };
  const { hearStrayErrors } = await import('./stray-errors.ts');
  const crashed = new AbortController();
  const stopHearing = hearStrayErrors((text, error) => say({ record: run, world }, levels.error, text, error), (reason) => crashed.abort(reason));
  const stops = signal === null ? crashed.signal : AbortSignal.any([signal, crashed.signal]);
  try {
    return await runFlow({ spec, record: run, world, parent: null, args: null, deploymentName, signal: stops, supervised });
  } finally {
    stopHearing();
  }
}
