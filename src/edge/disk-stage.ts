import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fail } from '../errors/failure.ts';

/** A folder being written: incomplete, to be removed when its process is gone. */
const writing = '.kpi-flow-new-';
/** A folder that is complete and being moved into place, to be finished when its process is gone. */
const ready = '.kpi-flow-ready-';

const longAgoMs = 24 * 60 * 60 * 1000;

/** A name beside the target that tells whose it is: a hash of the target and of this machine, and the process. */
export function stageName(target: string): string {
  return `${writing}${shortHash(target)}-${shortHash(hostname())}-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** The commit point of a folder that is moved entry by entry: from here on a cut run is finished, not undone. */
export function markReady(stage: string): string {
  const marked = join(stage, '..', stage.slice(stage.lastIndexOf(writing)).replace(writing, ready));
  renameSync(stage, marked);
  return marked;
}

/** Removes what killed runs left in `folder` while they wrote `target`. */
export function removeLeftovers(folder: string, target: string): void {
  const prefix = `${writing}${shortHash(target)}-`;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(prefix) && isAbandoned(folder, name))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Moves the rest of a complete folder that a killed run was moving into `folder`. Says whether there was one. */
export function finishMoves(folder: string): boolean {
  const stages = readdirSync(folder).filter((name) => name.startsWith(ready) && isAbandoned(folder, name));
  for (const name of stages) {
    moveEntries(join(folder, name), folder);
    rmdirSync(join(folder, name));
  }
  return stages.length > 0;
}

/** Moves everything of a stage one level up, never over something that stands there. */
export function moveEntries(stage: string, folder: string): string[] {
  const moved: string[] = [];
  try {
    for (const name of readdirSync(stage).sort()) {
      const to = join(folder, name);
      if (exists(to)) fail('E_FOLDER_NOT_EMPTY', { folder, found: [name] });
      renameSync(join(stage, name), to);
      moved.push(name);
    }
  } catch (error) {
    for (const name of moved.reverse()) renameSync(join(folder, name), join(stage, name));
    throw error;
  }
  return moved;
}

/** Whether a name in a folder is ours, finished or not. */
export function isStage(name: string): boolean {
  return name.startsWith(writing) || name.startsWith(ready);
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Of this machine, when its process has ended; of another (a shared disk), when it is a day old. */
function isAbandoned(folder: string, name: string): boolean {
  const [host = '', pid = ''] = name.split('-').slice(-3);
  if (host === shortHash(hostname())) return !isAlive(Number(pid));
  const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > longAgoMs;
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
