import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../errors/failure.ts';
import { PrefectApi } from './prefect-api.ts';
import type { ProcessGroup } from './process-group.ts';
import { startGroup } from './process-group.ts';
import { lastWords } from './python-environment-failure.ts';

/** Where a server is to run. */
export interface ServerPlace {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  /** A port that the person chose; a free one otherwise. */
  readonly port?: number;
  readonly seconds: number;
  readonly signal?: AbortSignal;
}

/** A server that answers. */
export interface RunningServer {
  readonly api: PrefectApi;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly group: ProcessGroup;
}

/** Starts a server on loopback and waits until it answers. */
export async function startServer(place: ServerPlace): Promise<RunningServer> {
  // Between finding a free port and listening on it somebody else may take it; a port of ours is found again then.
  for (let tries = 0; ; tries += 1) {
    const port = await freePort(place.port);
    const server = await tryPort(place, port);
    if (server !== undefined) return server;
    if (place.port !== undefined || tries >= 3) fail('E_PORT_TAKEN', { port });
  }
}

/** A loopback port nobody listens on. */
export function freePort(wanted?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => reject(error));
    probe.listen({ host: '127.0.0.1', port: wanted ?? 0, exclusive: true }, () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  }).catch((error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' || error.code === 'EACCES' ? fail('E_PORT_TAKEN', { port: wanted ?? 0 }) : Promise.reject(error))) as Promise<number>;
}

async function tryPort(place: ServerPlace, port: number): Promise<RunningServer | undefined> {
  const url = `http://127.0.0.1:${port}/api`;
  const env = { ...place.env, PREFECT_API_URL: url, PREFECT_UI_API_URL: url };
  const args = ['-m', 'prefect', 'server', 'start', '--host', '127.0.0.1', '--port', String(port)];
  const group = startGroup({ file: place.python, args, env, cwd: place.home });
  const api = new PrefectApi(url, place.signal);
  try {
    const up = await waitUntilUp(api, group, place);
    return up ? { api, port, env, group } : undefined;
  } catch (error) {
    await group.stop();
    throw error;
  }
}

async function waitUntilUp(api: PrefectApi, group: ProcessGroup, place: ServerPlace): Promise<boolean> {
  const until = Date.now() + place.seconds * 1000;
  let gone = false;
  void group.ended.then(() => (gone = true));
  for (;;) {
    place.signal?.throwIfAborted();
    if (gone && /address already in use|Port \d+ is already in use|10048/iu.test(group.output())) return false;
    if (gone || Date.now() > until) fail('E_PREFECT_START', { seconds: place.seconds, detail: lastWords(group.output()) });
    if (await api.isHealthy()) return true;
    await sleep(100);
  }
}
