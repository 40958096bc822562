import { Abort } from '../errors.ts';
import { stateFrom } from '../state.ts';
import type { State } from '../state.ts';
import type { FlowRunRecord, StateCreate, StateDetails } from '../types.ts';
import { uuid4 } from '../uuid.ts';
import type { World } from './flow-scope.ts';

/** A proposed state, and the server's answer obeyed: a WAIT is waited for, an ABORT ends the run, a REJECT is adopted. */
export async function propose(
  world: World,
  run: Pick<FlowRunRecord, 'id'>,
  state: State,
  options: ProposeOptions = {},
): Promise<State> {
  const { force = false, signal } = options;
  const body = bodyOf(state, { ...state.details, transition_id: uuid4() });
  for (;;) {
    const { status, state: answered, details } = await world.api.proposeFlowState(run.id, body, { force });
    if (status === 'WAIT') {
      await world.clock.sleep((details.delay_seconds ?? 1) * 1000, signal);
      continue;
    }
    if (status === 'ABORT' || answered === null) throw new Abort(details.reason ?? 'The server ended this run.');
    return stateFrom(answered, status === 'ACCEPT' ? state : undefined);
  }
}

export interface ProposeOptions {
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

function bodyOf({ type, name, message, data }: State, details: StateDetails): StateCreate {
  return { type, name, message, data, state_details: details };
}
