import { configSchemas } from 'virtual:config-schema';
import { addVariable } from '../config/edit-env.ts';
import { lockPath, lockTree, pristinePath, writeLock } from '../config/lock.ts';
import type { FileSpec, Tree } from '../plan/tree.ts';
import { makeTree } from '../plan/tree.ts';
import type { RunFacts } from './define-generator.ts';
import { manifestOf } from './manifest.ts';
import type { ProjectInput } from './project-input.ts';
import { projectFiles } from './project-files.ts';
import type { ProjectView } from './project-view.ts';
import { viewProject } from './project-view.ts';
import { render } from './render.ts';
import { vendoredFiles } from './vendored.ts';

/**
 * The text of every file of a new repository. The same answers give the same bytes;
 * another day changes only the dated record, and its line in the lock.
 */
export function planProject(input: ProjectInput, facts: RunFacts): Tree {
  const view = viewProject(input, facts);
  const files = renderFiles(view);
  const tree = makeTree([...files, ...files.filter(({ owner }) => owner === 'merged').map(pristine)]);
  const lock = writeLock(lockTree(makeTree(files), { ...settingsOf(input, facts), ...databaseSettings(input, view) }, facts.hash));
  return makeTree([...tree.values(), { path: lockPath, owner: 'generated', text: lock }]);
}

function renderFiles(view: ProjectView): FileSpec[] {
  const manifest = manifestOf(view.language);
  const rendered = projectFiles(view).map(({ template, path, owner, data }): FileSpec => {
    const text = render(template, data === undefined ? view : { ...view, ...data });
    if (path === manifest.file) return { path, owner, text: manifest.add(text, [...view.database.drivers, ...view.store.packages, ...view.runner.requirements]) };
    return { path, owner, text: path === '.env.example' ? nameVariables(text, view) : text };
  });
  const vendored = view.language === 'typescript' ? vendoredFiles() : [];
  return [...rendered, ...vendored, { path: 'config/config.schema.json', owner: 'generated', text: configSchemas[view.locale] }];
}

/** The keys of a lake stand there as adding a stage would name them. */
function nameVariables(text: string, { sources, locale }: ProjectView): string {
  return sources.flatMap(({ storeKeys = [] }) => storeKeys).reduce((before, { variable, comment }) => addVariable(before, variable, comment[locale]), text);
}

function pristine({ path, text }: FileSpec): FileSpec {
  return { path: pristinePath(path), owner: 'generated', text };
}

/** Which database the sources of the stages are: their addresses do not tell while the sample stands in for it. */
function databaseSettings({ source, destination, database }: ProjectInput, { database: chosen, stages }: ProjectView): Record<string, string> {
  if (!chosen.isChosen) return {};
  const users = [...(source === 'sql' ? stages.extractors : []), ...(destination === 'sql' ? stages.loaders : [])];
  return Object.fromEntries(users.map((name) => [`option.${name}.database`, database]));
}

/** What decides the texts and does not stand in config.yaml. */
function settingsOf({ locale, language, frames, plop }: ProjectInput, { version }: RunFacts): Record<string, string> {
  return { template: version, locale, language, ...(frames === 'polars' ? {} : { frames }), plop: String(plop) };
}
