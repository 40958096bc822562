import type { RunListener } from '../ports.ts';
import type { FlowRunRecord } from '../types.ts';
import { PrefectHttpError } from './api-errors.ts';
import type { PrefectClient } from './client.ts';

/** How often a run's state is looked at, in milliseconds: a cancel is heard within a second, the answer's time in it. */
const everyMs = 750;

/**
 * Watches for somebody cancelling or suspending a run. What the server cannot answer now is asked again: a watch never
 * fails a run, except when the server does not know who asks any more.
 * @returns what ends it
 */
export function watchRun(client: PrefectClient, id: string, listener: RunListener): () => void {
  const ended = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const plan = (): void => {
    if (!ended.signal.aborted) timer = setTimeout(look, everyMs).unref();
  };
  const look = (): void => {
    void lookOnce(client, id, listener, ended.signal).then((over) => (over ? undefined : plan()), plan);
  };
  plan();
  return () => {
    ended.abort();
    clearTimeout(timer);
  };
}

/** Whether there is nothing more to watch for. */
async function lookOnce(
  client: PrefectClient,
  id: string,
  listener: RunListener,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { state } = await client.json<FlowRunRecord>('GET', `/flow_runs/${id}`, undefined, { signal, maxRetries: 0 });
    if (signal.aborted) return true;
    if (state?.type === 'CANCELLING' || state?.type === 'CANCELLED') return tell(() => listener.cancel());
    if (state?.type === 'PAUSED' && state.state_details.pause_reschedule === true)
      return tell(() => listener.suspend());
    return false;
  } catch (error) {
    if (!(error instanceof PrefectHttpError) || signal.aborted) return false;
    if (error.status === 401) return tell(() => listener.lost(error.message));
    return error.status === 404 && tell(() => listener.lost('the flow run was deleted on the server'));
  }
}

function tell(how: () => void): true {
  how();
  return true;
}
