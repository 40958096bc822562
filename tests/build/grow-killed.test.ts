import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bareEnvironment, binFile, runCli, tell } from '../cli/command-line.ts';
import type { Change } from './grown-repositories.ts';
import { copyOf, env, makeChanges, runNext, stateOf } from './grown-repositories.ts';

const long = process.env['KPI_FLOW_LONG'] === '1';
const kills = { add: long ? 200 : 10, sync: long ? 200 : 8, undo: long ? 200 : 8 } as const;
const commands = ['add', 'sync', 'undo'] as const;

let home = '';
let changes: Readonly<Record<(typeof commands)[number], Change>>;
beforeAll(async () => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'kpi-flow-killed-')));
  changes = await makeChanges(home);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Whether there is a run that is not history: one that was cut while it was at work. */
function isCut(root: string): boolean {
  const runs = join(root, '.kpi-flow/local/runs');
  return existsSync(runs) && readdirSync(runs).some((name) => !existsSync(join(runs, name, 'done.json')));
}

async function begunWriting(root: string, child: ChildProcess): Promise<void> {
  while (!isCut(root) && child.exitCode === null) await setImmediate();
}

/** Kills a command some time after its start, or after it began to write. Says whether it still ran. */
async function kill(root: string, { args }: Change, wait: number, sinceWriting: boolean): Promise<boolean> {
  const child = spawn(process.execPath, [binFile('kpi-flow'), ...args], { cwd: root, env: { ...bareEnvironment(root), ...env }, stdio: 'ignore' });
  const ended = new Promise((done) => child.on('exit', done));
  if (sinceWriting) await begunWriting(root, child);
  await sleep(wait);
  const ran = child.kill('SIGKILL');
  await ended;
  return ran && child.signalCode === 'SIGKILL';
}

it.each(commands)('%s, killed at random moments, leaves the old or the new once the next has run', { timeout: 3_600_000 }, async (name) => {
  const change = changes[name];
  const begun = Date.now();
  expect((await runCli('kpi-flow', change.args, { cwd: copyOf(change.from, join(home, 'timed')), env })).code).toBe(0);
  const whole = Date.now() - begun;
  rmSync(join(home, 'timed'), { recursive: true });
  const counts = { killed: 0, cut: 0, before: 0, after: 0 };
  for (let round = 0; round < kills[name]; round += 1) {
    const root = copyOf(change.from, join(home, `k-${name}-${round}`));
    const sinceWriting = round % 2 === 1;
    const wait = sinceWriting ? Math.random() * 12 : whole * (0.2 + Math.random());
    if (await kill(root, change, wait, sinceWriting)) counts.killed += 1;
    if (isCut(root)) counts.cut += 1;
    await runNext(root);
    const state = stateOf(root, change);
    expect(['before', 'after'], `killed after ${wait} ms${sinceWriting ? ' of writing' : ''}`).toContain(state);
    counts[state as 'before'] += 1;
    rmSync(root, { recursive: true });
  }
  if (long) tell(`${name}: ${kills[name]} kills, ${counts.killed} of them while it ran, ${counts.cut} while it wrote; ${counts.before} old, ${counts.after} new, 0 torn`);
  expect(counts.killed).toBeGreaterThan(0);
});

it('after a kill the same command does its work', async () => {
  const change = changes.add;
  const root = copyOf(change.from, join(home, 'again'));
  await kill(root, change, 0, true);
  const again = await runCli('kpi-flow', change.args, { cwd: root, env });
  // A run that was certain already was finished first, and then the name is taken.
  expect(again.code === 0 || again.stderr.includes('E_STAGE_EXISTS'), again.stderr).toBe(true);
  expect(stateOf(root, change)).toBe('after');
});
