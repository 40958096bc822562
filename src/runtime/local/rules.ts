import { isoMicros, parseMicros } from '../time.ts';
import type { FlowRunRecord, OrchestrationResult, StateCreate, StateRecord, StateType } from '../types.ts';

/**
 * What a Prefect server answers to a proposed state of a flow run: its rules, in its order, as a pure function. A flow
 * without a server obeys the same ones.
 */
export interface Proposal {
  readonly run: FlowRunRecord;
  readonly proposed: StateCreate;
  readonly force: boolean;
  /** Microseconds. */
  readonly now: number;
  /** The id of the state, if one is written. */
  readonly id: string;
}

export interface Verdict {
  readonly result: OrchestrationResult;
  /** The state to write; null when the answer writes none. */
  readonly written: StateRecord | null;
}

const final: ReadonlySet<StateType> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED']);

export function orchestrate(proposal: Proposal): Verdict {
  if (proposal.force) return accept(proposal);
  for (const rule of rules) {
    const verdict = rule(proposal);
    if (verdict) return verdict;
  }
  return accept(proposal);
}

type Rule = (proposal: Proposal) => Verdict | undefined;

const rules: readonly Rule[] = [
  sameTransition,
  fromFinal,
  fromCancelling,
  cancelWhatNeverRan,
  toPendingTwice,
  lateFromElsewhere,
  toPaused,
  fromPaused,
  notDueYet,
  retryInstead,
];

function sameTransition({ run, proposed }: Proposal): Verdict | undefined {
  const id = proposed.state_details?.transition_id;
  const same = id !== undefined && id !== null && run.state?.state_details.transition_id === id;
  return same ? reject(run, 'This run has already made this state transition.') : undefined;
}

function fromFinal({ run, proposed }: Proposal): Verdict | undefined {
  const from = run.state?.type;
  if (from === undefined || !final.has(from)) return undefined;
  if (['CANCELLING', 'PAUSED', 'CRASHED'].includes(proposed.type))
    return abort(run, 'This run is already in a terminal state.');
  if (from === 'COMPLETED' && hasData(run.state) && !final.has(proposed.type))
    return reject(run, 'Run is already COMPLETED.');
  if (proposed.type === 'SCHEDULED' && run.deployment_id === null)
    return abort(run, 'Cannot reschedule a run without an associated deployment.');
  return undefined;
}

function hasData(state: StateRecord | null): boolean {
  return typeof state?.data === 'object' && state.data !== null;
}

function fromCancelling({ run, proposed }: Proposal): Verdict | undefined {
  if (run.state?.type !== 'CANCELLING' || proposed.type === 'CANCELLED') return undefined;
  return reject(run, 'This run is cancelling: it can only become Cancelled.');
}

function cancelWhatNeverRan(proposal: Proposal): Verdict | undefined {
  const { run, proposed } = proposal;
  if (proposed.type !== 'CANCELLING') return undefined;
  const suspended = run.state?.type === 'PAUSED' && run.state.state_details.pause_reschedule === true;
  if (run.state?.type !== 'SCHEDULED' && !suspended) return undefined;
  return replace(
    proposal,
    { type: 'CANCELLED', name: 'Cancelled' },
    'The run has not started: it is cancelled at once.',
  );
}

function toPendingTwice({ run, proposed }: Proposal): Verdict | undefined {
  const from = run.state;
  if (proposed.type !== 'PENDING' || from === null) return undefined;
  if (!['PENDING', 'RUNNING', 'CANCELLING', 'CANCELLED'].includes(from.type)) return undefined;
  const renamed =
    from.type === 'PENDING' &&
    proposed.name !== undefined &&
    proposed.name !== 'Pending' &&
    proposed.name !== from.name;
  return renamed
    ? undefined
    : abort(run, `This run is in a ${from.type} state and cannot transition to a PENDING state.`);
}

function lateFromElsewhere({ run, proposed }: Proposal): Verdict | undefined {
  if (proposed.type !== 'SCHEDULED' || proposed.name !== 'Late') return undefined;
  if (run.state?.type !== 'SCHEDULED') return reject(run, 'Only scheduled flows can be marked late.');
  return run.state.name === 'Late' ? reject(run, 'This flow run is already marked late.') : undefined;
}

function toPaused({ run, proposed }: Proposal): Verdict | undefined {
  if (proposed.type !== 'PAUSED') return undefined;
  const suspends = proposed.state_details?.pause_reschedule === true;
  if (run.state?.type !== 'RUNNING') return reject(run, 'Cannot pause flows that are not currently running.');
  const key = proposed.state_details?.pause_key;
  const used = pausesOf(run);
  if (key !== undefined && key !== null && used.includes(key)) return reject(run, 'This pause has already fired.');
  if (suspends && run.parent_task_run_id !== null) return abort(run, 'Cannot suspend subflows.');
  if (suspends && run.deployment_id === null)
    return abort(run, 'Cannot pause flows without a deployment with reschedule option.');
  return undefined;
}

/** Keys of the pauses that were: the record carries them in its policy, as Prefect's does. */
function pausesOf(run: FlowRunRecord): readonly string[] {
  return run.empirical_policy.pause_keys ?? [];
}

/** What a run remembers of its pauses once a state is written; a forced state makes no pause and ends none. */
export function policyAfter(run: FlowRunRecord, written: StateRecord, force: boolean): FlowRunRecord['empirical_policy'] {
  const policy = run.empirical_policy;
  const from = run.state;
  if (from === null || force) return written.type === 'RUNNING' ? { ...policy, resuming: false } : policy;
  if (written.type === 'PAUSED') return { ...policy, pause_keys: [...pausesOf(run), written.state_details.pause_key ?? ''] };
  const anew = from.type === 'PAUSED' && written.type === 'SCHEDULED' && from.state_details.pause_reschedule !== true;
  if (anew || (final.has(from.type) && !final.has(written.type))) return { ...policy, resuming: false, pause_keys: [] };
  if (from.type === 'PAUSED') return { ...policy, resuming: true };
  return written.type === 'RUNNING' ? { ...policy, resuming: false } : policy;
}

function fromPaused(proposal: Proposal): Verdict | undefined {
  const { run, proposed, now } = proposal;
  if (run.state?.type !== 'PAUSED') return undefined;
  if (!['RUNNING', 'SCHEDULED', 'CANCELLING'].includes(proposed.type) && !final.has(proposed.type))
    return reject(run, `This run cannot transition to the ${proposed.type} state from the PAUSED state.`);
  if (run.state.state_details.pause_reschedule === true && run.deployment_id === null)
    return reject(run, 'Cannot reschedule a flow run without a deployment.');
  // A run that waits in its process is there to be cancelled, however long it has waited.
  if (proposed.type === 'CANCELLING') return undefined;
  const timeout = run.state.state_details.pause_timeout;
  if (timeout && parseMicros(timeout) < now)
    return replace(
      proposal,
      { type: 'FAILED', name: 'Failed', message: 'The flow was paused and never resumed.' },
      'The flow run pause has timed out and can no longer resume.',
    );
  return undefined;
}

function notDueYet({ run, proposed, now }: Proposal): Verdict | undefined {
  const due = run.state?.state_details.scheduled_time;
  if (proposed.type !== 'RUNNING' || !due || !['SCHEDULED', 'PENDING'].includes(run.state?.type ?? ''))
    return undefined;
  const left = (parseMicros(due) - now) / 1_000_000;
  if (left <= 0) return undefined;
  const details = {
    type: 'wait_details',
    delay_seconds: Math.ceil(left * 1000) / 1000,
    reason: 'Scheduled time is in the future',
  };
  return { result: { status: 'WAIT', state: null, details }, written: null };
}

/** A failed attempt is answered with the time of the next one, as long as there is one. */
function retryInstead(proposal: Proposal): Verdict | undefined {
  const { run, proposed, now } = proposal;
  if (run.state?.type !== 'RUNNING' || proposed.type !== 'FAILED') return undefined;
  const { retries, retry_delay: delay } = run.empirical_policy;
  if (!retries || run.run_count > retries) return undefined;
  const due = isoMicros(now + Math.round((delay ?? 0) * 1_000_000));
  const retry: StateCreate = {
    type: 'SCHEDULED',
    name: 'AwaitingRetry',
    message: proposed.message ?? null,
    state_details: { scheduled_time: due },
  };
  return replace(proposal, retry, 'Retrying');
}

function accept(proposal: Proposal): Verdict {
  const { run, proposed } = proposal;
  const due =
    run.state?.type === 'SCHEDULED' && proposed.type === 'PENDING' ? run.state.state_details.scheduled_time : null;
  const written = record(
    proposal,
    due ? { ...proposed, state_details: { ...proposed.state_details, scheduled_time: due } } : proposed,
  );
  return { result: { status: 'ACCEPT', state: written, details: { type: 'accept_details' } }, written };
}

function replace(proposal: Proposal, state: StateCreate, reason: string): Verdict {
  const written = record(proposal, state);
  return { result: { status: 'REJECT', state: written, details: { type: 'reject_details', reason } }, written };
}

function reject(run: FlowRunRecord, reason: string): Verdict {
  return { result: { status: 'REJECT', state: run.state, details: { type: 'reject_details', reason } }, written: null };
}

function abort(run: FlowRunRecord, reason: string): Verdict {
  return { result: { status: 'ABORT', state: run.state, details: { type: 'abort_details', reason } }, written: null };
}

function record({ id, now }: Proposal, state: StateCreate): StateRecord {
  const name = state.name ?? state.type[0] + state.type.slice(1).toLowerCase();
  const { type, message = null, data = null, state_details = {} } = state;
  return { id, type, name, timestamp: isoMicros(now), message, data, state_details };
}
