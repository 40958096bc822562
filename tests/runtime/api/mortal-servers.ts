import { setTimeout as sleep } from 'node:timers/promises';
import { prefectPackage } from '../../../src/build/prefect-package.ts';
import { prefectVersion } from '../../../src/edge/prefect.ts';
import { fillHome, makeHome, removeHome } from '../../../src/edge/prefect-home.ts';
import type { RunningServer } from '../../../src/edge/prefect-server.ts';
import { startServer } from '../../../src/edge/prefect-server.ts';
import { sharedEnvironment } from '../../../src/edge/python-environment-shared.ts';
import { PrefectClient } from '../../../src/runtime/api/client.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';
import { startFakeServer } from './fake-server.ts';

/** A server that is killed and started again, on the same port and with what it had on disk. */
export interface MortalServer {
  readonly url: string;
  /** As `kill -9` does: what was only in its memory is lost. */
  kill(): Promise<void>;
  /** Once it answers again. */
  start(): Promise<void>;
  /** How many task runs of a flow run it shows as Completed. */
  completed(flowRun: string): Promise<number>;
  stop(): Promise<void>;
}

export async function mortalFake(): Promise<MortalServer> {
  const { url, kill, start, stop, completed } = await startFakeServer(500);
  return { url, kill, start: async () => await sleep(5000).then(start), stop, completed: async () => completed() };
}

/** @param settings of Prefect, for the server */
export async function mortalPrefect(settings: NodeJS.ProcessEnv): Promise<MortalServer> {
  const { python } = await sharedEnvironment([prefectPackage], '.cache');
  const home = await makeHome();
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PREFECT_')));
  const env = { ...own, PREFECT_HOME: home, PREFECT_SERVER_ANALYTICS_ENABLED: 'false', DO_NOT_TRACK: '1', ...settings };
  await fillHome(home, '.cache', (await prefectVersion(python, env)) ?? '');
  const start = (port?: number): Promise<RunningServer> => startServer({ python, env, home, seconds: 300, ...(port === undefined ? {} : { port }) });
  let server = await start();
  const { port } = server;
  const { url } = server.api;
  const client = new PrefectClient(url, readSettings({ PREFECT_HOME: '/nonexistent' }, '/nonexistent'));
  return {
    url,
    async kill() {
      if (server.group.pid !== undefined) process.kill(-server.group.pid, 'SIGKILL');
      await server.group.ended;
    },
    async start() {
      server = await start(port);
    },
    completed: (flowRun) => client.json('POST', '/task_runs/count', { flow_runs: { id: { any_: [flowRun] } }, task_runs: { state: { type: { any_: ['COMPLETED'] } } } }),
    async stop() {
      client.close();
      await server.group.stop();
      await removeHome(home);
    },
  };
}
