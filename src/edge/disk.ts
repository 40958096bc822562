import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fail } from '../errors/failure.ts';
import type { Disk } from '../jobs/ports.ts';
import type { Tree } from '../plan/tree.ts';
import { diskFailure, errorCode } from './disk-problem.ts';
import { isStage, markReady, moveEntries, stageName } from './disk-stage.ts';
import { nearestFolder, surveyFolder } from './disk-survey.ts';

/** What installing adds to a repository after it is written. */
const ownAdditions = new Set(['.git', '.venv', 'uv.lock', '__pycache__']);

/**
 * The disk of this machine. Files are written with synchronous calls: it is quicker for some dozens of
 * small files, and a signal is heard between two steps instead of in the middle of one.
 * @param signal aborted when the person says stop
 */
export function nodeDisk(signal: AbortSignal): Disk {
  const undo = new Map<string, () => void>();
  return {
    survey: async (folder, { tidy }) => surveyFolder(folder, tidy),
    writeFolder: async (folder, tree, prepare) => {
      try {
        undo.set(folder, await writeFolder(folder, tree, prepare, signal));
      } catch (error) {
        throw diskFailure(error, folder);
      }
    },
    withdrawFolder: async (folder, tree) => withdrawFolder(folder, tree, undo.get(folder)),
  };
}

async function writeFolder(
  folder: string,
  tree: Tree,
  prepare: Parameters<Disk['writeFolder']>[2],
  signal: AbortSignal,
): Promise<() => void> {
  const place = placeOf(resolve(folder));
  try {
    writeTree(place.root, tree);
    await prepare?.(place.root);
    // Lets a signal that came during the writing be heard.
    await setImmediate();
    signal.throwIfAborted();
    place.commit();
    return place.undo;
  } catch (error) {
    remove(place.stage);
    throw error;
  }
}

interface Place {
  /** The temporary folder, in the same file system as the target. */
  readonly stage: string;
  /** Where the repository's root is inside it. */
  readonly root: string;
  /** Puts it in its place. */
  readonly commit: () => void;
  /** Leaves things as they were before the commit. */
  readonly undo: () => void;
}

function placeOf(folder: string): Place {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return besidePlace(folder);
  if (!isReplaceable(folder)) return insidePlace(folder);
  return { ...besidePlace(folder), undo: () => empty(folder, new Set()) };
}

/** An empty folder can be replaced in one step, unless somebody stands in it: their shell would be left nowhere. */
function isReplaceable(folder: string): boolean {
  return process.platform !== 'win32' && folder !== process.cwd() && readdirSync(folder).length === 0;
}

function besidePlace(folder: string): Place {
  const { ancestor, child } = nearestFolder(folder);
  const stage = join(ancestor, stageName(child));
  return {
    stage,
    root: join(stage, relative(child, folder)),
    commit: () => replaceFolder(stage, child),
    undo: () => remove(child),
  };
}

function replaceFolder(stage: string, child: string): void {
  try {
    renameSync(stage, child);
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errorCode(error) ?? ''))
      fail('E_FOLDER_NOT_EMPTY', { folder: child, found: [basename(child)] });
    throw error;
  }
}

function insidePlace(folder: string): Place {
  const stage = join(folder, stageName(folder));
  const before = new Set(readdirSync(folder));
  return { stage, root: stage, commit: () => unpack(stage, folder), undo: () => empty(folder, before) };
}

function unpack(stage: string, folder: string): void {
  const marked = markReady(stage);
  try {
    moveEntries(marked, folder);
  } catch (error) {
    // When the moves could be taken back, all of it goes; when not, the next run finishes them.
    if (readdirSync(folder).every((name) => name === '.git' || isStage(name))) renameSync(marked, stage);
    throw error;
  }
  tryTo(() => rmdirSync(marked));
}

/**
 * Nothing is synced to the platters: a killed process or a full disk cannot tear the folder, and for a power cut in
 * the same moment there is the line that makes it again, while syncing would take several times all the rest.
 */
function writeTree(root: string, tree: Tree): void {
  const made = new Set<string>();
  const makeFolder = (folder: string): void => {
    if (made.has(folder)) return;
    mkdirSync(folder, { recursive: true });
    made.add(folder);
  };
  makeFolder(root);
  for (const file of tree.values()) {
    makeFolder(dirname(join(root, file.path)));
    writeFileSync(join(root, file.path), file.text, { flag: 'wx', mode: file.executable === true ? 0o777 : 0o666 });
  }
}

/** After the work is done, a fault in tidying up is no failure of the work. */
function tryTo(work: () => void): void {
  try {
    work();
  } catch {
    // What is left is empty, and the next run removes it.
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Removes what is in a folder, except what was there before. */
function empty(folder: string, before: ReadonlySet<string>): void {
  for (const name of readdirSync(folder)) if (!before.has(name)) remove(join(folder, name));
}

function withdrawFolder(folder: string, tree: Tree, undo: (() => void) | undefined): boolean {
  try {
    if (undo === undefined || !isUntouched(folder, tree)) return false;
    undo();
    return true;
  } catch {
    return false;
  }
}

/** Every file is as it was written, and nothing else is there but what the run itself adds. */
function isUntouched(folder: string, tree: Tree): boolean {
  const known = new Set(tree.keys());
  const found = filesIn(folder, '');
  return (
    found.every((path) => known.has(path)) &&
    [...tree.values()].every(({ path, text }) => readFileSync(join(folder, path), 'utf8') === text)
  );
}

function filesIn(folder: string, prefix: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (ownAdditions.has(entry.name)) return [];
    const path = `${prefix}${entry.name}`;
    return entry.isDirectory() ? filesIn(join(folder, entry.name), `${path}/`) : [path];
  });
}
