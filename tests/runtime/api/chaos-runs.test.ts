import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/runtime/engine/clock.ts';
import { silence } from '../../../src/runtime/engine/console-log.ts';
import { executeFlowRun } from '../../../src/runtime/engine/execute.ts';
import { fileResults } from '../../../src/runtime/engine/file-results.ts';
import { startFlow } from '../../../src/runtime/engine/start-flow.ts';
import { connect } from '../../../src/runtime/api/connect.ts';
import type { PrefectServerApi } from '../../../src/runtime/api/prefect-server-api.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';
import { flow, runtime, suspendFlowRun, task } from '../../../src/runtime/index.ts';
import type { DrainReport, TaskStateChange } from '../../../src/runtime/ports.ts';
import type { State } from '../../../src/runtime/state.ts';
import { chanceOf } from './chance.ts';
import type { FakeServer } from './fake-server.ts';
import { startFakeServer } from './fake-server.ts';
import { startProxy } from './proxy.ts';
import { inWeather, makeWeather, weatherOf } from './weather.ts';

/** KPI_FLOW_SEED plays one again; it is in what a failure says. */
const one = process.env['KPI_FLOW_SEED'];
const plays = one === undefined ? (process.env['KPI_FLOW_LONG'] === '1' ? 1200 : 24) : 1;
/** They wait most of the time. */
const together = 120;
vi.setConfig({ maxConcurrency: together });
silence(true);

const stories = ['completes', 'fails', 'is tried again', 'is cancelled', 'is suspended'] as const;
type Story = (typeof stories)[number];

const double = task((n: number) => 2 * n, { name: 'double' });
const flaky = task(
  (n: number) => {
    if ((runtime.taskRun?.runCount ?? 0) < 2) throw new Error('not yet');
    return n;
  },
  { name: 'flaky', retries: 2, retryDelaySeconds: 0.05 },
);
const fails = task((): number => { throw new Error('never'); }, { name: 'fails' });
const waits = task(() => sleep(120_000, undefined, { signal: runtime.signal }), { name: 'waits' });
const inner = flow(async (n: number) => (await double.map(Array.from({ length: n }, (_, at) => at)).result()).length, { name: 'inner' });

const main = flow(
  async (story: Story) => {
    const doubled = double.map([1, 2, 3, 4, 5, 6]);
    const once = flaky.submit(7);
    double.submit(fails.submit());
    const size = await inner(4);
    if (story === 'fails' || (story === 'is tried again' && runtime.flowRun?.runCount === 1)) throw new Error('no luck');
    if (story === 'is cancelled') await waits();
    if (story === 'is suspended') await suspendFlowRun({ key: 'approval' });
    return (await doubled.result()).reduce((sum, each) => sum + each, size + (await once.result()));
  },
  { name: 'main', retries: 1 },
);

/** How each is to end, and with which states of how many task runs. */
const ends: Readonly<Record<Story, string>> = { completes: 'COMPLETED', fails: 'FAILED', 'is tried again': 'COMPLETED', 'is cancelled': 'CANCELLED', 'is suspended': 'COMPLETED' };

describe('runs in bad weather', () => {
  const undo: (() => void)[] = [];
  beforeAll(() => void undo.push(makeWeather()));
  afterAll(() => undo.forEach((each) => each()));

  test.concurrent.each(Array.from({ length: plays }, (_, at) => (one === undefined ? at + 1 : Number(one))))('seed %d', async (seed) => {
    const chance = chanceOf(seed);
    const story = stories[seed % stories.length] ?? 'completes';
    const weather = weatherOf(chance);
    const server = await startFakeServer(Math.floor(chance() * 200));
    const proxy = await startProxy(server.url);
    const told = JSON.stringify({ seed, story, ...weather });
    try {
      const { state, reports, seen } = await inWeather(weather, seed, { server, proxy, chance }, (url) => tell(story, url, server));
      expect([state.type, state.type === 'COMPLETED' ? state.result() : null], told).toEqual([ends[story], ends[story] === 'COMPLETED' ? 53 : null]);
      expectRight(server, ends[story], told);
      for (const { events } of reports) expect(events.confirmed + events.unconfirmed + events.dropped, told).toBe(events.emitted);
      const missing = reports.reduce((sum, { events }) => sum + events.unconfirmed + events.dropped, 0);
      const there = server.taskStates();
      const wrong = [...seen].filter(([id, type]) => there.get(id) !== type);
      // What is not there was said not to be.
      expect({ told, reports, wrong: wrong.length > missing ? wrong : [] }).toEqual({ told, reports, wrong: [] });
      if (missing === 0) expect({ told, reasons: reports.map(({ reason }) => reason) }).toEqual({ told, reasons: reports.map(() => null) });
    } finally {
      await proxy.stop();
      await server.stop().catch(() => undefined);
    }
  }, 600_000);
});

interface Told {
  readonly state: State;
  readonly reports: readonly DrainReport[];
  /** The newest state that each task run was said to be in. */
  readonly seen: ReadonlyMap<string, string>;
}

/** The run of a story, and of what goes on after a suspension. */
async function tell(story: Story, url: string, server: FakeServer): Promise<Told> {
  const seen = new Map<string, string>();
  const first = await attend(url, seen, (api) => begin(story, api, server));
  if (first.state.name !== 'Suspended') return { ...first, reports: [first.report], seen };
  const { id } = onlyRun(server);
  await server.memory.resumeFlowRun(id);
  const second = await attend(url, seen, async (api) => await executeFlowRun(main as never, await server.memory.readFlowRun(id), { api }));
  return { ...second, reports: [first.report, second.report], seen };
}

/** One process: it connects, runs, and sees to it that everything arrives. */
async function attend(url: string, seen: Map<string, string>, run: (api: PrefectServerApi) => Promise<State>): Promise<{ state: State; report: DrainReport }> {
  const settings = readSettings({ PREFECT_API_URL: url, PREFECT_HOME: '/nonexistent', PREFECT_CLIENT_MAX_RETRIES: '12' }, '/nonexistent');
  const api = await untilThere(() => connect(settings) as Promise<PrefectServerApi>);
  const emit = api.emitTaskState.bind(api);
  let emitted = 0;
  api.emitTaskState = (change: TaskStateChange) => {
    seen.set(change.run.id, change.to.type);
    emit(change);
    emitted += 1;
    const { events, queued } = api.counts;
    const sum = events.sent + events.dropped + events.superseded + queued;
    if (sum !== events.emitted || events.emitted < emitted) throw new Error(`the figures are not exact: ${JSON.stringify({ events, queued })}`);
  };
  try {
    const state = await run(api);
    let report = await api.drain();
    for (let again = 0; again < 5 && report.reason !== null && report.events.dropped === 0; again += 1) report = await api.drain();
    return { state, report };
  } finally {
    api.close();
  }
}

/** What cannot be reached at its start is not there; whoever starts a run tries again. */
async function untilThere<T>(begin: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await begin();
    } catch (error) {
      if (tries === 20) throw error;
      await sleep(300);
    }
  }
}

async function begin(story: Story, api: PrefectServerApi, server: FakeServer): Promise<State> {
  if (story === 'is suspended') {
    const given = await server.memory.createFlowRun({ flow_id: await server.memory.ensureFlow('main'), deployment_id: 'deployment', parameters: { story } });
    return await executeFlowRun(main as never, given, { api });
  }
  let isOver = false;
  const running = startFlow(main.spec, [story], { api, clock: systemClock, results: fileResults() }).finally(() => (isOver = true));
  if (story === 'is cancelled') await Promise.race([cancel(server, () => isOver), running]);
  return await running;
}

/** Somebody does it in the dashboard, once it runs. */
async function cancel(server: FakeServer, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await sleep(50);
    const run = server.memory.runs.find((each) => each.parent_task_run_id === null);
    if (run?.state?.type === 'RUNNING') return void (await sleep(500).then(() => server.memory.cancel(run.id)));
  }
}

function onlyRun(server: FakeServer): { readonly id: string } {
  const [run, another] = server.memory.runs.filter((each) => each.parent_task_run_id === null);
  if (run === undefined || another !== undefined) throw new Error('there is one run, and it is found');
  return run;
}

/** What the server shows of it and of its subflows. */
function expectRight(server: FakeServer, end: string, told: string): void {
  const runs = server.memory.runs.map((each) => [each.parent_task_run_id === null ? 'main' : 'inner', each.state?.type]);
  const mains = runs.filter(([name]) => name === 'main');
  expect({ told, mains }).toEqual({ told, mains: [['main', end]] });
  // The second attempt finds the subflow of the first; one that was cut by a cancel is cancelled too.
  const open = runs.filter(([, type]) => !['COMPLETED', 'CANCELLED'].includes(type ?? '') && type !== end);
  expect({ told, open }).toEqual({ told, open: [] });
}
