import { configSchemas } from 'virtual:config-schema';
import type { FileSpec } from '../plan/tree.ts';
import { projectFiles } from './project-files.ts';
import type { FileRule } from './project-files.ts';
import type { ProjectView } from './project-view.ts';
import { render } from './render.ts';

/** What is generated from config.yaml: the same view gives the same text, always. */
export function desiredFiles(view: ProjectView): FileSpec[] {
  const rules = projectFiles(view).filter(({ owner }) => owner === 'generated');
  return [...rules.map((rule) => renderRule(rule, view)), { path: 'config/config.schema.json', owner: 'generated', text: configSchemas[view.locale] }];
}

/** Modules of the core that a kind of source needs, beside what a repository has already. */
export function neededFiles(view: ProjectView): FileSpec[] {
  return projectFiles(view).filter(({ path }) => /^src\/core\/(sql|lake)\.py$/.test(path)).map((rule) => renderRule(rule, view));
}

/** The text of one file. */
export function renderRule({ template, path, owner, data }: FileRule, view: ProjectView): FileSpec {
  return { path, owner, text: render(template, data === undefined ? view : { ...view, ...data }) };
}
