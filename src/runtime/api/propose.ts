import type { FlowRunRecord, OrchestrationResult, StateCreate } from '../types.ts';
import { uuid4 } from '../uuid.ts';
import type { PrefectClient } from './client.ts';
import { waitFor } from './wait.ts';

/**
 * One proposal. It carries an id of its own, so that a request whose answer was lost can be made again: the server then
 * refuses it with the very state that it had accepted, which is an acceptance. A retry in place of a failure does not bear that
 * id, and said again the failure would be the end: there the run itself is asked first.
 */
export async function proposeFlowState(
  client: PrefectClient,
  id: string,
  state: StateCreate,
  force: boolean,
): Promise<OrchestrationResult> {
  const transition = state.state_details?.transition_id ?? uuid4();
  const body = { state: { ...state, state_details: { ...state.state_details, transition_id: transition } }, force };
  const options = state.type === 'FAILED' && !force ? { answered: () => findRetry(client, id) } : {};
  const answer = await client.json<OrchestrationResult>('POST', `/flow_runs/${id}/set_state`, body, options);
  const isOurs = answer.status === 'REJECT' && answer.state?.state_details.transition_id === transition;
  return isOurs ? { ...answer, status: 'ACCEPT', details: { type: 'accept_details' } } : answer;
}

/** How long it waits, in milliseconds, before the run is asked for again: the tries of a request in each of them would multiply. */
const pausesMs = [1000, 2000, 4000];

/**
 * What the server answered to a failure, where that was a retry: only such an answer makes a running run wait for one.
 * A server that does not tell, whatever it says instead, is proposed to as if nothing had been asked.
 */
async function findRetry(client: PrefectClient, id: string): Promise<OrchestrationResult | undefined> {
  for (const pauseMs of [0, ...pausesMs]) {
    await waitFor(pauseMs);
    const run = await client.json<FlowRunRecord>('GET', `/flow_runs/${id}`, undefined, { maxRetries: 0 }).catch(() => undefined);
    if (run === undefined) continue;
    const isRetry = run.state?.type === 'SCHEDULED' && run.state.name === 'AwaitingRetry';
    return isRetry ? { status: 'REJECT', state: run.state, details: { type: 'reject_details', reason: 'Retrying' } } : undefined;
  }
  return undefined;
}
