import { removeEntry } from '../config/edit-config.ts';
import { parseConfig } from '../config/parse-config.ts';
import { suggest } from '../config/suggest.ts';
import { fail } from '../errors/failure.ts';
import type { FileOp } from '../plan/plan.ts';
import { takeBack } from './brought.ts';
import { viewConfig } from './config-view.ts';
import type { StageGenerator } from './define-stage.ts';
import { lockOps } from './lock-changes.ts';
import { readFlows } from './flow-choice.ts';
import { readFlowFile, stagesIn } from './join-chain.ts';
import { partLoader } from './part-chain.ts';
import { modify } from './lock-changes.ts';
import { waitingIn } from './plan-add.ts';
import type { Growth, Remark } from './plan-add.ts';
import { isPipeline, planRemovePipeline } from './plan-remove-pipeline.ts';
import { planGenerated } from './plan-generated.ts';
import { placesWith } from './rename-mentions.ts';
import type { RepositoryState } from './repository-state.ts';
import { abilitiesOf, configPath, isThere, isUnedited, stagesOf } from './repository-state.ts';
import { filesOfStage, isStageModule } from './stage-files.ts';
import { settingsOfStage } from './standing-stage.ts';
import { generatorsIn } from './typescript-stage.ts';
import { camel } from './emitters/words.ts';

/**
 * Plans to take a stage away: its entry in config.yaml, those of its files that nobody edited, and what it brought.
 * @param generators those of stages, whose kinds tell what the other stages need
 * @throws Failure E_STAGE_UNKNOWN, E_STAGE_USED with every place that still needs it
 */
export function planRemove(name: string, state: RepositoryState, force = false, generators: readonly StageGenerator[] = []): Growth {
  if (isPipeline(name, state)) return planRemovePipeline(name, state);
  const group = groupOf(name, state);
  const parted = group === 'loaders' ? partFrom(name, state) : undefined;
  const uses = usesOf(name, parted === undefined ? state : { ...state, read: (path) => (path === parted.path ? parted.after : state.read(path)) });
  const takers = takersOf(name, state);
  const places = [...uses, ...takers.map((taker) => placeOf(taker, state)), ...(Object.keys(state.config[group]).length === 1 ? [configPath] : [])];
  if (places.length > 0) fail('E_STAGE_USED', { name, places, takers });
  const files = removeFiles(name, state);
  const brought = takeBack(name, removeEntry(state.configText, group, name), files.ops.map(({ path }) => path), state, generatorsIn(state.settings.language, generators));
  const { configText } = brought;
  const { config } = parseConfig(configText, configPath);
  const stays = (path: string): boolean => isThere(state.lock, path) && !brought.ops.some((op) => op.path === path);
  const ops: FileOp[] = [
    ...files.ops,
    ...(parted === undefined ? [] : [modify(parted.path, parted.before, parted.after)]),
    { kind: 'modify', path: configPath, owner: 'edited', before: state.configText, after: configText },
    ...brought.ops,
    ...planGenerated(state, viewConfig(config, { ...state.settings, ...abilitiesOf(state.settings.language, stays) }), force),
  ];
  return { plan: { ops: [...ops, ...lockOps(state, ops, { ...settingsOfStage(name, state.lock), ...brought.settings })] }, remarks: [...(parted === undefined ? [] : [{ kind: 'parted', stages: parted.stages, file: parted.path } as const]), ...files.remarks, ...brought.remarks] };
}

interface Parted {
  /** The flow that ran it. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** What does not run any more, the loader first. */
  readonly stages: readonly string[];
}

/** What joining a loader brought to the flow is taken back, while it stands there as it was written. */
function partFrom(name: string, state: RepositoryState): Parted | undefined {
  const { config, lock, read, parse } = state;
  const waiting = waitingIn(lock);
  const [input] = waiting.inputsOf(name);
  if (input === undefined) return undefined;
  const running = readFlows(state).filter(({ facts }) => facts?.calls.some(({ member }) => member === name));
  const [flow, other] = running;
  // What two flows run somebody joined by hand.
  if (flow === undefined || other !== undefined) return undefined;
  const { path } = flow;
  const after = partLoader(flow, config, name, input, waiting);
  if (after === undefined) return undefined;
  const left = stagesIn(readFlowFile(path, (each) => (each === path ? after : read(each)), parse));
  return { path, before: flow.text, after, stages: [...stagesIn(flow)].filter((each) => !left.has(each)) };
}

/** The stages that were added to take what this one makes. */
function takersOf(name: string, { lock }: RepositoryState): string[] {
  return [...lock.settings].filter(([key, value]) => key.startsWith('inputs.') && value.split(',').includes(name)).map(([key]) => key.slice('inputs.'.length));
}

/** Where config.yaml has a stage. */
function placeOf(stage: string, { configText }: RepositoryState): string {
  const at = configText.split('\n').findIndex((line) => new RegExp(`^\\s+["']?${stage}["']?\\s*:`).test(line));
  return `${configPath}:${at + 1}`;
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
  const hasCode = there.some(({ path, unedited }) => !unedited && isStageModule(path) && !path.endsWith('.sql'));
  return {
    ops: there.filter(({ unedited }) => unedited).map(({ path, text }) => ({ kind: 'delete', path, owner: 'seed', before: text })),
    remarks: there.filter(({ unedited }) => !unedited).map(({ path }) => ({ kind: hasCode || isStageModule(path) ? 'kept' : 'outlived', file: path })),
  };
}

/** Where code of the repository still names a stage, as file:line. Its own files and generated ones do not count. */
export function usesOf(name: string, state: RepositoryState): string[] {
  const own = new Set(filesOfStage(state.lock, name));
  const isTypescript = state.settings.language === 'typescript';
  const called = isTypescript ? camel(name) : name;
  const imported = isTypescript ? `/${name}\\.ts'` : `\\bimport [^#\\n]*\\b${name}\\b`;
  const named = new RegExp(`\\b(?:tasks|steps|transformers|extractors|loaders|artifacts)\\.${called}\\b|${imported}`);
  return [...state.lock.files.values()]
    .filter(({ path, owner }) => /\.(?:py|ts)$/.test(path) && owner !== 'generated' && owner !== 'deleted' && !own.has(path))
    .flatMap(({ path }) => placesWith(path, state.read(path) ?? '', named));
}
