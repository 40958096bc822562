import { configSchemas } from 'virtual:config-schema';
import { lockPath, lockTree, writeLock } from '../config/lock.ts';
import type { FileSpec, Tree } from '../plan/tree.ts';
import { makeTree } from '../plan/tree.ts';
import type { RunFacts } from './define-generator.ts';
import type { ProjectInput } from './project-input.ts';
import { projectFiles } from './project-files.ts';
import type { ProjectView } from './project-view.ts';
import { viewProject } from './project-view.ts';
import { render } from './render.ts';

/**
 * The text of every file of a new repository. The same answers give the same bytes;
 * another day changes only the dated record, and its line in the lock.
 */
export function planProject(input: ProjectInput, facts: RunFacts): Tree {
  const view = viewProject(input, facts);
  const files = renderFiles(view);
  const tree = makeTree([...files, ...files.filter(({ owner }) => owner === 'merged').map(pristine)]);
  const lock = writeLock(lockTree(makeTree(files), settingsOf(input, facts), facts.hash));
  return makeTree([...tree.values(), { path: lockPath, owner: 'generated', text: lock }]);
}

function renderFiles(view: ProjectView): FileSpec[] {
  const rendered = projectFiles(view).map(({ template, path, owner, data }): FileSpec => {
    return { path, owner, text: render(template, data === undefined ? view : { ...view, ...data }) };
  });
  return [...rendered, { path: 'config/config.schema.json', owner: 'generated', text: configSchemas[view.locale] }];
}

/** What a later update merges with. Its ending keeps linters and editors from taking it for code. */
function pristine({ path, text }: FileSpec): FileSpec {
  return { path: `.kpi-flow/base/${path}.base`, owner: 'generated', text };
}

/** What decides the texts and does not stand in config.yaml. */
function settingsOf({ locale, language, plop }: ProjectInput, { version }: RunFacts): Record<string, string> {
  return { template: version, locale, language, plop: String(plop) };
}
