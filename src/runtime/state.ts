import { CancelledRun, CrashedRun, FailedRun, PausedRun, UnfinishedRun } from './errors.ts';
import type { ReportedState } from './ports.ts';
import { nowMicros, parseMicros } from './time.ts';
import type { ResultMetadata, StateDetails, StateRecord, StateType } from './types.ts';
import { uuid7 } from './uuid.ts';

const noDetails: StateDetails = Object.freeze({});
/** What a result that stands nowhere looks like: `undefined` is a result as well. */
const absent = Symbol('no result');

const names: Readonly<Record<StateType, string>> = {
  SCHEDULED: 'Scheduled',
  PENDING: 'Pending',
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
  CRASHED: 'Crashed',
  PAUSED: 'Paused',
  CANCELLING: 'Cancelling',
};

/** Messages are cut there, as Prefect cuts them. */
const longestMessage = 100_000;

export interface StateOptions {
  readonly name?: string | undefined;
  readonly message?: string | null | undefined;
  readonly timestamp?: number | undefined;
  readonly details?: StateDetails | undefined;
  readonly data?: ResultMetadata | null | undefined;
  readonly id?: string | undefined;
}

/** One state of a run. It never changes; its id is made when somebody asks for it. */
export class State<T = unknown> implements ReportedState {
  readonly type: StateType;
  readonly name: string;
  readonly timestamp: number;
  readonly message: string | null;
  readonly details: StateDetails;
  readonly data: ResultMetadata | null;
  readonly #value: unknown;
  readonly #error: unknown;
  #id: string | undefined;

  constructor(type: StateType, options: StateOptions = {}, value: unknown = absent, error: unknown = undefined) {
    this.type = type;
    this.name = options.name ?? names[type];
    this.timestamp = options.timestamp ?? nowMicros();
    this.message = options.message === undefined || options.message === null ? null : cut(options.message);
    this.details = options.details ?? noDetails;
    this.data = options.data ?? null;
    this.#value = value;
    this.#error = error;
    this.#id = options.id;
  }

  get id(): string {
    this.#id ??= uuid7(this.timestamp / 1000);
    return this.#id;
  }

  isFinal(): boolean {
    return isFinalType(this.type);
  }

  isCompleted(): boolean {
    return this.type === 'COMPLETED';
  }

  /** The exception that the run ended with, if it did. */
  get error(): unknown {
    return this.#error;
  }

  hasResult(): boolean {
    return this.#value !== absent;
  }

  /** What the run returned; throws what it threw. */
  result(): T;
  result(options: { readonly raiseOnFailure: boolean }): T | Error;
  result({ raiseOnFailure = true }: { readonly raiseOnFailure?: boolean } = {}): T | Error {
    if (this.type === 'COMPLETED') return (this.#value === absent ? undefined : unwrap(this.#value)) as T;
    const error = this.failure();
    if (raiseOnFailure) throw error;
    return error instanceof Error ? error : new FailedRun(String(error));
  }

  private failure(): unknown {
    if (this.#error !== undefined) return this.#error;
    const message = this.message ?? this.toString();
    if (this.type === 'FAILED') return new FailedRun(message);
    if (this.type === 'CRASHED') return new CrashedRun(message);
    if (this.type === 'CANCELLED' || this.type === 'CANCELLING') return new CancelledRun(message);
    if (this.type === 'PAUSED') return new PausedRun(message);
    return new UnfinishedRun(`The run is in state ${this.toString()}: it has no result yet.`);
  }

  /** The same state with other details, value or data; a new id, unless one is given. */
  with(options: StateOptions): State<T> {
    const { name, message, timestamp, details, data } = this;
    return new State<T>(this.type, { name, message, timestamp, details, data, ...options }, this.#value, this.#error);
  }

  toString(): string {
    const parts = [
      ...(this.message ? [quoted(this.message)] : []),
      ...(this.type === this.name.toUpperCase() ? [] : [`type=${this.type}`]),
    ];
    return `${this.name}(${parts.join(', ')})`;
  }
}

/** As Python writes a text: in double quotes when there are single ones in it. */
function quoted(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  return mark + text + mark;
}

export function isFinalType(type: StateType): boolean {
  return type === 'COMPLETED' || type === 'FAILED' || type === 'CANCELLED' || type === 'CRASHED';
}

/** A state that stands for another's result gives that result. */
function unwrap(value: unknown): unknown {
  if (value instanceof State) return value.result();
  return Array.isArray(value) && value.length > 0 && value.every((each) => each instanceof State)
    ? value.map((each: State) => (each.isCompleted() ? each.result() : each))
    : value;
}

/** The end of a long message is where the least is said. */
function cut(message: string): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage)}...` : message;
}

/** A state that the server answered, with the result that this process knows of it. */
export function stateFrom(record: StateRecord, local?: State): State {
  const { type, name, message, state_details: details, id } = record;
  const kept = { id, name, message, details, timestamp: parseMicros(record.timestamp), data: dataOf(record.data) };
  return local?.type === type ? local.with(kept) : new State(type, kept);
}

function dataOf(data: unknown): ResultMetadata | null {
  return typeof data === 'object' && data !== null && 'storage_key' in data ? (data as ResultMetadata) : null;
}

/** What user code makes and returns: `return Failed({ message: 'no rows' })`. */
export interface StateInput<T> {
  readonly name?: string;
  readonly message?: string;
  readonly data?: T;
}

/** A state to return: the run completed, with this as its result. */
export function Completed<T = unknown>({ data, ...options }: StateInput<T> = {}): State<T> {
  return new State<T>('COMPLETED', options, data);
}

/** A state to return: the run failed. */
export function Failed(
  options: { readonly name?: string; readonly message?: string; readonly error?: unknown } = {},
): State<never> {
  return new State<never>('FAILED', options, absent, options.error);
}

/** A state to return: the run was cancelled. */
export function Cancelled(options: { readonly name?: string; readonly message?: string } = {}): State<never> {
  return new State<never>('CANCELLED', options);
}

/** A state to return: the run did not come to an end of its own. */
export function Crashed(
  options: { readonly name?: string; readonly message?: string; readonly error?: unknown } = {},
): State<never> {
  return new State<never>('CRASHED', options, absent, options.error);
}
