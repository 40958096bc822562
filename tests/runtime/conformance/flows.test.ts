import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  Cancelled,
  Completed,
  Failed,
  RunTimeout,
  flow,
  getRunLogger,
  runtime,
  task,
} from '../../../src/runtime/index.ts';
import type { State } from '../../../src/runtime/index.ts';
import { MemoryApi, FakeClock, runFlow } from '../../../src/runtime/testing/index.ts';
import { silence } from '../../../src/runtime/engine/console-log.ts';
import { systemClock } from '../../../src/runtime/engine/clock.ts';
import { executeFlowRun } from '../../../src/runtime/engine/execute.ts';

const boom = task(
  () => {
    throw new TypeError('boom');
  },
  { name: 'boom' },
);
const fine = task(() => 1, { name: 'fine' });
const cancelled = task(() => Cancelled(), { name: 'cancelled' });

describe('Flow basics', () => {
  test('basic', async () => {
    const { state } = await runFlow(
      flow(() => 'hello'),
      [],
    );
    expect([state.type, state.result()]).toEqual(['COMPLETED', 'hello']);
  });

  test('with_params', async () => {
    const { state, run } = await runFlow(
      flow((a: number, b: string) => `${a}${b}`),
      [1, 'x'],
    );
    expect(state.result()).toBe('1x');
    expect(run.parameters).toEqual({ a: 1, b: 'x' });
  });

  const dated = flow(({ day }) => day, {
    parameters: z.object({ day: z.iso.date(), deep: z.object({ n: z.number() }).optional() }),
  });

  test('with_param_validation_failure', async () => {
    const { state, states } = await runFlow(dated, [{ day: 'never', deep: { n: 'x' as never } }]);
    expect(states.map(({ name }) => name)).toEqual(['Pending', 'Failed']);
    expect(state.message).toContain('Validation of flow parameters failed with error');
    expect(state.message).toContain('deep.n: ');
  });

  test('param_validation_failure_sets_start_and_end_time', async () => {
    const { run } = await runFlow(dated, [{ day: 'never' }]);
    expect(run.end_time).toBeTruthy();
    expect(run.state?.type).toBe('FAILED');
  });

  test('flow_run_name', async () => {
    const { run } = await runFlow(
      flow((day: string) => day, { flowRunName: 'of-{day}' }),
      ['monday'],
    );
    expect(run.name).toBe('of-monday');
  });

  test('flow_ends_in_completed', async () => {
    const { run } = await runFlow(
      flow(async () => undefined),
      [],
    );
    expect(run.state?.type).toBe('COMPLETED');
  });

  test('flow_ends_in_failed', async () => {
    const { run, state } = await runFlow(
      flow(() => {
        throw new RangeError('no');
      }),
      [],
    );
    expect(run.state).toMatchObject({ type: 'FAILED', message: 'Flow run encountered an exception: RangeError: no' });
    expect(() => state.result()).toThrow(RangeError);
  });

  test('start_updates_empirical_policy_on_provided_flow_run', async () => {
    const api = new MemoryApi(systemClock);
    silence(true);
    const given = await api.createFlowRun({ flow_id: await api.ensureFlow('f') });
    await executeFlowRun(
      flow(() => 1, { retries: 3, retryDelaySeconds: 7 }),
      given,
      { api },
    );
    expect((await api.readFlowRun(given.id)).empirical_policy).toMatchObject({ retries: 3, retry_delay: 7 });
  });

  test('call_with_return_state_true', async () => {
    let seen: State<number> | undefined;
    const inner = flow(() => 5);
    await runFlow(
      flow(async () => {
        seen = await inner.state();
      }),
      [],
    );
    expect([seen?.type, seen?.result()]).toEqual(['COMPLETED', 5]);
  });

  test('call_coerces_parameter_types', async () => {
    const coerced = flow(({ n }) => n + 1, { parameters: z.object({ n: z.coerce.number() }) });
    expect((await runFlow(coerced, [{ n: '41' }])).state.result()).toBe(42);
  });

  test('final_state_reflects_exceptions_during_run', async () => {
    const { state } = await runFlow(
      flow(async () => boom()),
      [],
    );
    expect(state.type).toBe('FAILED');
    expect(() => state.result()).toThrow('boom');
  });

  test('final_state_respects_returned_state', async () => {
    const { state } = await runFlow(
      flow(() => Failed({ name: 'NoRows', message: 'Test returned state' })),
      [],
    );
    expect(state).toMatchObject({ type: 'FAILED', name: 'NoRows', message: 'Test returned state' });
  });

  test('flow_state_reflects_returned_task_run_state', async () => {
    const { state } = await runFlow(
      flow(() => boom.submit()),
      [],
    );
    expect(state.type).toBe('FAILED');
    expect(() => state.result()).toThrow('boom');
  });

  test('flow_state_reflects_returned_multiple_task_run_states', async () => {
    const { state } = await runFlow(
      flow(async () => [await fine.state(), await boom.state(), await boom.state()] as State<unknown>[]),
      [],
    );
    expect(state).toMatchObject({ type: 'FAILED', message: '2/3 states failed.' });
  });

  test('flow_can_end_in_cancelled_state', async () => {
    const { run } = await runFlow(
      flow(() => Cancelled()),
      [],
    );
    expect(run.state?.type).toBe('CANCELLED');
  });

  test('flow_state_with_cancelled_tasks_has_cancelled_state', async () => {
    const { state } = await runFlow(
      flow(async () => [cancelled.submit(), fine.submit(), boom.submit()] as unknown[]),
      [],
    );
    expect(state).toMatchObject({ type: 'CANCELLED', message: '1/3 states cancelled.' });
  });
});

describe('Flow names, timeouts, logs', () => {
  test('sets_run_name_with_params_including_defaults', async () => {
    const schema = z.object({ a: z.string(), b: z.string().default('two') });
    const { run } = await runFlow(
      flow(() => 1, { parameters: schema, flowRunName: '{a}-{b}' }),
      [{ a: 'one' }],
    );
    expect(run.name).toBe('one-two');
  });

  test('sets_run_name_with_function', async () => {
    const { run } = await runFlow(
      flow((n: number) => n, { flowRunName: ({ n }) => `number ${String(n)}` }),
      [4],
    );
    expect(run.name).toBe('number 4');
  });

  test('sets_run_name_once', async () => {
    let made = 0;
    const named = flow(() => boom(), { retries: 2, flowRunName: () => `run ${(made += 1)}` });
    const { run, state } = await runFlow(named, []);
    expect([made, run.name, state.type]).toEqual([1, 'run 1', 'FAILED']);
  });

  test('sync_flow_string_template_name_set_before_running', async () => {
    let seen: string | undefined;
    await runFlow(
      flow(
        (n: number) => {
          seen = runtime.flowRun?.name;
          return n;
        },
        { flowRunName: 'nr {n}' },
      ),
      [9],
    );
    expect(seen).toBe('nr 9');
  });

  test('flows_fail_with_timeout', async () => {
    const slow = flow(async () => sleep(1e6, undefined, { signal: runtime.signal }), { timeoutSeconds: 0.05 });
    const { state } = await runFlow(slow, [], { clock: systemClock });
    expect(state).toMatchObject({
      type: 'FAILED',
      name: 'TimedOut',
      message: 'Flow run exceeded timeout of 0.05 second(s)',
    });
  });

  test('timeout_only_applies_if_exceeded', async () => {
    const quick = flow(async () => 1, { timeoutSeconds: 60 });
    expect((await runFlow(quick, [], { clock: systemClock })).state.type).toBe('COMPLETED');
  });

  test('timeout_stops_execution_after_await_for_async_flows', async () => {
    let after = false;
    const slow = flow(
      async () => {
        await sleep(200, undefined, { signal: runtime.signal });
        after = true;
      },
      { timeoutSeconds: 0.02 },
    );
    await runFlow(slow, [], { clock: systemClock });
    await sleep(250);
    expect(after).toBe(false);
  });

  test('user_timeout_is_not_hidden', async () => {
    const own = flow(
      () => {
        throw new RunTimeout('mine');
      },
      { timeoutSeconds: 60 },
    );
    const { state } = await runFlow(own, []);
    expect([state.name, state.message]).toEqual(['TimedOut', 'Flow run failed due to timeout: RunTimeout: mine']);
  });

  test.each([
    ['a task of it', task(() => sleep(60_000, undefined, { signal: runtime.signal }), { name: 'slow', timeoutSeconds: 0.05 }), 'Task run exceeded timeout of 0.05 second(s)', 'RunTimeout: Task run exceeded timeout of 0.05 second(s)'],
    ["JavaScript's own limit", task(() => sleep(60_000, undefined, { signal: AbortSignal.timeout(20) }).catch((error: Error) => { throw error.cause as Error; }), { name: 'fetches' }), 'Task run failed due to timeout: TimeoutError: The operation was aborted due to timeout', 'TimeoutError: The operation was aborted due to timeout'],
  ])('a flow that fails because of a timeout of %s is TimedOut too, and says of what', async (_of, slow, ofTask, ofFlow) => {
    const { state, taskRuns } = await runFlow(flow(() => slow()), [], { clock: systemClock });
    expect([taskRuns[0]?.state.name, taskRuns[0]?.state.message]).toEqual(['TimedOut', ofTask]);
    expect([state.type, state.name, state.message]).toEqual(['FAILED', 'TimedOut', `Flow run failed due to timeout: ${ofFlow}`]);
  });

  const talks = flow(async () => {
    getRunLogger().info('from the flow', { n: 1 });
    await task(() => getRunLogger().warning('from the task'), { name: 'talker' })();
  });

  test('user_logs_are_sent_to_orion', async () => {
    const { logs } = await runFlow(talks, []);
    expect(logs).toContainEqual(
      expect.objectContaining({ name: 'prefect.flow_runs', level: 20, message: 'from the flow {"n":1}' }),
    );
    expect(logs).toContainEqual(
      expect.objectContaining({ name: 'prefect.task_runs', level: 30, message: 'from the task' }),
    );
  });

  test('logs_are_given_correct_id', async () => {
    const { logs, run, taskRuns } = await runFlow(talks, []);
    const ofTask = logs.find(({ message }) => message === 'from the task');
    expect(ofTask).toMatchObject({ flowRunId: run.id, taskRunId: taskRuns[0]?.id });
    expect(logs.every(({ flowRunId }) => flowRunId === run.id)).toBe(true);
  });
});

describe('Flow retries', () => {
  /** Throws until the attempt of that number. */
  function failsUntil(last: number): { (): string; count: number } {
    const counted = (): string => {
      counted.count += 1;
      if (counted.count < last) throw new Error(`attempt ${counted.count}`);
      return `after ${counted.count}`;
    };
    counted.count = 0;
    return counted;
  }

  test('flow_retry_with_error_in_flow', async () => {
    const work = failsUntil(2);
    const { state, run, states } = await runFlow(flow(work, { retries: 1 }), []);
    expect([state.result(), work.count, run.run_count]).toEqual(['after 2', 2, 2]);
    expect(states.map(({ name }) => name)).toEqual(['Pending', 'Running', 'AwaitingRetry', 'Running', 'Completed']);
  });

  test('flow_retry_with_error_in_flow_and_successful_task', async () => {
    const work = failsUntil(2);
    let taskRuns = 0;
    const counted = task(() => (taskRuns += 1), { persistResult: true });
    const { state } = await runFlow(
      flow(
        async () => {
          await counted();
          return work();
        },
        { retries: 1 },
      ),
      [],
    );
    // A kept result of the same flow run is taken again: DEFAULT has the run's id in its key.
    expect([state.result(), taskRuns]).toEqual(['after 2', 1]);
  });

  test('flow_retry_with_no_error_in_flow_and_one_failed_task', async () => {
    const work = failsUntil(2);
    const { state, run } = await runFlow(
      flow(() => task(work).submit(), { retries: 1 }),
      [],
    );
    expect([state.result(), run.run_count]).toEqual(['after 2', 2]);
  });

  test('flow_retry_with_error_in_flow_and_one_failed_task_with_retries_cannot_exceed_retries', async () => {
    const work = failsUntil(100);
    const { state, run } = await runFlow(
      flow(() => task(work, { retries: 2 })(), { retries: 1 }),
      [],
    );
    expect([state.type, run.run_count, work.count]).toEqual(['FAILED', 2, 6]);
  });

  test('flow_retry_with_error_in_flow_and_one_successful_child_flow', async () => {
    const work = failsUntil(2);
    let children = 0;
    const child = flow(() => (children += 1), { name: 'child' });
    const { state } = await runFlow(
      flow(
        async () => {
          const value = await child();
          work();
          return value;
        },
        { retries: 1 },
      ),
      [],
    );
    expect([state.result(), children]).toEqual([1, 1]);
  });

  test('parent_flow_retries_failed_child_flow_with_retries', async () => {
    const work = failsUntil(4);
    const child = flow(work, { name: 'child', retries: 1 });
    const { state, run } = await runFlow(
      flow(() => child(), { retries: 1 }),
      [],
    );
    expect([state.result(), run.run_count, work.count]).toEqual(['after 4', 2, 4]);
  });
});

describe('Subflows', () => {
  const child = flow((n: number) => n + 1, { name: 'child' });

  test('subflow_relationship_tracking', async () => {
    const { api, run } = await runFlow(
      flow(() => child(1), { name: 'parent' }),
      [],
    );
    const inner = api.runs.find(({ id }) => id !== run.id);
    const row = api.placeholder(inner?.parent_task_run_id ?? null);
    expect(row).toMatchObject({
      name: 'child-0',
      flow_run_id: run.id,
      state: { type: 'COMPLETED', state_details: { child_flow_run_id: inner?.id } },
    });
  });

  test('subflow_with_one_upstream_task_future', async () => {
    const { state } = await runFlow(
      flow(() => child(fine.submit())),
      [],
    );
    expect(state.result()).toBe(2);
  });

  test('subflow_with_invalid_parameters_fails_parent', async () => {
    const strict = flow(({ n }) => n, { name: 'strict', parameters: z.object({ n: z.number() }) });
    const { state, api } = await runFlow(
      flow(async () => strict({ n: 'no' as never })),
      [],
    );
    expect(state.type).toBe('FAILED');
    expect(api.runs.map((each) => each.state?.type)).toEqual(['FAILED', 'FAILED']);
  });

  test('sync_reattaches_to_existing_subflow_when_parent_task_run_is_running', async () => {
    const work = failsUntilCalled();
    const parent = flow(
      async () => {
        const value = await child(1);
        work();
        return value;
      },
      { retries: 1 },
    );
    const { api } = await runFlow(parent, []);
    expect(api.runs).toHaveLength(2);
  });

  test('sets_return_value_when_parent_task_run_is_final', async () => {
    const work = failsUntilCalled();
    const { state } = await runFlow(
      flow(
        async () => {
          const value = await child(7);
          work();
          return value;
        },
        { retries: 1 },
      ),
      [],
    );
    expect(state.result()).toBe(8);
  });

  test('direct_subflow_keeps_stable_key_for_retry_optimisation', async () => {
    const work = failsUntilCalled();
    const { api } = await runFlow(
      flow(
        async () => {
          await child(1);
          await child(2);
          work();
        },
        { retries: 1, name: 'parent' },
      ),
      [],
    );
    expect(api.runs).toHaveLength(3);
  });

  function failsUntilCalled(): () => void {
    let called = false;
    return () => {
      const before = called;
      called = true;
      if (!before) throw new Error('first attempt');
    };
  }
});

test('Completed carries its data', async () => {
  const { state } = await runFlow(
    flow(() => Completed({ data: 3, message: 'three' })),
    [],
    { clock: new FakeClock() },
  );
  expect([state.result(), state.message]).toEqual([3, 'three']);
});
