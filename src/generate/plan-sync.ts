import type { Lock, LockedFile } from '../config/lock.ts';
import { lockPath, writeLock } from '../config/lock.ts';
import type { FileOp } from '../plan/plan.ts';
import { viewConfig } from './config-view.ts';
import type { StageGenerator, StageInput } from './define-stage.ts';
import { lockAfter, lockOps } from './lock-changes.ts';
import type { Growth, Remark } from './plan-add.ts';
import { planStageFiles, waitingInputs } from './plan-add.ts';
import { planGenerated, planNeeded } from './plan-generated.ts';
import { removeFiles, usesOf } from './plan-remove.ts';
import type { RepositoryState } from './repository-state.ts';
import { stagesOf } from './repository-state.ts';
import { filesOfStage, moduleOf, stageOfFile } from './stage-files.ts';

/**
 * Plans what brings a repository to what its config.yaml says, whoever changed it: code and tests of stages that are
 * new there, the end of unedited files whose stage is gone, and all that is generated.
 */
export function planSync(generators: readonly StageGenerator[], state: RepositoryState, force = false): Growth {
  const view = viewConfig(state.config, state.settings);
  const gone = planGone(state);
  const fresh = planFresh(generators, state);
  const ops = [...fresh, ...gone.ops, ...planNeeded(state, view), ...planGenerated(state, view, force)];
  const settings = Object.fromEntries([...state.lock.settings.keys()].filter((key) => isStale(key, state)).map((key) => [key, undefined]));
  return { plan: { ops: [...ops, ...healLock(state, ops, settings)] }, remarks: gone.remarks };
}

function isStale(key: string, { config }: RepositoryState): boolean {
  return key.startsWith('inputs.') && !stagesOf(config).has(key.slice('inputs.'.length));
}

function planFresh(generators: readonly StageGenerator[], state: RepositoryState): FileOp[] {
  const fresh = [...stagesOf(state.config)].filter(([name, group]) => !state.lock.files.has(moduleOf(group, name)) && state.read(moduleOf(group, name)) === undefined);
  return fresh.flatMap(([name, group]) => {
    const generator = generators.find((each) => each.group === group);
    const input = generator === undefined ? undefined : inputOf(name, state);
    return generator === undefined || input === undefined ? [] : planStageFiles(generator, input, state);
  });
}

/** What somebody who wrote a stage into config.yaml by hand would have asked for. */
function inputOf(name: string, { config, lock }: RepositoryState): StageInput | undefined {
  const [first = ''] = Object.keys(config.extractors);
  const known = waitingInputs(lock, name);
  const { extractors, transformers, loaders, sources, kpi } = config;
  const kindOf = (source: string): string => sources[source]?.kind ?? 'sql';
  const source = extractors[name]?.source;
  if (source !== undefined) return { name, kind: kindOf(source), source, inputs: [] };
  const transformer = transformers[name];
  if (transformer !== undefined) return { name, kind: transformer.kind, inputs: known.length > 0 ? known : [guessInput(name, transformer.kind, Object.keys(extractors), kpi.id, first)] };
  const loader = loaders[name];
  return loader !== undefined && 'source' in loader ? { name, kind: kindOf(loader.source), source: loader.source, inputs: known } : undefined;
}

function guessInput(name: string, kind: string, extractors: readonly string[], id: string, first: string): string {
  if (kind === 'aggregation') return id;
  return extractors.find((each) => name === `clean_${each}`) ?? first;
}

/** Files of stages that config.yaml does not name any more. */
function planGone(state: RepositoryState): { readonly ops: readonly FileOp[]; readonly remarks: readonly Remark[] } {
  const stages = stagesOf(state.config);
  const names = new Set([...state.lock.files.keys()].filter((path) => path.startsWith('src/core/')).map(stageOfFile));
  const gone = [...names].filter((name) => name !== undefined && name !== '__init__' && !stages.has(name) && filesOfStage(state.lock, name).length > 0) as string[];
  const parts = gone.map((name) => {
    const uses = usesOf(name, state);
    return uses.length > 0 ? { ops: [], remarks: [{ kind: 'used', stage: name, places: uses } as const] } : removeFiles(name, state);
  });
  return { ops: parts.flatMap(({ ops }) => ops), remarks: parts.flatMap(({ remarks }): readonly Remark[] => remarks) };
}

/** Besides what the plan changes: files that somebody deleted stay listed as deleted, and doubled lines become one. */
function healLock(state: RepositoryState, ops: readonly FileOp[], settings: Readonly<Record<string, undefined>>): FileOp[] {
  const before = state.read(lockPath);
  const planned = new Set(ops.map(({ path }) => path));
  const healed: Lock = { ...state.lock, files: new Map([...state.lock.files].map(([path, file]) => [path, planned.has(path) ? file : healFile(file, state)])) };
  if (before === undefined) return lockOps(state, ops, settings);
  const after = writeLock(lockAfter({ lock: healed, hash: state.hash }, ops, settings));
  return before === after ? [] : [{ kind: 'modify', path: lockPath, owner: 'generated', before, after }];
}

/** Of two hashes that a merge left, the one that the file has is the true one. */
function healFile(file: LockedFile, { read, hash }: RepositoryState): LockedFile {
  const text = read(file.path);
  if (text === undefined) return { ...file, owner: 'deleted', hashes: file.hashes.slice(0, 1) };
  const found = file.hashes.find((each) => each === hash(text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')));
  return found === undefined || file.hashes.length === 1 ? file : { ...file, hashes: [found] };
}
