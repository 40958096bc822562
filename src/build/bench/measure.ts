import { spawn } from 'node:child_process';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { median } from './median.ts';

/** What one run of a command cost. */
export interface Cost {
  /** Milliseconds from start to end, as somebody waiting sees it. */
  readonly wall: number;
  /** Milliseconds of processor time, user and system. */
  readonly cpu: number;
  /** The most memory that it held, in MiB. */
  readonly peak: number;
}

export interface Subject {
  readonly name: string;
  /** Arguments to node. `OUT` becomes the path of a folder that does not exist yet. */
  readonly args: readonly string[];
  /** A folder that the command works in, as a fresh copy each time. */
  readonly from?: string;
}

// Node tells the cost of itself but not of its children, so each child reports its own when it ends. On Linux the
// peak of resource usage includes what the parent held when it forked; the one of /proc does not.
const probe = `const { readFileSync, writeFileSync } = process.getBuiltinModule('node:fs');
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  let peak = maxRSS;
  try { peak = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]); } catch {}
  writeFileSync(process.env.KPI_FLOW_PROBE + '.' + process.pid, [(userCPUTime + systemCPUTime) / 1000, peak / 1024].join(' '));
});`;

/** Runs every subject in turn, round after round, so that whatever slows the machine down slows all of them. */
export async function measureAll(
  subjects: readonly Subject[],
  rounds: number,
  folder: string,
  onRound: (round: number) => void,
): Promise<Map<string, Cost[]>> {
  const preload = join(folder, 'probe.cjs');
  await writeFile(preload, probe);
  const costs = new Map<string, Cost[]>(subjects.map(({ name }) => [name, []]));
  // The first round warms the disk's cache and is thrown away.
  for (let round = 0; round <= rounds; round++) {
    for (const subject of subjects) {
      const cost = await measure(subject, preload, folder);
      if (round > 0) costs.get(subject.name)?.push(cost);
    }
    onRound(round);
  }
  return costs;
}

async function measure({ name, args, from }: Subject, preload: string, folder: string): Promise<Cost> {
  const out = join(folder, 'out');
  const result = join(folder, 'cost');
  if (from !== undefined) await cp(from, out, { recursive: true, verbatimSymlinks: true });
  const env = { ...process.env, CI: '1', NODE_OPTIONS: '', KPI_FLOW_PROBE: result };
  const started = performance.now();
  const child = spawn(process.execPath, ['--require', preload, ...args.map((arg) => arg.replace('OUT', 'out'))], {
    cwd: from === undefined ? folder : out,
    env,
    stdio: 'ignore',
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  const wall = performance.now() - started;
  if (code !== 0) throw new Error(`${name}: exit ${String(code)}`);
  const file = `${result}.${child.pid}`;
  const [cpu = 0, peak = 0] = (await readFile(file, 'utf8')).split(' ').map(Number);
  await Promise.all([rm(out, { recursive: true, force: true }), rm(file)]);
  return { wall, cpu, peak };
}

/** The middle cost of each kind, and the best wall time. */
export function summarizeCosts(costs: readonly Cost[]): Cost & { readonly best: number } {
  const of = (key: keyof Cost): number => median(costs.map((each) => each[key]));
  return { wall: of('wall'), cpu: of('cpu'), peak: of('peak'), best: Math.min(...costs.map(({ wall }) => wall)) };
}
