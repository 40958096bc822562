import type { RunListener } from '../ports.ts';
import type { FlowRunRecord } from '../types.ts';
import type { PrefectClient } from './client.ts';
import type { Beat } from './run-thread.ts';
import { startThread } from './run-thread.ts';
import { watchRun } from './watch.ts';

/** How long a deployment's slot is held without a renewal, in seconds; renewed at once, since the server's first term may be short, and then at three quarters of it. */
const leaseSeconds = 300;

/** What a heartbeat says of its run. */
export interface HeartbeatEvent {
  readonly event: string;
  readonly resource: Readonly<Record<string, string>>;
  readonly related: readonly Readonly<Record<string, string>>[];
}

/**
 * From RUNNING to the end of a flow run: heartbeat and renewal of its deployment's slot from a thread, and a watch for
 * somebody cancelling or suspending it.
 * @returns what ends it
 */
export function attend(
  client: PrefectClient,
  run: FlowRunRecord,
  listener: RunListener,
  heartbeat: HeartbeatEvent,
): () => void {
  const beats = [...heartbeatOf(client, heartbeat), ...leaseOf(client, run)];
  let gaveItBack = false;
  const endThread = startThread(beats, async (name, news) => {
    if (name !== 'lease' || gaveItBack) return;
    if (news === 'missed') return listener.unsure?.('The slot of its deployment could not be renewed so far, and may be given to another run: the server did not answer.');
    // It may have paused since the watch looked last.
    const now = news === 'over' ? await client.json<FlowRunRecord>('GET', `/flow_runs/${run.id}`).catch(() => undefined) : undefined;
    if (now?.state?.type !== 'PAUSED') listener.lost(losses[news]);
  });
  // A server takes the slot of a run that pauses, and gives it none when it goes on: there is no lease to lose any more.
  const endWatch = watchRun(client, run.id, listener, () => (gaveItBack = true));
  return () => {
    endThread();
    endWatch();
  };
}

const losses = {
  over: 'the slot of its deployment was given to another run: its lease could not be renewed',
  expired: 'the slot of its deployment may be given to another run: nobody answered a renewal of its lease until that had run out',
};

function heartbeatOf(client: PrefectClient, heartbeat: HeartbeatEvent): Beat[] {
  const { heartbeatMs } = client.settings;
  if (heartbeatMs === null) return [];
  const body = JSON.stringify([{ id: '{{id}}', occurred: '{{now}}', payload: {}, ...heartbeat }]);
  return [{ ...beatTo(client, '/events'), name: 'heartbeat', everyMs: heartbeatMs, body }];
}

function leaseOf(client: PrefectClient, run: FlowRunRecord): Beat[] {
  const lease = run.state?.state_details.deployment_concurrency_lease_id ?? null;
  if (lease === null) return [];
  const body = JSON.stringify({ lease_duration: leaseSeconds });
  const to = beatTo(client, `/v2/concurrency_limits/leases/${lease}/renew`);
  return [{ ...to, name: 'lease', everyMs: leaseSeconds * 750, lastsMs: leaseSeconds * 1000, body }];
}

function beatTo(client: PrefectClient, path: string): Pick<Beat, 'url' | 'tokenUrl' | 'headers' | 'verify' | 'certificates'> {
  const { tls } = client.settings;
  return { url: client.base + path, tokenUrl: `${client.base}/csrf-token?client=`, headers: client.headers(true), verify: tls.verify, certificates: tls.certificates };
}
