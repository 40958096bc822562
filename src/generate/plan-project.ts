import type { FileSpec, Owner, Tree } from '../plan/tree.ts';
import { makeTree } from '../plan/tree.ts';
import type { RunFacts } from './define-generator.ts';
import type { ProjectInput } from './project-input.ts';
import { projectFiles } from './project-files.ts';
import { viewProject } from './project-view.ts';
import { render } from './render.ts';

/** A template, where its text goes, who owns the result, and what it needs beside the project's view. */
export interface FileRule {
  readonly template: string;
  readonly path: string;
  readonly owner: Owner;
  readonly data?: object;
}

/**
 * The text of every file of a new repository. The same answers give the same bytes;
 * another day changes only the dated ADR.
 */
export function planProject(input: ProjectInput, facts: RunFacts): Tree {
  const view = viewProject(input, facts);
  const files = projectFiles(view).map(({ template, path, owner, data }): FileSpec => {
    return { path, owner, text: render(template, data === undefined ? view : { ...view, ...data }) };
  });
  return makeTree(files);
}
