import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planProject } from '../../src/index.ts';

const bin = resolve('dist/kpi-flow.mjs');
const env = { ...process.env, KPI_FLOW_LOCALE: 'en', CI: '1' };
const answers = { dir: 'made', name: 'Sales', id: 'sales', locale: 'en', git: 'false', install: 'false' };
const kills = process.env['KPI_FLOW_LONG'] ? 200 : 10;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kpi-killed-'));
  for (const { path, text } of planProject(answers, { today: '2026-01-05' })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function snapshot(): string {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !path.includes('/.kpi-flow/local/')).sort();
  return JSON.stringify(paths.map((path) => [path, readFileSync(path, 'utf8')]));
}

const run = (...args: string[]) => execa(process.execPath, [bin, ...args], { cwd: root, env, reject: false });

/** Starts a command and kills it after a while: within its work as often as not. */
async function kill(args: readonly string[], after: number): Promise<void> {
  const child = spawn(process.execPath, [bin, ...args], { cwd: root, env, stdio: 'ignore' });
  const ended = new Promise((done) => child.on('exit', done));
  await sleep(after);
  child.kill('SIGKILL');
  await ended;
}

describe('a run that is killed at any moment', () => {
  test('leaves the old or the new, and nothing between, once the next has run', { timeout: 3_600_000 }, async () => {
    const old = snapshot();
    const begun = Date.now();
    expect((await run('add', 'extractor', 'returns', 'sql')).exitCode).toBe(0);
    const whole = Date.now() - begun;
    const grown = snapshot();
    expect((await run('undo')).exitCode).toBe(0);
    expect(snapshot()).toBe(old);
    const states = { old, grown };
    for (let round = 0; round < kills; round += 1) {
      const isOld = snapshot() === old;
      await kill(isOld ? ['add', 'extractor', 'returns', 'sql'] : ['undo'], whole * (0.3 + (0.8 * round) / kills));
      const { exitCode, stderr } = await run('status');
      expect(exitCode, stderr).toBe(0);
      expect(Object.values(states)).toContain(snapshot());
    }
    const last = snapshot() === grown ? await run('undo') : await run('status');
    expect([last.exitCode, snapshot()]).toEqual([0, old]);
  });

  test.skipIf(process.platform !== 'linux')('at each system call that changes something', { timeout: 3_600_000 }, async ({ skip }) => {
    const traced = (call: string, at: number, args: readonly string[]) =>
      execa('strace', ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${at}`, process.execPath, bin, ...args], { cwd: root, env: { ...env, UV_THREADPOOL_SIZE: '1' }, reject: false });
    if ((await execa('strace', ['-V'], { reject: false })).failed) skip('there is no strace');
    const old = snapshot();
    await run('add', 'extractor', 'returns', 'sql');
    const grown = snapshot();
    await run('undo');
    const points = process.env['KPI_FLOW_LONG'] ? Array.from({ length: 40 }, (_, index) => index + 1) : [1, 3, 8, 14];
    for (const call of ['rename', 'fsync', 'unlink', 'mkdir']) {
      for (const at of points) {
        await traced(call, at, snapshot() === old ? ['add', 'extractor', 'returns', 'sql'] : ['undo']);
        expect((await run('status')).exitCode, `${call} ${at}`).toBe(0);
        expect([old, grown]).toContain(snapshot());
      }
    }
  });
});
