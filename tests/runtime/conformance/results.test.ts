import { describe, expect, test } from 'vitest';
import { FLOW_PARAMETERS, INPUTS, NO_CACHE, concurrency, flow, getRunLogger, rateLimit, runtime, task, transaction } from '../../../src/runtime/index.ts';
import type { Task, TaskOptions } from '../../../src/runtime/index.ts';
import { FakeClock, MemoryApi, memoryResults, runFlow } from '../../../src/runtime/testing/index.ts';

/** A task that counts its calls. */
function counted(options: TaskOptions): { readonly run: Task<[n: number], number>; readonly calls: () => number } {
  let calls = 0;
  const run = task((n: number) => n + (calls += 1), { name: 'counted', ...options });
  return { run, calls: () => calls };
}

describe('Cache, results, transactions', () => {
  test('repeated_task_call_within_flow_is_cached_by_default', async () => {
    const { run, calls } = counted({ persistResult: true });
    const { taskRuns } = await runFlow(
      flow(async () => [await run(1), await run(1), await run(2)].length),
      [],
    );
    expect(calls()).toBe(2);
    expect(taskRuns.map(({ state }) => state.name)).toEqual(['Completed', 'Cached', 'Completed']);
    expect(taskRuns[1]?.states.map(({ name }) => name)).toEqual(['Pending', 'Running', 'Cached']);
  });

  test('cache_hits_between_flows_are_cached', async () => {
    const { run, calls } = counted({ cachePolicy: INPUTS });
    const results = memoryResults();
    const work = flow(() => run(1));
    const first = await runFlow(work, [], { results });
    const second = await runFlow(work, [], { results });
    expect([first.state.result(), second.state.result(), calls()]).toEqual([2, 2, 1]);
  });

  test('a task without a cache keeps no result: Prefect counts NO_CACHE as no wish to keep one', async () => {
    const written: string[] = [];
    const results = { ...memoryResults(), write: async (key: string) => void written.push(key) };
    const { run } = counted({ cachePolicy: NO_CACHE });
    await runFlow(flow(() => run(1)), [], { results });
    expect(written).toEqual([]);
    await runFlow(flow(() => run.withOptions({ persistResult: true })(1)), [], { results });
    expect(written).toHaveLength(1);
  });

  test('cache_key_hits_with_past_expiration_are_not_cached', async () => {
    const { run, calls } = counted({ cachePolicy: INPUTS, cacheExpiration: 60 });
    const clock = new FakeClock();
    await runFlow(
      flow(async () => {
        await run(1);
        await run(1);
        await clock.sleep(61_000);
        await run(1);
      }),
      [],
      { clock },
    );
    expect(calls()).toBe(2);
  });

  test('cache_misses_w_refresh_cache', async () => {
    const { run, calls } = counted({ cachePolicy: INPUTS });
    await runFlow(
      flow(async () => [await run(1), await run.withOptions({ refreshCache: true })(1), await run(1)].length),
      [],
    );
    expect(calls()).toBe(2);
  });

  test('cache_key_fn_takes_precedence_over_cache_policy', async () => {
    const { run, calls } = counted({ cachePolicy: INPUTS, cacheKeyFn: () => 'always-the-same' });
    await runFlow(
      flow(async () => [await run(1), await run(2)].length),
      [],
    );
    expect(calls()).toBe(1);
  });

  test('flow_parameter_caching', async () => {
    const { run, calls } = counted({ cachePolicy: FLOW_PARAMETERS });
    const work = flow((day: string) => run(day.length));
    const results = memoryResults();
    for (const day of ['monday', 'sunday', 'monday']) await runFlow(work, [day], { results });
    expect(calls()).toBe(2);
  });

  test('error_handling_on_cache_policies', async () => {
    const odd = task((value: unknown) => typeof value, { persistResult: true, cachePolicy: INPUTS });
    const { state, logs } = await runFlow(
      flow(() => odd(() => 1)),
      [],
    );
    expect(state.result()).toBe('function');
    expect(logs.map(({ message }) => message).join('\n')).toContain('Error encountered when computing cache key');
  });

  test('task_transitions_to_rolled_back_on_transaction_rollback', async () => {
    const undone: unknown[] = [];
    const step = task((n: number) => n, { name: 'step', onRollback: [(txn) => undone.push(txn.get('who'))] });
    const { namesOf } = await runFlow(
      flow(() =>
        transaction(async (txn) => {
          txn.set('who', 'me');
          await step(1);
          throw new Error('later');
        }),
      ),
      [],
    );
    expect(namesOf('step')).toEqual(['Pending', 'Running', 'Completed', 'RolledBack']);
    expect(undone).toEqual(['me']);
  });

  test('txns_dont_commit_on_exception', async () => {
    const committed: string[] = [];
    const step = task(() => 1, { onCommit: [() => committed.push('step')] });
    const broken = flow(() =>
      transaction(async () => {
        await step();
        throw new Error('no');
      }),
    );
    await runFlow(broken, []);
    expect(committed).toEqual([]);
    await runFlow(
      flow(() => transaction(() => step())),
      [],
    );
    expect(committed).toEqual(['step']);
  });

  test('txns_auto_commit_in_eager', async () => {
    const results = memoryResults();
    const step = task(() => 7, { persistResult: true, resultStorageKey: 'eager' });
    let inside: unknown;
    await runFlow(
      flow(() =>
        transaction(
          async () => {
            await step();
            inside = await results.read('eager');
          },
          { commitMode: 'eager' },
        ),
      ),
      [],
      { results },
    );
    expect(inside).toMatchObject({ result: '7', metadata: { storage_key: 'eager', serializer: { type: 'json' } } });
  });
});

describe('Hooks', () => {
  const fails = (): never => {
    throw new Error('always');
  };

  test('on_failure_hooks_dont_run_on_retries', async () => {
    const seen: string[] = [];
    const t = task(fails, {
      name: 't',
      retries: 2,
      onFailure: [(info, run, state) => seen.push(`${info.name} ${run.runCount} ${state.name}`)],
    });
    await runFlow(
      flow(() => t()),
      [],
    );
    expect(seen).toEqual(['t 3 Failed']);
  });

  test('other_failure_hooks_run_if_a_hook_fails', async () => {
    const seen: string[] = [];
    const broken = (): never => {
      throw new Error('hook');
    };
    const { logs } = await runFlow(flow(fails, { onFailure: [broken, () => seen.push('second')] }), []);
    expect(seen).toEqual(['second']);
    expect(logs.map(({ message }) => message)).toContain(
      "An error was encountered while running hook 'broken': Error: hook",
    );
  });

  test('on_failure_hooks_run_on_bad_parameters', async () => {
    const seen: string[] = [];
    const bad = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'wrong' }] }) },
    } as const;
    await runFlow(
      flow(() => 1, { parameters: bad, onFailure: [(_flow, _run, state) => seen.push(state.name)] }),
      [{}],
    );
    expect(seen).toEqual(['Failed']);
  });

  test('a hook may log to its run', async () => {
    const { logs, run } = await runFlow(
      flow(() => 1, { onCompletion: [() => getRunLogger().info('from the hook')] }),
      [],
    );
    expect(logs.find(({ message }) => message === 'from the hook')?.flowRunId).toBe(run.id);
  });
});

describe('Process control', () => {
  test('tag_concurrency_is_taken_prior_to_running_state', async () => {
    const api = new MemoryApi(new FakeClock());
    api.limits.set('tag:db', 1);
    let most = 0;
    const tagged = task(
      async () => {
        most = Math.max(most, api.taskRuns.filter(({ state }) => state.type === 'RUNNING').length);
        await api.time.sleep(5);
      },
      { tags: ['db'] },
    );
    const { state } = await runFlow(
      flow(async () => void (await Promise.all([tagged(), tagged(), tagged()]))),
      [],
      { api },
    );
    expect([state.type, most, api.slotsTaken]).toEqual(['COMPLETED', 1, 0]);
  });

  test('lease_renewal_sync', async () => {
    const renewed: string[] = [];
    const api = new (class extends MemoryApi {
      override async renewLease(lease: string): Promise<boolean> {
        renewed.push(lease);
        return await super.renewLease(lease);
      }
    })(new FakeClock());
    api.limits.set('db', 1);
    const held = flow(() => concurrency('db', () => api.time.sleep(250_000), { leaseDuration: 100 }));
    await runFlow(held, [], { api });
    // At three quarters of its time, each time, and no more once it is given back.
    expect(renewed).toHaveLength(3);
    expect([new Set(renewed).size, api.slotsTaken]).toEqual([1, 0]);
  });

  test('a renewal that the server refuses for a moment is tried again, and a lease that is lost is said', async () => {
    const answers: (boolean | Error)[] = [new Error('busy'), new Error('busy'), true, new Error('busy'), false];
    class Flaky extends MemoryApi {
      override async renewLease(): Promise<boolean> {
        const answer = answers.shift() ?? false;
        if (answer instanceof Error) throw answer;
        return answer;
      }
    }
    const clock = new FakeClock();
    const api = new Flaky(clock);
    api.limits.set('database', 1);
    const work = flow(() => concurrency('database', () => clock.sleep(1_000_000), { leaseDuration: 100 }));
    const { logs } = await runFlow(work, [], { api, clock });
    expect(answers).toEqual([]);
    expect(logs.filter(({ level }) => level === 30).map(({ message }) => message)).toEqual([expect.stringContaining('lease of a concurrency slot was lost')]);
  });

  describe('a lease that is no more', () => {
    /** A server that answers a renewal this; it gives slots of `db` and knows no other limit. */
    function serverThat(renewLease: () => Promise<boolean>): { readonly api: MemoryApi; readonly clock: FakeClock } {
      const clock = new FakeClock();
      const api = new (class extends MemoryApi {
        override readonly renewLease = renewLease;
      })(clock);
      api.limits.set('db', 1);
      return { api, clock };
    }
    const isGone = async (): Promise<boolean> => false;
    const isSilent = async (): Promise<boolean> => {
      throw new Error('no answer');
    };
    const warnings = (logs: readonly { readonly level: number; readonly message: string }[]): string[] => logs.filter(({ level }) => level === 30).map(({ message }) => message);

    test.each([
      ['is gone', isGone, /the server does not know it any more/],
      ['has run out, and nobody answered', isSilent, /has run out: nobody answered/],
    ])('stops what is strict, as Crashed, and no more than that: %s', async (_, renewLease, message) => {
      const { api, clock } = serverThat(renewLease);
      const signals: boolean[] = [];
      const holds = task(
        () =>
          concurrency('db', async () => {
            const { signal } = runtime;
            await clock.sleep(1_000_000, signal).catch(() => signals.push(signal.aborted));
          }, { leaseDuration: 100, strict: true }),
        { name: 'holds' },
      );
      const work = flow(async () => (await holds.state()).type);
      const { state, logs } = await runFlow(work, [], { api, clock });
      expect([state.type, state.result(), signals, warnings(logs)]).toEqual(['COMPLETED', 'CRASHED', [true], []]);
      expect(logs.map((each) => each.message).join('\n')).toMatch(message);
      expect(api.slotsTaken).toBe(0);
      const alone = await runFlow(flow(() => concurrency('db', () => clock.sleep(1_000_000), { leaseDuration: 100, raiseOnLeaseRenewalFailure: true })), [], { api, clock });
      expect([alone.state.type, alone.state.message]).toEqual(['CRASHED', expect.stringMatching(message)]);
    });

    test('is a warning for what is not strict, once, and that goes on', async () => {
      const { api, clock } = serverThat(isSilent);
      const { state, logs } = await runFlow(flow(() => concurrency('db', () => clock.sleep(300_000), { leaseDuration: 100 })), [], { api, clock });
      expect([state.type, warnings(logs)]).toEqual(['COMPLETED', [expect.stringMatching(/has run out: nobody answered.* It goes on/)]]);
    });

    test('is not one whose renewal is answered late', async () => {
      let asked = 0;
      const { api, clock } = serverThat(async () => ((asked += 1) % 5 === 0 ? true : await isSilent()));
      const { state, logs } = await runFlow(flow(() => concurrency('db', () => clock.sleep(900_000), { leaseDuration: 100, strict: true })), [], { api, clock });
      expect([state.type, warnings(logs)]).toEqual(['COMPLETED', []]);
    });
  });

  test('a task that fails in a transaction is Failed, and only what was done is undone', async () => {
    const undone: string[] = [];
    const onRollback = (name: string) => [() => void undone.push(name)];
    const does = task(() => 1, { name: 'does', onRollback: onRollback('does') });
    const fails = task(() => { throw new Error('no luck'); }, { name: 'fails', onRollback: onRollback('fails') });
    const { taskRuns } = await runFlow(
      flow(() =>
        transaction(async () => {
          await does();
          await fails();
        }),
      ),
      [],
    );
    expect([undone, taskRuns.map(({ state }) => state.name)]).toEqual([['does'], ['RolledBack', 'Failed']]);
  });

  test('a limit that does not exist is a warning, and where it is strict an error', async () => {
    const api = new MemoryApi(new FakeClock());
    const lax = await runFlow(flow(() => concurrency('nowhere', () => 1)), [], { api });
    expect([lax.state.result(), lax.logs.filter(({ level }) => level === 30).map(({ message }) => message)]).toEqual([1, [expect.stringContaining('nowhere do not exist')]]);
    const strict = await runFlow(flow(() => concurrency('nowhere', () => 1, { strict: true })), [], { api });
    expect([strict.state.type, strict.state.message]).toEqual(['FAILED', expect.stringContaining('nowhere must be created')]);
    const paced = await runFlow(flow(() => rateLimit('nowhere', { strict: true })), [], { api });
    expect(paced.state.type).toBe('FAILED');
  });

  test('a task that timed out while it waited for a slot does not take it later, nor run what the slot was for', async () => {
    const clock = new FakeClock();
    const api = new MemoryApi(clock);
    api.limits.set('db', 1);
    const ran: string[] = [];
    const waits = task(() => concurrency('db', () => ran.push('late')), { name: 'waits', timeoutSeconds: 1 });
    const work = flow(() =>
      concurrency('db', async () => {
        const state = await waits.state();
        return state.name;
      }).then(async (name) => {
        await clock.sleep(5000);
        return name;
      }),
    );
    const { state } = await runFlow(work, [], { api, clock });
    expect([state.result(), ran, api.slotsTaken]).toEqual(['TimedOut', [], 0]);
  });

  test('what was done with a slot is done, also when it cannot be given back', async () => {
    const clock = new FakeClock();
    const api = new (class extends MemoryApi {
      override async releaseLease(): Promise<void> {
        throw new Error('no answer');
      }
    })(clock);
    api.limits.set('db', 1);
    const { state, logs } = await runFlow(flow(() => concurrency('db', () => 1)), [], { api, clock });
    expect(state.result()).toBe(1);
    expect(logs.map(({ message }) => message)).toContainEqual(expect.stringMatching(/could not be given back.*no answer/));
  });

  test('tag_concurrency_does_not_create_limits', async () => {
    const api = new MemoryApi(new FakeClock());
    await runFlow(
      flow(() => task(() => 1, { tags: ['unlimited'] })()),
      [],
      { api },
    );
    expect(api.limits.size).toBe(0);
  });
});
