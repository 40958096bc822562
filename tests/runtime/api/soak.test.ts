import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { connect } from '../../../src/runtime/api/connect.ts';
import type { PrefectServerApi } from '../../../src/runtime/api/prefect-server-api.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';
import type { DrainReport } from '../../../src/runtime/ports.ts';
import { chanceOf } from './chance.ts';
import type { MortalServer } from './mortal-servers.ts';
import { mortalFake, mortalPrefect } from './mortal-servers.ts';
import { DrivenTask, startRun } from './task-changes.ts';

const minutes = Number(process.env['KPI_FLOW_SOAK_MINUTES'] ?? (process.env['KPI_FLOW_LONG'] === '1' ? 10 : 0));
if (minutes === 0) process.stderr.write('skipped: servers that are killed and started again for ten minutes (KPI_FLOW_LONG=1, or KPI_FLOW_SOAK_MINUTES)\n');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Last states of task runs that may wait, as the settings have it. */
const mostWaiting = 20_000;

/** The recorder's own batches are of one event, and no machine records 200 a second with them. Whole seconds, as Prefect cuts the interval. */
const recorder = 'PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER';
const batches = { [`${recorder}_BATCH_SIZE`]: '100', [`${recorder}_READ_BATCH_SIZE`]: '100', [`${recorder}_FLUSH_INTERVAL`]: '1' };

/** Three events a task run. */
const servers: readonly (readonly [string, () => Promise<MortalServer>, number])[] = [
  ["Prefect's server, 200 events a second", () => mortalPrefect(batches), 200 / 3],
  ['a fast server, 500 events a second', mortalFake, 500 / 3],
];

describe.skipIf(minutes === 0)('a server that is killed and started again for minutes', () => {
  test.each(servers)('%s: the figures are exact all the while, memory stays flat, and what is not there is named', async (name, begin, perSecond) => {
    const server = await begin();
    try {
      const { done, record, report, heap, kills } = await soak(server, perSecond);
      const { emitted, confirmed, unconfirmed, dropped } = report.events;
      expect([emitted, confirmed + unconfirmed + dropped]).toEqual([3 * done, 3 * done]);
      const there = await server.completed(record);
      say(name, { tasks: done, kills, there, resent: report.resent, unconfirmed, dropped, reason: report.reason, ...byMinute(heap) });
      // What was said to be there is there; a whole task run is missed only where as many changes were named.
      expect(done - there).toBeLessThanOrEqual(unconfirmed + dropped);
      if (unconfirmed + dropped === 0) expect([report.reason, there]).toEqual([null, done]);
      expectFlat(heap);
    } finally {
      await server.stop();
    }
  }, (minutes + 20) * 60_000);
});

interface Soaked {
  readonly done: number;
  readonly record: string;
  readonly report: DrainReport;
  readonly kills: number;
  readonly heap: readonly Moment[];
}

interface Moment {
  /** Changes that wait. */
  readonly queued: number;
  readonly bytes: number;
}

/** Completes so many tasks a second while the server is killed every 20 to 60 seconds. */
async function soak(server: MortalServer, perSecond: number): Promise<Soaked> {
  const settings = readSettings({ PREFECT_API_URL: server.url, PREFECT_HOME: '/nonexistent' }, '/nonexistent');
  const api = (await connect(settings)) as PrefectServerApi;
  const { record, reported } = await startRun(api, 'soak');
  const started = Date.now();
  const elapsed = (): number => (Date.now() - started) / 1000;
  const killing = killNowAndThen(server, () => elapsed() < minutes * 60);
  const heap: Moment[] = [];
  let done = 0;
  while (elapsed() < minutes * 60) {
    for (; done < elapsed() * perSecond; done += 1) new DrivenTask(reported, `t-${done}`).complete(api);
    expectExact(api, 3 * done);
    if (heap.length < elapsed() / 15) heap.push(heapOf(api));
    await sleep(250);
  }
  const kills = await killing;
  let report = await api.drain();
  for (let again = 0; again < 5 && report.reason !== null && report.events.dropped === 0; again += 1) report = await api.drain();
  expectExact(api, 3 * done);
  heap.push(heapOf(api));
  api.close();
  return { done, record: record.id, report, kills, heap };
}

/** How often. The same seed kills at the same moments. */
async function killNowAndThen(server: MortalServer, goesOn: () => boolean): Promise<number> {
  const chance = chanceOf(Number(process.env['KPI_FLOW_SEED'] ?? 1));
  for (let kills = 0; ; kills += 1) {
    for (let left = 20 + 40 * chance(); left > 0 && goesOn(); left -= 1) await sleep(1000);
    if (!goesOn()) return kills;
    await server.kill();
    await server.start();
  }
}

function expectExact(api: PrefectServerApi, emitted: number): void {
  const { events, queued } = api.counts;
  expect(events.sent + events.dropped + events.superseded + queued).toBe(emitted);
  expect(queued).toBeLessThanOrEqual(mostWaiting + 3000);
}

function heapOf(api: PrefectServerApi): Moment {
  collectGarbage();
  return { queued: api.counts.queued, bytes: process.memoryUsage().heapUsed };
}

function say(name: string, figures: object): void {
  process.stderr.write(`soak of ${minutes} minutes, ${name}: ${JSON.stringify(figures)}\n`);
}

/** A hundred bytes a task run, kept for ten minutes, would be more; each that waits is in memory, and a page of garbage. */
const [slack, bytesOfOne] = [8 * 2 ** 20, 4096];

/** What is held is what waits, and at the end nothing does. */
function expectFlat(heap: readonly Moment[]): void {
  const [first] = heap;
  const tooMuch = heap.filter(({ bytes, queued }) => bytes > (first?.bytes ?? 0) + slack + queued * bytesOfOne);
  expect({ first, tooMuch }).toEqual({ first, tooMuch: [] });
}

function byMinute(heap: readonly Moment[]): { readonly heapMiB: string; readonly waiting: string } {
  const moments = heap.filter((_, at) => at % 4 === 0 || at === heap.length - 1);
  return { heapMiB: moments.map(({ bytes }) => (bytes / 2 ** 20).toFixed(1)).join(' '), waiting: moments.map(({ queued }) => queued).join(' ') };
}
