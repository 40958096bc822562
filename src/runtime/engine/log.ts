import type { Api } from '../ports.ts';
import { traceOf } from '../errors.ts';
import { nowMicros } from '../time.ts';
import { print } from './console-log.ts';

/** Python's levels. */
export const levels = { debug: 10, info: 20, warning: 30, error: 40, critical: 50 } as const;

/** What `getRunLogger()` gives: lines for the run on the server and for stderr. Further arguments are joined by spaces. */
export interface Log {
  debug(message: string, ...rest: readonly unknown[]): void;
  info(message: string, ...rest: readonly unknown[]): void;
  warning(message: string, ...rest: readonly unknown[]): void;
  /** The same as warning. */
  warn(message: string, ...rest: readonly unknown[]): void;
  error(message: string, ...rest: readonly unknown[]): void;
  critical(message: string, ...rest: readonly unknown[]): void;
}

export interface LogTarget {
  /** Null for a line that is for the terminal alone. */
  readonly api: Pick<Api, 'log'> | null;
  /** `Flow run 'brave-fox'`: how a line on the terminal begins. */
  readonly label: string;
  readonly name: string;
  readonly flowRunId: string;
  readonly taskRunId: string | null;
}

/** Errors whose trace stands on the terminal. */
const told = new WeakSet<object>();

export function isTold(error: unknown): boolean {
  return typeof error === 'object' && error !== null && told.has(error);
}

/**
 * One line to the server and to stderr. The lowest level that counts is PREFECT_LOGGING_LEVEL's.
 * @param error whose trace follows: on the terminal once, however many runs it ends; on the server with each, which has a page of its own
 */
export function write(target: LogTarget, level: number, message: string, error?: unknown): void {
  if (level < lowest()) return;
  const timestamp = nowMicros();
  const { api, name, flowRunId, taskRunId } = target;
  const whole = error instanceof Error ? `${message}\n${traceOf(error)}` : message;
  api?.log({ name, level, message: whole, timestamp, flowRunId, taskRunId });
  print(timestamp, level, target.label, isTold(error) ? message : whole);
  if (error instanceof Error) told.add(error);
}

export function logger(target: () => LogTarget): Log {
  const at =
    (level: number) =>
    (message: string, ...rest: readonly unknown[]) =>
      write(target(), level, [message, ...rest].map(textOf).join(' '));
  const { debug, info, warning, error, critical } = levels;
  return {
    debug: at(debug),
    info: at(info),
    warning: at(warning),
    warn: at(warning),
    error: at(error),
    critical: at(critical),
  };
}

/** Errors with their stack, objects as JSON: a line of log says what it was given. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return traceOf(value);
  try {
    return (typeof value === 'object' ? JSON.stringify(value) : undefined) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

const names: Readonly<Record<string, number>> = { DEBUG: 10, INFO: 20, WARNING: 30, WARN: 30, ERROR: 40, CRITICAL: 50 };

let level: number | undefined;

export function lowest(): number {
  level ??= names[(process.env['PREFECT_LOGGING_LEVEL'] ?? 'INFO').toUpperCase()] ?? 20;
  return level;
}
