import type { SlotAnswer, SlotRequest } from '../ports.ts';
import type { TakenLimit } from './client-events.ts';
import type { PrefectClient } from './client.ts';
import type { HttpAnswer } from './http.ts';
import { retryAfterMs } from './retry.ts';
import { tooOld } from './versions.ts';

interface Granted {
  readonly lease_id: string | null;
  readonly limits: readonly TakenLimit[];
}

/** Hears of the limits that gave slots; without a lease they come back by themselves. */
type Taken = (limits: readonly TakenLimit[], lease: string | null) => void;

/** What a server that names no time is asked again after, in seconds. */
const usualWait = 1;

/**
 * Asks for slots of concurrency limits, once: waiting is the caller's.
 * @throws PrefectHttpError 422 when more slots are asked for than the limit has; PrefectTooOld
 */
export async function acquireSlots(client: PrefectClient, request: SlotRequest, taken: Taken): Promise<SlotAnswer> {
  const { names, slots, mode, leaseSeconds, holder } = request;
  if (mode === 'rate_limit') return await passRateLimit(client, { names, slots, mode }, taken);
  const body = { names, slots, mode, lease_duration: leaseSeconds, ...(holder === null ? {} : { holder }) };
  const answer = await client.send('POST', '/v2/concurrency_limits/increment-with-lease', body, { accept: [423, 404] });
  if (answer.status === 404) throw tooOld('this server has no leases of concurrency slots', '3.4.9');
  if (answer.status === 423) return busy(answer);
  const { lease_id, limits } = answer.data as Granted;
  // A server answers a lease for names that no limit has, too: there is nothing to give back then.
  const lease = limits.length === 0 ? null : lease_id;
  taken(limits, lease);
  return { kind: 'granted', lease, limits: limits.map((each) => each.name) };
}

/** Time alone gives its slots back: the end of a lease would give them back once more, and let through too many. */
async function passRateLimit(client: PrefectClient, body: Pick<SlotRequest, 'names' | 'slots' | 'mode'>, taken: Taken): Promise<SlotAnswer> {
  const answer = await client.send('POST', '/v2/concurrency_limits/increment', body, { accept: [423] });
  if (answer.status === 423) return busy(answer);
  const limits = answer.data as Granted['limits'];
  taken(limits, null);
  return { kind: 'granted', lease: null, limits: limits.map(({ name }) => name) };
}

function busy(answer: HttpAnswer): SlotAnswer {
  return { kind: 'busy', retryAfterSeconds: (retryAfterMs(answer, Date.now()) ?? 1000 * usualWait) / 1000 };
}

/** Whether the lease still stands. */
export async function renewLease(client: PrefectClient, lease: string, seconds: number): Promise<boolean> {
  const path = `/v2/concurrency_limits/leases/${lease}/renew`;
  const { status } = await client.send('POST', path, { lease_duration: seconds }, { accept: [404, 410] });
  return status < 300;
}

/** A lease that is gone already is as good as given back. */
export async function releaseLease(client: PrefectClient, lease: string): Promise<void> {
  await client.send('POST', '/v2/concurrency_limits/decrement-with-lease', { lease_id: lease }, { accept: [404, 410] });
}
