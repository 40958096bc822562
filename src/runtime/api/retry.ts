import type { HttpAnswer } from './http.ts';
import type { RetrySettings } from './settings.ts';

/** The longest that a server may ask a client to wait. */
const longestMs = 300_000;

/** Whether an answer says "not now" rather than "no". */
export function isTransient(answer: HttpAnswer, retry: RetrySettings): boolean {
  return retry.statuses.has(answer.status);
}

/** Whether the server says that it did nothing; behind any other bad answer it may have done what it was asked. */
export function isTurnedAway({ status }: HttpAnswer): boolean {
  return status === 429 || status === 503;
}

/** A server in maintenance says so, and waiting for it does not count as a try. */
export function isMaintenance(answer: HttpAnswer): boolean {
  return answer.headers['prefect-maintenance'] === 'true';
}

/**
 * How long to wait before another try, in milliseconds: what the server says, else 1, 2, 4 … seconds, and up to
 * `jitter` of that more, so that many clients do not come back at the same moment.
 * @param tries how many went before, from 0
 */
export function retryDelayMs(
  tries: number,
  jitter: number,
  answer?: HttpAnswer,
  now: number = Date.now(),
  chance: number = Math.random(),
): number {
  const asked = retryAfterMs(answer, now);
  const base = asked ?? 1000 * 2 ** Math.min(tries, 6);
  return Math.min(longestMs, base * (1 + jitter * chance));
}

/** `Retry-After` in milliseconds: seconds or a date, of the server's clock when it says that; nothing when it is neither. */
export function retryAfterMs(answer: HttpAnswer | undefined, now: number): number | undefined {
  const text = answer?.headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  const theirs = Date.parse(answer?.headers.date ?? '');
  const milliseconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - (Number.isNaN(theirs) ? now : theirs);
  return Number.isNaN(milliseconds) ? undefined : Math.min(longestMs, Math.max(0, milliseconds));
}
