import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { connect } from '../../../src/runtime/api/connect.ts';
import type { PrefectServerApi } from '../../../src/runtime/api/prefect-server-api.ts';
import { nowMicros } from '../../../src/runtime/time.ts';
import type { Fault, Proxy } from './proxy.ts';
import { faults as every, startProxy } from './proxy.ts';
import { useRealServer } from './real-server.ts';
import { DrivenTask, startRun } from './task-changes.ts';

const isLong = process.env['KPI_FLOW_LONG'] === '1';
const server = useRealServer();
let proxy: Proxy | undefined;
afterEach(async () => await proxy?.stop());

/** A client that talks to the server through a proxy. */
async function through(env: NodeJS.ProcessEnv = {}): Promise<{ api: PrefectServerApi; proxy: Proxy }> {
  const made = await startProxy(server.url);
  proxy = made;
  const api = await connect(server.settings({ PREFECT_API_URL: made.url, ...env }));
  return { api: api as PrefectServerApi, proxy: made };
}

function counted(api: PrefectServerApi): number {
  const { events, queued } = api.counts;
  return events.sent + events.dropped + events.superseded + queued;
}

async function visible(flowRun: string): Promise<number> {
  const state = { type: { any_: ['COMPLETED'] } };
  return await server.client.json('POST', '/task_runs/count', { flow_runs: { id: { any_: [flowRun] } }, task_runs: { state } });
}

const tasks = 40;

/** Each fault meets some of the requests, by turns; a key that is not known any more is no fault that passes. */
const faults = every.filter((each) => each !== '401');
/** In a long run each is met in twenty ways. */
const seeds = Array.from({ length: isLong ? 20 : 1 }, (_, at) => at);

describe('what a server or a network does to a report', () => {
  test.each(faults)('%s: every task run is there in the end, and the figures are exact', async (fault) => {
    for (let seed = 0; seed < seeds.length; seed += 5) {
      const met = await Promise.all(seeds.slice(seed, seed + 5).map((each) => meet(fault, each)));
      expect(met.every((each) => each > 0)).toBe(true);
    }
  }, 120_000 * seeds.length);

  /** By its seed a fault meets every second, third or fourth request, the first or a later one, of so many tasks. */
  async function meet(fault: Exclude<Fault, undefined>, seed: number): Promise<number> {
    const [count, turn] = [isLong ? 4 + seed : tasks, 2 + (seed % 3)];
    const { api, proxy } = await through();
    const { record, reported } = await startRun(api, `chaos-${fault}`);
    let met = 0;
    proxy.fault = (_, path) => {
      const hit = fault === 'lose' ? path.endsWith('/events') : path.endsWith('/events') || path.endsWith('/filter') || path.endsWith('/count') || path.endsWith('/logs/');
      met += hit ? 1 : 0;
      return hit && met % turn === 1 && met < 6 + seed ? fault : undefined;
    };
    for (let at = 0; at < count; at += 1) new DrivenTask(reported, `t-${at}`).complete(api);
    api.log({ name: 'prefect.flow_runs', level: 20, message: 'one', timestamp: nowMicros(), flowRunId: record.id, taskRunId: null });
    expect(counted(api)).toBe(3 * count);
    let report = await api.drain();
    // A broken answer ends one drain with its reason; what was not lost by it goes with the next.
    for (let again = 0; again < 5 + seed && report.reason !== null && report.events.dropped === 0; again += 1) report = await api.drain();
    expect(counted(api)).toBe(3 * count);
    expect({ seed, ...report.events }).toMatchObject({ seed, emitted: 3 * count, confirmed: 3 * count, unconfirmed: 0, dropped: 0 });
    expect(await visible(record.id)).toBe(count);
    api.close();
    await proxy.stop();
    return met;
  }

  test('any mix of them: sent, dropped, superseded and queued are what was emitted, at every moment, and all of it is there in the end', async () => {
    const script = fc.array(fc.constantFrom<Fault>(undefined, undefined, ...faults), { minLength: 5, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(script, async (hits) => {
        const { api, proxy } = await through();
        try {
          const { record, reported } = await startRun(api, 'chaos-mix');
          const left = [...hits];
          proxy.fault = () => left.shift();
          for (let at = 0; at < tasks; at += 1) {
            new DrivenTask(reported, `t-${at}`).complete(api);
            expect(counted(api)).toBe(3 * (at + 1));
            if (at % 10 === 9) await sleep(60);
          }
          let report = await api.drain();
          for (let again = 0; again < hits.length && report.reason !== null && report.events.dropped === 0; again += 1) report = await api.drain();
          expect(counted(api)).toBe(3 * tasks);
          const { confirmed, dropped, unconfirmed } = report.events;
          expect(confirmed + dropped + unconfirmed).toBe(3 * tasks);
          // Nothing is lost in silence: what is not there is what was said not to be.
          if (dropped === 0) expect([report.reason, unconfirmed, await visible(record.id)]).toEqual([null, 0, tasks]);
        } finally {
          api.close();
          await proxy.stop();
        }
      }),
      { numRuns: isLong ? 100 : 3, endOnFailure: true },
    );
  }, 3_600_000);

  test('a server that is gone at the end: it ends within a bound, with the reason, and counts what was not delivered', async () => {
    const { api, proxy } = await through({ PREFECT_CLIENT_MAX_RETRIES: '1' });
    const { reported } = await startRun(api, 'chaos-gone');
    await proxy.stop();
    for (let at = 0; at < tasks; at += 1) new DrivenTask(reported, `t-${at}`).complete(api);
    const report = await api.drain();
    expect(report.reason).toContain('no answer from POST');
    expect(report.events).toMatchObject({ emitted: 3 * tasks, sent: 0, dropped: 3 * tasks, unconfirmed: 0 });
    expect(counted(api)).toBe(3 * tasks);
    api.close();
  });

  test('a server with a fault of its own that does not pass: it ends, with the reason, and counts what was not delivered', async () => {
    const { api, proxy } = await through();
    const { reported } = await startRun(api, 'chaos-fault');
    let asked = 0;
    proxy.fault = (_, path) => (path.endsWith('/events') ? ((asked += 1), '500') : undefined);
    new DrivenTask(reported, 'left').complete(api);
    const report = await api.drain();
    expect(report).toMatchObject({ events: { emitted: 3, sent: 0, dropped: 3 }, reason: expect.stringContaining('answered 500 to POST /events') });
    expect(asked).toBeGreaterThan(2);
    api.close();
  });

  test('a server that was never there is said at once, with its address', async () => {
    const made = await startProxy(server.url);
    await made.stop();
    await expect(connect(server.settings({ PREFECT_API_URL: made.url }))).rejects.toThrow(/no answer from GET .*\/admin\/version: ECONNREFUSED/);
  });

  test('a server that drops every event for good leaves them unconfirmed within the time that was set', async () => {
    const { api, proxy } = await through({ KPI_FLOW_REPORT_SECONDS: '3' });
    const { reported } = await startRun(api, 'chaos-drops');
    proxy.fault = (_, path) => (path.endsWith('/events') ? 'lose' : undefined);
    new DrivenTask(reported, 'lost').complete(api);
    const report = await api.drain();
    expect(report).toMatchObject({ events: { emitted: 3, sent: 3, confirmed: 0, unconfirmed: 3, dropped: 0 } });
    expect(report.reason).toContain('KPI_FLOW_REPORT_SECONDS');
    api.close();
  });
});

describe('a server that asks who it is', () => {
  test('an expired key is an error with what to set', async () => {
    const made = await startProxy(server.url);
    proxy = made;
    made.fault = () => '401';
    await expect(connect(server.settings({ PREFECT_API_URL: made.url }))).rejects.toThrow(/answered 401 .*PREFECT_API_KEY/);
  });
});
