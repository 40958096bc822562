import { PrefectFuture, PrefectFutureList } from '../future.ts';
import { tracking } from '../inputs.ts';
import { State } from '../state.ts';

/**
 * The final state of a flow from what it returned, by Prefect's rule: states and futures decide, anything else is
 * Completed, even when tasks failed.
 */
export async function finalStateOf(value: unknown): Promise<State> {
  if (value instanceof State) return value;
  if (value instanceof PrefectFuture) return decide([await value.wait()], (states) => states[0]?.result());
  if (value instanceof PrefectFutureList) return decide(await value.wait(), results);
  const states = await statesIn(value);
  return states === null ? new State('COMPLETED', { details: tracking(value) }, value) : decide(states, results);
}

function results(states: readonly State[]): unknown {
  return states.map((each) => each.result());
}

/** The states that a list consists of; null when it holds anything else. */
async function statesIn(value: unknown): Promise<State[] | null> {
  if (!Array.isArray(value) || value.length === 0) return null;
  const judged = value.every((each) => each instanceof State || each instanceof PrefectFuture);
  return judged
    ? Promise.all(
        (value as (State | PrefectFuture<unknown>)[]).map((each) => (each instanceof State ? each : each.wait())),
      )
    : null;
}

function decide(states: readonly State[], resultOf: (states: readonly State[]) => unknown): State {
  const [only] = states;
  if (states.every((each) => each.isCompleted())) {
    const message = states.length === 1 ? (only?.message ?? null) : 'All states completed.';
    return new State('COMPLETED', { message }, resultOf(states));
  }
  if (states.length === 1 && only !== undefined) return adopt(only);
  const bad = states.filter((each) => !each.isCompleted());
  const type = bad.some((each) => each.type === 'CANCELLED')
    ? 'CANCELLED'
    : bad.some((each) => each.type === 'PAUSED')
      ? 'PAUSED'
      : 'FAILED';
  const word = type === 'FAILED' ? 'failed' : type.toLowerCase();
  const count = type === 'FAILED' ? bad.length : bad.filter((each) => each.type === type).length;
  const first = bad.find((each) => each.error !== undefined);
  return new State(type, { message: `${count}/${states.length} states ${word}.` }, undefined, first?.error);
}

/** A single state that is not Completed is the flow's own; one that never ran makes it Failed. */
function adopt(state: State): State {
  const { name, message, type, error } = state;
  if (type === 'CANCELLED' || type === 'PAUSED') return new State(type, { name, message });
  if (type === 'FAILED') return new State(type, { name, message }, undefined, error);
  return new State('FAILED', { message: message ?? '1/1 states failed.' }, undefined, error);
}
