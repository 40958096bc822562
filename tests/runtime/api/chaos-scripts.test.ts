import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { connect } from '../../../src/runtime/api/connect.ts';
import type { PrefectServerApi } from '../../../src/runtime/api/prefect-server-api.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';
import { nowMicros } from '../../../src/runtime/time.ts';
import { chanceOf } from './chance.ts';
import { startFakeServer } from './fake-server.ts';
import type { Fault } from './proxy.ts';
import { faults, startProxy } from './proxy.ts';
import { DrivenTask, startRun } from './task-changes.ts';

/** Every script is played once, in a long run with twenty seeds. */
const seeds = process.env['KPI_FLOW_LONG'] === '1' ? 20 : 1;
const tasks = 40;

// They wait most of the time, so they can all wait together.
vi.setConfig({ maxConcurrency: 20 });

/** When a fault meets a request: in a row from the first one on, by chance, or in a row once the run is over. */
const moments = ['at the start', 'now and then', 'at the end'] as const;
type Moment = (typeof moments)[number];

/** What a fault meets. A server that says 204 to what it drops does so to events. */
const aims = [/\/events$/, /\/task_runs\/(filter|count)$/, /\/logs\/$/, /\/(events|filter|count|logs\/)$/];

const scripts = faults.flatMap((fault) => moments.map((moment) => [`${fault} ${moment}`, fault, moment] as const));

describe('what befalls a report, by scripts', () => {
  test('there are as many scripts as faults and moments', () => expect(scripts.length).toBeGreaterThanOrEqual(48));

  test.concurrent.each(scripts)('%s', async (_, fault, moment) => {
    const played = await Promise.all(Array.from({ length: seeds }, (__, at) => play(fault, moment, at + 1)));
    expect(played).toEqual(Array.from({ length: seeds }, () => 3 * tasks));
  }, 3_600_000);
});

/**
 * Sent, dropped, superseded and queued are what was emitted at every moment, and what is not there in the end was said not to be.
 * @returns how many changes were accounted for
 */
async function play(fault: Exclude<Fault, undefined>, moment: Moment, seed: number): Promise<number> {
  const chance = chanceOf(seed);
  const server = await startFakeServer(Math.floor(chance() * 60));
  const proxy = await startProxy(server.url);
  const api = (await connect(readSettings({ PREFECT_API_URL: proxy.url, PREFECT_HOME: '/nonexistent' }, '/nonexistent'))) as PrefectServerApi;
  const script = { fault, moment, seed };
  try {
    const { record, reported } = await startRun(api, 'chaos-script');
    const aim = fault === 'lose' ? aims[0] : aims[Math.floor(chance() * aims.length)];
    // What is lost four times is given up; what is lost twice takes half a minute to be missed twice.
    const most = 1 + Math.floor(chance() * (fault === 'lose' ? 2 : 4));
    let [hits, isOver] = [0, false];
    proxy.fault = (__, path) => {
      if (aim?.test(path) !== true || hits >= most || (moment === 'at the end' && !isOver)) return undefined;
      if (moment === 'now and then' && chance() < 0.6) return undefined;
      hits += 1;
      return fault;
    };
    for (let at = 0; at < tasks; at += 1) {
      new DrivenTask(reported, `t-${at}`).complete(api);
      expect(counted(api), JSON.stringify(script)).toBe(3 * (at + 1));
      api.log({ name: 'prefect.flow_runs', level: 20, message: `line ${at}`, timestamp: nowMicros(), flowRunId: record.id, taskRunId: null });
      if (chance() < 0.1) await sleep(100 * chance());
    }
    isOver = true;
    let report = await api.drain();
    // An answer that cannot be read ends one drain with its reason; what was not lost by it goes with the next.
    for (let again = 0; again < most && report.reason !== null && report.events.dropped === 0; again += 1) report = await api.drain();
    const { events, logs, reason } = report;
    expect(counted(api), JSON.stringify(script)).toBe(3 * tasks);
    const summary = { ...script, reason, sum: events.confirmed + events.dropped + events.unconfirmed, lines: logs.sent + logs.dropped + logs.unconfirmed };
    expect(summary).toEqual({ ...script, reason, sum: 3 * tasks, lines: tasks });
    if (events.dropped === 0) expect({ ...script, reason, unconfirmed: events.unconfirmed, there: server.completed() }).toEqual({ ...script, reason: null, unconfirmed: 0, there: tasks });
    else expect({ ...script, reason }).not.toEqual({ ...script, reason: null });
    // A line that was sent is there; one whose answer was lost may be there twice.
    expect(server.logs(), JSON.stringify(script)).toBeGreaterThanOrEqual(logs.sent);
    return events.confirmed + events.dropped + events.unconfirmed;
  } finally {
    api.close();
    await proxy.stop();
    await server.stop();
  }
}

function counted(api: PrefectServerApi): number {
  const { events, queued } = api.counts;
  return events.sent + events.dropped + events.superseded + queued;
}
