import { accessSync, constants, lstatSync, readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fail } from '../errors/failure.ts';
import type { Site } from '../jobs/ports.ts';
import { diskFailure, errorCode } from './disk-problem.ts';
import { finishMoves, isStage, removeLeftovers } from './disk-stage.ts';

/** Looks at where a new repository is to go, and clears what killed runs left there. */
export function surveyFolder(folder: string, tidy: boolean): Site {
  try {
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (found === undefined) return surveyAbsent(folder, tidy);
    if (found.isSymbolicLink()) fail('E_FOLDER_LINK', { folder });
    if (!found.isDirectory()) fail('E_FOLDER_IS_FILE', { folder });
    return surveyExisting(folder, tidy);
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') fail('E_FOLDER_IS_FILE', { folder: fileAbove(folder) });
    throw diskFailure(error, folder);
  }
}

/** The part of a path that stands in the way because it is a file. */
function fileAbove(path: string): string {
  try {
    lstatSync(path);
    return path;
  } catch {
    return fileAbove(dirname(path));
  }
}

/** The closest folder above that exists, and the name below it that is going to be made. */
export function nearestFolder(folder: string): { ancestor: string; child: string } {
  const child = resolve(folder);
  const ancestor = dirname(child);
  const found = lstatSync(ancestor, { throwIfNoEntry: false });
  if (found === undefined && ancestor !== child) return nearestFolder(ancestor);
  return { ancestor, child };
}

function surveyAbsent(folder: string, tidy: boolean): Site {
  const { ancestor, child } = nearestFolder(folder);
  refuseUnwritable(ancestor);
  if (tidy) removeLeftovers(ancestor, child);
  refuseNamesake(ancestor, basename(child));
  return { state: 'absent' };
}

function surveyExisting(folder: string, tidy: boolean): Site {
  if (tidy) tidyExisting(folder);
  const found = readdirSync(folder);
  const others = found.filter((name) => name !== '.git' && !isStage(name));
  if (others.length > 0) fail('E_FOLDER_NOT_EMPTY', { folder, found: others.sort() });
  refuseUnwritable(folder);
  return { state: found.includes('.git') ? 'git-only' : 'empty' };
}

/** A killed run may have staged inside the folder or beside it; that the parent cannot be read is no reason to stop. */
function tidyExisting(folder: string): void {
  if (finishMoves(folder)) fail('E_CUT_RUN_FINISHED', { folder });
  removeLeftovers(folder, folder);
  try {
    removeLeftovers(dirname(folder), folder);
  } catch {
    // Only tidying: the folder itself is usable.
  }
}

function refuseUnwritable(folder: string): void {
  const found = lstatSync(folder);
  if (!found.isDirectory() && !found.isSymbolicLink()) fail('E_FOLDER_IS_FILE', { folder });
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    fail('E_FOLDER_NOT_WRITABLE', { folder });
  }
}

/** `Sales` beside `sales` is one folder on some disks: a clone there would lose one of the two. */
function refuseNamesake(parent: string, name: string): void {
  const other = readdirSync(parent).find((each) => each !== name && fold(each) === fold(name));
  if (other !== undefined) fail('E_PATH_COLLISION', { path: name, other });
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
