import type { PrefectFuture, PrefectFutureList } from './future.ts';
import type { AllowFailure, Quote, Unmapped } from './inputs.ts';
import type { State } from './state.ts';

type Plain = null | undefined | string | number | boolean | bigint | symbol;
type Whole =
  | Date
  | RegExp
  | Error
  | Map<unknown, unknown>
  | Set<unknown>
  | ArrayBufferView
  | ((...args: never[]) => unknown);

/** Where a T is wanted, what will become a T: a future of it, or data with futures in it. */
export type Input<T> = T | Standing<T> | Inside<T>;

type Standing<T> = PrefectFuture<T> | AllowFailure<T> | Quote<T> | State<T>;

type Inside<T> = T extends Plain | Whole
  ? never
  : T extends readonly (infer E)[]
    ? number extends T['length']
      ? readonly Input<E>[] | PrefectFutureList<E>
      : { [K in keyof T]: Input<T[K]> }
    : T extends object
      ? { [K in keyof T]: Input<T[K]> }
      : never;

/** What `map` takes where a T is wanted: a list of them, something that becomes a list, or a constant. */
export type MapInput<T> =
  | Iterable<Input<T>>
  | PrefectFuture<readonly T[]>
  | Unmapped<Input<T>>
  | (T extends string ? T : T extends Iterable<unknown> ? never : T);

/** What a function's result is when all of it is there: futures and states are waited for. */
export type Result<R> =
  Awaited<R> extends infer V ? (V extends PrefectFuture<infer T> ? T : V extends State<infer T> ? T : V) : never;

/** The same for a flow, which may return a list of futures. */
export type FlowResult<R> =
  Awaited<R> extends infer V
    ? V extends PrefectFuture<infer T>
      ? T
      : V extends State<infer T>
        ? T
        : V extends readonly PrefectFuture<infer T>[]
          ? T[]
          : V
    : never;
