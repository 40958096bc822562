import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bareEnvironment, binFile, tell } from '../cli/command-line.ts';
import type { Change } from './grown-repositories.ts';
import { copyOf, env, makeChanges, runNext, stateOf } from './grown-repositories.ts';

/** Every point with KPI_FLOW_LONG, without it an even sample of this many. */
const long = process.env['KPI_FLOW_LONG'] === '1';
const most = long ? Number.POSITIVE_INFINITY : 8;

const works = spawnSync('strace', ['-o', '/dev/null', '-e', 'inject=openat:error=EIO:when=60000', 'true']).status === 0;
if (!works) tell('skipped: faults are injected with strace, which is not here or may not trace');

/** What changes a repository, and what opens its files. */
const calls = ['openat', 'write', 'fsync', 'mkdir', 'rename', 'unlink', 'rmdir', 'link', 'chmod'] as const;
const faults = ['signal=KILL', 'error=ENOSPC', 'error=EIO'] as const;
const commands = ['add', 'sync', 'undo'] as const;

/** The how many-th call of its kind in the whole run. */
interface Point {
  readonly call: (typeof calls)[number];
  readonly index: number;
}

let home = '';
let count = 0;
let changes: Readonly<Record<(typeof commands)[number], Change>>;
beforeAll(async () => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'kpi-flow-faults-')));
  if (works) changes = await makeChanges(home);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs a command under strace in a copy of the repository it starts from. */
function traced({ args, from }: Change, options: readonly string[]): Promise<{ readonly root: string; readonly code: number | null; readonly stderr: string; readonly trace: string }> {
  count += 1;
  const root = copyOf(from, join(home, `f${count}`));
  const log = `${root}.trace`;
  const all = ['-f', '-y', '-o', log, ...options, process.execPath, binFile('kpi-flow'), ...args];
  // Injection counts calls for each thread: with one thread for files, a number means the same in every run.
  const child = spawn('strace', all, { cwd: root, env: { ...bareEnvironment(root), ...env, UV_THREADPOOL_SIZE: '1' }, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ root, code: signal === null ? code : 137, stderr, trace: readFileSync(log, 'utf8') }));
  });
}

/** The calls of the main thread that touch the repository. */
async function findPoints(change: Change): Promise<Point[]> {
  const { root, code, trace } = await traced(change, ['-e', `trace=${calls.join(',')}`]);
  expect(code).toBe(0);
  const [main] = trace.split(' ', 1);
  const seen = new Map<string, number>();
  return trace.split('\n').filter((line) => line.startsWith(`${main} `)).flatMap((line) => {
    const call = calls.find((each) => line.includes(` ${each}(`));
    if (call === undefined) return [];
    const index = (seen.get(call) ?? 0) + 1;
    seen.set(call, index);
    return line.includes(`${root}/`) ? [{ call, index }] : [];
  });
}

/** Every how many-th point; each command and fault begins somewhere else. */
function sample(points: readonly Point[], offset: number): readonly Point[] {
  const stride = Math.max(1, Math.floor(points.length / most));
  return points.filter((_, index) => index % stride === offset % stride);
}

describe.runIf(works).each(commands)('%s with a fault at a system call that touches the repository', (name) => {
  it.each(faults)('%s: every file is old or new once the next has run, and no failure looks like success', { timeout: 3_600_000 }, async (fault) => {
    const change = changes[name];
    const points = sample(await findPoints(change), 5 * commands.indexOf(name) + faults.indexOf(fault));
    expect(points.length).toBeGreaterThanOrEqual(Math.min(most, 50));
    const counts = { hit: 0, before: 0, after: 0, mixed: 0 };
    for (const { call, index } of points) {
      const { root, code, stderr, trace } = await traced(change, ['-e', `trace=${call}`, '-e', `inject=${call}:${fault}:when=${index}`]);
      const at = `${fault} at ${call} ${index}: exit ${code}\n${stderr}`;
      expect([0, 3, 137], at).toContain(code);
      if (stateOf(root, change) === 'torn') counts.mixed += 1;
      await runNext(root);
      const state = stateOf(root, change);
      expect(code === 0 ? ['after'] : ['before', 'after'], at).toContain(state);
      counts[state as 'before'] += 1;
      if (code === 137 || trace.includes('(INJECTED)')) counts.hit += 1;
      rmSync(root, { recursive: true });
      rmSync(`${root}.trace`);
    }
    if (long) tell(`${name}, ${fault}: ${points.length} points, ${counts.hit} hit; ${counts.mixed} mixed until the next run; then ${counts.before} old, ${counts.after} new, 0 torn`);
    expect(counts.hit).toBeGreaterThan(points.length / 2);
  });
});

describe.runIf(works)('a fault at a file of our own', () => {
  it.each([['EIO', 'error[E_DISK]'], ['ENOSPC', 'error[E_DISK_FULL]']])('%s: is told as a fault of the disk, and exits with 3', async (fault, said) => {
    const change = changes.add;
    const { root, code, stderr } = await traced(change, ['-e', 'trace=openat', '-P', join(dirname(binFile('kpi-flow')), 'chunks', 'templates.lines'), '-e', `inject=openat:error=${fault}`]);
    expect(code, stderr).toBe(3);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain('    at ');
    expect(stateOf(root, change)).toBe('before');
  });
});
