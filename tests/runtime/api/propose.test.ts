import { afterEach, beforeEach, expect, test } from 'vitest';
import { PrefectClient } from '../../../src/runtime/api/client.ts';
import { proposeFlowState } from '../../../src/runtime/api/propose.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';
import type { FakeServer } from './fake-server.ts';
import { startFakeServer } from './fake-server.ts';
import type { Fault, Proxy } from './proxy.ts';
import { startProxy } from './proxy.ts';

let server: FakeServer;
let proxy: Proxy;
let client: PrefectClient;
let asked: string[] = [];

beforeEach(async () => {
  server = await startFakeServer(0);
  proxy = await startProxy(server.url);
  client = new PrefectClient(proxy.url, readSettings({ PREFECT_API_URL: proxy.url, PREFECT_HOME: '/nonexistent', PREFECT_CLIENT_MAX_RETRIES: '2' }, '/nonexistent'));
  asked = [];
});
afterEach(async () => {
  client.close();
  await proxy.stop();
  await server.stop();
});

/** What happens to each request in turn, the last to all that follow; nothing to the question for a token. */
function happens(...faults: readonly Fault[]): void {
  proxy.fault = (method, path) => {
    if (path.includes('csrf')) return undefined;
    asked.push(method);
    return faults[Math.min(asked.length, faults.length) - 1];
  };
}

async function runningRun(): Promise<string> {
  const { memory } = server;
  const { id } = await memory.createFlowRun({ flow_id: await memory.ensureFlow('fails'), parameters: {}, state: { type: 'PENDING' } });
  await memory.proposeFlowState(id, { type: 'RUNNING' }, { force: false });
  return id;
}

test('a failure that nobody answers is given up after as many tries as the settings say, and a few questions between two of them', async () => {
  happens('reset');
  await expect(proposeFlowState(client, 'a-run', { type: 'FAILED' }, false)).rejects.toThrow('no answer from POST');
  expect(asked.join(' ')).toBe('POST GET GET GET GET POST GET GET GET GET POST');
}, 60_000);

test.each(['429', '503', '503 maintenance'] as const)('a failure that was turned away with %s is said again, and nothing is asked', async (fault) => {
  const id = await runningRun();
  happens(fault, fault, undefined);
  expect((await proposeFlowState(client, id, { type: 'FAILED' }, false)).status).toBe('ACCEPT');
  expect(asked).toEqual(['POST', 'POST', 'POST']);
});

test.each(['cut', 'half', '502'] as const)('a failure whose answer was lost (%s) is asked for before it is said again, also when the next try is turned away', async (fault) => {
  const id = await runningRun();
  happens(fault, undefined, '503', undefined);
  expect((await proposeFlowState(client, id, { type: 'FAILED' }, false)).status).toBe('ACCEPT');
  expect(asked).toEqual(['POST', 'GET', 'POST', 'GET', 'POST']);
});
