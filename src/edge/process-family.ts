import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/**
 * The processes that descend from one, whatever groups and sessions they have gone into: a worker of Prefect
 * starts flow runs in sessions of their own, which a signal to the worker's group does not reach.
 */
export function descendantsOf(pid: number): number[] {
  const parents = process.platform === 'linux' ? parentsFromProc() : parentsFromPs();
  const family = [pid];
  for (const member of family) family.push(...[...parents].filter(([, parent]) => parent === member).map(([child]) => child));
  return family.slice(1);
}

/** Whether a process still runs; one whose exit code nobody has fetched yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || (statOf(pid)?.state ?? 'Z') !== 'Z';
}

function parentsFromProc(): Map<number, number> {
  const pids = readdirSync('/proc').map(Number).filter((each) => Number.isInteger(each));
  const found = pids.map((pid) => [pid, statOf(pid)?.parent] as const);
  return new Map(found.filter((each): each is readonly [number, number] => each[1] !== undefined));
}

/** `pid (name) state parent …`: the name may hold blanks and brackets, so the last bracket counts. */
function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

function parentsFromPs(): Map<number, number> {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = (stdout ?? '').split('\n').map((line) => line.trim().split(/\s+/u).map(Number));
  return new Map(rows.flatMap(([pid, parent]) => (pid === undefined || parent === undefined ? [] : [[pid, parent] as const])));
}
