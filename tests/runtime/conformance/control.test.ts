import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { FlowStopped, flow, pauseFlowRun, runDeployment, runtime, suspendFlowRun, task, transaction } from '../../../src/runtime/index.ts';
import { executeFlowRun } from '../../../src/runtime/engine/execute.ts';
import { silence } from '../../../src/runtime/engine/console-log.ts';
import { systemClock } from '../../../src/runtime/engine/clock.ts';
import { FakeClock, MemoryApi, runFlow } from '../../../src/runtime/testing/index.ts';
import type { RunListener } from '../../../src/runtime/ports.ts';
import type { JsonObject } from '../../../src/runtime/types.ts';

silence(true);

/** Somebody who sees that a run is paused, and lets it go on. */
async function resumeOncePaused(api: MemoryApi, id: string, input?: JsonObject): Promise<void> {
  while ((await api.readFlowRun(id)).state?.type !== 'PAUSED') await sleep(5);
  await api.resumeFlowRun(id, input);
}

describe('Pause and suspend', () => {
  test('paused_flows_can_be_resumed', async () => {
    const api = new MemoryApi(systemClock);
    const paused = flow(async () => {
      const { id } = runtime.flowRun ?? { id: '' };
      void resumeOncePaused(api, id);
      await pauseFlowRun({ pollInterval: 0.01, timeout: 60 });
      return 'went on';
    });
    const { state, states } = await runFlow(paused, [], { api });
    expect(state.result()).toBe('went on');
    expect(states.map(({ name }) => name)).toEqual(['Pending', 'Running', 'Paused', 'Running', 'Completed']);
  });

  test('paused_flows_fail_if_not_resumed', async () => {
    const { state } = await runFlow(
      flow(() => pauseFlowRun({ timeout: 60 })),
      [],
    );
    expect(state).toMatchObject({ type: 'FAILED', message: expect.stringContaining('paused and never resumed') });
  });

  test('paused_flows_can_receive_input', async () => {
    const api = new MemoryApi(systemClock);
    const asks = flow(async () => {
      const { id } = runtime.flowRun ?? { id: '' };
      void resumeOncePaused(api, id, { rows: 3 });
      const input = await pauseFlowRun({ pollInterval: 0.01, waitForInput: z.object({ rows: z.number() }) });
      return input.rows;
    });
    expect((await runFlow(asks, [], { api })).state.result()).toBe(3);
  });

  test('suspending_flow_run_without_deployment_fails', async () => {
    const { state } = await runFlow(
      flow(() => suspendFlowRun()),
      [],
    ).catch((error: unknown) => ({ state: { message: String(error) } }));
    expect(state.message).toContain('Cannot pause flows without a deployment');
  });

  test('suspended_flow_run_has_correct_state', async () => {
    const api = new MemoryApi(systemClock);
    const given = await api.createFlowRun({ flow_id: await api.ensureFlow('f'), deployment_id: 'd' });
    const state = await executeFlowRun(
      flow(() => suspendFlowRun()),
      given,
      { api },
    );
    expect(state).toMatchObject({ type: 'PAUSED', name: 'Suspended' });
    const { state: kept } = await api.readFlowRun(given.id);
    expect(kept).toMatchObject({ type: 'PAUSED', name: 'Suspended', state_details: { pause_reschedule: true } });
    await api.resumeFlowRun(given.id);
    expect((await api.readFlowRun(given.id)).state).toMatchObject({ type: 'SCHEDULED', name: 'Resuming' });
  });

  test('a run that goes on in another process is in the attempt that it was in, and a retry is the next one', async () => {
    const api = new MemoryApi(systemClock);
    const given = await api.createFlowRun({ flow_id: await api.ensureFlow('f'), deployment_id: 'd', empirical_policy: { retries: 1, retry_delay: 0 } });
    const seen: (number | undefined)[] = [];
    const work = flow(
      async () => {
        seen.push(runtime.flowRun?.runCount);
        await suspendFlowRun({ key: 'once' });
        if (runtime.flowRun?.runCount === 1) throw new Error('no luck');
      },
      { retries: 1, onRunning: [() => seen.push(runtime.flowRun?.runCount)], onCompletion: [() => seen.push(runtime.flowRun?.runCount)] },
    );
    await executeFlowRun(work, given, { api });
    await api.resumeFlowRun(given.id);
    await executeFlowRun(work, await api.readFlowRun(given.id), { api });
    expect([seen, (await api.readFlowRun(given.id)).run_count]).toEqual([[1, 1, 1, 1, 2, 2, 2], 2]);
  });
});

describe('Stopping from outside', () => {
  const waits = task(() => sleep(60_000, undefined, { signal: runtime.signal }), { name: 'waits' });

  test('on_cancellation_hook_called_on_sigterm_when_cancel_intent_is_set', async () => {
    const seen: string[] = [];
    const { api, given, stop } = await started();
    const work = flow(() => waits(), { onCancellation: [(_flow, _run, state) => seen.push(state.name)] });
    setTimeout(() => stop.abort(new FlowStopped('cancelled', 'asked to')), 30);
    await executeFlowRun(work, given, { api, signal: stop.signal });
    expect(seen).toEqual(['Cancelled']);
    expect(api.taskRuns[0]?.state.type).toBe('CANCELLED');
  });

  test('on_crashed_hook_called_on_sigterm_without_intent', async () => {
    const seen: string[] = [];
    const { api, given, stop } = await started();
    const work = flow(() => waits(), { onCrashed: [(_flow, _run, state) => seen.push(state.name)] });
    setTimeout(() => stop.abort(new FlowStopped('crashed', 'aborted by a termination signal')), 30);
    await executeFlowRun(work, given, { api, signal: stop.signal });
    expect(seen).toEqual(['Crashed']);
    expect((await api.readFlowRun(given.id)).state?.type).toBe('CRASHED');
  });

  test('on_crashed_hooks_remain_engine_owned_with_env_var_false', async () => {
    const seen: string[] = [];
    const { api, given, stop } = await started();
    setTimeout(() => stop.abort(new FlowStopped('crashed', 'gone')), 30);
    const work = flow(() => waits(), { onCrashed: [() => seen.push('ran')] });
    await executeFlowRun(work, given, { api, signal: stop.signal, supervised: true });
    expect(seen).toEqual(['ran']);
  });

  test('runner_managed_subprocesses_skip_child_owned_cancellation_state_writes', async () => {
    const { api, given, stop } = await started();
    setTimeout(() => stop.abort(new FlowStopped('cancelled', 'asked to')), 30);
    const state = await executeFlowRun(
      flow(() => waits()),
      given,
      { api, signal: stop.signal, supervised: true },
    );
    expect([state.type, (await api.readFlowRun(given.id)).state?.type]).toEqual(['CANCELLED', 'RUNNING']);
  });

  test('top_level_non_runner_flows_force_cancellation_state_writes', async () => {
    const { api, given } = await started();
    setTimeout(() => void api.cancel(given.id), 30);
    const state = await executeFlowRun(
      flow(() => waits()),
      given,
      { api },
    );
    expect([state.type, (await api.readFlowRun(given.id)).state?.type]).toEqual(['CANCELLED', 'CANCELLED']);
  });

  test('a run that was cancelled before its process came to it ends as Cancelled, and runs nothing', async () => {
    const { api, given } = await started();
    await api.cancel(given.id);
    const state = await executeFlowRun(flow(() => Promise.reject(new Error('it ran'))), given, { api });
    expect([state.type, (await api.readFlowRun(given.id)).state?.type]).toEqual(['CANCELLED', 'CANCELLED']);
  });

  test('a run that is cancelled in the moment of its end says so, where nobody else does', async () => {
    const { api, given } = await started();
    const deaf = flow(() => void api.cancel(given.id));
    // As between two looks at the server: the run does not hear of it.
    api.attend = () => () => undefined;
    const state = await executeFlowRun(deaf, given, { api });
    expect([state.type, (await api.readFlowRun(given.id)).state?.type]).toEqual(['CANCELLED', 'CANCELLED']);
  });

  test.each([['cancelled', 'CANCELLED'], ['crashed', 'CRASHED'], ['suspended', 'PAUSED']] as const)('a run that is %s while its last tasks run, its function being over, is %s', async (why, type) => {
    const { api, given, stop } = await started();
    setTimeout(() => stop.abort(new FlowStopped(why, 'asked to')), 30);
    const state = await executeFlowRun(flow(() => void waits.submit()), given, { api, signal: stop.signal });
    expect(state.type).toBe(type);
  });

  describe('a run that somebody suspends', () => {
    /** A run that can be told. Its first task is at work until it is let go; the flow would start another one after it. */
    async function atWork() {
      const { api, given } = await started();
      let told: RunListener | undefined;
      api.attend = (_run, _name, listener) => {
        told ??= listener;
        return () => undefined;
      };
      let letGo = (): void => undefined;
      const isFree = new Promise<void>((resolve) => (letGo = resolve));
      const seen: string[] = [];
      const first = task(async () => {
        const { signal } = runtime;
        seen.push('begins');
        await isFree;
        seen.push(signal.aborted ? 'aborted' : 'ends');
      }, { name: 'first' });
      const second = task(() => seen.push('second'), { name: 'second' });
      const inner = flow(async () => {
        await first();
        await second();
      }, { name: 'inner' });
      const run = (isNested: boolean) => executeFlowRun(isNested ? flow(() => inner()) : inner, given, { api });
      const untilBegun = async (): Promise<RunListener> => {
        while (seen.length === 0) await sleep(5);
        return told as RunListener;
      };
      return { api, seen, letGo, run, untilBegun };
    }

    test.each([['', false], [' in a subflow', true]])('lets the task that is at work%s come to its end, and begins no other', async (_, isNested) => {
      const { api, seen, letGo, run, untilBegun } = await atWork();
      const over = run(isNested);
      (await untilBegun()).suspend();
      await sleep(20);
      letGo();
      expect(await over).toMatchObject({ type: 'PAUSED', name: 'Suspended' });
      expect(seen).toEqual(['begins', 'ends']);
      expect(api.taskRuns.filter(({ name }) => /first|second/.test(name)).map(({ state }) => state.type)).toEqual(['COMPLETED']);
    });

    test('may be cancelled while it waits for that task', async () => {
      const { api, seen, run, untilBegun } = await atWork();
      const over = run(false);
      const told = await untilBegun();
      told.suspend();
      await sleep(20);
      told.cancel();
      expect((await over).type).toBe('CANCELLED');
      expect([seen, api.taskRuns.map(({ state }) => state.type)]).toEqual([['begins'], ['CANCELLED']]);
    });
  });

  test('a run that is cancelled while a task waits to begin, for a hook or for a slot, does not call its function', async () => {
    const { api, given, stop } = await started();
    const acquire = api.acquireSlots.bind(api);
    api.acquireSlots = async (request) => {
      await sleep(100);
      return await acquire(request);
    };
    const called: string[] = [];
    const hooked = task(() => called.push('hooked'), { name: 'hooked', onRunning: [() => sleep(100)] });
    const limited = task(() => called.push('limited'), { name: 'limited', tags: ['limited'] });
    setTimeout(() => stop.abort(new FlowStopped('cancelled', 'asked to')), 30);
    await executeFlowRun(flow(() => Promise.all([hooked(), limited()])), given, { api, signal: stop.signal });
    expect([called, api.taskRuns.map(({ state }) => state.type)]).toEqual([[], ['CANCELLED', 'CANCELLED']]);
  });

  test('a run that is cancelled undoes what its transactions did, to the end, before it is over', async () => {
    const { api, given, stop } = await started();
    const seen: string[] = [];
    const undone = (name: string) => async () => {
      await sleep(30);
      seen.push(name);
    };
    const writes = task(() => 1, { name: 'writes', onRollback: [undone('inner')] });
    const before = task(() => 1, { name: 'before', onRollback: [undone('outer')] });
    const held = task(() => waits(), { name: 'held', onRollback: [undone('held')] });
    const work = flow(() =>
      transaction(async () => {
        await before();
        await transaction(async () => {
          await writes();
          await held();
        });
      }),
    );
    setTimeout(() => stop.abort(new FlowStopped('cancelled', 'asked to')), 30);
    expect((await executeFlowRun(work, given, { api, signal: stop.signal })).type).toBe('CANCELLED');
    expect(seen).toEqual(['inner', 'outer']);
    expect(Object.fromEntries(api.taskRuns.map(({ name, state }) => [name.slice(0, -4), state.name]))).toEqual({ before: 'RolledBack', writes: 'RolledBack', held: 'Cancelled', waits: 'Cancelled' });
  });

  test('a run that is cancelled while a subflow goes on that nobody awaits is over once that has said so', async () => {
    const { api, given, stop } = await started();
    takeTimeWithSubflows(api, given.id, 20);
    const inner = flow(() => waits(), { name: 'inner' });
    setTimeout(() => stop.abort(new FlowStopped('cancelled', 'asked to')), 150);
    await executeFlowRun(flow(() => void inner()), given, { api, signal: stop.signal });
    expect(api.runs.map((each) => each.state?.type)).toEqual(['CANCELLED', 'CANCELLED']);
  });

  test('the run of a deployment is waited for as long as was said, however rarely it is looked at', async () => {
    const clock = new FakeClock();
    const api = new (class extends MemoryApi {
      override readDeployment = async () => ({ id: 'd' }) as never;
      override createDeploymentRun = async () => await this.createFlowRun({ flow_id: await this.ensureFlow('child'), state: { type: 'PENDING' } });
    })(clock);
    const waited = flow(async () => {
      const before = clock.now();
      const { state } = await runDeployment('child/d', { timeout: 2, pollInterval: 60 });
      return [state?.type, Math.round((clock.now() - before) / 1_000_000)];
    });
    expect((await runFlow(waited, [], { api, clock })).state.result()).toEqual(['PENDING', 2]);
  });

  test('a deployment is given what futures came to, and is drawn after the tasks that they are of', async () => {
    let given: unknown;
    const api = new (class extends MemoryApi {
      override readDeployment = async () => ({ id: 'd' }) as never;
      override createDeploymentRun = async (_id: string, body: object) => {
        given = (body as { parameters: unknown }).parameters;
        return await this.createFlowRun({ flow_id: await this.ensureFlow('child'), state: { type: 'COMPLETED' } });
      };
    })(systemClock);
    const count = task(() => 6, { name: 'count' });
    const placed: unknown[] = [];
    const create = api.createTaskRun.bind(api);
    api.createTaskRun = async (body) => (placed.push(body.task_inputs), await create(body));
    await runFlow(flow(async () => void (await runDeployment('child/d', { parameters: { rows: count.submit(), days: [1] } }))), [], { api });
    expect(given).toEqual({ rows: 6, days: [1] });
    expect(placed).toEqual([{ rows: [{ input_type: 'task_run', id: api.taskRuns.find(({ name }) => name.startsWith('count'))?.id }], days: [] }]);
  });

  test('a run that is cancelled is over, also when its code tries a task until it succeeds, and no task begins any more', async () => {
    const { api, given, stop } = await started();
    let tries = 0;
    const left = new AbortController();
    const never = task(() => sleep(5).then(() => { throw new Error('not yet'); }), { name: 'never' });
    const work = flow(async () => {
      while (!left.signal.aborted && tries < 1_000_000) {
        tries += 1;
        await never().catch(() => undefined);
      }
    });
    setTimeout(() => stop.abort(new FlowStopped('cancelled', 'asked to')), 50);
    const state = await executeFlowRun(work, given, { api, signal: stop.signal });
    left.abort();
    expect([state.type, tries < 1_000_000]).toEqual(['CANCELLED', true]);
    expect(api.taskRuns.filter(({ state: { type } }) => type === 'CANCELLED')).toHaveLength(1);
  });

  test('a task that is out of time ends the subflow that it called, and tells the task', async () => {
    const seen: unknown[] = [];
    const hears = (what: string): Promise<void> => sleep(60_000, undefined, { signal: runtime.signal }).catch(() => void seen.push(what));
    const inner = flow(() => hears('subflow'), { name: 'inner' });
    const nested = task(() => hears('task'), { name: 'nested' });
    const outer = task(() => Promise.all([inner(), nested()]), { name: 'outer', timeoutSeconds: 0.05 });
    const api = new MemoryApi(systemClock);
    await runFlow(flow(async () => (await outer.state()).name), [], { api });
    expect(seen.toSorted()).toEqual(['subflow', 'task']);
    expect(api.runs.map(({ state }) => state?.type)).toEqual(['COMPLETED', 'CRASHED']);
  });

  test('a run that is cancelled is over once its subflows have said so, too', async () => {
    const { api, given, stop } = await started();
    takeTimeWithSubflows(api, given.id, 50);
    const inner = flow(() => waits(), { name: 'inner' });
    setTimeout(() => stop.abort(new FlowStopped('cancelled', 'asked to')), 100);
    await executeFlowRun(flow(() => inner()), given, { api, signal: stop.signal });
    expect(api.runs.map((each) => each.state?.type)).toEqual(['CANCELLED', 'CANCELLED']);
  });

  /** As a server that is busy. */
  function takeTimeWithSubflows(api: MemoryApi, main: string, milliseconds: number): void {
    const propose = api.proposeFlowState.bind(api);
    api.proposeFlowState = async (id, ...rest) => {
      if (id !== main) await sleep(milliseconds);
      return await propose(id, ...rest);
    };
  }

  async function started(): Promise<{
    api: MemoryApi;
    given: Awaited<ReturnType<MemoryApi['createFlowRun']>>;
    stop: AbortController;
  }> {
    const api = new MemoryApi(systemClock);
    return { api, given: await api.createFlowRun({ flow_id: await api.ensureFlow('f') }), stop: new AbortController() };
  }
});
