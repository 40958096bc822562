import type { FileRule } from './plan-project.ts';
import type { ProjectView } from './project-view.ts';

/** Every file of a new repository: which template, where, and who owns it. */
export function projectFiles(_view: ProjectView): FileRule[] {
  return [];
}
