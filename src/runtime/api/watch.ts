import type { RunListener } from '../ports.ts';
import type { FlowRunRecord } from '../types.ts';
import { PrefectApiError, PrefectHttpError } from './api-errors.ts';
import type { PrefectClient } from './client.ts';

/** How often a run's state is looked at, in milliseconds: a cancel is heard within a second, the answer's time in it. */
const everyMs = 750;
/** So many looks in a row, half a minute, may be refused for want of a key: what checks keys may be ill for a moment, too. */
const mostRefused = 40;

/**
 * Watches for somebody cancelling or suspending a run. What the server cannot answer now is asked again: a watch never
 * fails a run, except when the server goes on not to know who asks.
 * @param onPaused hears that the run is paused, at each look
 * @returns what ends it
 */
export function watchRun(client: PrefectClient, id: string, listener: RunListener, onPaused: () => void = () => undefined): () => void {
  const ended = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let refused = 0;
  const plan = (): void => void (timer = setTimeout(() => void look(), everyMs).unref());
  const look = async (): Promise<void> => {
    const seen = await lookOnce(client, id, ended.signal);
    if (ended.signal.aborted) return;
    if (!(seen instanceof PrefectApiError)) refused = 0;
    else if (isUnknown(seen)) refused += 1;
    if (!(seen instanceof PrefectApiError) && seen.state?.type === 'PAUSED') {
      onPaused();
      // Until it has come to its end somebody may still cancel it.
      if (seen.state.state_details.pause_reschedule === true) listener.suspend();
    }
    const news = seen instanceof PrefectApiError ? lossOf(seen, refused > mostRefused, listener) : wishOf(seen, listener);
    if (news === undefined) plan();
    else news();
  };
  plan();
  return () => {
    ended.abort();
    clearTimeout(timer);
  };
}

async function lookOnce(client: PrefectClient, id: string, signal: AbortSignal): Promise<FlowRunRecord | PrefectApiError> {
  try {
    return await client.json<FlowRunRecord>('GET', `/flow_runs/${id}`, undefined, { signal, maxRetries: 0 });
  } catch (error) {
    return error instanceof PrefectApiError ? error : new PrefectApiError(String(error));
  }
}

type News = (() => void) | undefined;

function wishOf({ state }: FlowRunRecord, listener: RunListener): News {
  return state?.type === 'CANCELLING' || state?.type === 'CANCELLED' ? () => listener.cancel() : undefined;
}

function lossOf(error: PrefectApiError, isShutOut: boolean, listener: RunListener): News {
  if (error instanceof PrefectHttpError && error.status === 404) return () => listener.lost('the flow run was deleted on the server');
  return isShutOut && isUnknown(error) ? () => listener.lost(error.message) : undefined;
}

function isUnknown(error: PrefectApiError): boolean {
  return error instanceof PrefectHttpError && error.status === 401;
}
