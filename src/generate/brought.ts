import { entryLines, removeEntry } from '../config/edit-config.ts';
import { addVariable, removeVariable } from '../config/edit-env.ts';
import { pristinePath } from '../config/lock.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { Config } from '../config/config.ts';
import type { FileOp } from '../plan/plan.ts';
import { viewConfig } from './config-view.ts';
import type { KindVariable, StageGenerator, StageItem, StageKind } from './define-stage.ts';
import { neededRules } from './desired.ts';
import type { SettingChanges } from './lock-changes.ts';
import { modify } from './lock-changes.ts';
import { manifestOf } from './manifest.ts';
import type { Remark } from './plan-add.ts';
import type { RepositoryState } from './repository-state.ts';
import { configPath, isUnedited, stagesOf } from './repository-state.ts';
import { sourceOf } from './declared-kind.ts';
import { standingStage } from './standing-stage.ts';

// Beside its own files a stage brings lines into files that people keep: a requirement, a variable, a source. The lock
// remembers them, so that they can go with the last stage that needs them.

const variablesFile = '.env.example';
const keyOf = {
  // A name of npm's may hold what a key may not: `@types/pg`.
  requirement: (name: string) => `added.requirement.${name.replace(/^@/, '').replaceAll('/', '-')}`,
  variable: (name: string) => `added.variable.${name.toLowerCase()}`,
  source: (name: string) => `added.source.${name}`,
} as const;

/** Plans the lines that a new stage needs, and what the lock keeps of them. A file that somebody deleted is not missed. */
export function bring(kind: StageKind, item: StageItem, isNewSource: boolean, configText: string, { read, hash, settings: { locale, frames, language } }: RepositoryState): { readonly ops: readonly FileOp[]; readonly settings: SettingChanges } {
  const manifest = manifestOf(language);
  const requirements = kind.requirements?.(item, frames) ?? [];
  const variables = [...(isNewSource ? [addressOf(kind, item)] : []), ...(kind.variables?.(item) ?? [])];
  const [project, example] = [read(manifest.file), read(variablesFile)];
  const named = example === undefined ? [] : variables.filter(({ name, comment }) => addVariable(example, name, comment[locale]) !== example);
  const ops = [
    ...edit(manifest.file, project, (text) => manifest.add(text, requirements)),
    ...edit(variablesFile, example, (text) => variables.reduce((before, { name, comment }) => addVariable(before, name, comment[locale]), text)),
  ];
  const settings = {
    ...Object.fromEntries(project === undefined ? [] : requirements.filter((each) => manifest.find(project, manifest.nameOf(each)) === undefined).map((each) => [keyOf.requirement(manifest.nameOf(each)), each])),
    ...Object.fromEntries(named.map(({ name, comment }) => [keyOf.variable(name), hash(comment[locale])])),
    ...(isNewSource && item.source && { [keyOf.source(item.source.name)]: hash(linesOf(configText, item.source.name)) }),
  };
  return { ops, settings };
}

/** What makes an environment hold what the repository asks for from now on. */
export function installRemark(ops: readonly FileOp[], { read, settings }: RepositoryState): Remark[] {
  const { file, install } = manifestOf(settings.language);
  return ops.some(({ path }) => path === file) ? [{ kind: 'next', ...install((path) => read(path) !== undefined) }] : [];
}

function edit(path: string, before: string | undefined, change: (text: string) => string): FileOp[] {
  const after = before === undefined ? undefined : change(before);
  return before === undefined || after === undefined || after === before ? [] : [modify(path, before, after)];
}

function addressOf({ address }: StageKind, item: StageItem): KindVariable {
  const form = address === undefined ? '' : `: ${address(item)}`;
  const { name = '', variable = '' } = item.source ?? {};
  return { name: variable, comment: { en: `address of the source ${name}${form}`, es: `dirección del origen ${name}${form}` } };
}

function linesOf(configText: string, source: string): string {
  return (entryLines(configText, 'sources', source) ?? '').replaceAll('\r\n', '\n');
}

/** What goes with a stage besides its own files, and what stays of that. */
export interface TakenBack {
  /** config.yaml without the stage, and without its source when nobody uses that any more. */
  readonly configText: string;
  readonly ops: readonly FileOp[];
  readonly settings: SettingChanges;
  readonly remarks: readonly Remark[];
}

/**
 * Plans to take back what a stage brought, as far as no other stage needs it and nobody edited it.
 * @param configText config.yaml without the stage
 * @param leaving the files of the stage that go
 */
export function takeBack(name: string, configText: string, leaving: readonly string[], state: RepositoryState, generators: readonly StageGenerator[]): TakenBack {
  const gone = standingStage(name, state, generators);
  if (gone === undefined) return { configText, ops: [], settings: {}, remarks: [] };
  const source = dropSource(gone.item, configText, state);
  const config = parseConfig(source.configText, configPath).config;
  // In TypeScript what `create` writes of databases stands on nothing that others share, unless the lock says what it is of.
  const isShared = (each: string): boolean => state.settings.language === 'python' || config.sources[sourceOf(each, config) ?? '']?.kind === 'datalake' || [...state.lock.settings.keys()].some((key) => key === `inputs.${each}` || key.startsWith(`option.${each}.`));
  const { nameOf } = manifestOf(state.settings.language);
  const left = [...stagesOf(config).keys()].filter(isShared).flatMap((each) => standingStage(each, { config, lock: state.lock }, generators) ?? []);
  const needed = new Set(left.flatMap(({ kind, item }) => (kind.requirements?.(item, state.settings.frames) ?? []).map(nameOf)));
  const requirements = (gone.kind.requirements?.(gone.item, state.settings.frames) ?? []).filter((each) => !needed.has(nameOf(each)));
  const wanted = new Set(left.flatMap(({ kind, item }) => (kind.variables?.(item) ?? []).map((each) => each.name)));
  const own = [...(source.gone && gone.item.source ? [gone.item.source.variable] : []), ...(gone.kind.variables?.(gone.item) ?? []).map((each) => each.name)];
  const variables = own.filter((each) => !wanted.has(each) && !source.configText.includes(`\${${each}`));
  const shared = new Set(left.flatMap(({ kind, item }) => modulesOf(kind, item, state)));
  const modules = [...(gone.kind.modules?.(gone.item) ?? []), ...(source.gone ? modulesOfKind(config, state) : [])].filter((each) => !shared.has(each));
  const parts = [source, dropRequirements(requirements, state), dropVariables(variables, state), dropModules([...new Set(modules)], leaving, state)];
  return {
    configText: source.configText,
    ops: parts.flatMap(({ ops }) => ops),
    settings: Object.assign({}, ...parts.map(({ settings }) => settings)) as SettingChanges,
    remarks: parts.flatMap(({ remarks }) => remarks),
  };
}

/** The modules that a stage stands on. In TypeScript the table that `create` writes knows its columns. */
function modulesOf(kind: StageKind, item: StageItem, { lock, settings }: RepositoryState): readonly string[] {
  const modules = kind.modules?.(item) ?? [];
  const knowsColumns = settings.language === 'typescript' && item.source?.kind === 'sql' && !lock.settings.has(`inputs.${item.name}`);
  return knowsColumns ? modules.filter((path) => !/\/(?:sql-columns|table-like)\.(?:test\.)?ts$/.test(path)) : modules;
}

type Dropped = Omit<TakenBack, 'configText'>;

const nothingGone: Dropped = { ops: [], settings: {}, remarks: [] };

function kept(file: string, part: string): Remark {
  return { kind: 'kept', file, part };
}

/** The source, where an `add` made it and no stage uses it any more. */
function dropSource({ source }: StageItem, configText: string, { lock, hash }: RepositoryState): Dropped & { readonly configText: string; readonly gone: boolean } {
  const stays = { ...nothingGone, configText, gone: false };
  const known = source && lock.settings.get(keyOf.source(source.name));
  if (source === undefined || known === undefined) return stays;
  const { config } = parseConfig(configText, configPath);
  if ([...stagesOf(config).keys()].some((each) => sourceOf(each, config) === source.name)) return stays;
  const settings = { [keyOf.source(source.name)]: undefined };
  if (hash(linesOf(configText, source.name)) !== known) return { ...stays, settings, remarks: [kept(configPath, `sources.${source.name}`)] };
  return { ...nothingGone, settings, configText: removeEntry(configText, 'sources', source.name), gone: true };
}

/** Requirements that an `add` wrote. */
function dropRequirements(requirements: readonly string[], { lock, read, settings: { language } }: RepositoryState): Dropped {
  const { file, nameOf, find, remove } = manifestOf(language);
  const keyFor = (each: string): string => keyOf.requirement(nameOf(each));
  const known = requirements.filter((each) => lock.settings.has(keyFor(each)));
  const before = read(file);
  const settings = Object.fromEntries(known.map((each) => [keyFor(each), undefined]));
  if (before === undefined || known.length === 0) return { ...nothingGone, settings };
  let text = before;
  const remarks: Remark[] = [];
  // The last one first: each stands where adding it to what stands before it would put it.
  for (const each of [...known].reverse()) {
    const stands = find(text, nameOf(each));
    const after = stands === undefined ? text : remove(text, lock.settings.get(keyFor(each)) ?? '');
    if (after === undefined) remarks.push(kept(file, stands ?? each));
    else text = after;
  }
  return { settings, remarks, ops: text === before ? [] : [modify(file, before, text)] };
}

/** Variables that an `add` named. */
function dropVariables(variables: readonly string[], { lock, read, hash }: RepositoryState): Dropped {
  const known = variables.filter((each) => lock.settings.has(keyOf.variable(each)));
  const before = read(variablesFile);
  const settings = Object.fromEntries(known.map((each) => [keyOf.variable(each), undefined]));
  if (before === undefined || known.length === 0) return { ...nothingGone, settings };
  let text = before;
  const remarks: Remark[] = [];
  for (const each of [...known].reverse()) {
    const found = removeVariable(text, each);
    if (found !== undefined && hash(found.comment) === lock.settings.get(keyOf.variable(each))) text = found.text;
    else if (text.includes(each)) remarks.push(kept(variablesFile, each));
  }
  return { settings, remarks, ops: text === before ? [] : [modify(variablesFile, before, text)] };
}

/** The modules of the core that only the last source of its kind needed. */
function modulesOfKind(config: Config, { settings, config: before }: RepositoryState): string[] {
  const stays = new Set(neededRules(viewConfig(config, settings)).map(({ path }) => path));
  return neededRules(viewConfig(before, settings)).map(({ path }) => path).filter((path) => !stays.has(path));
}

/** Modules that nothing needs any more, with their pristine copies. What stays keeps what it imports, and its test. */
function dropModules(modules: readonly string[], leaving: readonly string[], state: RepositoryState): Dropped {
  const found = modules.flatMap((path) => {
    const text = state.read(path);
    const owner = state.lock.files.get(path)?.owner;
    return text === undefined || owner === undefined || owner === 'deleted' ? [] : [{ path, text, owner }];
  });
  const isEdited = ({ path, text }: (typeof found)[number]): boolean => !isUnedited(state, path, text);
  let going = found.filter((each) => !isEdited(each));
  for (let before; before !== going.length; ) {
    before = going.length;
    const paths = new Set([...leaving, ...going.map(({ path }) => path)]);
    const staying = found.filter(({ path }) => !paths.has(path));
    going = going.filter(({ path, text }) => !hasImporter(path, paths, state) && !(path.startsWith('tests/') && staying.some((each) => importOf(each.path)?.test(text))));
  }
  const ops = going.flatMap(({ path, text, owner }): FileOp[] => {
    const base = pristinePath(path);
    const pristine = state.read(base);
    return [{ kind: 'delete', path, owner, before: text }, ...(pristine === undefined ? [] : [{ kind: 'delete', path: base, owner: 'generated', before: pristine } as const])];
  });
  return { ...nothingGone, ops, remarks: found.filter(isEdited).map(({ path }) => ({ kind: 'kept', file: path })) };
}

/** How a module is imported, or named to something that imports it. In prose it may be named by anybody. */
function importOf(path: string): RegExp | undefined {
  const [, folder = '', module = '', ending = ''] = /^(?:src\/)?(core|prefect_flows)\/([\w-]+)\.(py|ts)$/.exec(path) ?? [];
  if (module === '') return undefined;
  return ending === 'ts' ? new RegExp(`/${module}\\.ts'`) : new RegExp(`(?:^\\s*(?:from|import)\\s[^\\n]*\\b|["'])${folder}\\.${module}\\b|^\\s*from ${folder} import (?:\\([^)]*|[^\\n]*)\\b${module}\\b`, 'm');
}

/** Whether any file that stays imports a module. What is generated follows by itself. */
function hasImporter(path: string, leaving: ReadonlySet<string>, { lock, read, written }: RepositoryState): boolean {
  const imports = importOf(path);
  if (imports === undefined) return false;
  const ending = path.slice(path.lastIndexOf('.'));
  const all = new Set([...lock.files.keys(), ...(written?.() ?? [])]);
  return [...all].some((each) => each.endsWith(ending) && lock.files.get(each)?.owner !== 'generated' && !leaving.has(each) && imports.test(read(each) ?? ''));
}
