import { pristinePath, toLf } from '../config/lock.ts';
import { fail } from '../errors/failure.ts';
import type { FileOp } from '../plan/plan.ts';
import type { FileSpec } from '../plan/tree.ts';
import { desiredFiles, neededRules, renderRule } from './desired.ts';
import type { ProjectView } from './project-view.ts';
import type { RepositoryState } from './repository-state.ts';
import { isUnedited, likeBefore } from './repository-state.ts';
import { vendorFolder, vendoredFiles } from './vendored.ts';

/**
 * What brings the generated files to what config.yaml says.
 * @param force writes over what somebody edited
 * @throws Failure E_GENERATED_EDITED
 */
export function planGenerated(state: RepositoryState, view: ProjectView, force: boolean): FileOp[] {
  const files = desiredFiles(view).filter(({ path }) => isOurs(state, path));
  return orRefuse(state, files.flatMap((file) => planFile(state, file)), force);
}

/**
 * What brings the runtime that a TypeScript repository carries to the one that this version brings: all of it, since each part needs the others.
 * @param force writes over what somebody edited
 * @throws Failure E_GENERATED_EDITED
 */
export function planVendored(state: RepositoryState, force: boolean): FileOp[] {
  if (state.settings.language !== 'typescript') return [];
  const wanted = new Map(vendoredFiles().map((file) => [file.path, file]));
  // Its manifest is made of a template, and generated as that.
  const gone = [...state.lock.files.values()].filter(({ path, owner }) => path.startsWith(vendorFolder) && path !== `${vendorFolder}package.json` && owner === 'generated' && !wanted.has(path));
  const ops = [...wanted.values()].filter(({ path }) => isCarried(state, path)).flatMap((file) => planFile(state, file));
  return orRefuse(state, [...ops, ...gone.flatMap(({ path }) => planEnd(state, path))], force);
}

/** Not what somebody made theirs. */
function isCarried({ lock }: RepositoryState, path: string): boolean {
  const owner = lock.files.get(path)?.owner;
  return owner === undefined || owner === 'generated' || owner === 'deleted';
}

function planEnd({ read }: RepositoryState, path: string): FileOp[] {
  const before = read(path);
  return before === undefined ? [] : [{ kind: 'delete', path, owner: 'generated', before }];
}

function orRefuse(state: RepositoryState, ops: FileOp[], force: boolean): FileOp[] {
  const edited = ops.filter((op) => op.kind !== 'create' && !isUnedited(state, op.path, op.before) && holdsMore(op.before, op.kind === 'modify' ? op.after : '')).map(({ path }) => path);
  if (edited.length > 0 && !force) fail('E_GENERATED_EDITED', { paths: edited });
  return ops;
}

const conflictMarker = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/;

/** Whether a text has a line that the other lacks. After a merge in git it has none, and nothing can be lost. */
function holdsMore(before: string, after: string): boolean {
  const kept = new Set(toLf(after).split('\n'));
  return toLf(before).split('\n').some((line) => !kept.has(line) && !conflictMarker.test(line));
}

/** Somebody may have made a generated file theirs, or deleted a page that no code needs. */
function isOurs({ lock, read }: RepositoryState, path: string): boolean {
  const owner = lock.files.get(path)?.owner;
  if (owner === undefined || /\.(?:py|ts)$/.test(path)) return owner === undefined || owner === 'generated' || owner === 'deleted';
  return owner === 'generated' && read(path) !== undefined;
}

function planFile({ read }: RepositoryState, { path, text, owner }: FileSpec): FileOp[] {
  const before = read(path);
  if (before === undefined) return [{ kind: 'create', path, owner, after: text, executable: false }];
  return toLf(before) === text ? [] : [{ kind: 'modify', path, owner, before, after: likeBefore(before, text) }];
}

/** The modules that a first source of its kind needs, and those that stages share, with the pristine copy that a later update merges with. */
export function planNeeded({ read, lock }: RepositoryState, view: ProjectView, shared: readonly string[] = []): FileOp[] {
  const missing = neededRules(view, shared).filter(({ path }) => (!lock.files.has(path) || shared.includes(path)) && read(path) === undefined);
  return missing.map((rule) => renderRule(rule, view)).flatMap(({ path, text, owner }): FileOp[] => [
    { kind: 'create', path, owner, after: text, executable: false },
    ...(owner === 'merged' ? [{ kind: 'create', path: pristinePath(path), owner: 'generated', after: text, executable: false } as const] : []),
  ]);
}
