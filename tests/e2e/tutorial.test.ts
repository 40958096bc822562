import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrefectHandle } from '../../src/edge/prefect.ts';
import { startPrefect } from '../../src/edge/prefect.ts';
import type { FlowRun } from '../../src/edge/prefect-api.ts';

const root = process.cwd();
const command = join(root, 'dist/create-kpi-flow.mjs');
// What a step may take before it is given up, on a machine that does other things too.
const minutes = 60_000;

const reason =
  process.platform === 'win32'
    ? 'its commands are for a POSIX shell'
    : existsSync(command)
      ? ''
      : 'nothing is built: npm run build';
if (reason !== '') process.stderr.write(`tutorial: skipped, ${reason}\n`);

/** A person at a terminal: one shell after another, each where the last one was. */
interface Person {
  readonly home: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  prefect?: PrefectHandle;
  /** Everything that was printed. */
  said: string;
}

let person: Person;
let workers: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), 'kpi-flow-tutorial-'));
  await cp(join(root, 'docs/examples/on-time-performance'), join(home, 'example'), { recursive: true });
  const bin = await shimNpm(home);
  const env = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    PREFECT_HOME: join(home, 'prefect'),
    PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
    PYTHONIOENCODING: 'utf-8',
  };
  person = { home, cwd: home, env, said: '' };
});

afterAll(async () => {
  await Promise.all(workers.map((each) => each.stop()));
  await person.prefect?.stop();
  await rm(person.home, { recursive: true, force: true, maxRetries: 5 });
});

describe.skipIf(reason !== '')('the tutorial', () => {
  test(
    'runs as it is written, from an empty folder to a completed run',
    async () => {
      const text = await readFile(join(root, 'docs/en/tutorial/first-kpi.md'), 'utf8');
      for (const block of blocksOf(text, 'sh')) await follow(person, block);
      const [shown = ''] = blocksOf(text, 'text');
      expect(person.said).toContain(shown.trim());
      const runs = await flowRuns(person);
      expect(runs.map(({ state }) => state?.type)).toContain('COMPLETED');
      const artifacts = await Promise.all(runs.map(({ id }) => person.prefect?.api.artifacts(id)));
      expect(artifacts.flat().map((each) => each?.key)).toContain('kpi-on-time-performance');
    },
    12 * minutes,
  );

  test(
    'leaves a README whose commands of testing are right',
    async () => {
      const readme = await readFile(join(person.cwd, 'README.md'), 'utf8');
      const checks = blocksOf(readme, 'sh').find((block) => block.includes('pyright')) ?? '';
      expect(checks).not.toBe('');
      // The flow tests start a server of their own: tests/e2e has them already.
      for (const line of checks.trim().split('\n'))
        await shell(person, line.replace(/pytest$/, 'pytest tests/unit tests/contract'));
    },
    5 * minutes,
  );
});

describe.skipIf(reason !== '')('the page on operations of the repository that was made', () => {
  test(
    'has a master flow that finds the KPI by its tag, runs it and waits',
    async () => {
      const before = (await flowRuns(person)).length;
      const [program = ''] = blocksOf(await operations(), 'python');
      await writeFile(join(person.home, 'master_flow.py'), program);
      await shell(person, `.venv/bin/python ${join(person.home, 'master_flow.py')}`);
      const runs = await flowRuns(person);
      expect(runs.length).toBe(before + 2);
      expect(new Set(runs.map(({ state }) => state?.type))).toEqual(new Set(['COMPLETED']));
    },
    5 * minutes,
  );

  test(
    'backfills the days that are given',
    async () => {
      const backfill = blocksOf(await operations(), 'sh').find((block) => block.includes('--param start')) ?? '';
      await shell(person, `${backfill.trim()} --watch`);
      expect(person.said).toContain('Completed');
    },
    3 * minutes,
  );

  test(
    'puts a secret where the flow finds it, and nowhere else',
    async () => {
      const line = blocksOf(await operations(), 'sh').find((block) => block.includes('getpass')) ?? '';
      await shell(person, line, 'sqlite:///.data/from-block.sqlite\n');
      await rm(join(person.cwd, '.env'));
      await shell(
        person,
        `.venv/bin/python -c "from prefect_flows import stages; from core.variables import resolve; print(resolve('\\\${WAREHOUSE_URL}'))"`,
      );
      expect(person.said).toContain('sqlite:///.data/from-block.sqlite');
      const deployments = await person.prefect?.api.deployments();
      expect(JSON.stringify(deployments)).not.toContain('from-block');
    },
    3 * minutes,
  );

  test(
    'switches alerts on that reach a webhook when a run fails',
    async () => {
      const heard = listen();
      const [add = '', switchOn = ''] = blocksOf(await operations(), 'sh').filter((block) => /add notification|automations/.test(block));
      await shell(person, add.split('\n')[0] ?? '');
      const missing = await shell(person, `! ${switchOn}`);
      const [make = ''] = /\.venv\/bin\/python -c ".*"/.exec(missing) ?? [];
      await shell(person, make, `${await heard.url}\n`);
      await shell(person, switchOn);
      await shell(
        person,
        '.venv/bin/prefect deployment run on-time-performance/on-time-performance --param start=not-a-date',
      );
      await expect.poll(() => heard.posts.length, { timeout: 120_000 }).toBeGreaterThan(0);
      await heard.close();
    },
    5 * minutes,
  );
});

function operations(): Promise<string> {
  if (person.prefect === undefined) throw new Error('the tutorial did not get as far as its server');
  return readFile(join(person.cwd, 'docs/operations.md'), 'utf8');
}

/** Those that somebody started: the server plans the runs of a schedule days ahead. */
async function flowRuns({ prefect }: Person): Promise<FlowRun[]> {
  const all = (await prefect?.api.call<FlowRun[]>('POST', '/flow_runs/filter', {})) ?? [];
  return all.filter(({ state }) => state?.type !== 'SCHEDULED');
}

/** Does what a block says. What has to stay up in a terminal of its own is started in the background. */
async function follow(who: Person, block: string): Promise<void> {
  if (block.includes('prefect server start')) return startServer(who);
  if (block.includes('prefect worker start')) return startWorker(who, block);
  await shell(who, block);
}

/** On a port that is free, where the page has Prefect's usual one. */
async function startServer(who: Person): Promise<void> {
  who.prefect = await startPrefect(join(who.cwd, '.venv/bin/python'), {
    env: who.env,
    cache: '.cache',
    startSeconds: 240,
  });
  const { PREFECT_API_URL: url = '', NO_PROXY: exempt = '' } = who.prefect.env;
  who.env = { ...who.env, PREFECT_API_URL: url, NO_PROXY: exempt, no_proxy: exempt };
}

async function startWorker(who: Person, block: string): Promise<void> {
  const child = spawn('bash', ['-c', `exec ${block.trim()}`], {
    cwd: who.cwd,
    env: { ...who.env, PREFECT_WORKER_QUERY_SECONDS: '1' },
    stdio: 'ignore',
    detached: true,
  });
  workers = [
    ...workers,
    {
      stop: () =>
        new Promise((done) => {
          child.once('exit', () => done());
          if (child.exitCode !== null || child.pid === undefined) done();
          else process.kill(-child.pid, 'SIGTERM');
        }),
    },
  ];
  await sleep(1000);
}

/** Runs lines in a shell that stops at the first that fails; gives what they printed. */
async function shell(who: Person, lines: string, input = ''): Promise<string> {
  const place = join(who.home, 'cwd');
  // A terminal of its own is what keeps getpass from asking the one that runs the tests.
  const child = spawn('bash', ['-euc', `${lines}\npwd > ${JSON.stringify(place)}`], {
    cwd: who.cwd,
    env: who.env,
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  // A program may end without reading what it was given; its exit code says whether that was right.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = await new Promise((done) => child.once('close', done));
  who.said += said;
  expect(code, `${lines}\n${said}`).toBe(0);
  who.cwd = (await readFile(place, 'utf8')).trim();
  return said;
}

/** `npm create kpi-flow@latest … -- …` and `npx create-kpi-flow …` start the command that was built; tests/build tries npm itself. */
async function shimNpm(home: string): Promise<string> {
  const bin = resolve(home, 'bin');
  await mkdir(bin);
  const lines = [
    '#!/usr/bin/env bash',
    '[ "$1 $2" = "create kpi-flow@latest" ] || exit 64',
    'shift 2',
    'args=()',
    'for each in "$@"; do [ "$each" = -- ] || args+=("$each"); done',
    `exec ${JSON.stringify(process.execPath)} ${JSON.stringify(command)} "\${args[@]}"`,
  ];
  await writeFile(join(bin, 'npm'), `${lines.join('\n')}\n`);
  await writeFile(join(bin, 'npx'), `#!/usr/bin/env bash\n[ "$1" = create-kpi-flow ] || exit 64\nshift\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(command)} "$@"\n`);
  for (const name of ['npm', 'npx']) await chmod(join(bin, name), 0o755);
  return bin;
}

function listen() {
  const posts: string[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'POST') posts.push(request.url ?? '');
    response.end('ok');
  });
  const url = new Promise<string>((done) =>
    server.listen(0, '127.0.0.1', () => done(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)),
  );
  return { posts, url, close: () => new Promise((done) => server.close(done)) };
}

function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(/^ *```(\w*)\n([^]*?)^ *```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , body = '']) => body);
}
