import { pathToFileURL } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { INPUTS, MissingContextError, NO_CACHE, exponentialBackoff, flow, task, workerThreads } from '../../src/runtime/index.ts';
import { systemClock } from '../../src/runtime/engine/clock.ts';
import type { TaskRun } from '../../src/runtime/engine/task-run.ts';
import { runFlow } from '../../src/runtime/testing/index.ts';

const busy = pathToFileURL('tests/fixtures/runtime/busy.mjs').href;

describe('bad input ends with a clear error and the right state', () => {
  test('a result that JSON cannot hold, with the path to it', async () => {
    const dated = task(() => ({ rows: [{ day: new Date(0) }] }), { name: 'dated', cachePolicy: INPUTS });
    const { state, taskRuns } = await runFlow(
      flow(() => dated()),
      [],
    );
    expect(state.message).toContain(
      "The result of task 'dated' cannot be kept as JSON at .rows[0].day: Date would not come back",
    );
    expect(taskRuns[0]?.state.type).toBe('FAILED');
  });

  test.each(['called', 'submitted'])('an argument that throws when it is looked at, by a task that is %s: the flow fails with it, and ends', async (how) => {
    const given = {
      get rows(): never {
        throw new RangeError('no rows yet');
      },
    };
    const reads = task((read: object) => Object.keys(read), { name: 'reads', cachePolicy: NO_CACHE });
    const { state } = await runFlow(flow(async () => await (how === 'called' ? reads(given) : reads.submit(given).result())), []);
    expect([state.type, state.message]).toEqual(['FAILED', expect.stringContaining('no rows yet')]);
  });

  test('a result that holds itself', async () => {
    const circle = task(
      () => {
        const own: Record<string, unknown> = {};
        own['own'] = own;
        return own;
      },
      { persistResult: true, cachePolicy: NO_CACHE },
    );
    const { state } = await runFlow(
      flow(() => circle()),
      [],
    );
    expect(state.message).toContain('it holds itself');
  });

  test.each(['PREFECT_FLOWS_DEFAULT_RETRIES', 'PREFECT_TASKS_DEFAULT_RETRIES'])('%s that is no number', (setting) => {
    vi.stubEnv(setting, 'often');
    expect(() => [flow(() => 1), task(() => 1)]).toThrow(/retries must be a whole number of at least 0, and is NaN/);
    vi.unstubAllEnvs();
  });

  test('a backoff that takes its length from the retries of the setting', async () => {
    vi.stubEnv('PREFECT_TASKS_DEFAULT_RETRIES', '2');
    const unsure = task(() => Promise.reject(new Error('no')), { name: 'unsure', retryDelaySeconds: exponentialBackoff(10) });
    vi.unstubAllEnvs();
    const { taskRuns } = await runFlow(
      flow(() => unsure()),
      [],
    );
    expect(taskRuns[0]?.states.filter(({ name }) => name === 'AwaitingRetry')).toHaveLength(2);
  });

  test('a task called outside of a flow', () => {
    expect(() => task(() => 1)()).toThrow(MissingContextError);
  });

  test('a rejection that nobody awaits stays in its run', async () => {
    const seen: unknown[] = [];
    const listen = (error: unknown): void => void seen.push(error);
    process.on('unhandledRejection', listen);
    const boom = task(
      async () => {
        throw new Error('nobody looks');
      },
      { name: 'boom' },
    );
    const { state, taskRuns } = await runFlow(
      flow(() => {
        void boom();
        boom.submit();
        return 'fine';
      }),
      [],
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', listen);
    expect(seen).toEqual([]);
    expect([state.result(), ...taskRuns.map(({ state: each }) => each.type)]).toEqual(['fine', 'FAILED', 'FAILED']);
  });

  test('two tasks that wait for each other', async () => {
    const { state } = await runFlow(
      flow(async () => {
        const pair: { a?: { result(): Promise<unknown> }; b?: { result(): Promise<unknown> } } = {};
        const waits = task(
          async (whom: 'a' | 'b'): Promise<unknown> => {
            await new Promise((resolve) => setTimeout(resolve, 1));
            return pair[whom]?.result();
          },
          { name: 'waits' },
        );
        pair.a = waits.submit('b');
        pair.b = waits.submit('a');
        return pair.a as never;
      }),
      [],
    );
    expect(state.message).toContain('deadlock');
  });

  test.each([
    ['retries', () => task(() => 1, { retries: -1 })],
    ['timeoutSeconds', () => task(() => 1, { timeoutSeconds: 0 })],
    ['retryJitterFactor', () => task(() => 1, { retryJitterFactor: -1 })],
    ['name', () => flow(() => 1, { name: 'a/b' })],
  ])('options that cannot be: %s', (what, make) => {
    expect(make).toThrow(what);
  });
});

describe('threads', () => {
  const inThread = (name: string, more: object = {}) =>
    task((_last: number): unknown => 'here', { name, worker: { module: busy, export: name }, ...more });

  test('a busy task runs beside this one', async () => {
    const { state } = await runFlow(
      flow(() => inThread('sum').map([10, 100]).result(), { taskRunner: workerThreads({ maxWorkers: 2 }) }),
      [],
    );
    const results = state.result() as { total: number; threadId: number }[];
    expect(results.map(({ total }) => total)).toEqual([55, 5050]);
    expect(results.every(({ threadId }) => threadId > 0)).toBe(true);
  });

  test('more tasks than threads: each thread takes one after the other', async () => {
    const { state } = await runFlow(
      flow(() => inThread('sum').map([1, 2, 3, 4, 5, 6, 7]).result(), { taskRunner: workerThreads({ maxWorkers: 2 }) }),
      [],
    );
    const results = state.result() as { total: number; threadId: number }[];
    expect(results.map(({ total }) => total)).toEqual([1, 3, 6, 10, 15, 21, 28]);
    expect(new Set(results.map(({ threadId }) => threadId)).size).toBeLessThanOrEqual(2);
  });

  test('a task that failed is tried again in a thread', async () => {
    const { state } = await runFlow(
      flow(() => inThread('failOnce', { retries: 1 }).submit(1), { taskRunner: workerThreads({ maxWorkers: 1 }) }),
      [],
    );
    expect(state.result()).toBeGreaterThan(0);
  });

  test('a thread that dies while it is free takes nobody with it, and another takes its place', async () => {
    const taskRunner = workerThreads({ maxWorkers: 1 });
    const work = flow(
      async () => {
        await inThread('dieLater').submit(1).result();
        await new Promise((resolve) => setTimeout(resolve, 500));
        return await inThread('sum').submit(3).result();
      },
      { taskRunner },
    );
    expect((await runFlow(work, [], { clock: systemClock })).state.result()).toMatchObject({ total: 6 });
  });

  test('its error comes back whole', async () => {
    const { state } = await runFlow(
      flow(() => inThread('fail').submit(1), { taskRunner: workerThreads() }),
      [],
    );
    expect(state.message).toContain('RangeError: from the thread');
  });

  test('a run that is over while its thread is not yet there gets none', async () => {
    const controller = new AbortController();
    const over = new Error('over');
    const run = { spec: { name: 'forever', worker: { module: busy, export: 'forever' } }, signal: controller.signal } as unknown as TaskRun;
    const called = workerThreads().call(run, [1]);
    controller.abort(over);
    await expect(called).rejects.toBe(over);
  });

  test('a thread that never ends is ended by the timeout', async () => {
    const { state } = await runFlow(
      flow(() => inThread('forever', { timeoutSeconds: 0.2 }).submit(1), { taskRunner: workerThreads() }),
      [],
      { clock: systemClock },
    );
    expect(state.name).toBe('TimedOut');
  });

  test('an export that is not there', async () => {
    const { state } = await runFlow(
      flow(() => inThread('missing').submit(1), { taskRunner: workerThreads() }),
      [],
    );
    expect(state.message).toContain('There is no export missing');
  });
});
