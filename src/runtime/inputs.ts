import { UpstreamTaskError } from './errors.ts';
import { PrefectFuture, PrefectFutureList } from './future.ts';
import { State } from './state.ts';
import type { StateDetails, TaskInput } from './types.ts';

/** How deep futures may hide in arguments, and how many places are looked at: data is not searched for ever. */
const deepest = 10;
const mostPlaces = 1_000_000;

/** A value that stays as it is for every item of `map`. */
export class Unmapped<T> {
  readonly value: T;
  constructor(value: T) {
    this.value = value;
  }
}

/** A value that is neither searched for futures nor drawn as an edge. */
export class Quote<T> {
  readonly value: T;
  constructor(value: T) {
    this.value = value;
  }
}

/** Takes the exception of a failed input in place of its result. */
export class AllowFailure<T> {
  readonly value: unknown;
  /** Only for the type: what the function will be given. */
  declare readonly given: T;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** An item of a list that a run gave: the value, and the edge that it is due. */
export class Derived<T> {
  readonly value: T;
  readonly origin: TaskInput;
  constructor(value: T, origin: TaskInput) {
    this.value = value;
    this.origin = origin;
  }
}

/** The same value for every run of a `map`. */
export function unmapped<T>(value: T): Unmapped<T> {
  return new Unmapped(value);
}

/** A value that is passed as it is: nothing in it is awaited, and it draws no edge. */
export function quote<T>(value: T): Quote<T> {
  return new Quote(value);
}

/** A future whose failure the task takes as a value: it then gets the error, and runs. */
export function allowFailure<T>(value: PrefectFuture<T> | Unmapped<PrefectFuture<T>>): AllowFailure<T | Error> {
  return new AllowFailure(value);
}

/** Which run an object came out of. Results are found again by identity, as Prefect finds them. */
const origins = new WeakMap<object, TaskInput>();

export function remember(value: unknown, origin: TaskInput): void {
  if (typeof value === 'object' && value !== null) origins.set(value, origin);
}

const untrackable: StateDetails = Object.freeze({ untrackable_result: true });

/** What Prefect notes on the state of a run whose result cannot be found again by identity: a number, a string, nothing. */
export function tracking(value: unknown): StateDetails | undefined {
  return typeof value === 'object' && value !== null ? undefined : untrackable;
}

export function originOf(value: object): TaskInput | undefined {
  return origins.get(value);
}

/** What stands in the arguments besides plain values. */
export interface Found {
  readonly futures: PrefectFuture<unknown>[];
  /** Lists whose items are not known yet. */
  readonly lists: PrefectFutureList<unknown>[];
  readonly origins: TaskInput[];
  /** True when an argument has to be replaced: a future, a quote, a state … */
  special: boolean;
  places: number;
}

export function nothingFound(): Found {
  return { futures: [], lists: [], origins: [], special: false, places: 0 };
}

/** Looks through one argument. Results of tasks are known by identity and are not searched. */
export function look(value: unknown, found: Found, depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > deepest || found.places > mostPlaces) return;
  found.places += 1;
  if (isSpecial(value)) return lookAtSpecial(value, found, depth);
  const origin = origins.get(value);
  if (origin !== undefined) return void found.origins.push(origin);
  if (Array.isArray(value)) for (const each of value) look(each, found, depth + 1);
  else if (isPlain(value)) for (const key in value) look(value[key], found, depth + 1);
}

type Special =
  | PrefectFuture<unknown>
  | PrefectFutureList<unknown>
  | Derived<unknown>
  | AllowFailure<unknown>
  | Quote<unknown>
  | Unmapped<unknown>
  | State;

function isSpecial(value: object): value is Special {
  return (
    value instanceof PrefectFuture ||
    value instanceof PrefectFutureList ||
    value instanceof Derived ||
    value instanceof AllowFailure ||
    value instanceof Quote ||
    value instanceof Unmapped ||
    value instanceof State
  );
}

function lookAtSpecial(value: Special, found: Found, depth: number): void {
  found.special = true;
  if (value instanceof PrefectFuture) found.futures.push(value);
  else if (value instanceof PrefectFutureList) lookAtList(value, found);
  else if (value instanceof Derived) found.origins.push(value.origin);
  else if (value instanceof State) {
    const origin = origins.get(value);
    if (origin !== undefined) found.origins.push(origin);
  } else if (!(value instanceof Quote)) look(value.value, found, depth + 1);
}

function lookAtList(list: PrefectFutureList<unknown>, found: Found): void {
  if (list.isKnown) append(found.futures, list.futures);
  else found.lists.push(list);
}

/** As `push`, for any number: a call takes only so many arguments. */
export function append<Each>(to: Each[], more: Iterable<Each>): void {
  for (const each of more) to.push(each);
}

/** The arguments with every future replaced by its result. Call it when all of them are final. */
export function settle(value: unknown, allowed = false, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > deepest) return value;
  if (value instanceof PrefectFuture) return settleState(value.state, allowed, () => value.name);
  if (value instanceof PrefectFutureList) return value.futures.map((each) => settle(each, allowed));
  if (value instanceof Derived) return value.value;
  if (value instanceof State) return settleState(value, allowed, () => 'a state');
  if (value instanceof AllowFailure) return settle(value.value, true, depth);
  if (value instanceof Quote) return value.value;
  if (value instanceof Unmapped) return settle(value.value, allowed, depth);
  return settleInside(value, allowed, depth);
}

/** Arrays and plain objects are copied only when something in them changes. */
function settleInside(value: object, allowed: boolean, depth: number): unknown {
  if (origins.has(value)) return value;
  if (Array.isArray(value)) {
    const items = value.map((each) => settle(each, allowed, depth + 1));
    return items.some((each, index) => each !== value[index]) ? items : value;
  }
  if (!isPlain(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, settle(each, allowed, depth + 1)] as const);
  return entries.some(([key, each]) => each !== value[key]) ? Object.fromEntries(entries) : value;
}

function settleState(state: State, allowed: boolean, name: () => string): unknown {
  if (state.isCompleted()) return state.result();
  if (allowed)
    return state.isFinal()
      ? state.result({ raiseOnFailure: false })
      : new UpstreamTaskError(state.message ?? `${name()} did not run.`);
  throw new UpstreamTaskError(`Upstream task run '${name()}' did not reach a 'COMPLETED' state.`);
}

export function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
