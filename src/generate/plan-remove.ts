import { removeEntry } from '../config/edit-config.ts';
import { parseConfig } from '../config/parse-config.ts';
import { suggest } from '../config/suggest.ts';
import { fail } from '../errors/failure.ts';
import type { FileOp } from '../plan/plan.ts';
import { viewConfig } from './config-view.ts';
import { lockOps } from './lock-changes.ts';
import type { Growth, Remark } from './plan-add.ts';
import { planGenerated } from './plan-generated.ts';
import type { RepositoryState } from './repository-state.ts';
import { configPath, isUnedited, stagesOf } from './repository-state.ts';
import { filesOfStage } from './stage-files.ts';

/**
 * Plans to take a stage away: its entry in config.yaml and those of its files that nobody edited.
 * @throws Failure E_STAGE_UNKNOWN, E_STAGE_USED with every place that still needs it
 */
export function planRemove(name: string, state: RepositoryState, force = false): Growth {
  const group = groupOf(name, state);
  const places = [...usesOf(name, state), ...(Object.keys(state.config[group]).length === 1 ? [configPath] : [])];
  if (places.length > 0) fail('E_STAGE_USED', { name, places });
  const configText = removeEntry(state.configText, group, name);
  const { config } = parseConfig(configText, configPath);
  const files = removeFiles(name, state);
  const ops: FileOp[] = [
    ...files.ops,
    { kind: 'modify', path: configPath, owner: 'edited', before: state.configText, after: configText },
    ...planGenerated(state, viewConfig(config, state.settings), force),
  ];
  return { plan: { ops: [...ops, ...lockOps(state, ops, { [`inputs.${name}`]: undefined })] }, remarks: files.remarks };
}

/** The group of a stage that must be there. */
export function groupOf(name: string, { config }: RepositoryState): 'extractors' | 'transformers' | 'loaders' {
  const stages = stagesOf(config);
  const group = stages.get(name);
  if (group !== undefined) return group;
  const suggestion = suggest(name, stages.keys());
  return fail('E_STAGE_UNKNOWN', { name, known: [...stages.keys()], ...(suggestion !== undefined && { suggestion }) });
}

/** What can go with a stage. An edited file stays, and is told of. */
export function removeFiles(name: string, state: RepositoryState): { readonly ops: readonly FileOp[]; readonly remarks: readonly Remark[] } {
  const found = filesOfStage(state.lock, name).map((path) => ({ path, text: state.read(path) }));
  const there = found.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text, unedited: isUnedited(state, path, text) }]));
  return {
    ops: there.filter(({ unedited }) => unedited).map(({ path, text }) => ({ kind: 'delete', path, owner: 'seed', before: text })),
    remarks: there.filter(({ unedited }) => !unedited).map(({ path }) => ({ kind: 'kept', file: path })),
  };
}

/** Where code of the repository still names a stage, as file:line. Its own files and generated ones do not count. */
export function usesOf(name: string, state: RepositoryState): string[] {
  const own = new Set(filesOfStage(state.lock, name));
  const named = new RegExp(`\\b(?:tasks|steps|transformers|extractors|loaders)\\.${name}\\b|\\bimport [^#\\n]*\\b${name}\\b`);
  return [...state.lock.files.values()]
    .filter(({ path, owner }) => path.endsWith('.py') && owner !== 'generated' && owner !== 'deleted' && !own.has(path))
    .flatMap(({ path }) => (state.read(path) ?? '').split('\n').flatMap((line, index) => (named.test(line) ? [`${path}:${index + 1}`] : [])));
}
