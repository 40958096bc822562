import { configSchemas } from 'virtual:config-schema';
import { modulesOfSource, sourceKinds } from '../config/source-kinds.ts';
import type { FileSpec } from '../plan/tree.ts';
import type { FileRule } from './file-rule.ts';
import { sharedRule } from './file-rule.ts';
import { projectFiles } from './project-files.ts';
import type { ProjectView } from './project-view.ts';
import { render } from './render.ts';

/** What is generated from config.yaml: the same view gives the same text, always. */
export function desiredFiles(view: ProjectView): FileSpec[] {
  const rules = projectFiles(view).filter(({ owner }) => owner === 'generated');
  return [...rules.map((rule) => renderRule(rule, view)), { path: 'config/config.schema.json', owner: 'generated', text: configSchemas[view.locale] }];
}

const sourceNames = Object.keys(sourceKinds) as (keyof typeof sourceKinds)[];

/** Modules of the core that a kind of source needs, and those that stages share, beside what a repository has already. */
export function neededRules(view: ProjectView, shared: readonly string[] = []): FileRule[] {
  // A stage may stand on the same module for more than one reason.
  const parts = [...new Set(shared)];
  if (view.language === 'typescript') return parts.map((path) => sharedRule(path, 'typescript'));
  const modules = new Set(sourceNames.flatMap((kind) => modulesOfSource(kind, view.isPandas).map((name) => `src/core/${name}`)));
  return [...projectFiles(view).filter(({ path }) => modules.has(path)), ...parts.map((path) => sharedRule(path, 'python'))];
}

/** The text of one file. */
export function renderRule({ template, path, owner, data }: FileRule, view: ProjectView): FileSpec {
  return { path, owner, text: render(template, data === undefined ? view : { ...view, ...data }) };
}
