export interface ConcurrencyOptions {
  /** Slots of each limit. */
  readonly occupy?: number;
  /** Seconds to wait for them; without it, as long as it takes. */
  readonly timeoutSeconds?: number;
  /** Seconds that the server keeps the slots when this process is gone; renewed while it is there. */
  readonly leaseDuration?: number;
  /** Limits that do not exist are an error, and what holds slots is stopped as Crashed when they are lost. Otherwise both are a warning. */
  readonly strict?: boolean;
  /** Whether what holds slots is stopped when they are lost; by default as `strict` says. */
  readonly raiseOnLeaseRenewalFailure?: boolean;
}

// What does it is loaded by the first flow that holds a slot.
const load = async () => await import('./engine/hold-slots.ts');

/** Runs code while it holds slots of global concurrency limits. Limits that do not exist hold nobody back, unless it is `strict`. */
export async function concurrency<T>(
  names: string | readonly string[],
  code: () => T | Promise<T>,
  options: ConcurrencyOptions = {},
): Promise<T> {
  return await (await load()).holdSlots([names].flat(), code, options);
}

/** Waits until the rate limit lets one more through. */
export async function rateLimit(
  names: string | readonly string[],
  options: Pick<ConcurrencyOptions, 'occupy' | 'timeoutSeconds' | 'strict'> = {},
): Promise<void> {
  await (await load()).passRateLimit([names].flat(), options);
}
