import type { Lock, LockedFile } from '../config/lock.ts';
import { lockPath, writeLock } from '../config/lock.ts';
import { fail } from '../errors/failure.ts';
import type { FileOp } from '../plan/plan.ts';
import { viewConfig } from './config-view.ts';
import type { StageGenerator, StageInput, StageKind } from './define-stage.ts';
import type { SettingChanges } from './lock-changes.ts';
import { lockAfter, lockOps, modify } from './lock-changes.ts';
import { bring, installRemark } from './brought.ts';
import type { Growth, Remark, StandingFiles } from './plan-add.ts';
import { lastOf, planStageFiles, waitingInputs } from './plan-add.ts';
import { planGenerated, planNeeded, planVendored } from './plan-generated.ts';
import { removeFiles, usesOf } from './plan-remove.ts';
import type { RepositoryState } from './repository-state.ts';
import { settingsWith, stagesOf } from './repository-state.ts';
import { standingStage, toldOptions } from './standing-stage.ts';
import { filesOfStage, isStageModule, moduleOf, stageOfFile } from './stage-files.ts';

/**
 * Plans what brings a repository to what its config.yaml says, whoever changed it: code and tests of stages that are
 * new there, the end of unedited files whose stage is gone, and all that is generated.
 */
export function planSync(generators: readonly StageGenerator[], state: RepositoryState, force = false): Growth {
  const gone = planGone(state);
  const fresh = planFresh(generators, state);
  const view = viewConfig(state.config, settingsWith(state, (path) => fresh.ops.some((op) => op.path === path)));
  const needed = planNeeded(state, view).filter(({ path }) => !fresh.ops.some((each) => each.path === path));
  const ops = [...fresh.ops, ...gone.ops, ...needed, ...planGenerated(state, view, force), ...planVendored(state, force)];
  const stale = Object.fromEntries([...state.lock.settings.keys()].filter((key) => isStale(key, state)).map((key) => [key, undefined]));
  return { plan: { ops: [...ops, ...healLock(state, ops, { ...stale, ...fresh.settings })] }, remarks: [...gone.remarks, ...installRemark(ops, state)] };
}

function isStale(key: string, { config }: RepositoryState): boolean {
  const source = /^added\.source\.(.+)$/.exec(key)?.[1];
  const stage = /^(?:inputs\.|takes\.|option\.)([^.]+)/.exec(key)?.[1];
  return source === undefined ? stage !== undefined && !stagesOf(config).has(stage) : !(source in config.sources);
}

/** The files of stages that have none yet, and the requirements and variables that these need. */
function planFresh(generators: readonly StageGenerator[], state: RepositoryState): { readonly ops: readonly FileOp[]; readonly settings: SettingChanges } {
  const fresh = [...stagesOf(state.config)].filter(([name, group]) => {
    const path = moduleOf(group, name, state.config, state.settings.language);
    return !state.lock.files.has(path) && state.read(path) === undefined;
  });
  const stages = fresh.flatMap(([name, group]) => {
    const generator = generators.find((each) => each.group === group);
    return generator === undefined ? [] : [planStageFiles(generator, inputOf(name, generator, state), state)];
  });
  const brought = bringAll(stages, state);
  // Two of them may stand on the same module.
  return { ops: [...new Map([...stages.flatMap(({ ops }) => ops), ...brought.ops].map((op) => [op.path, op])).values()], settings: brought.settings };
}

/** What several stages bring into files that they share. A source that somebody wrote stays theirs. */
function bringAll(stages: readonly StandingFiles[], state: RepositoryState): { readonly ops: readonly FileOp[]; readonly settings: SettingChanges } {
  const edited = new Map<string, string>();
  const read = (path: string): string | undefined => edited.get(path) ?? state.read(path);
  const settings = stages.map(({ kind, item }) => {
    const brought = bring(kind, item, false, state.configText, { ...state, read });
    for (const op of brought.ops) if (op.kind !== 'delete') edited.set(op.path, op.after);
    return brought.settings;
  });
  const ops = [...edited].map(([path, after]) => modify(path, state.read(path) ?? '', after));
  return { ops, settings: Object.assign({}, ...settings) as SettingChanges };
}

/**
 * What somebody who wrote a stage into config.yaml by hand would have asked for.
 * @throws Failure E_STAGE_KIND where config.yaml does not tell its kind: none is guessed
 */
function inputOf(name: string, generator: StageGenerator, state: RepositoryState): StageInput {
  const found = standingStage(name, state, [generator]);
  if (found === undefined) return fail('E_STAGE_KIND', { stage: generator.name, kind: '', choices: generator.kinds.map(({ value }) => value) });
  const { kind, item } = found;
  const inputs = waitingInputs(state.lock, name);
  return {
    name,
    kind: kind.value,
    inputs: inputs.length > 0 ? inputs : guessInputs(name, kind, state),
    options: toldOptions(name, kind, state),
    ...(item.source && { source: item.source.name }),
  };
}

/** What a transformer takes whose author did not say: one row a period comes of what is calculated, anything else of records. */
function guessInputs(name: string, { inputs, gives }: StageKind, { config }: RepositoryState): readonly string[] {
  if (inputs === undefined || inputs.least === 0 || !(name in config.transformers)) return [];
  const { kpi, extractors, transformers } = config;
  const { [name]: _own, ...others } = transformers;
  const [first = ''] = Object.keys(extractors);
  if (gives === 'periods') return [kpi.id in others ? kpi.id : (lastOf(others, 'calculation') ?? first)];
  return [Object.keys(extractors).find((each) => name === `clean_${each}`) ?? first];
}

/** Files of stages that config.yaml does not name any more. */
function planGone(state: RepositoryState): { readonly ops: readonly FileOp[]; readonly remarks: readonly Remark[] } {
  const stages = stagesOf(state.config);
  const names = new Set([...state.lock.files.keys()].filter(isStageModule).map(stageOfFile));
  const gone = [...names].filter((name) => name !== undefined && name !== '__init__' && name !== 'index' && !stages.has(name) && filesOfStage(state.lock, name).length > 0) as string[];
  const parts = gone.map((name) => {
    const uses = usesOf(name, state);
    return uses.length > 0 ? { ops: [], remarks: [{ kind: 'used', stage: name, places: uses } as const] } : removeFiles(name, state);
  });
  return { ops: parts.flatMap(({ ops }) => ops), remarks: parts.flatMap(({ remarks }): readonly Remark[] => remarks) };
}

/** Besides what the plan changes: files that somebody deleted stay listed as deleted, and doubled lines become one. */
function healLock(state: RepositoryState, ops: readonly FileOp[], settings: SettingChanges): FileOp[] {
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
