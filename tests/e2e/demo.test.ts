import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPython } from '../../src/edge/python-environment-interpreter.ts';

const python = await findPython(undefined, process.env).catch(() => undefined);
if (python === undefined) process.stderr.write('skipped: the demo (no Python 3.11 or newer here)\n');

/** Everything the demo makes outside the project lies in here, and its name stands in the environment of all it starts. */
let scratch: string;
beforeEach(async () => void (scratch = await mkdtemp(join(tmpdir(), 'kpi-flow-demo-test-'))));
afterEach(() => rm(scratch, { recursive: true, force: true }));

function demo(args: readonly string[], env: Record<string, string> = {}) {
  return execa(process.execPath, ['dist/build/demo.mjs', ...args], { reject: false, stdin: 'ignore', env: { TMPDIR: scratch, KPI_FLOW_LOCALE: 'en', ...env } });
}

type Running = ReturnType<typeof demo>;

/** Waits until the demo has said something. */
function heard(running: Running, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    running.stderr?.on('data', (more: Buffer) => {
      text += more.toString();
      const found = pattern.exec(text);
      if (found !== null) resolve(found[1] ?? found[0]);
    });
    void running.then(() => reject(new Error(`ended before ${pattern}: ${text}`)));
  });
}

/** Programs that the demo started and that still run. */
async function leftRunning(): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((each) => /^\d+$/u.test(each) && Number(each) !== process.pid);
  const environments = await Promise.all(pids.map(async (pid) => [pid, await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')] as const));
  return environments.filter(([, text]) => text.includes(`TMPDIR=${scratch}`)).map(([pid]) => pid);
}

async function nothingIsLeft(): Promise<void> {
  expect(await leftRunning()).toEqual([]);
  expect(await readdir(scratch)).toEqual([]);
}

describe.skipIf(python === undefined)('npm run demo', { timeout: 300_000 }, () => {
  it.each([
    ['Python', [], { KPI_FLOW_NAME: 'Another' }, (file: string) => `sqlite:///${file}`],
    ['TypeScript', ['--language', 'typescript'], { NODE_ENV: 'production' }, (file: string) => `duckdb:///${file}`],
  ] as const)('shows a real KPI in %s that a real Prefect server computed', async (_, args, more, addressOf) => {
    // What a person has set for their own repositories must not be touched, nor change anything.
    const theirs = { ...more, WAREHOUSE_URL: addressOf(join(scratch, 'theirs')), PREFECT_API_URL: 'http://127.0.0.1:9/api' };
    const { exitCode, stdout, stderr } = await demo(args, theirs);
    expect(stderr).not.toContain('✖');
    expect(exitCode).toBe(0);
    for (const task of ['on_time_arrivals', 'arrivals', 'clean_on_time_arrivals', 'clean_arrivals', 'on_time_performance', 'on_time_performance_by_day', 'on_time_performance_daily', 'publish_on_time_performance']) {
      expect(stdout).toMatch(new RegExp(`^${task}\\S*\\s+Completed\\s+[\\d.]+ s$`, 'mu'));
    }
    expect(stdout).toContain('0.7745 by the flow = 0.7745 by counting the raw records');
    expect(stdout).toContain('1254 of 1254 rows');
    expect(stdout).toMatch(/2001-03-31 +TX +0\.500 +0\.800 +missed/u);
    expect(stdout).toMatch(/http:\/\/127\.0\.0\.1:\d+\/runs\/flow-run\/[0-9a-f-]{36}/u);
    expect(stdout).toMatch(/Prefect server +[\d.]+ s +[\d.]+ s/u);
    await nothingIsLeft();
  });

  it('--keep leaves the server up until Ctrl-C', async () => {
    const running = demo(['--keep'], { KPI_FLOW_LOCALE: 'es' });
    const dashboard = await heard(running, /Prefect está en marcha en (http:\S+)\./u);
    expect(await fetch(`${dashboard}/api/health`).then((answer) => answer.json())).toBe(true);
    running.kill('SIGINT');
    const { exitCode, stdout } = await running;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('0.7745 según el flow = 0.7745');
    await nothingIsLeft();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('%s while the server starts leaves nothing behind', async (signal) => {
    const running = demo([]);
    await heard(running, /Prefect server…/u);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    running.kill(signal);
    expect((await running).exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
    await nothingIsLeft();
  });

  it('says that the port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const { exitCode, stderr } = await demo(['--port', String(port)]);
    taken.close();
    expect(exitCode).toBe(3);
    expect(stderr).toContain('E_PORT_TAKEN');
    await nothingIsLeft();
  });

  it('says that there is no Python', async () => {
    const { exitCode, stderr } = await demo([], { KPI_FLOW_PYTHON: join(scratch, 'nowhere') });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('E_PYTHON_MISSING');
    await nothingIsLeft();
  });

  it('refuses what it does not know', async () => {
    const { exitCode, stderr } = await demo(['--kep']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--kep');
  });
});
