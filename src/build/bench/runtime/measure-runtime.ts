import { cp, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { sharedEnvironment } from '../../../edge/python-environment-shared.ts';
import type { PrefectHandle } from '../../../edge/prefect.ts';
import { runToEnd } from '../../../edge/process-group.ts';
import { PrefectClient } from '../../../runtime/api/client.ts';
import { readSettings } from '../../../runtime/api/settings.ts';
import { prefectPackage } from '../../prefect-package.ts';
import type { PoolFigures } from './pool.ts';
import { measurePool } from './pool.ts';
import { importing, program } from './programs.ts';
import { serversOwnTime, untilVisible } from './recorded.ts';
import type { ServerKind } from './servers.ts';
import { startBenchServer } from './servers.ts';
import { sizeOfImport } from './size.ts';

/** Seconds by the clock and of the processor. */
export interface Time {
  readonly wall: number;
  readonly cpu: number;
}

/** So many mapped tasks, of one client. */
export interface Mapped {
  /** From the start of its process to its end. */
  readonly client: number;
  /** From the start of its process until the server had the last of those that it ever had. */
  readonly all: number;
  readonly visible: number;
}

export interface MappedFigures {
  readonly server: ServerKind;
  readonly count: number;
  /** What the server needs for as many, when it is fed as fast as it works. */
  readonly own: number;
  readonly ours: Mapped & { readonly task: Time; readonly heap: number; readonly peak: number };
  readonly python: Mapped;
}

export interface RuntimeFigures {
  readonly size: number;
  /** Medians. */
  readonly importing: Time;
  readonly unreported: Time;
  readonly python: Time;
  readonly pool: Readonly<Record<'typescript' | 'python', PoolFigures>>;
  readonly mapped: readonly MappedFigures[];
}

export interface RuntimeOptions {
  readonly tasks: number;
  readonly servers: readonly ServerKind[];
  readonly rounds: number;
  readonly say: (text: string) => void;
}

/** Measures the runtime beside Prefect's Python: the same work, on servers of the same kind, in one run. */
export async function measureRuntime(folder: string, options: RuntimeOptions): Promise<RuntimeFigures> {
  const { rounds, say } = options;
  await writeFile(join(folder, 'bench.mjs'), program);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await cp('src/build/bench/runtime/runtime_bench.py', join(folder, 'runtime_bench.py'));
  const { python } = await sharedEnvironment([prefectPackage], '.cache');
  const imports: Time[] = [];
  for (let round = 0; round < 15; round += 1) imports.push(await importOnce(folder));
  say('unreported tasks');
  const unreported = await run<Time>(folder, [process.execPath, 'bench.mjs', 'overhead', '50000'], { PREFECT_LOGGING_LEVEL: 'WARNING' });
  const mapped: MappedFigures[] = [];
  const first = { python: undefined as Time | undefined, pool: undefined as RuntimeFigures['pool'] | undefined };
  for (const kind of options.servers) {
    say(`server: ${kind}`);
    const place = { kind, python, folder };
    const isThere = await onServer(place, async ({ client, env, prefect }) => {
      first.python ??= await run<Time>(folder, [python, 'runtime_bench.py', 'overhead', '300'], { ...env, PREFECT_LOGGING_LEVEL: 'WARNING' });
      first.pool ??= await measurePool(prefect, client, folder, rounds);
    });
    if (isThere !== undefined) mapped.push(await mapOn(place, options));
  }
  if (first.python === undefined || first.pool === undefined) throw new Error('there was no server to measure on');
  return { size: await sizeOfImport(), importing: middle(imports), unreported, python: first.python, pool: first.pool, mapped };
}

/** Where something is measured. */
interface Place {
  readonly kind: ServerKind;
  readonly python: string;
  readonly folder: string;
}

interface Server {
  readonly prefect: PrefectHandle;
  readonly client: PrefectClient;
  readonly env: NodeJS.ProcessEnv;
}

/** Does it on a server that nothing was done on before: what a server was given earlier goes on to cost it time. Undefined where there is none. */
async function onServer<T>({ kind, python, folder }: Place, act: (server: Server) => Promise<T>): Promise<{ readonly value: T } | undefined> {
  const server = await startBenchServer(kind, python);
  if (server === undefined) return undefined;
  const { env } = server.prefect;
  const client = new PrefectClient(env['PREFECT_API_URL'] ?? '', readSettings({ ...env, PREFECT_CLIENT_MAX_RETRIES: '30' }, folder));
  try {
    return { value: await act({ prefect: server.prefect, client, env }) };
  } finally {
    client.close();
    await server.stop();
  }
}

async function mapOn(place: Place, { tasks, say }: RuntimeOptions): Promise<MappedFigures> {
  const on = async <T>(act: (server: Server) => Promise<T>): Promise<T> => {
    const done = await onServer(place, act);
    if (done === undefined) throw new Error(`the server is gone: ${place.kind}`);
    return done.value;
  };
  say(`${tasks} task runs by themselves`);
  const own = await on(({ client }) => serversOwnTime(client, tasks));
  say(`${own.toFixed(0)} s; as many mapped in TypeScript`);
  const ours = await on((server) => mapOnce<{ run: string; own: Time; heap: number; peak: number }>(place, server, [process.execPath, '--expose-gc', 'bench.mjs', 'mapped', String(tasks)], tasks));
  say(`${ours.client.toFixed(0)} s, ${ours.visible} visible after ${ours.all.toFixed(0)} s; as many mapped in Python`);
  const theirs = await on((server) => mapOnce<{ run: string }>(place, server, [place.python, 'runtime_bench.py', 'mapped', String(tasks)], tasks));
  say(`${theirs.client.toFixed(0)} s, ${theirs.visible} visible after ${theirs.all.toFixed(0)} s`);
  const { own: task, heap, peak } = ours.said;
  return { server: place.kind, count: tasks, own, ours: { ...pick(ours), task, heap, peak }, python: pick(theirs) };
}

async function mapOnce<T extends { run: string }>({ folder }: Place, { client, env }: Server, command: readonly string[], count: number): Promise<Mapped & { readonly said: T }> {
  const started = performance.now();
  const said = await run<T>(folder, command, { ...env, KPI_FLOW_REPORT_SECONDS: '3600' });
  const ended = performance.now();
  const { count: visible, at } = await untilVisible(client, said.run, count);
  return { said, client: (ended - started) / 1000, all: (at - started) / 1000, visible };
}

function pick({ client, all, visible }: Mapped): Mapped {
  return { client, all, visible };
}

async function importOnce(folder: string): Promise<Time> {
  const runtime = pathToFileURL(resolve('dist/runtime/index.mjs')).href;
  return await run<Time>(folder, [process.execPath, '--input-type=module', '-e', importing, runtime], {});
}

/** What a program says as JSON in its last such line. */
async function run<T>(cwd: string, [file = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<T> {
  let said: string | undefined;
  const onLine = (line: string): void => {
    if (line.startsWith('{"')) said = line;
  };
  const { PREFECT_API_URL: _api, ...rest } = process.env;
  const { code, output } = await runToEnd({ file, args, cwd, env: { ...rest, ...env }, onLine }, { seconds: 3600 });
  if (code !== 0 || said === undefined) throw new Error(`${file} ${args.join(' ')}: exit ${code}\n${output}`);
  return JSON.parse(said) as T;
}

function middle(times: readonly Time[]): Time {
  const of = (key: keyof Time): number => times.map((each) => each[key]).toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
  return { wall: of('wall'), cpu: of('cpu') };
}
