import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  Failed,
  MappingLengthMismatch,
  MappingMissingIterable,
  MissingContextError,
  allowFailure,
  asCompleted,
  exponentialBackoff,
  flow,
  runtime,
  task,
  unmapped,
} from '../../../src/runtime/index.ts';
import type { PrefectFuture, State } from '../../../src/runtime/index.ts';
import { FakeClock, runFlow } from '../../../src/runtime/testing/index.ts';
import { systemClock } from '../../../src/runtime/engine/clock.ts';

const one = task(() => 1, { name: 'one' });
const list = task(() => [1, 2, 3], { name: 'list' });
const identity = task((value: unknown) => value, { name: 'identity' });
const boom = task(
  (): number => {
    throw new TypeError('boom');
  },
  { name: 'boom' },
);

function failing(times: number): { (): number; count: number } {
  const counted = (): number => {
    counted.count += 1;
    if (counted.count <= times) throw new Error(`try ${counted.count}`);
    return counted.count;
  };
  counted.count = 0;
  return counted;
}

describe('Task basics', () => {
  test('task_ends_in_failed_after_retrying', async () => {
    const { namesOf } = await runFlow(
      flow(() => task(failing(9), { name: 't', retries: 1 })()),
      [],
    );
    expect(namesOf('t')).toEqual(['Pending', 'Running', 'Retrying', 'Failed']);
  });

  test('task_run_states', async () => {
    const { namesOf, taskRuns } = await runFlow(
      flow(() => one()),
      [],
    );
    expect(namesOf('one')).toEqual(['Pending', 'Running', 'Completed']);
    expect(taskRuns[0]?.name).toMatch(/^one-[0-9a-f]{3}$/);
  });

  test('task_run_states_with_equal_timestamps', async () => {
    const { taskRuns } = await runFlow(
      flow(() => identity.map([1, 2, 3]).result()),
      [],
      { clock: systemClock },
    );
    const times = taskRuns.flatMap(({ states }) => states.map(({ timestamp }) => timestamp));
    expect(new Set(times).size).toBe(9);
  });

  test('task_tracks_nested_parent_as_dependency', async () => {
    const outer = task(async () => one(), { name: 'outer' });
    const { taskRuns } = await runFlow(
      flow(() => outer()),
      [],
    );
    const parent = taskRuns.find(({ name }) => name.startsWith('outer'));
    const inner = taskRuns.find(({ name }) => name.startsWith('one'));
    expect(inner?.taskInputs['__parents__']).toEqual([{ input_type: 'task_run', id: parent?.id }]);
  });

  test('sync_task_sets_start_time_on_running', async () => {
    const { taskRuns } = await runFlow(
      flow(() => one()),
      [],
    );
    expect(taskRuns[0]?.startTime).toBe(taskRuns[0]?.states[1]?.timestamp);
  });

  test('sync_task_sets_end_time_on_failed_timedout', async () => {
    const slow = task(() => sleep(1000), { timeoutSeconds: 0.02 });
    const { taskRuns } = await runFlow(
      flow(() => slow()),
      [],
      { clock: systemClock },
    );
    expect(taskRuns[0]).toMatchObject({ endTime: taskRuns[0]?.state.timestamp, state: { name: 'TimedOut' } });
  });

  test('sync_tasks_have_correct_total_run_time_with_retries', async () => {
    const clock = new FakeClock();
    const work = failing(1);
    const timed = task(
      async () => {
        await clock.sleep(2000);
        return work();
      },
      { retries: 1, retryDelaySeconds: 100 },
    );
    const { taskRuns } = await runFlow(
      flow(() => timed()),
      [],
      { clock },
    );
    expect(taskRuns[0]?.totalRunTime).toBeCloseTo(4, 2);
  });

  test('sync_task_run_counts', async () => {
    const seen: number[] = [];
    const work = failing(2);
    const counting = task(
      () => {
        seen.push(runtime.taskRun?.runCount ?? 0);
        return work();
      },
      { retries: 2 },
    );
    const { taskRuns } = await runFlow(
      flow(() => counting()),
      [],
    );
    expect([seen, taskRuns[0]?.runCount]).toEqual([[1, 2, 3], 3]);
  });

  test('state_attributes_are_denormalized_sync_failure', async () => {
    const { taskRuns } = await runFlow(
      flow(() => boom()),
      [],
    );
    expect(taskRuns[0]?.state).toMatchObject({
      type: 'FAILED',
      name: 'Failed',
      message: 'Task run encountered an exception TypeError: boom',
    });
    expect(taskRuns[0]?.state.details).toMatchObject({ retriable: false });
  });

  test('return_state_even_on_failure', async () => {
    const { state } = await runFlow(
      flow(async () => (await boom.state()).type as string),
      [],
    );
    expect(state.result()).toBe('FAILED');
  });

  test('run_name_from_kwarg', async () => {
    const named = task(({ day }: { day: string }) => day, { taskRunName: 'load-{day}' });
    const { taskRuns } = await runFlow(
      flow(() => named({ day: 'monday' })),
      [],
    );
    expect(taskRuns[0]?.name).toBe('load-monday');
  });
});

describe('Task retries and timeouts', () => {
  test('task_respects_retry_count', async () => {
    const work = failing(99);
    await runFlow(
      flow(() => task(work, { retries: 3 })()),
      [],
    );
    expect(work.count).toBe(4);
  });

  test('task_only_uses_necessary_retries', async () => {
    const work = failing(1);
    const { state } = await runFlow(
      flow(() => task(work, { retries: 3 })()),
      [],
    );
    expect([state.result(), work.count]).toEqual([2, 2]);
  });

  test('task_passes_failed_state_to_retry_fn', async () => {
    const seen: State[] = [];
    const work = failing(99);
    const picky = task(work, {
      retries: 3,
      retryConditionFn: (_task, _run, state) => {
        seen.push(state);
        return seen.length < 2;
      },
    });
    await runFlow(
      flow(() => picky()),
      [],
    );
    expect(seen.map(({ type, error }) => [type, (error as Error).message])).toEqual([
      ['FAILED', 'try 1'],
      ['FAILED', 'try 2'],
    ]);
    expect(work.count).toBe(2);
  });

  test('sync_task_respects_retry_delay_seconds', async () => {
    const clock = new FakeClock();
    const work = failing(3);
    const delayed = task(work, { name: 't', retries: 3, retryDelaySeconds: exponentialBackoff(10) });
    const { namesOf, state } = await runFlow(
      flow(() => delayed()),
      [],
      { clock },
    );
    expect(state.result()).toBe(4);
    expect(clock.sleeps).toEqual([10_000, 20_000, 40_000]);
    expect(namesOf('t')).toEqual([
      'Pending',
      'Running',
      'AwaitingRetry',
      'Retrying',
      'AwaitingRetry',
      'Retrying',
      'AwaitingRetry',
      'Retrying',
      'Completed',
    ]);
  });

  test('task_retries_with_explicit_failed_state', async () => {
    let count = 0;
    const returned = task(
      () => {
        count += 1;
        return count < 3 ? Failed({ message: 'again' }) : 'done';
      },
      { retries: 5 },
    );
    const { state } = await runFlow(
      flow(() => returned()),
      [],
    );
    expect([state.result(), count]).toEqual(['done', 3]);
  });

  test('global_task_retry_config', async () => {
    process.env['PREFECT_TASKS_DEFAULT_RETRIES'] = '2';
    const work = failing(99);
    const configured = task(work);
    delete process.env['PREFECT_TASKS_DEFAULT_RETRIES'];
    await runFlow(
      flow(() => configured()),
      [],
    );
    expect(work.count).toBe(3);
  });

  test('timeout_sync_task', async () => {
    // A function that never lets go cannot be stopped in JavaScript: one that listens to the signal can.
    let reason: unknown;
    const listens = task(
      () =>
        new Promise((_resolve, reject) =>
          runtime.signal.addEventListener('abort', () => reject((reason = new Error('stopped')))),
        ),
      { timeoutSeconds: 0.02 },
    );
    const { taskRuns } = await runFlow(
      flow(() => listens()),
      [],
      { clock: systemClock },
    );
    expect(taskRuns[0]?.state).toMatchObject({
      name: 'TimedOut',
      message: 'Task run exceeded timeout of 0.02 second(s)',
    });
    expect(reason).toBeInstanceOf(Error);
  });

  test('timeout_async_task', async () => {
    const slow = task(() => sleep(5000, undefined, { signal: runtime.signal }), { timeoutSeconds: 0.02 });
    const { state } = await runFlow(
      flow(() => slow()),
      [],
      { clock: systemClock },
    );
    expect(state).toMatchObject({ type: 'FAILED' });
  });
});

describe('Futures, submit, map', () => {
  test('raises_outside_of_flow', async () => {
    expect(() => one.submit()).toThrow(MissingContextError);
    expect(() => identity.map([1])).toThrow(/inside a flow/);
  });

  test('task_failure_does_not_affect_flow', async () => {
    const { state } = await runFlow(
      flow(async () => {
        await boom.state();
        return 'fine';
      }),
      [],
    );
    expect(state.result()).toBe('fine');
  });

  test('downstream_does_not_run_if_upstream_fails', async () => {
    const { namesOf, taskRuns } = await runFlow(
      flow(async () => void (await identity.submit(boom.submit()).wait())),
      [],
    );
    expect(namesOf('identity')).toEqual(['Pending', 'NotReady']);
    expect(taskRuns.find(({ name }) => name.startsWith('identity'))?.state.message).toMatch(
      /Upstream task run 'boom-...' did not reach a 'COMPLETED' state/,
    );
  });

  test('downstream_receives_exception_if_upstream_fails_and_allow_failure', async () => {
    const { state } = await runFlow(
      flow(async () => identity(allowFailure(boom.submit()))),
      [],
    );
    expect(state.result()).toBeInstanceOf(TypeError);
  });

  test('raises_if_depends_on_itself', async () => {
    const { state } = await runFlow(
      flow(async () => {
        const own: { future?: PrefectFuture<unknown> } = {};
        const waits = task(
          async () => {
            await sleep(1);
            return own.future?.result();
          },
          { name: 'waits' },
        );
        own.future = waits.submit();
        return own.future;
      }),
      [],
    );
    expect(state.message).toMatch(/would result in a deadlock: it depends on itself/);
  });

  test('simple_map', async () => {
    const add = task((a: number, b: number) => a + b);
    const { state } = await runFlow(
      flow(() => add.map([1, 2, 3], [10, 20, 30]).result()),
      [],
    );
    expect(state.result()).toEqual([11, 22, 33]);
  });

  test('map_can_take_future_as_input', async () => {
    const twice = task((n: number) => n * 2, { name: 'twice' });
    const { state, taskRuns } = await runFlow(
      flow(() => twice.map(list.submit()).result()),
      [],
    );
    expect(state.result()).toEqual([2, 4, 6]);
    const source = taskRuns.find(({ name }) => name.startsWith('list'));
    expect(taskRuns.filter(({ name }) => name.startsWith('twice')).map(({ taskInputs }) => taskInputs['n'])).toEqual(
      Array.from({ length: 3 }, () => [{ input_type: 'task_run', id: source?.id }]),
    );
  });

  test('missing_iterable_argument', async () => {
    const { state } = await runFlow(
      flow(() => identity.map(unmapped(5) as never).result()),
      [],
    );
    expect(state.error).toBeInstanceOf(MappingMissingIterable);
  });

  test('mismatching_input_lengths', async () => {
    const add = task((a: number, b: number) => a + b);
    const { state } = await runFlow(
      flow(() => add.map([1, 2, 3], [1, 2]).result()),
      [],
    );
    expect(state.error).toBeInstanceOf(MappingLengthMismatch);
    expect(state.message).toContain('3, 2');
  });

  test('unmapped_iterable', async () => {
    const sum = task((n: number, more: number[]) => n + more.length);
    const { state } = await runFlow(
      flow(() => sum.map([1, 2], unmapped([7, 8, 9])).result()),
      [],
    );
    expect(state.result()).toEqual([4, 5]);
  });

  test('map_preserves_dependencies_between_futures_all_mapped_children', async () => {
    const { taskRuns } = await runFlow(
      flow(async () => {
        const numbers = identity.map([1, 2]);
        await identity.withOptions({ name: 'gather' }).submit(numbers).wait();
      }),
      [],
    );
    const items = taskRuns
      .filter(({ name }) => name.startsWith('identity'))
      .map(({ id }) => ({ input_type: 'task_run', id }));
    expect(taskRuns.find(({ name }) => name.startsWith('gather'))?.taskInputs['value']).toEqual(items);
  });

  test('result_fail_fast', async () => {
    const odd = task((n: number) => {
      if (n === 2) throw new Error('two');
      return n;
    });
    const { state } = await runFlow(
      flow(() => odd.map([1, 2, 3]).result()),
      [],
    );
    expect(() => state.result()).toThrow('two');
  });

  test('result_preserves_order', async () => {
    const late = task(async (ms: number) => {
      await sleep(ms);
      return ms;
    });
    const { state } = await runFlow(
      flow(() => late.map([30, 1, 10]).result()),
      [],
    );
    expect(state.result()).toEqual([30, 1, 10]);
  });

  test('as_completed_with_timeout', async () => {
    const late = task(async (ms: number) => {
      await sleep(ms, undefined, { signal: runtime.signal });
      return ms;
    });
    const seen: number[] = [];
    const { state } = await runFlow(
      flow(async () => {
        for await (const each of asCompleted([late.submit(400), late.submit(1)], 0.1)) seen.push(await each.result());
      }),
      [],
    );
    expect(seen).toEqual([1]);
    expect(state.message).toContain('1 (of 2) futures unfinished');
  });
});

describe('Graph inputs', () => {
  async function inputsOf(call: () => Promise<unknown>): Promise<Record<string, unknown>> {
    const { taskRuns, api } = await runFlow(flow(call), []);
    const last = taskRuns.find(({ name }) => name.startsWith('identity'));
    const names = new Map<string, string>(taskRuns.map(({ id, name }) => [id, name.replace(/-[^-]*$/, '')]));
    for (const run of api.runs) names.set(run.id, 'subflow');
    const entries = Object.entries(last?.taskInputs ?? {});
    return Object.fromEntries(
      entries.map(([key, value]) => [
        key,
        value.map((each) => ('id' in each ? (names.get(each.id) ?? each.id) : each)),
      ]),
    );
  }

  test('task_inputs_no_upstreams', async () => {
    expect(await inputsOf(() => identity(3))).toEqual({ value: [] });
  });

  test('task_inputs_one_upstream_keyword_future', async () => {
    expect(await inputsOf(async () => identity({ n: one.submit() }))).toEqual({ value: ['one'] });
  });

  test('task_inputs_nested_upstream_futures', async () => {
    const nested = async (): Promise<unknown> => identity([{ deep: [one.submit()] }, list.submit()]);
    expect(await inputsOf(nested)).toEqual({ value: ['one', 'list'] });
  });

  test('task_inputs_result_upstream', async () => {
    expect(await inputsOf(async () => identity(await list()))).toEqual({ value: ['list'] });
  });

  test('task_inputs_subflow_upstream', async () => {
    const child = flow(() => ({ rows: 3 }), { name: 'child' });
    expect(await inputsOf(async () => identity(await child()))).toEqual({ value: ['subflow'] });
  });

  test('task_inputs_collection_result_upstream', async () => {
    const inside = async (): Promise<unknown> => identity([await list(), { more: await list() }]);
    expect(await inputsOf(inside)).toEqual({ value: ['list', 'list'] });
  });

  test('backend_task_inputs_includes_wait_for_tasks', async () => {
    const waits = async (): Promise<unknown> => identity.withOptions({ waitFor: [one.submit()] })(1);
    expect(await inputsOf(waits)).toEqual({ value: [], wait_for: ['one'] });
  });
});
