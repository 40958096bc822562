import type { RunListener } from '../ports.ts';
import type { FlowRunRecord } from '../types.ts';
import type { PrefectClient } from './client.ts';
import type { Beat } from './run-thread.ts';
import { startThread } from './run-thread.ts';
import { watchRun } from './watch.ts';

/** How long a deployment's slot is held without a renewal, in seconds; renewed at three quarters of it. */
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
  const endThread = startThread(
    beats,
    (name) => {
      if (name === 'lease')
        listener.lost('the slot of its deployment was given to another run: its lease could not be renewed');
    },
    (name) => {
      if (name === 'lease')
        listener.unsure?.('The slot of its deployment could not be renewed, and may be given to another run: the server did not answer.');
    },
  );
  const endWatch = watchRun(client, run.id, listener);
  return () => {
    endThread();
    endWatch();
  };
}

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
  return [{ ...to, name: 'lease', everyMs: leaseSeconds * 750, body }];
}

function beatTo(client: PrefectClient, path: string): Pick<Beat, 'url' | 'headers' | 'verify' | 'certificates'> {
  const { tls } = client.settings;
  return { url: client.base + path, headers: client.headers(true), verify: tls.verify, certificates: tls.certificates };
}
