import type { Lock, LockedFile } from '../config/lock.ts';
import { lockPath, toLf, writeLock } from '../config/lock.ts';
import type { FileOp } from '../plan/plan.ts';
import type { RepositoryState } from './repository-state.ts';

/** What a run changes of the lock's settings; a key without a value goes. */
export type SettingChanges = Readonly<Record<string, string | undefined>>;

/** Hashes that files keep although they are written: what somebody edited stays edited wherever it goes. */
export type LockedHashes = ReadonlyMap<string, readonly string[]>;

/** A change of a file that is there. */
export function modify(path: string, before: string, after: string, owner: LockedFile['owner'] = 'edited'): FileOp {
  return { kind: 'modify', path, owner: owner === 'deleted' ? 'seed' : owner, before, after };
}

/** The lock after a plan: every file it writes with its new hash, and those it deletes as gone. */
export function lockAfter({ lock, hash }: Pick<RepositoryState, 'lock' | 'hash'>, ops: readonly FileOp[], settings: SettingChanges = {}, kept: LockedHashes = new Map()): Lock {
  const files = new Map(lock.files);
  for (const op of ops) {
    if (op.kind === 'delete') files.delete(op.path);
    else if (!isOurs(op.path)) files.set(op.path, lockedFile(op, files.get(op.path), kept.get(op.path), hash));
  }
  return { files, settings: changeSettings(lock.settings, settings) };
}

/** The lock itself and the pristine copies have no line of their own. */
function isOurs(path: string): boolean {
  return path.startsWith('.kpi-flow/');
}

function lockedFile(op: Exclude<FileOp, { kind: 'delete' }>, known: LockedFile | undefined, kept: readonly string[] | undefined, hash: (text: string) => string): LockedFile {
  const owner = known === undefined || known.owner === 'deleted' ? op.owner : known.owner;
  // A narrow edit makes nobody's edits ours.
  const isTheirs = op.kind === 'modify' && (owner === 'edited' || owner === 'seed') && known?.hashes.includes(hash(toLf(op.before))) === false;
  return { path: op.path, owner, hashes: kept ?? (isTheirs ? known?.hashes : undefined) ?? [hash(toLf(op.after))] };
}

function changeSettings(settings: Lock['settings'], changes: SettingChanges): Lock['settings'] {
  const next = new Map(settings);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) next.delete(key);
    else next.set(key, value);
  }
  return next;
}

/** The operation that brings the lock's text up to date; nothing when it is. */
export function lockOps(state: Pick<RepositoryState, 'lock' | 'hash' | 'read'>, ops: readonly FileOp[], settings: SettingChanges = {}, kept: LockedHashes = new Map()): FileOp[] {
  const before = state.read(lockPath);
  const after = writeLock(lockAfter(state, ops, settings, kept));
  if (before === undefined) return [{ kind: 'create', path: lockPath, owner: 'generated', after, executable: false }];
  return before === after ? [] : [{ kind: 'modify', path: lockPath, owner: 'generated', before, after }];
}
