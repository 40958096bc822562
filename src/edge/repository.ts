import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fail } from '../errors/failure.ts';
import type { OpenRepository, Repositories, RunEntry } from '../jobs/ports.ts';
import { checkPath } from '../plan/path.ts';
import type { FileOp } from '../plan/plan.ts';
import { diskFailure, errorCode } from './disk-problem.ts';
import { nextRunNumber, readHistory, readRunOps, repairRuns, writeRun } from './repository-journal.ts';
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
  const ignore = join(folder, '.gitignore');
  // One that is empty is of a run that was killed before it could write.
  if ((statSync(ignore, { throwIfNoEntry: false })?.size ?? 0) === 0) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(ignore, '*\n');
  }
  return folder;
}

function openRepository(root: string, unlock: () => void): OpenRepository {
  /** A disk that fails is no mistake of ours, whatever it was asked for. */
  const onDisk = <Value>(work: () => Value): Value => {
    try {
      return work();
    } catch (error) {
      throw diskFailure(error, root);
    }
  };
  const ground = groundOf(root);
  return {
    root,
    read: (path) => onDisk(() => readText(ground, path)),
    list: (folder) => onDisk(() => listFolder(ground, folder)),
    written: () => onDisk(() => listFiles(root)),
    history: () => onDisk(() => readHistory(root)),
    opsOf: (number) => onDisk(() => readRunOps(root, number)),
    close: unlock,
    apply: (ops, run) => onDisk(() => apply(root, ops, run)),
  };
}

function apply(root: string, ops: readonly FileOp[], run: Pick<RunEntry, 'command' | 'undoes'>): number {
  // Looked at anew: what a folder was when it was read says nothing of what it is when it is written to.
  const ground = groundOf(root);
  ops.forEach((op) => checkTarget(ground, op));
  const entry = { number: nextRunNumber(root), ...run, at: new Date().toISOString(), paths: ops.map(({ path }) => path) };
  writeRun(root, entry, ops);
  return entry.number;
}

/** What no person writes, or what belongs to this machine alone. */
const passedOver: ReadonlySet<string> = new Set(['node_modules', '__pycache__', 'build', 'dist', 'site-packages']);

function listFiles(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isFile()) return [path];
    return entry.isDirectory() && !entry.name.startsWith('.') && !passedOver.has(entry.name) ? listFiles(root, path) : [];
  });
}

/** A repository and the folders that are known to lie in it: most files share theirs with others. */
interface Ground {
  readonly root: string;
  /** Where it is when every link on the way is followed. */
  readonly real: string;
  readonly inside: Set<string>;
}

const groundOf = (root: string): Ground => ({ root, real: realpathSync.native(root), inside: new Set() });

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readText(ground: Ground, path: string): string | undefined {
  const file = join(ground.root, checkPath(path));
  checkInside(ground, file, path);
  try {
    return utf8.decode(readFileSync(file));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    if (error instanceof TypeError) return fail('E_FILE_ENCODING', { path });
    throw error;
  }
}

function listFolder(ground: Ground, folder: string): readonly string[] {
  const path = join(ground.root, checkPath(folder));
  checkInside(ground, join(path, 'any'), `${folder}/any`);
  return existsSync(path) ? readdirSync(path) : [];
}

/** Nothing may be written that changed since it was read, cannot be written, or is somewhere else. */
function checkTarget(ground: Ground, op: FileOp): void {
  const { path } = op;
  const now = readText(ground, path);
  if (op.kind === 'create' && now !== undefined) fail('E_FILE_EXISTS', { path });
  if (op.kind !== 'create' && now !== op.before) fail('E_FILE_CHANGED', { path });
  const found = lstatSync(join(ground.root, path), { throwIfNoEntry: false });
  if (found !== undefined && (found.mode & 0o222) === 0) fail('E_FILE_READ_ONLY', { path });
}

/** A link at the target, or a folder on the way that leads out of the repository. */
function checkInside({ real, inside }: Ground, file: string, path: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true) fail('E_FILE_LINK', { path });
  let folder = dirname(file);
  while (!existsSync(folder)) folder = dirname(folder);
  if (inside.has(folder)) return;
  const way = relative(real, realpathSync.native(folder));
  if (way.startsWith('..') || resolve(way) === way) fail('E_FILE_LINK', { path });
  inside.add(folder);
}
