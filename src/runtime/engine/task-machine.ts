import { formatException, isTimeout } from '../errors.ts';
import { State } from '../state.ts';
import { isoMicros } from '../time.ts';
import type { ResultMetadata, StateDetails } from '../types.ts';

/**
 * What happens to a task run, decided without the world: `next(phase, event, policy)` gives the run's next phase and what
 * is to be done about it. The loop of run-task.ts does it.
 */
export interface TaskPhase {
  readonly state: State | null;
  readonly runCount: number;
  /** Microseconds. */
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly totalRunTime: number;
}

export interface TaskPolicy {
  readonly retries: number;
  /** Seconds before each retry; the last one repeats. Empty: at once. */
  readonly delays: readonly number[];
  readonly jitter: number;
}

export type TaskEvent =
  | { readonly kind: 'created'; readonly at: number }
  | { readonly kind: 'not-ready'; readonly at: number; readonly message: string }
  | { readonly kind: 'started'; readonly at: number }
  | { readonly kind: 'due'; readonly at: number }
  | {
      readonly kind: 'cached';
      readonly at: number;
      readonly value: unknown;
      readonly data: ResultMetadata | null;
      readonly details: StateDetails;
    }
  | {
      readonly kind: 'returned';
      readonly at: number;
      readonly value: unknown;
      readonly data: ResultMetadata | null;
      readonly details?: StateDetails | undefined;
    }
  | {
      readonly kind: 'returned-state';
      readonly at: number;
      readonly state: State;
      readonly retry: boolean;
      readonly chance: number;
    }
  | {
      readonly kind: 'threw';
      readonly at: number;
      readonly error: unknown;
      readonly retry: boolean;
      readonly chance: number;
    }
  | {
      readonly kind: 'timed-out';
      readonly at: number;
      readonly error: unknown;
      readonly retry: boolean;
      readonly chance: number;
    }
  | { readonly kind: 'cancelled'; readonly at: number; readonly error: unknown }
  | { readonly kind: 'crashed'; readonly at: number; readonly error: unknown }
  | { readonly kind: 'rolled-back'; readonly at: number };

/** `call` the function, `wait` before the next attempt, `end`, or nothing for now. */
export type TaskEffect = 'none' | 'call' | 'end' | { readonly kind: 'wait'; readonly seconds: number };

export interface TaskStep {
  readonly phase: TaskPhase;
  readonly effect: TaskEffect;
}

export const unborn: TaskPhase = { state: null, runCount: 0, startTime: null, endTime: null, totalRunTime: 0 };

export function next(phase: TaskPhase, event: TaskEvent, policy: TaskPolicy): TaskStep {
  const { at: timestamp } = event;
  switch (event.kind) {
    case 'created':
      return { phase: enter(phase, new State('PENDING', { timestamp })), effect: 'none' };
    case 'not-ready': {
      const state = new State('PENDING', { timestamp, name: 'NotReady', message: event.message });
      return { phase: enter(phase, state), effect: 'end' };
    }
    case 'started':
      return { phase: enter(phase, new State('RUNNING', { timestamp })), effect: 'call' };
    case 'due':
      return { phase: enter(phase, new State('RUNNING', { timestamp, name: 'Retrying' })), effect: 'call' };
    case 'cached': {
      const { data, details, value } = event;
      return end(phase, new State('COMPLETED', { timestamp, name: 'Cached', data, details }, value));
    }
    case 'returned':
      return end(phase, new State('COMPLETED', { timestamp, data: event.data, details: event.details }, event.value));
    case 'rolled-back':
      return end(phase, new State('COMPLETED', { timestamp, name: 'RolledBack' }));
    case 'cancelled':
      return end(phase, fault('CANCELLED', event.at, 'Task run was cancelled.', event.error));
    case 'crashed':
      return end(phase, fault('CRASHED', event.at, crashMessage(event.error), event.error));
    default:
      return afterAttempt(phase, event, policy);
  }
}

type Attempt = Extract<TaskEvent, { readonly retry: boolean }>;

/** An attempt that did not go well: again, or the end. A state that user code returned is kept as it is. */
function afterAttempt(phase: TaskPhase, event: Attempt, policy: TaskPolicy): TaskStep {
  const used = phase.runCount - 1;
  if (event.retry && used < policy.retries) return again(phase, event, delayOf(policy, used, event.chance));
  return end(phase, failure(event, policy));
}

function again(phase: TaskPhase, event: Attempt, seconds: number): TaskStep {
  if (seconds <= 0)
    return { phase: enter(phase, new State('RUNNING', { timestamp: event.at, name: 'Retrying' })), effect: 'call' };
  const details = { scheduled_time: isoMicros(event.at + Math.round(seconds * 1_000_000)) };
  const state = new State('SCHEDULED', { timestamp: event.at, name: 'AwaitingRetry', details });
  return { phase: enter(phase, state), effect: { kind: 'wait', seconds } };
}

function failure(event: Attempt, _policy: TaskPolicy): State {
  if (event.kind === 'returned-state') return event.state.with({ timestamp: event.at });
  if (event.kind === 'timed-out') {
    const message = event.error instanceof Error ? event.error.message : String(event.error);
    return fault('FAILED', event.at, message, event.error, 'TimedOut');
  }
  if (isTimeout(event.error)) return fault('FAILED', event.at, `Task run failed due to timeout: ${formatException(event.error)}`, event.error, 'TimedOut');
  return fault('FAILED', event.at, `Task run encountered an exception ${formatException(event.error)}`, event.error);
}

function fault(
  type: 'FAILED' | 'CANCELLED' | 'CRASHED',
  timestamp: number,
  message: string,
  error: unknown,
  name?: string,
): State {
  const details = type === 'FAILED' && name === undefined ? { retriable: false } : undefined;
  return new State(type, { timestamp, message, name, details }, undefined, error);
}

function crashMessage(error: unknown): string {
  return `Execution was interrupted by an unexpected exception: ${formatException(error)}`;
}

/**
 * Seconds before the retry after `used` others. Jitter stretches the delay by up to its factor, and never shortens it
 * below nothing; `chance` is in [0, 1).
 */
export function delayOf({ delays, jitter }: TaskPolicy, used: number, chance: number): number {
  const delay = delays[Math.min(used, delays.length - 1)] ?? 0;
  return jitter > 0 ? clampedPoisson(delay, jitter, chance) : delay;
}

/** An exponential spread around the delay, cut at delay * (1 + jitter): what Prefect documents and does not do. */
function clampedPoisson(delay: number, jitter: number, chance: number): number {
  const longest = delay * (1 + jitter);
  const shortest = delay / (1 + jitter);
  const reach = 1 - Math.exp(-jitter);
  const drawn = -Math.log(1 - chance * reach) / jitter;
  return shortest + (longest - shortest) * drawn;
}

/** Prefect's own bookkeeping: an attempt counts when it starts, time counts while it runs, the end is the first final state. */
function enter(phase: TaskPhase, state: State): TaskPhase {
  const running = state.type === 'RUNNING';
  const before = phase.state;
  const spent = before?.type === 'RUNNING' ? (state.timestamp - before.timestamp) / 1_000_000 : 0;
  return {
    state,
    runCount: running ? phase.runCount + 1 : phase.runCount,
    startTime: phase.startTime ?? (running ? state.timestamp : null),
    endTime: phase.endTime ?? (state.isFinal() ? state.timestamp : null),
    totalRunTime: phase.totalRunTime + spent,
  };
}

function end(phase: TaskPhase, state: State): TaskStep {
  return { phase: enter(phase, state), effect: 'end' };
}
