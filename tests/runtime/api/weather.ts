import dns from 'node:dns';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';
import type { FakeServer } from './fake-server.ts';
import type { Fault, Proxy } from './proxy.ts';
import { faults } from './proxy.ts';

/** What befalls a run between itself and its server; all of it follows from a seed. */
export interface Weather {
  /** Kinds of faults that requests meet, and how many of a hundred meet one. */
  readonly kinds: readonly Exclude<Fault, undefined>[];
  readonly percent: number;
  readonly kills: boolean;
  readonly nameless: boolean;
  /** Milliseconds that the clock is off by, one after the other. */
  readonly jumps: readonly number[];
}

/** Answers that no client asks again for, since they are a server's no; a key that is refused for a while is among them. */
const noes: readonly Fault[] = ['500', '401', '403 csrf'];
/** What is asked in the background, and bears a no. */
const inBackground = (method: string, path: string): boolean => /\/(events|logs\/|task_runs\/filter|task_runs\/count)$/.test(path) || (method === 'GET' && /\/flow_runs\/[^/]+$/.test(path));
/** A request is made six times: more in a row would be the end of a run, and rightly so. */
const mostInARow = 3;

export function weatherOf(chance: () => number): Weather {
  const kinds = Array.from({ length: 2 + Math.floor(4 * chance()) }, () => faults[Math.floor(chance() * faults.length)] ?? 'cut');
  const minute = 60_000;
  return {
    kinds,
    percent: 5 + 25 * chance(),
    kills: chance() < 0.3,
    nameless: chance() < 0.3,
    jumps: chance() < 0.5 ? [] : Array.from({ length: 3 }, () => Math.round((chance() - 0.5) * 120 * minute)),
  };
}

const clocks = new AsyncLocalStorage<{ offBy: number }>();
const namelessHosts = new Set<string>();

/** Gives each run a clock of its own, and names under `.weather` that a name server may fail to know. What undoes it. */
export function makeWeather(): () => void {
  const [now, lookup] = [Date.now.bind(Date), dns.lookup];
  vi.spyOn(Date, 'now').mockImplementation(() => now() + (clocks.getStore()?.offBy ?? 0));
  vi.spyOn(dns, 'lookup').mockImplementation(((host: string, options: { all?: boolean }, done: (error: Error | null, address?: unknown, family?: number) => void) => {
    if (!host.endsWith('.weather')) return lookup(host, options as object, done as never);
    if (namelessHosts.has(host)) return done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }));
    return options.all === true ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
  }) as never);
  return () => vi.restoreAllMocks();
}

/** Runs something in it. What is done to it ends with it. */
export async function inWeather<T>(weather: Weather, seed: number, { server, proxy, chance }: { server: FakeServer; proxy: Proxy; chance: () => number }, work: (url: string) => Promise<T>): Promise<T> {
  const host = `run-${seed}.weather`;
  const clock = { offBy: 0 };
  let isOver = false;
  const troubles = [
    ...(weather.kills ? [againAndAgain(async () => await server.kill(), server.start, 3)] : []),
    ...(weather.nameless ? [againAndAgain(async () => void namelessHosts.add(host), async () => void namelessHosts.delete(host), 3)] : []),
    turnClock(),
  ];
  proxy.fault = faultsOf(weather, chance);
  try {
    return await clocks.run(clock, () => work(proxy.url.replace('127.0.0.1', host)));
  } finally {
    isOver = true;
    await Promise.all(troubles);
  }

  /** Once the run has begun: for a second or two each. */
  async function againAndAgain(begin: () => Promise<void>, end: () => Promise<void>, times: number): Promise<void> {
    for (let left = times; left > 0; left -= 1) {
      await sleep(200 + 3000 * chance());
      if (isOver) return;
      await begin();
      await sleep(300 + 1500 * chance());
      await end();
    }
  }

  async function turnClock(): Promise<void> {
    for (const jump of weather.jumps) {
      await sleep(2000 * chance());
      if (isOver) return;
      clock.offBy = jump;
    }
  }
}

function faultsOf({ kinds, percent }: Weather, chance: () => number): Proxy['fault'] {
  const inARow = new Map<string, number>();
  return (method, path) => {
    const key = `${method} ${path}`;
    const hit = 100 * chance() < percent && (inARow.get(key) ?? 0) < mostInARow;
    const kind = hit ? kinds[Math.floor(chance() * kinds.length)] : undefined;
    // Only events are taken and lost with a 204.
    const isMeant = kind !== undefined && (kind === 'lose' ? path.endsWith('/events') : !noes.includes(kind) || inBackground(method, path));
    inARow.set(key, isMeant ? (inARow.get(key) ?? 0) + 1 : 0);
    return isMeant ? kind : undefined;
  };
}
