import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bareEnvironment, binFile, codesIn, snapshot, tell } from '../cli/command-line.ts';

/** Every point with KPI_FLOW_LONG, an even sample of each system call without. */
const long = process.env['KPI_FLOW_LONG'] === '1';
const perCall = long ? Number.POSITIVE_INFINITY : 4;

const works = spawnSync('strace', ['-o', '/dev/null', '-e', 'inject=openat:error=EIO:when=60000', 'true']).status === 0;
if (!works) tell('skipped: faults are injected with strace, which is not here or may not trace');

/** What reads or changes a folder on the way to a repository. */
const calls = ['openat', 'write', 'close', 'mkdir', 'rename', 'unlink', 'rmdir', 'statx', 'getdents64'] as const;
type Call = (typeof calls)[number];
const faults = ['signal=KILL', 'error=ENOSPC', 'error=EIO'] as const;

interface Point {
  readonly call: Call;
  /** The how many-th of its kind it is in the whole run. */
  readonly index: number;
}

interface Traced {
  readonly code: number | null;
  readonly stderr: string;
  readonly trace: string;
}

let home = '';
let count = 0;
beforeAll(() => void (home = realpathSync(mkdtempSync(join(tmpdir(), 'kpi-flow-faults-')))));
afterAll(() => rmSync(home, { recursive: true, force: true }));

function newPlace(): string {
  count += 1;
  const place = join(home, `p${count}`);
  mkdirSync(place);
  return place;
}

/** Runs `create` under strace, which writes what it saw of these calls. */
function traced(place: string, options: readonly string[], dir: string): Promise<Traced> {
  const log = `${place}.trace`;
  const args = [
    '-f',
    '-y',
    '-o',
    log,
    ...options,
    process.execPath,
    binFile('create-kpi-flow'),
    dir,
    '--yes',
    '--no-git',
    '--no-install',
    '--name',
    'Faults',
    '--timezone',
    'UTC',
  ];
  // Injection counts calls for each thread: with one thread for files, a number means the same in every run.
  const env = { ...bareEnvironment(home), UV_THREADPOOL_SIZE: '1' };
  const child = spawn('strace', args, { cwd: place, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code: signal === null ? code : 137, stderr, trace: readFileSync(log, 'utf8') }),
    );
  });
}

/** The calls of the main thread that touch the place where the repository goes. */
async function findPoints(dir: string): Promise<Point[]> {
  const place = newPlace();
  const { code, trace } = await traced(place, ['-e', `trace=${calls.join(',')}`], dir);
  expect(code).toBe(0);
  const [main] = trace.split(' ', 1);
  const seen = new Map<Call, number>();
  const points: Point[] = [];
  for (const line of trace.split('\n').filter((each) => each.startsWith(`${main} `))) {
    const call = calls.find((each) => line.includes(` ${each}(`));
    if (call === undefined) continue;
    const index = (seen.get(call) ?? 0) + 1;
    seen.set(call, index);
    if (line.includes(`${place}/`) || line.includes(`${place}"`)) points.push({ call, index });
  }
  return points;
}

function sample(points: readonly Point[]): Point[] {
  return calls.flatMap((call) => {
    const all = points.filter((each) => each.call === call);
    const step = Math.max(1, all.length / perCall);
    const picked = new Set(
      Array.from({ length: Math.min(all.length, perCall) }, (_, index) => Math.floor(index * step)),
    );
    return all.filter((_, index) => picked.has(index) || index === all.length - 1);
  });
}

async function inject({ call, index }: Point, fault: string, dir: string) {
  const place = newPlace();
  const options = ['-e', `trace=${call}`, '-e', `inject=${call}:${fault}:when=${index}`];
  const ended = await traced(place, options, dir);
  const hit =
    ended.trace.split('\n').some((line) => line.includes('(INJECTED)') && line.includes(place)) || ended.code === 137;
  return { place, hit, ...ended };
}

describe.runIf(works)('a fault at a system call that touches the target', () => {
  let whole: Record<string, string> = {};
  beforeAll(async () => {
    const place = newPlace();
    expect((await traced(place, ['-e', 'trace=none'], 'kpi')).code).toBe(0);
    whole = snapshot(join(place, 'kpi'));
  });

  it.each(faults)(
    '%s: the repository is there whole, or not at all, and the next run works',
    async (fault) => {
      const points = sample(await findPoints('kpi'));
      expect(points.length).toBeGreaterThan(10);
      let hits = 0;
      const outcomes = new Map<string, number>();
      for (const point of points) {
        const { place, hit, code, stderr } = await inject(point, fault, 'kpi');
        const at = `${fault} at ${point.call} ${point.index}: exit ${code}\n${stderr}`;
        const made = existsSync(join(place, 'kpi'));
        if (made) expect(snapshot(join(place, 'kpi')), at).toEqual(whole);
        if (code === 0) expect(made, at).toBe(true);
        hits += hit ? 1 : 0;
        const outcome = `${point.call} exit ${code}${made ? ' whole' : ''}`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (hit && code !== 0 && code !== 137) checkRefusal(place, code, stderr, at);
        // What an error leaves has just been looked at; after a kill the next run has to tidy up.
        if (made || code !== 137) continue;
        expect((await traced(place, ['-e', 'trace=none'], 'kpi')).code, at).toBe(0);
        expect(readdirSync(place), at).toEqual(['kpi']);
      }
      if (long)
        tell(
          `${fault}: ${points.length} points, ${hits} hit; ${[...outcomes].map(([name, times]) => `${name}: ${times}`).join(', ')}`,
        );
      expect(hits).toBeGreaterThan(points.length / 2);
    },
    600_000,
  );

  /** An error that was met and told: the environment's exit code, and nothing of ours is left but what could not be removed. */
  function checkRefusal(place: string, code: number | null, stderr: string, at: string): void {
    expect(code, at).toBe(3);
    expect(codesIn(stderr).length, at).toBe(1);
    expect(
      readdirSync(place).filter((name) => !name.startsWith('.kpi-flow-new-')),
      at,
    ).toEqual([]);
  }

  it.each(['signal=KILL', 'error=EIO'] as const)(
    '%s while a folder that was there is filled: empty, or finished by the next run',
    async (fault) => {
      const points = sample((await findPoints('.')).filter(({ call }) => call === 'rename'));
      expect(points.length).toBeGreaterThan(3);
      for (const point of points) {
        const { place, code, stderr } = await inject(point, fault, '.');
        const at = `${fault} at ${point.call} ${point.index}: exit ${code}\n${stderr}`;
        const again = await traced(place, ['-e', 'trace=none'], '.');
        const finished = codesIn(again.stderr).includes('E_CUT_RUN_FINISHED');
        expect([again.code, finished], at).toEqual(finished ? [1, true] : code === 0 ? [2, false] : [0, false]);
        expect(snapshot(place), at).toEqual(whole);
        expect(
          readdirSync(place).filter((name) => name.startsWith('.kpi-flow-')),
          at,
        ).toEqual([]);
      }
    },
    600_000,
  );
});
