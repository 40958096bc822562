import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../../../src/runtime/api/connect.ts';
import type { PrefectServerApi } from '../../../src/runtime/api/prefect-server-api.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';
import type { FakeServer } from './fake-server.ts';
import { startFakeServer } from './fake-server.ts';
import { DrivenTask, startRun } from './task-changes.ts';

/** As a machine's clock is set right, or as it wakes from sleep. */
let jumped = 0;
const now = Date.now.bind(Date);
let server: FakeServer;
let api: PrefectServerApi;

beforeEach(async () => {
  jumped = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + jumped);
  server = await startFakeServer(200);
  api = (await connect(readSettings({ PREFECT_API_URL: server.url, PREFECT_HOME: '/nonexistent' }, '/nonexistent'))) as PrefectServerApi;
});
afterEach(async () => {
  api.close();
  await server.stop();
  vi.restoreAllMocks();
});

const hour = 3_600_000;

// A clock that goes back would make a wait of a second one of an hour; one that goes on would end it at once.
test.each([['back', -hour], ['on', hour]])('a clock that goes %s by an hour while a report is on its way neither holds it up nor cuts it short', async (_, jump) => {
  const { reported } = await startRun(api, 'clock');
  for (let at = 0; at < 600; at += 1) new DrivenTask(reported, `t-${at}`).complete(api);
  await expect.poll(() => api.counts.events.sent).toBeGreaterThan(0);
  setTimeout(() => (jumped = jump), 20);
  const report = await api.drain();
  expect(report).toMatchObject({ reason: null, events: { emitted: 1800, confirmed: 1800, unconfirmed: 0, dropped: 0 } });
  expect(server.completed()).toBe(600);
});
