import type { OrchestrationResult, StateCreate } from '../types.ts';
import { uuid4 } from '../uuid.ts';
import type { PrefectClient } from './client.ts';

/**
 * One proposal. It carries an id of its own, so that a request whose answer was lost can be made again: the server then
 * refuses it with the very state that it had accepted, which is an acceptance.
 */
export async function proposeFlowState(
  client: PrefectClient,
  id: string,
  state: StateCreate,
  force: boolean,
): Promise<OrchestrationResult> {
  const transition = state.state_details?.transition_id ?? uuid4();
  const body = { state: { ...state, state_details: { ...state.state_details, transition_id: transition } }, force };
  const answer = await client.json<OrchestrationResult>('POST', `/flow_runs/${id}/set_state`, body);
  const isOurs = answer.status === 'REJECT' && answer.state?.state_details.transition_id === transition;
  return isOurs ? { ...answer, status: 'ACCEPT', details: { type: 'accept_details' } } : answer;
}
