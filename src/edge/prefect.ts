import { fail } from '../errors/failure.ts';
import { withoutLoopbackProxy } from './network.ts';
import type { FlowRun, PrefectApi } from './prefect-api.ts';
import { fillHome, keepHome, makeHome, removeHome, temporaryOf } from './prefect-home.ts';
import type { RunningServer } from './prefect-server.ts';
import { startServer } from './prefect-server.ts';
import type { ProcessGroup } from './process-group.ts';
import { runToEnd, startGroup } from './process-group.ts';
import { lastWords } from './python-environment-failure.ts';

/** What the generated repositories were run on: older releases break with today's dependencies. */
export const lowestPrefect = '3.9.0';

export interface PrefectOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly port?: number;
  readonly signal?: AbortSignal;
  readonly startSeconds?: number;
  /** Where an empty database is kept from one start to the next. */
  readonly cache?: string;
  /** Settings of Prefect for the server and what is started beside it; a person's own never reach them. */
  readonly settings?: NodeJS.ProcessEnv;
}

/** A Prefect server of our own, with what was started beside it. */
export interface PrefectHandle {
  readonly api: PrefectApi;
  /** Where a person looks at it. */
  readonly dashboard: string;
  /** The environment in which `prefect` and flows talk to this server. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs `prefect <args>` to its end. */
  cli(args: readonly string[], cwd: string): Promise<string>;
  /** Makes a process work pool and starts a worker for it, in a folder of its own. */
  startWorker(pool: string, env?: NodeJS.ProcessEnv): Promise<void>;
  /** Starts a deployment, waits for its end, and fails when it did not complete. */
  runDeployment(id: string, parameters?: Readonly<Record<string, unknown>>, options?: { seconds?: number; onState?: (state: string) => void }): Promise<FlowRun>;
  /** What the worker printed: the flow's process writes there when it cannot even start. */
  workerOutput(): string;
  /** Ends everything that was started, and removes the temporary home. */
  stop(): Promise<void>;
}

/**
 * Starts a Prefect server on a free loopback port, in a temporary home that leaves the person's own profiles,
 * keys and data alone.
 * @param python the interpreter of an environment with Prefect in it
 * @throws Failure E_PREFECT_MISSING, E_PREFECT_OLD, E_PORT_TAKEN, E_PREFECT_START
 */
export async function startPrefect(python: string, options: PrefectOptions = {}): Promise<PrefectHandle> {
  const home = await makeHome();
  try {
    const env = { ...isolatedEnvironment(options.env ?? process.env, home), ...options.settings };
    const version = await checkPrefect(python, env, options.signal);
    const filled = await fillHome(home, options.cache, version);
    const server = await startServer({ python, env, home, seconds: options.startSeconds ?? 180, ...pick(options) });
    if (!filled) await keepHome(home, options.cache, version, python, env);
    return handle(python, home, server, options.signal);
  } catch (error) {
    await removeHome(home);
    throw error;
  }
}

/** Which Prefect an interpreter has. Its metadata is asked, because importing it takes a second. */
export async function prefectVersion(python: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string | undefined> {
  const code = 'from importlib.metadata import version; print(version("prefect"))';
  const limit = signal === undefined ? { seconds: 30 } : { seconds: 30, signal };
  const outcome = await runToEnd({ file: python, args: ['-c', code], env }, limit);
  return outcome.code === 0 ? outcome.output.trim() : undefined;
}

/** Whether one release is older than another. */
export function isOlder(version: string, than: string): boolean {
  const numbers = (text: string): number[] => text.split('.').slice(0, 3).map((each) => Number.parseInt(each, 10) || 0);
  const [left, right] = [numbers(version), numbers(than)];
  const differing = right.findIndex((each, place) => each !== (left[place] ?? 0));
  return differing !== -1 && (left[differing] ?? 0) < (right[differing] ?? 0);
}

async function checkPrefect(python: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string> {
  const found = await prefectVersion(python, env, signal);
  if (found === undefined) return fail('E_PREFECT_MISSING', { python });
  return isOlder(found, lowestPrefect) ? fail('E_PREFECT_OLD', { found, needed: lowestPrefect }) : found;
}

function handle(python: string, home: string, server: RunningServer, signal: AbortSignal | undefined): PrefectHandle {
  const workers: ProcessGroup[] = [];
  return {
    api: server.api,
    dashboard: `http://127.0.0.1:${server.port}`,
    env: server.env,
    cli: (args, cwd) => runCli(python, args, cwd, server.env, signal),
    async startWorker(pool, env = {}) {
      await server.api.createProcessPool(pool);
      workers.push(startWorker(python, pool, home, { ...server.env, ...env }));
    },
    runDeployment: (id, parameters, options) => runDeployment(server.api, id, parameters ?? {}, options ?? {}),
    workerOutput: () => workers.map((each) => each.output()).join('\n'),
    async stop() {
      await Promise.all([...workers, server.group].map((each) => each.stop()));
      await removeHome(home);
    },
  };
}

function startWorker(python: string, pool: string, home: string, env: NodeJS.ProcessEnv): ProcessGroup {
  const args = ['-m', 'prefect', 'worker', 'start', '--pool', pool, '--type', 'process', '--install-policy', 'never'];
  return startGroup({ file: python, args, cwd: home, env: { ...env, PREFECT_WORKER_QUERY_SECONDS: '1' } });
}

async function runCli(python: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv, signal: AbortSignal | undefined): Promise<string> {
  const limit = signal === undefined ? { seconds: 300 } : { seconds: 300, signal };
  const outcome = await runToEnd({ file: python, args: ['-m', 'prefect', '--no-prompt', ...args], cwd, env }, limit);
  if (outcome.code !== 0) fail('E_PREFECT_COMMAND', { command: `prefect --no-prompt ${args.join(' ')}`, detail: lastWords(outcome.output) });
  return outcome.output;
}

async function runDeployment(api: PrefectApi, id: string, parameters: Readonly<Record<string, unknown>>, options: { seconds?: number; onState?: (state: string) => void }): Promise<FlowRun> {
  const started = await api.startRun(id, parameters);
  const ended = await api.waitForRun(started.id, options.seconds ?? 300, options.onState);
  if (ended.state?.type === 'COMPLETED') return ended;
  const logs = await api.logs(started.id, 40).catch(() => []);
  const detail = [ended.state?.message ?? '', ...logs.slice(-1)].filter((each) => each !== '').join('\n');
  return fail('E_FLOW_RUN', { name: ended.name, state: ended.state?.name ?? '?', detail });
}

/** Nothing of the person's own Prefect settings may leak in: a key would go to a server that is not theirs. */
function isolatedEnvironment(env: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  const rest = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('PREFECT_') && name !== 'PYTHONHOME' && name !== 'VIRTUAL_ENV'));
  return {
    ...withoutLoopbackProxy(rest),
    PREFECT_HOME: home,
    TMPDIR: temporaryOf(home),
    TEMP: temporaryOf(home),
    TMP: temporaryOf(home),
    PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
    DO_NOT_TRACK: '1',
    PREFECT_CLI_COLORS: 'false',
    PYTHONIOENCODING: 'utf-8',
  };
}

function pick({ port, signal }: PrefectOptions): { port?: number; signal?: AbortSignal } {
  return { ...(port === undefined ? {} : { port }), ...(signal === undefined ? {} : { signal }) };
}
