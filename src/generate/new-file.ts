import { fail } from '../errors/failure.ts';
import type { FileOp } from '../plan/plan.ts';
import { renderRule } from './desired.ts';
import type { FileRule } from './project-files.ts';
import type { ProjectView } from './project-view.ts';
import type { RepositoryState } from './repository-state.ts';

/**
 * Plans a new file from its template.
 * @throws Failure E_FILE_EXISTS where something stands, also when only capitals tell the names apart
 */
export function planNewFile(rule: FileRule, view: ProjectView, { list }: RepositoryState): FileOp {
  const [folder, name] = splitPath(rule.path);
  const taken = list(folder).find((each) => each.toLowerCase() === name.toLowerCase());
  if (taken !== undefined) fail('E_FILE_EXISTS', { path: folder === '' ? taken : `${folder}/${taken}` });
  const { path, owner, text } = renderRule(rule, view);
  return { kind: 'create', path, owner, after: text, executable: false };
}

function splitPath(path: string): readonly [folder: string, name: string] {
  const at = path.lastIndexOf('/');
  return [path.slice(0, Math.max(at, 0)), path.slice(at + 1)];
}
