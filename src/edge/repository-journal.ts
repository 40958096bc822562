import { chmodSync, closeSync, fsyncSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { RunEntry } from '../jobs/ports.ts';
import type { FileOp } from '../plan/plan.ts';
import { errorCode } from './disk-problem.ts';

/** What a run keeps of each file: the text before and after, so that it can be finished and taken back. */
interface Journal {
  readonly entry: RunEntry;
  readonly ops: readonly FileOp[];
}

/** How many runs can be looked at and taken back: older ones go, so that a repository of years stays small. */
const keptRuns = 50;

/**
 * Runs stand side by side, each a folder: while it is staged it has no journal, and the next run throws it away; with
 * `journal.json` it is certain, and the next run finishes it; with `done.json` it is history. A journal is two lines:
 * what the run was, and what it did. Who lists the runs reads the first alone.
 */
export function runsFolder(root: string): string {
  return join(root, '.kpi-flow', 'local', 'runs');
}

/** The number of the next run: the names of the folders tell it, and it keeps rising when old ones go. */
export function nextRunNumber(root: string): number {
  return Number(basename(listRuns(root).at(-1) ?? '0')) + 1;
}

/** Writes a run: staged files, then the journal in one rename, then the files, each in one rename. */
export function writeRun(root: string, entry: RunEntry, ops: readonly FileOp[]): void {
  const folder = join(runsFolder(root), String(entry.number).padStart(6, '0'));
  if (exists(folder)) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const staged = ops.flatMap((op, index) => (op.kind === 'delete' ? [] : [{ path: join(folder, String(index)), text: op.after }]));
  writeDurably([...staged, { path: join(folder, 'journal.new'), text: writeJournal({ entry, ops }) }]);
  renameSync(join(folder, 'journal.new'), join(folder, 'journal.json'));
  syncFolder(folder);
  finishRun(root, folder);
  tryTo(() => listRuns(root).slice(0, -keptRuns).forEach((old) => rmSync(old, { recursive: true })));
}

/** Finishes what was cut, and throws away what was not certain yet. Says which run was finished. */
export function repairRuns(root: string): readonly RunEntry[] {
  return listRuns(root).flatMap((folder) => {
    if (exists(join(folder, 'done.json'))) return [];
    if (exists(join(folder, 'journal.json'))) return [finishRun(root, folder, isUntouched)];
    rmSync(folder, { recursive: true, force: true });
    return [];
  });
}

/**
 * Every step may have been done already: a staged file that is gone stands in its place.
 * @param mayWrite whether a file may still be written: somebody may have worked on it since the run was cut
 */
function finishRun(root: string, folder: string, mayWrite: (target: string, op: FileOp) => boolean = () => true): RunEntry {
  const { entry, ops } = readJournal(join(folder, 'journal.json'));
  const touched = new Set<string>();
  ops.forEach((op, index) => {
    const target = join(root, op.path);
    touched.add(dirname(target));
    if (!mayWrite(target, op)) return;
    if (op.kind === 'delete') ignoreMissing(() => unlinkSync(target));
    else ignoreMissing(() => putInPlace(join(folder, String(index)), target, op));
  });
  for (const each of touched) syncFolder(each);
  renameSync(join(folder, 'journal.json'), join(folder, 'done.json'));
  tryTo(() => syncFolder(folder));
  return entry;
}

/** Whether a file is as the run found it. */
function isUntouched(target: string, op: FileOp): boolean {
  const now = exists(target) ? readFileSync(target) : undefined;
  return op.kind === 'create' ? now === undefined : now?.equals(Buffer.from(op.before, 'utf8')) === true;
}

function putInPlace(staged: string, target: string, op: FileOp): void {
  // A missing staged file is the sign of a step that is done: it must be looked for before a folder is made.
  const mode = statSync(staged).mode;
  mkdirSync(dirname(target), { recursive: true });
  const before = statSync(target, { throwIfNoEntry: false });
  chmodSync(staged, before?.mode ?? (op.kind === 'create' && op.executable ? mode | 0o111 : mode));
  renameWithPatience(staged, target);
}

/** On Windows a file that somebody reads, a scanner say, cannot be replaced for a moment. */
function renameWithPatience(from: string, to: string, tries = process.platform === 'win32' ? 10 : 0): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (tries === 0 || !['EPERM', 'EBUSY', 'EACCES'].includes(errorCode(error) ?? '')) throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    renameWithPatience(from, to, tries - 1);
  }
}

function ignoreMissing(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** The runs that are done, oldest first. */
export function readHistory(root: string): RunEntry[] {
  return listRuns(root)
    .map((folder) => join(folder, 'done.json'))
    .filter(exists)
    .map((path) => JSON.parse(linesOf(path)[0]) as RunEntry);
}

/** Only a missing name is missing: a disk that fails must not make a certain run look like none. */
function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** What a run did. */
export function readRunOps(root: string, number: number): readonly FileOp[] {
  return readJournal(join(runsFolder(root), String(number).padStart(6, '0'), 'done.json')).ops;
}

function listRuns(root: string): string[] {
  const folder = runsFolder(root);
  const names = exists(folder) ? readdirSync(folder) : [];
  return names.filter((name) => /^\d{6}$/.test(name)).sort().map((name) => join(folder, name));
}

function writeJournal({ entry, ops }: Journal): string {
  return `${JSON.stringify(entry)}\n${JSON.stringify(ops)}\n`;
}

function readJournal(path: string): Journal {
  const [entry, ops] = linesOf(path);
  return { entry: JSON.parse(entry) as RunEntry, ops: JSON.parse(ops) as FileOp[] };
}

function linesOf(path: string): readonly [string, string] {
  const text = readFileSync(path, 'utf8');
  const end = text.indexOf('\n');
  return [text.slice(0, end), text.slice(end + 1)];
}

/** All are written before the first is forced to the disk, which then has to be waited for about once. */
function writeDurably(files: readonly { readonly path: string; readonly text: string }[]): void {
  const open: number[] = [];
  try {
    for (const { path, text } of files) {
      const descriptor = openSync(path, 'wx', 0o666);
      open.push(descriptor);
      const bytes = Buffer.from(text, 'utf8');
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    }
    open.forEach((descriptor) => fsyncSync(descriptor));
  } finally {
    open.forEach((descriptor) => closeSync(descriptor));
  }
}

function syncFolder(folder: string): void {
  tryTo(() => {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  });
}

function tryTo(work: () => void): void {
  try {
    work();
  } catch {
    // Some systems cannot open a folder; what is written stays written.
  }
}
