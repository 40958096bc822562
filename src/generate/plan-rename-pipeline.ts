import { deploymentsFile, readDeployments } from '../config/edit-deployments.ts';
import { fail } from '../errors/failure.ts';
import type { FileOp } from '../plan/plan.ts';
import type { Owner } from '../plan/tree.ts';
import type { Replacement } from '../python/replace-ranges.ts';
import { replaceRanges } from '../python/replace-ranges.ts';
import type { Renaming } from '../python/rename-stage.ts';
import { literalsOf, referencesTo, renameInModule } from '../python/rename-stage.ts';
import type { ModuleRenaming } from '../typescript/rename-module.ts';
import { definitionsIn, referencesIn as referencesInTypescript, textsIn } from '../typescript/rename-module.ts';
import { camel, kebab, pascal } from './emitters/words.ts';
import { extensionOf } from './language.ts';
import { lockOps, modify } from './lock-changes.ts';
import type { Growth, Remark } from './plan-add.ts';
import { filesOfPipeline } from './pipeline-files.ts';
import type { OtherFile } from './rename-mentions.ts';
import { placesOf, placesWith } from './rename-mentions.ts';
import { inPlain } from './rename-typescript.ts';
import type { RepositoryState } from './repository-state.ts';
import { isUnedited } from './repository-state.ts';
import { packageOf, textFiles } from './stage-files.ts';

/** The pipeline and its flow, each as a function of a module of its own name. */
interface Names {
  readonly name: string;
  readonly next: string;
  readonly pipeline: Renaming;
  readonly flow: Renaming;
}

/**
 * Plans another name for a pipeline: its module, its flow, their tests and its deployments, and what refers to them. Files
 * that somebody edited go along, and in them only the names change that the syntax tree is certain of.
 * @throws Failure E_FILE_EXISTS, E_DEPLOYMENT_EXISTS, E_EDIT_UNCERTAIN; E_STAGE_REFERRED with every place that would
 * have to change in another file that somebody edited
 */
export function planRenamePipeline(name: string, next: string, state: RepositoryState, editReferences: boolean): Growth {
  const names: Names = { name, next, pipeline: { group: 'pipelines', name, next }, flow: { group: 'flows', name: `${name}_flow`, next: `${next}_flow` } };
  const own = ownFiles(names, state);
  const others = otherFiles(names, new Set(own.map(({ path }) => path)), state);
  const asked = others.flatMap(({ edited, places }) => (edited ? places : []));
  if (asked.length > 0 && !editReferences) fail('E_STAGE_REFERRED', { name, next, places: asked });
  const deployments = deploymentOps(names, state);
  const ops: FileOp[] = [
    ...own.flatMap(({ path, target, owner, before, after }): FileOp[] => [{ kind: 'create', path: target, owner, after, executable: false }, { kind: 'delete', path, owner, before }]),
    ...others.flatMap(({ path, before, after }) => (after === before ? [] : [modify(path, before, after, state.lock.files.get(path)?.owner)])),
    ...deployments,
  ];
  const edited = own.filter((each) => each.edited);
  const hashes = new Map(edited.map(({ path, target }) => [target, state.lock.files.get(path)?.hashes ?? []] as const));
  const moved = edited.map(({ target }): Remark => ({ kind: 'moved', file: target }));
  const places = [...edited.map(({ target, after }) => ({ path: target, text: after })), ...others.map(({ path, after }) => ({ path, text: after }))].flatMap(({ path, text }) => mentionsIn(path, text, names, state));
  return {
    plan: { ops: [...ops, ...lockOps(state, ops, {}, hashes)] },
    remarks: [
      ...moved,
      ...(places.length > 0 ? [{ kind: 'mentions', stage: name, places } as const] : []),
      ...(deployments.length > 0 ? [{ kind: 'next', step: 'deploy', command: 'prefect --no-prompt deploy --all' } as const] : []),
    ],
  };
}

interface OwnFile {
  readonly path: string;
  readonly target: string;
  readonly owner: Owner;
  readonly edited: boolean;
  readonly before: string;
  readonly after: string;
}

function ownFiles(names: Names, state: RepositoryState): OwnFile[] {
  const { language } = state.settings;
  const targets = filesOfPipeline(names.next, language).map(({ path }) => path);
  return filesOfPipeline(names.name, language).flatMap(({ path, owner }, index): OwnFile[] => {
    const before = state.read(path);
    const target = targets[index] ?? path;
    if (before === undefined) return [];
    if (state.read(target) !== undefined) fail('E_FILE_EXISTS', { path: target });
    return [{ path, target, owner, before, edited: !isUnedited(state, path, before), after: renameIn(path, before, names, state) }];
  });
}

/** The name that Prefect shows of a flow of ours. */
function flowName(name: string, { config }: RepositoryState): string {
  return `${kebab(config.kpi.id)}-${kebab(name)}`;
}

function renameIn(path: string, text: string, names: Names, state: RepositoryState): string {
  if (state.settings.language === 'typescript') return renameInTypescript(path, text, names, state);
  const module = state.parse(text);
  const { pipeline, flow } = names;
  const isFlow = path.startsWith('prefect_flows/');
  const own = isFlow ? renameInModule(module, flow) : path.startsWith('src/') ? renameInModule(module, pipeline) : [];
  const shown = isFlow ? literalsOf(module, flowName(names.name, state)).map(({ startIndex, endIndex }) => ({ start: startIndex, end: endIndex, text: flowName(names.next, state) })) : [];
  return wrapImports(replaceRanges(text, [...own, ...shown, ...referencesIn(path, text, names, state)], path, state.parse));
}

function renameInTypescript(path: string, text: string, names: Names, state: RepositoryState): string {
  const { pipeline, flow } = modulesOf(names);
  const [shown, next] = [flowName(names.name, state), flowName(names.next, state)];
  // What Prefect reads beside the flow has its two names and nothing else of it.
  if (path.endsWith('.py')) return text.replace(new RegExp(`\\b${flow.name}\\b`, 'g'), flow.next).replaceAll(`"${shown}"`, `"${next}"`);
  const own = [pipeline, flow].filter(({ module }) => module === path);
  const texts = own.length === 0 ? [] : textsIn(path, text, shown).map(({ token }) => ({ start: token.start + 1, end: token.end - 1, text: next }));
  const certain = inPlain(path, names, () => [...own.flatMap((each) => definitionsIn(path, text, each)), ...texts]);
  return replaceRanges(text, [...certain, ...referencesIn(path, text, names, state)], path, state.parse);
}

/** What the module of a pipeline and that of its flow export. */
function modulesOf({ name, next, flow }: Names): { readonly pipeline: ModuleRenaming; readonly flow: ModuleRenaming } {
  const nothing = { gathered: [], isStep: false };
  return {
    pipeline: { ...nothing, name, next, module: `src/core/pipelines/${name}.ts`, words: new Map([[camel(name), camel(next)], [`${pascal(name)}Inputs`, `${pascal(next)}Inputs`]]) },
    flow: { ...nothing, name: flow.name, next: flow.next, module: `prefect_flows/${flow.name}.ts`, words: new Map([[camel(flow.name), camel(flow.next)]]) },
  };
}

function referencesIn(path: string, text: string, names: Names, { parse, settings }: RepositoryState): Replacement[] {
  const { pipeline, flow } = names;
  if (settings.language === 'typescript') return inPlain(path, names, () => Object.values(modulesOf(names)).flatMap((each) => referencesInTypescript(path, text, each)));
  const module = parse(text);
  return [...referencesTo(module, pipeline, packageOf(path)), ...referencesTo(module, flow, packageOf(path))];
}

/** A longer name may make an import longer than a line. */
function wrapImports(text: string): string {
  return text.replace(/^(from [\w.]+ import )(\w+)(\r?)$/gm, (line, from: string, what: string, end: string) => (line.length - end.length > 88 ? `${from}(${end}\n    ${what},${end}\n)${end}` : line));
}

function otherFiles(names: Names, own: ReadonlySet<string>, state: RepositoryState): OtherFile[] {
  return textFiles(state).filter((path) => !own.has(path) && path !== deploymentsFile).flatMap((path): OtherFile[] => {
    const before = state.read(path);
    if (before === undefined || !(before.includes(names.name) || before.includes(kebab(names.name)))) return [];
    const found = path.endsWith(`.${extensionOf(state.settings.language)}`) ? referencesIn(path, before, names, state) : [];
    const after = found.length === 0 ? before : wrapImports(replaceRanges(before, found, path, state.parse));
    return [{ path, before, after, edited: !isUnedited(state, path, before), places: placesOf(path, before, found) }];
  });
}

/** Lines that still name the flow or the pipeline, which nobody but a person can tell. */
function mentionsIn(path: string, text: string, { name }: Names, state: RepositoryState): string[] {
  const words = new RegExp(`\\b(?:pipelines[./]${name}|${name}_flow|${name}_pipeline|${flowName(name, state)})\\b`);
  return placesWith(path, text, words);
}

/** The entrypoints of its deployments, and the name of the one that was made with it. */
function deploymentOps({ name, next, flow }: Names, { read, settings }: RepositoryState): FileOp[] {
  const before = read(deploymentsFile);
  const [start, command] = settings.language === 'typescript' ? [`prefect_flows/${flow.name}.py:`, `dist/prefect_flows/${flow.name}.js#`] : [`prefect_flows.${flow.name}:`];
  const point = (text: string): string => {
    const pointed = text.replaceAll(`${start}${flow.name}`, `${start.replace(flow.name, flow.next)}${flow.next}`);
    return command === undefined ? pointed : pointed.replaceAll(`${command}${camel(flow.name)}`, `${command.replace(flow.name, flow.next)}${camel(flow.next)}`);
  };
  if (before?.includes(start) !== true) return [];
  const all = readDeployments(before);
  const [old, now] = [kebab(name), kebab(next)];
  const isOurs = ({ entrypoint }: (typeof all)[number]): boolean => typeof entrypoint === 'string' && entrypoint.startsWith(start);
  const isNamed = all.some((each) => isOurs(each) && each['name'] === old);
  if (isNamed && all.some((each) => each['name'] === now)) fail('E_DEPLOYMENT_EXISTS', { name: now });
  const pointed = point(before);
  const after = isNamed ? pointed.replace(new RegExp(`^([ \\t]*(?:-[ \\t]+)?name:[ \\t]*["']?)${old}(?=["']?[ \\t]*(?:#.*)?\\r?$)`, 'm'), `$1${now}`) : pointed;
  const expected = all.map((each) => (isOurs(each) ? { ...(JSON.parse(point(JSON.stringify(each))) as typeof each), ...(each['name'] === old && { name: now }) } : each));
  if (JSON.stringify(readDeployments(after)) !== JSON.stringify(expected)) fail('E_EDIT_UNCERTAIN', { file: deploymentsFile, what: now }, { file: deploymentsFile });
  return [modify(deploymentsFile, before, after)];
}
