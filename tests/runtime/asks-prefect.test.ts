import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { RunTimeout, Secret, createImageArtifact, createProgressArtifact, flow, rateLimit, task, updateProgressArtifact } from '../../src/runtime/index.ts';
import { delayOf } from '../../src/runtime/engine/task-machine.ts';
import type { SlotAnswer, SlotRequest } from '../../src/runtime/ports.ts';
import { FakeClock, MemoryApi, runFlow } from '../../src/runtime/testing/index.ts';

/** A server whose rate limit says no a few times. */
class Paced extends MemoryApi {
  readonly asked: SlotRequest[] = [];
  readonly refusals: number;
  constructor(refusals: number, clock: FakeClock) {
    super(clock);
    this.refusals = refusals;
  }
  override async acquireSlots(request: SlotRequest): Promise<SlotAnswer> {
    this.asked.push(request);
    return this.asked.length > this.refusals ? { kind: 'granted', lease: null, limits: ['shop'] } : { kind: 'busy', retryAfterSeconds: 7 };
  }
}

describe('rateLimit()', () => {
  test('waits as long as the server says, and asks again until it is let through', async () => {
    const clock = new FakeClock();
    const api = new Paced(2, clock);
    const { state } = await runFlow(flow(async () => await rateLimit(['shop'], { occupy: 3 })), [], { api, clock });
    expect([state.type, clock.sleeps]).toEqual(['COMPLETED', [7000, 7000]]);
    expect(api.asked.map(({ names, slots, mode }) => ({ names, slots, mode }))).toEqual([1, 2, 3].map(() => ({ names: ['shop'], slots: 3, mode: 'rate_limit' })));
  });

  test('fails the run when its turn does not come in time', async () => {
    const clock = new FakeClock();
    const api = new Paced(Infinity, clock);
    const { state } = await runFlow(flow(async () => await rateLimit('shop', { timeoutSeconds: 10 })), [], { api, clock });
    expect([state.type, state.error]).toEqual(['FAILED', expect.any(RunTimeout)]);
    expect(String(state.error)).toContain('No slot of shop within 10 second(s).');
  });

  test('outside of a flow says so', async () => {
    await expect(rateLimit('shop')).rejects.toThrow('rateLimit()');
  });
});

describe('Secret', () => {
  const api = new MemoryApi(new FakeClock());
  api.blocks.set('secret/shop-token', { value: 'hidden' });

  test('gives its value to who asks for it, and to nobody who prints it', async () => {
    const work = flow(async () => await Secret.load('shop-token'));
    const secret = (await runFlow(work, [], { api })).state.result();
    expect(secret.get()).toBe('hidden');
    expect([String(secret), JSON.stringify({ secret }), inspect(secret)].join(' ')).not.toContain('hidden');
  });

  test('that is not there is named, with what to do', async () => {
    const { state } = await runFlow(flow(async () => void (await Secret.load('shop-key'))), [], { api });
    expect(String(state.error)).toMatch(/no secret block named 'shop-key'.*under Blocks/);
  });
});

describe('artifacts that are not tables', () => {
  test('a bar moves, and an image stands by its address', async () => {
    const work = flow(async () => {
      const id = await createProgressArtifact({ key: 'rows', progress: 10 });
      await updateProgressArtifact(id, 60);
      await createImageArtifact({ key: 'curve', imageUrl: 'https://example.com/curve.png' });
    });
    const { artifacts, run } = await runFlow(work, []);
    expect(artifacts.map(({ key, type, data, flow_run_id }) => [key, type, data, flow_run_id])).toEqual([
      ['rows', 'progress', 60, run.id],
      ['curve', 'image', 'https://example.com/curve.png', run.id],
    ]);
  });

  test.each([-1, 101, Number.NaN])('no bar stands at %s', async (progress) => {
    const { state, artifacts } = await runFlow(flow(async () => void (await createProgressArtifact({ progress }))), []);
    expect([state.type, artifacts]).toEqual(['FAILED', []]);
    expect(String(state.error)).toContain('Progress goes from 0 to 100');
  });
});

test('onRunning is called once an attempt begins, of flows and of tasks, before its code', async () => {
  const order: string[] = [];
  let attempts = 0;
  const work = task(
    () => {
      order.push('code');
      if ((attempts += 1) === 1) throw new Error('once');
    },
    { name: 'work', retries: 1, onRunning: [(_task, run, state) => void order.push(`${run.name.split('-')[0]} ${state.name}`)] },
  );
  const { state } = await runFlow(flow(async () => await work(), { name: 'all', onRunning: [(_flow, _run, { name }) => void order.push(`all ${name}`)] }), []);
  expect(state.type).toBe('COMPLETED');
  expect(order).toEqual(['all Running', 'work Running', 'code', 'work Retrying', 'code']);
});

describe('the delay before a retry', () => {
  const policy = (jitter: number) => ({ retries: 3, delays: [10, 60], jitter }) as unknown as Parameters<typeof delayOf>[0];

  test('is that of the list, whose last goes on', () => {
    expect([0, 1, 2].map((used) => delayOf(policy(0), used, 0.5))).toEqual([10, 60, 60]);
  });

  test('with jitter lies around it, and never further off than its factor', () => {
    const drawn = Array.from({ length: 100 }, (_, n) => delayOf(policy(0.5), 0, n / 100));
    expect(drawn[0]).toBeCloseTo(10 / 1.5);
    expect(Math.max(...drawn)).toBeLessThan(15);
    expect(drawn).toEqual(drawn.toSorted((a, b) => a - b));
    expect(new Set(drawn).size).toBe(100);
  });

  test('is waited by the run, each time another', async () => {
    const clock = new FakeClock();
    const failing = task(() => Promise.reject(new Error('always')), { retries: 20, retryDelaySeconds: 10, retryJitterFactor: 0.5 });
    await runFlow(flow(async () => void (await failing().catch(() => undefined))), [], { clock });
    expect(clock.sleeps).toHaveLength(20);
    expect(new Set(clock.sleeps).size).toBeGreaterThan(15);
    expect(clock.sleeps.every((each) => each >= 6000 && each <= 15_000)).toBe(true);
  });
});
