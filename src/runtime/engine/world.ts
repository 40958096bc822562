import type { Api } from '../ports.ts';
import { systemClock } from './clock.ts';
import { fileResults } from './file-results.ts';
import type { World } from './flow-scope.ts';

/** Makes the Api of a server: the wire puts itself here, so that the engine never has to know it. */
export type Connect = () => Promise<Api | null>;

let connect: Connect = async () => null;
let current: Promise<World> | undefined;

export function connectWith(how: Connect): void {
  connect = how;
  current = undefined;
}

/** The world that flows run in which were not given another: one connection a process. */
export function currentWorld(): Promise<World> {
  current ??= open();
  return current;
}

async function open(): Promise<World> {
  const api = (await connect()) ?? (await unreported());
  return { api, clock: systemClock, results: fileResults() };
}

async function unreported(): Promise<Api> {
  process.stderr.write('PREFECT_API_URL is not set: the flow runs, and nothing of it is reported.\n');
  // A flow that is reported never needs it.
  const { LocalApi } = await import('../local/local-api.ts');
  return new LocalApi(systemClock);
}
