import { readFileSync, readdirSync } from 'node:fs';

/** Ends what this process started, and what that started: a cancelled run leaves nobody behind. */
export function endDescendants(): void {
  for (const pid of descendantsOf(process.pid)) endOne(pid);
}

function endOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** Children, their children, and so on; empty where the system does not show them. */
function descendantsOf(pid: number): number[] {
  const children = childrenByParent();
  const found: number[] = [];
  const next = [pid];
  for (let each = next.pop(); each !== undefined; each = next.pop()) {
    const own = children.get(each) ?? [];
    found.push(...own);
    next.push(...own);
  }
  return found;
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const pid of processes()) {
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  return children;
}

function processes(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function parentOf(pid: number): number | undefined {
  try {
    // The name in parentheses may hold anything, so what comes after the last one counts.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').at(-1)?.trim().split(' ');
    return Number(fields?.[1]);
  } catch {
    return undefined;
  }
}
