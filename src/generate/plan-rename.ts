import { renameEntry } from '../config/edit-config.ts';
import { parseConfig } from '../config/parse-config.ts';
import { fail } from '../errors/failure.ts';
import type { FileOp } from '../plan/plan.ts';
import { replaceRanges } from '../python/replace-ranges.ts';
import type { Renaming } from '../python/rename-stage.ts';
import { referencesTo, renameInModule } from '../python/rename-stage.ts';
import { viewConfig } from './config-view.ts';
import { checkNewStage } from './define-stage.ts';
import type { LockedHashes } from './lock-changes.ts';
import { lockOps, modify } from './lock-changes.ts';
import { checkNameFree } from './plan-add.ts';
import type { Growth, Remark } from './plan-add.ts';
import { planGenerated } from './plan-generated.ts';
import { groupOf } from './plan-remove.ts';
import { isPipeline } from './plan-remove-pipeline.ts';
import { planRenamePipeline } from './plan-rename-pipeline.ts';
import { renameOwnLiterals, renameOwnProse } from './rename-own.ts';
import type { OtherFile } from './rename-mentions.ts';
import { mentionsOf, placesOf } from './rename-mentions.ts';
import { moduleRenaming, renameInTypescript, renameOwnTypescript } from './rename-typescript.ts';
import { renameSettings } from './rename-settings.ts';
import type { RepositoryState } from './repository-state.ts';
import { configPath, inputsIn, isUnedited } from './repository-state.ts';
import { filesOfStage, fileOfRenamed, packageOf, textFiles } from './stage-files.ts';

export interface RenameOptions {
  /** Writes generated files anew although somebody edited them. */
  readonly force: boolean;
  /** Changes certain references in files that somebody edited, too. */
  readonly editReferences: boolean;
}

/**
 * Plans another name for a stage, or for a pipeline that was added: its function, files, config entry and task, and what
 * refers to it. In what people wrote only the names change that the syntax tree is certain of, and outside the stage's own files only when asked.
 * @throws Failure E_STAGE_UNKNOWN, E_ANSWER_REFUSED, E_STAGE_EXISTS, E_FILE_EXISTS; E_STAGE_REFERRED with every place
 * that would have to change in a file that somebody edited
 */
export function planRename(name: string, next: string, state: RepositoryState, options: RenameOptions): Growth {
  if (isPipeline(name, state)) {
    checkNext(next, state);
    return planRenamePipeline(name, next, state, options.editReferences);
  }
  const renaming: Renaming = { group: groupOf(name, state), name, next };
  checkNext(next, state);
  const own = planOwnFiles(renaming, state);
  const others = planOthers(renaming, new Set(own.map(({ path }) => path)), state);
  const asked = others.filter(({ edited, places }) => edited && places.length > 0);
  if (asked.length > 0 && !options.editReferences) fail('E_STAGE_REFERRED', { name, next, places: asked.flatMap(({ places }) => places) });
  const configText = renameConfig(renaming, state);
  const { config } = parseConfig(configText, configPath);
  const settings = renameSettings(renaming, config, state);
  const view = viewConfig(config, { ...state.settings, inputs: inputsIn(settings.after) });
  const ops: FileOp[] = [
    ...own.flatMap(({ ops: each }) => each),
    ...others.flatMap(({ path, before, after }) => (after === before ? [] : [modify(path, before, after, state.lock.files.get(path)?.owner)])),
    modify(configPath, state.configText, configText),
    ...planGenerated(state, view, options.force),
  ];
  const hashes: LockedHashes = new Map(own.flatMap(({ hash }) => hash ?? []));
  return { plan: { ops: [...ops, ...lockOps(state, ops, settings.changes, hashes)] }, remarks: remarksOf(renaming, own, others, state) };
}

function checkNext(next: string, state: RepositoryState): void {
  const refusal = checkNewStage(next);
  if (refusal !== undefined) fail('E_ANSWER_REFUSED', { flag: '<new>', value: next, ...refusal });
  checkNameFree(next, state);
}

/** The entry in config.yaml, and its function where that is named and is the stage's own. */
function renameConfig({ group, name, next }: Renaming, { configText }: RepositoryState): string {
  const text = renameEntry(configText, group as 'loaders', name, next);
  return text.replace(new RegExp(`(\\bfunction:[ \\t]*["']?core\\.${group}\\.)${name}:${name}\\b`), `$1${next}:${next}`);
}

interface OwnFile {
  readonly path: string;
  readonly target: string;
  readonly edited: boolean;
  readonly after: string;
  readonly ops: readonly FileOp[];
  /** What the lock keeps of a file that somebody edited, so that it still counts as edited. */
  readonly hash?: readonly (readonly [string, readonly string[]])[];
}

function planOwnFiles(renaming: Renaming, state: RepositoryState): OwnFile[] {
  const keepsTable = hasEditedQuery(renaming.name, state);
  return filesOfStage(state.lock, renaming.name).flatMap((path): OwnFile[] => {
    const before = state.read(path);
    if (before === undefined) return [];
    const target = fileOfRenamed(path, renaming.name, renaming.next);
    if (target !== path && state.read(target) !== undefined) fail('E_FILE_EXISTS', { path: target });
    const edited = !isUnedited(state, path, before);
    const after = renameOwnFile(path, before, { edited, keepsTable }, renaming, state);
    const { owner = 'seed', hashes = [] } = state.lock.files.get(path) ?? {};
    const kind = owner === 'deleted' ? 'seed' : owner;
    const ops: FileOp[] = target === path
      ? [modify(path, before, after, kind)]
      : [{ kind: 'create', path: target, owner: kind, after, executable: false }, { kind: 'delete', path, owner: kind, before }];
    return [{ path, target, edited, after, ops, ...(edited && target !== path && { hash: [[target, hashes]] as const }) }];
  });
}

function hasEditedQuery(name: string, state: RepositoryState): boolean {
  return filesOfStage(state.lock, name).some((path) => path.endsWith('.sql') && !isUnedited(state, path, state.read(path) ?? ''));
}

function renameOwnFile(path: string, text: string, { edited, keepsTable }: { readonly edited: boolean; readonly keepsTable: boolean }, renaming: Renaming, state: RepositoryState): string {
  // The sample has a table of the stage's name, which a query that nobody edited reads.
  if (path.endsWith('.sql')) return edited ? text : text.replace(new RegExp(`^from ${renaming.name}(?=\\r?$)`, 'm'), `from ${renaming.next}`);
  if (path.endsWith('.ts')) return renameOwnTypescript(path, text, { edited, keepsTable }, moduleRenaming(renaming, state), state);
  if (!path.endsWith('.py')) return text;
  const { parse } = state;
  const module = parse(text);
  const certain = [...(path.startsWith('tests/') ? [] : renameInModule(module, renaming)), ...referencesTo(module, renaming, packageOf(path))];
  const ours = edited ? [] : renameOwnLiterals(module, path, text, renaming, keepsTable);
  return replaceRanges(text, [...certain, ...ours], path, parse);
}

function planOthers(renaming: Renaming, own: ReadonlySet<string>, state: RepositoryState): OtherFile[] {
  const inTypescript = state.settings.language === 'typescript' ? moduleRenaming(renaming, state) : undefined;
  const words = [renaming.name, ...(inTypescript?.words.keys() ?? [])];
  return textFiles(state).filter((path) => !own.has(path)).flatMap((path): OtherFile[] => {
    const before = state.read(path);
    if (before === undefined || !words.some((word) => before.includes(word))) return [];
    const edited = !isUnedited(state, path, before);
    const found = inTypescript && path.endsWith('.ts') ? renameInTypescript(path, before, edited, inTypescript, state) : path.endsWith('.py') && !inTypescript ? renameInPython(path, before, edited, renaming, state) : { after: edited ? before : renameOwnProse(path, before, renaming, state.config), places: [] };
    return [{ path, before, edited, ...found }];
  });
}

function renameInPython(path: string, text: string, edited: boolean, renaming: Renaming, { parse }: RepositoryState): { readonly after: string; readonly places: readonly string[] } {
  const module = parse(text);
  const certain = referencesTo(module, renaming, packageOf(path));
  const ours = edited ? [] : renameOwnLiterals(module, path, text, renaming, false);
  return { after: replaceRanges(text, [...certain, ...ours], path, parse), places: placesOf(path, text, certain) };
}

/** What a person is told: their files that changed, and places that may mean the stage. */
function remarksOf(renaming: Renaming, own: readonly OwnFile[], others: readonly OtherFile[], state: RepositoryState): Remark[] {
  const moved = own.filter(({ edited }) => edited).map(({ target }): Remark => ({ kind: 'moved', file: target }));
  const texts = [...own.map(({ target, after, edited }) => ({ path: target, text: after, edited })), ...others.map(({ path, after, edited }) => ({ path, text: after, edited }))];
  const places = texts.filter(({ edited }) => edited).flatMap(({ path, text }) => mentionsOf(path, text, renaming, state));
  const folder = own.some(({ path, after }) => path.startsWith('src/') && /\bfrom core\.lake\w* import\b/.test(after));
  return [
    ...moved,
    ...(places.length > 0 ? [{ kind: 'mentions', stage: renaming.name, places } as const] : []),
    ...(folder ? [{ kind: 'folder', stage: renaming.name, next: renaming.next } as const] : []),
  ];
}
