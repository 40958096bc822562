import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fail } from '../errors/failure.ts';
import type { OpenRepository, Repositories, RunEntry } from '../jobs/ports.ts';
import { checkPath } from '../plan/path.ts';
import type { FileOp } from '../plan/plan.ts';
import { diskFailure, errorCode } from './disk-problem.ts';
import { readHistory, readRunOps, repairRuns, writeRun } from './repository-journal.ts';
import { lockFolder } from './repository-lock.ts';

/**
 * The repositories on this machine.
 * @param finished told when a run that was cut has been finished
 */
export function nodeRepositories(finished: (entry: RunEntry) => void = () => undefined): Repositories {
  return {
    find: findRoot,
    open: async (root, command) => {
      const unlock = await guard(root, () => lockFolder(localFolder(root), command));
      try {
        repairRuns(root).forEach(finished);
        return openRepository(root, unlock);
      } catch (error) {
        unlock();
        throw diskFailure(error, root);
      }
    },
  };
}

async function guard<Value>(root: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw diskFailure(error, root);
  }
}

/** The nearest folder above that has a config/config.yaml and was made by us. */
function findRoot(from: string): string | undefined {
  const folder = resolve(from);
  if (existsSync(join(folder, 'config', 'config.yaml'))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : findRoot(above);
}

/** What belongs to this copy alone: git does not see it. */
function localFolder(root: string): string {
  const folder = join(root, '.kpi-flow', 'local');
  if (!existsSync(join(folder, '.gitignore'))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '.gitignore'), '*\n');
  }
  return folder;
}

function openRepository(root: string, unlock: () => void): OpenRepository {
  return {
    root,
    read: (path) => readText(root, path),
    history: () => readHistory(root),
    opsOf: (number) => readRunOps(root, number),
    close: unlock,
    apply: (ops, run) => {
      ops.forEach((op) => checkTarget(root, op));
      const number = (readHistory(root).at(-1)?.number ?? 0) + 1;
      const entry = { number, ...run, at: new Date().toISOString(), paths: ops.map(({ path }) => path) };
      try {
        writeRun(root, entry, ops);
        return number;
      } catch (error) {
        throw diskFailure(error, root);
      }
    },
  };
}

function readText(root: string, path: string): string | undefined {
  const file = join(root, checkPath(path));
  checkInside(root, path);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    if (error instanceof TypeError) return fail('E_FILE_ENCODING', { path });
    throw diskFailure(error, root);
  }
}

/** Nothing may be written that changed since it was read, cannot be written, or is somewhere else. */
function checkTarget(root: string, op: FileOp): void {
  const { path } = op;
  const now = readText(root, path);
  if (op.kind === 'create' && now !== undefined) fail('E_FILE_EXISTS', { path });
  if (op.kind !== 'create' && now !== op.before) fail('E_FILE_CHANGED', { path });
  const found = lstatSync(join(root, path), { throwIfNoEntry: false });
  if (found !== undefined && (found.mode & 0o222) === 0) fail('E_FILE_READ_ONLY', { path });
}

/** A link at the target, or a folder on the way that leads out of the repository. */
function checkInside(root: string, path: string): void {
  if (lstatSync(join(root, path), { throwIfNoEntry: false })?.isSymbolicLink() === true) fail('E_FILE_LINK', { path });
  let folder = dirname(join(root, path));
  while (!existsSync(folder)) folder = dirname(folder);
  const inside = relative(realpathSync(root), realpathSync(folder));
  if (inside.startsWith('..') || resolve(inside) === inside) fail('E_FILE_LINK', { path });
}
