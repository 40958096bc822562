import { expect, test } from 'vitest';
import { PrefectClient } from '../../../src/runtime/api/client.ts';
import { proposeFlowState } from '../../../src/runtime/api/propose.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';
import { startFakeServer } from './fake-server.ts';
import { startProxy } from './proxy.ts';

test('a failure that nobody answers is given up after as many tries as the settings say, and a few questions between two of them', async () => {
  const server = await startFakeServer(0);
  const proxy = await startProxy(server.url);
  const asked: string[] = [];
  proxy.fault = (method, path) => {
    if (path.includes('csrf')) return undefined;
    asked.push(method);
    return 'reset';
  };
  const client = new PrefectClient(proxy.url, readSettings({ PREFECT_API_URL: proxy.url, PREFECT_HOME: '/nonexistent', PREFECT_CLIENT_MAX_RETRIES: '1' }, '/nonexistent'));
  await expect(proposeFlowState(client, 'a-run', { type: 'FAILED' }, false)).rejects.toThrow('no answer from POST');
  expect(asked).toEqual(['POST', 'GET', 'GET', 'GET', 'GET', 'POST']);
  client.close();
  await proxy.stop();
  await server.stop();
}, 60_000);
