import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { allowFailure, flow, quote, task, unmapped } from '../../src/runtime/index.ts';
import type { PrefectFuture, PrefectFutureList, State } from '../../src/runtime/index.ts';

// The compiler holds these; what would run is never called.
const add = task(async (a: number, b: number) => a + b);
const rows = task((day: Date) => [{ day, price: 1 }]);
const total = task((items: readonly { day: Date; price: number }[]) => items.length);
const options = task(({ start, end = 2 }: { start: string; end?: number }) => `${start}${end}`);
const maybe = task((value: number | Error) => String(value));

describe('types', () => {
  test('a task keeps the parameters and the result of its function', () => {
    expectTypeOf(add).parameters.toMatchTypeOf<unknown[]>();
    expectTypeOf(() => add(1, 2)).returns.resolves.toEqualTypeOf<number>();
    expectTypeOf(() => add.submit(1, 2)).returns.toEqualTypeOf<PrefectFuture<number>>();
    expectTypeOf(() => add.state(1, 2)).returns.resolves.toEqualTypeOf<State<number>>();
    expectTypeOf(() => add.map([1], unmapped(2))).returns.toEqualTypeOf<PrefectFutureList<number>>();
    expectTypeOf(add.fn).toEqualTypeOf<(a: number, b: number) => Promise<number>>();
    expect(add.name).toBe('anonymous');
  });

  test('a future stands where its value may stand, at any depth', () => {
    const calls = [
      () => add(add.submit(1, 2), 3),
      () => total(rows.submit(new Date(0))),
      () => total([{ day: new Date(0), price: add.submit(1, 2) }]),
      () => options({ start: 'x', end: add.submit(1, 2) }),
      () => maybe(allowFailure(add.submit(1, 2))),
      () => add(quote(1), 2),
      () => total(add.map([1], 2) as never),
    ];
    expect(calls).toHaveLength(7);
  });

  test('what does not fit does not compile', () => {
    const calls = [
      // @ts-expect-error a string is no number
      () => add('1', 2),
      // @ts-expect-error one argument is missing
      () => add(1),
      // @ts-expect-error a future of another type
      () => options({ start: add.submit(1, 2) }),
      // @ts-expect-error the exception is not something that this task takes
      () => add(allowFailure(add.submit(1, 2)), 1),
      // @ts-expect-error a list of the wrong items
      () => add.map(['a'], 2),
      // @ts-expect-error an option that there is not
      () => task(() => 1, { retry: 3 }),
    ];
    expect(calls).toHaveLength(6);
  });

  test('curried, the same', () => {
    const curried = task({ retries: 1 })((n: number) => n > 1);
    expectTypeOf(() => curried.submit(1)).returns.toEqualTypeOf<PrefectFuture<boolean>>();
    const flowed = flow({ name: 'f' })(async (n: number) => add.submit(n, 1));
    expectTypeOf(() => flowed(1)).returns.resolves.toEqualTypeOf<number>();
    expect([curried.spec.policy.retries, flowed.name]).toEqual([1, 'f']);
  });

  test('a flow takes what its schema takes, and its function what the schema gives', () => {
    const parameters = z.object({ start: z.coerce.date(), pages: z.string().transform(Number) });
    const typed = flow(
      (given) => {
        expectTypeOf(given).toEqualTypeOf<{ start: Date; pages: number }>();
        return given.pages;
      },
      { parameters },
    );
    expectTypeOf(() => typed({ start: '2026-01-01', pages: '3' })).returns.resolves.toEqualTypeOf<number>();

    // @ts-expect-error the schema wants text
    const wrong = () => typed({ start: '2026-01-01', pages: 3 });
    expect(wrong).toBeTypeOf('function');
  });

  test('a flow gives what the futures that it returns give', () => {
    const many = flow(() => [add.submit(1, 2), add.submit(3, 4)]);
    expectTypeOf(() => many()).returns.resolves.toEqualTypeOf<number[]>();
    expect(many.name).toBe('anonymous');
  });
});
