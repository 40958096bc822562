import { pristinePath, toLf } from '../config/lock.ts';
import { fail } from '../errors/failure.ts';
import type { FileOp } from '../plan/plan.ts';
import type { FileSpec } from '../plan/tree.ts';
import { desiredFiles, neededRules, renderRule } from './desired.ts';
import type { ProjectView } from './project-view.ts';
import type { RepositoryState } from './repository-state.ts';
import { isUnedited, likeBefore } from './repository-state.ts';

/**
 * What brings the generated files to what config.yaml says.
 * @param force writes over what somebody edited
 * @throws Failure E_GENERATED_EDITED
 */
export function planGenerated(state: RepositoryState, view: ProjectView, force: boolean): FileOp[] {
  const files = desiredFiles(view).filter(({ path }) => isOurs(state, path));
  const ops = files.flatMap((file) => planFile(state, file));
  const edited = ops.filter((op) => op.kind === 'modify' && !isUnedited(state, op.path, op.before) && holdsMore(op.before, op.after)).map(({ path }) => path);
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
