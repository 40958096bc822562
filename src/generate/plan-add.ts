import type { ConfigField } from '../config/edit-config.ts';
import { insertEntry } from '../config/edit-config.ts';
import { parseConfig } from '../config/parse-config.ts';
import { sampleAddress, sampleOf, sourceKinds, variableOf } from '../config/source-kinds.ts';
import { isImplied } from '../config/stage-kinds.ts';
import { isTypescriptWord } from '../config/typescript-words.ts';
import { suggest } from '../config/suggest.ts';
import type { Config, Source } from '../config/config.ts';
import type { Refusal } from '../config/names.ts';
import { checkEntryName } from '../config/names.ts';
import { fail } from '../errors/failure.ts';
import type { FileOp, Plan } from '../plan/plan.ts';
import { bring, installRemark } from './brought.ts';
import { viewConfig, viewSource } from './config-view.ts';
import type { StageGenerator, StageInput, StageItem, StageKind } from './define-stage.ts';
import type { InputForm } from './input-form.ts';
import { isRecords } from './input-form.ts';
import type { KnownSource } from './kind-options.ts';
import { keyFields, readOptions } from './kind-options.ts';
import { declaredKindOf } from './declared-kind.ts';
import { renderRule } from './desired.ts';
import { pickFlow, readFlows } from './flow-choice.ts';
import type { FlowReading, Waiting } from './join-chain.ts';
import { joinLoader, readFlowFile, stageOfInput, stagesIn } from './join-chain.ts';
import { lockOps, modify } from './lock-changes.ts';
import { planGenerated, planNeeded } from './plan-generated.ts';
import type { ProjectView, SourceView } from './project-view.ts';
import type { RepositoryState } from './repository-state.ts';
import { parserFor } from './read-state.ts';
import { configPath, nothing, settingsWith, stagesOf } from './repository-state.ts';
import { kindIn, viewTakes } from './typescript-stage.ts';
import { viewTypescript } from './typescript-view.ts';
import { camel } from './emitters/words.ts';
import { optionSettings, optionsOfSource } from './standing-stage.ts';

/** What a person should know about a plan, besides the files. */
export type Remark =
  /** Nothing uses the stage yet, so no code calls it. */
  | { readonly kind: 'waits'; readonly stage: string; readonly group: 'extractors' | 'transformers' | 'loaders' }
  /** Stages that had been waiting and run from now on. */
  | { readonly kind: 'joined'; readonly stages: readonly string[]; readonly file: string }
  /** Lines that have no certain place. */
  | { readonly kind: 'paste'; readonly file: string; readonly lines: readonly string[] }
  /** What makes a transformer look at how fresh its data is. */
  | { readonly kind: 'fresh'; readonly file: string; readonly lines: readonly string[] }
  /** Until it is set, the stage works on the sample. `isNew`: the source did not stand in config.yaml before. */
  | { readonly kind: 'variable'; readonly name: string; readonly source: string; readonly isNew: boolean; readonly form?: string }
  /** Edited, so it stays although its stage is gone: the file, or a part of it. */
  | { readonly kind: 'kept'; readonly file: string; readonly part?: string }
  /** A test that somebody edited, so it stays; what it tests is gone. */
  | { readonly kind: 'outlived'; readonly file: string }
  /** What a person runs to make Prefect know of it. */
  | { readonly kind: 'next'; readonly step: 'deploy' | 'automation' | 'image' | 'install' | 'packages'; readonly command: string }
  /** Gone from config.yaml, but code still names it. */
  | { readonly kind: 'used'; readonly stage: string; readonly places: readonly string[] }
  /** Edited, so only the names in it changed that are certain. */
  | { readonly kind: 'moved'; readonly file: string }
  /** Places that may mean a stage that was renamed. */
  | { readonly kind: 'mentions'; readonly stage: string; readonly places: readonly string[] }
  /** A folder of a lake has its stage's name, and no data moves by itself. */
  | { readonly kind: 'folder'; readonly stage: string; readonly next: string }
  /** Stages that no flow runs any more. */
  | { readonly kind: 'parted'; readonly stages: readonly string[]; readonly file: string };

/** A plan with what is to be said about it. */
export interface Growth {
  readonly plan: Plan;
  readonly remarks: readonly Remark[];
}

/**
 * Plans a stage: its code, test and config, the generated files, and the lines that join it to the flow.
 * @throws Failure for what cannot be; then nothing has happened
 */
export function planAdd(generator: StageGenerator, input: StageInput, state: RepositoryState, force = false): Growth {
  checkNameFree(input.name, state);
  const { kind, flows, isNewSource, item } = readItem(generator, input, state);
  const configText = recordStage(generator, kind, item, isNewSource, state);
  const { config } = parseConfig(configText, configPath);
  const shared = kind.modules?.(item) ?? [];
  const view = viewConfig(config, { ...settingsWith(state, (path) => shared.includes(path)), inputs: new Map([...state.settings.inputs, [item.name, item.inputs.map(({ name }) => name)]]) });
  const code = createFiles(kind, item, view, state);
  const join = generator.group === 'loaders' ? joinPart(input.flow ?? '', flows, config, item, state) : { ops: [], remarks: [{ kind: 'waits', stage: item.name, group: generator.group } as const] };
  const brought = bring(kind, item, isNewSource, configText, state);
  const ops = [
    ...code,
    modify(configPath, state.configText, configText),
    ...planNeeded(state, view, shared),
    ...brought.ops,
    ...join.ops,
    ...planGenerated(state, view, force),
  ];
  const inputs = item.inputs.map(({ name }) => name).join(',');
  const settings = { [`inputs.${item.name}`]: inputs === '' ? nothing : inputs, ...optionSettings(kind, withSource(item, config)), ...brought.settings };
  return { plan: { ops: [...ops, ...lockOps(state, ops, settings)] }, remarks: [...join.remarks, ...variableOfSample(kind, item, isNewSource, state.settings.language), ...installRemark(ops, state)] };
}

interface ReadItem {
  readonly kind: StageKind;
  readonly flows: Flows;
  readonly item: StageItem;
  /** Its source does not stand in config.yaml yet. */
  readonly isNewSource: boolean;
}

/** What somebody asked for, checked against the repository. */
function readItem(generator: StageGenerator, input: StageInput, state: RepositoryState): ReadItem {
  const { kind, given } = kindOf(generator, input, state);
  const flows = flowsFor(kind, state);
  const source = kind.source === undefined ? undefined : chooseSource(input.source, kind.source, state);
  const item = { name: input.name, kind: kind.value, inputs: readInputs(generator, kind, input, state, flows), options: readOptions(generator, kind, given, source?.known), ...(source && { source: source.view }) };
  return { kind, flows, item, isNewSource: source?.isNew === true };
}

function kindOf({ name, kinds }: StageGenerator, input: StageInput, { settings }: RepositoryState): { readonly kind: StageKind; readonly given: StageInput['options'] } {
  const kind = kinds.find(({ value }) => value === input.kind) ?? fail('E_STAGE_KIND', { stage: name, kind: input.kind, choices: kinds.map(({ value }) => value) });
  return kindIn(settings.language, name, kind, input.options);
}

/** The variable that leads from the sample to the real system. Whoever wrote an address of their own needs no telling. */
function variableOfSample({ address }: StageKind, item: StageItem, isNew: boolean, language: 'python' | 'typescript'): Remark[] {
  const { source } = item;
  if (source === undefined || source.address !== sampleAddress(source.variable, source.kind, language)) return [];
  const form = address?.(item);
  return [{ kind: 'variable', name: source.variable, source: source.name, isNew, ...(form !== undefined && { form }) }];
}

/** A stage with its source as config.yaml has it by now. */
function withSource(item: StageItem, { sources }: Config): StageItem {
  const found = sources[item.source?.name ?? ''];
  return item.source === undefined || found === undefined ? item : { ...item, source: viewSource(item.source.name, found) };
}

/** A kind without inputs has nothing to do with flows, which are then not even read. */
function flowsFor({ inputs }: StageKind, state: RepositoryState): Flows {
  if (inputs !== undefined) return readFlows(state);
  return [{ path: state.flowPath, text: '', parse: state.parse, read: state.read, facts: undefined, pipelines: [] }];
}

type Flows = readonly [FlowReading, ...FlowReading[]];

/** A stage that stands in config.yaml already, with the code and the test that it is to have. */
export interface StandingFiles {
  readonly kind: StageKind;
  readonly item: StageItem;
  readonly ops: readonly FileOp[];
}

/** Plans the code and the test of a stage that stands in config.yaml already. */
export function planStageFiles(generator: StageGenerator, input: StageInput, state: RepositoryState): StandingFiles {
  const { kind, item } = readItem(generator, input, state);
  const view = viewConfig(state.config, state.settings);
  const own = createFiles(kind, item, view, { ...state, read: () => undefined }).filter(({ path }) => state.read(path) === undefined);
  return { kind, item, ops: [...own, ...planNeeded(state, view, kind.modules?.(item))] };
}

/** Stages share one namespace; on some disks `Orders` and `orders` are one file. */
export function checkNameFree(name: string, { config, lock, settings }: RepositoryState): void {
  const folded = name.toLowerCase();
  const other = [...stagesOf(config).keys()].find((each) => each.toLowerCase() === folded);
  if (other !== undefined) fail('E_STAGE_EXISTS', { name, other });
  if (settings.language === 'typescript') checkTypescriptName(name, config);
  const tests = new Set([`tests/unit/test_${folded}.py`, `tests/unit/${folded}.test.ts`]);
  const path = [...lock.files.keys()].find((each) => tests.has(each.toLowerCase()));
  if (path !== undefined && lock.files.get(path)?.owner !== 'deleted') fail('E_STAGE_EXISTS', { name, other: path });
}

/** In TypeScript a stage is a function and a type besides; `a_1` and `a1` would be one. */
function checkTypescriptName(name: string, config: Config): void {
  const other = [...stagesOf(config).keys()].find((each) => camel(each) === camel(name));
  if (other !== undefined) fail('E_STAGE_EXISTS', { name, other });
  const reason = { en: 'It means something in TypeScript.', es: 'Significa algo en TypeScript.' };
  if (isTypescriptWord(name)) fail('E_ANSWER_REFUSED', { flag: '--name', value: name, reason });
}

interface ChosenSource {
  readonly view: SourceView;
  readonly isNew: boolean;
  /** What is known of one that is there. */
  readonly known?: KnownSource;
}

/** The source that was named, or the first of the kind; one that is not there yet is added. */
function chooseSource(name: string | undefined, kind: Source['kind'], state: RepositoryState): ChosenSource {
  const { config, settings } = state;
  const { sources } = config;
  const usual = Object.entries(sources).find(([, each]) => each.kind === kind)?.[0];
  const chosen = name ?? usual ?? sourceKinds[kind].usualName;
  const found = sources[chosen];
  if (found !== undefined && found.kind !== kind) fail('E_SOURCE_KIND', { name: chosen, kind: found.kind, needed: kind });
  if (found !== undefined) {
    const view = viewSource(chosen, found);
    return { view, isNew: false, known: { view, said: optionsOfSource(chosen, state) } };
  }
  const refusal = checkEntryName(chosen) ?? notAStage(chosen, config);
  if (refusal !== undefined) fail('E_ANSWER_REFUSED', { flag: '--source', value: chosen, ...refusal });
  const { key } = sourceKinds[kind];
  const variable = variableOf(chosen, kind);
  return { view: { name: chosen, kind, key, address: sampleAddress(variable, kind, settings.language), variable, sample: sampleOf(kind, settings.language) }, isNew: true };
}

/** Who names a stage where a new source would be made meant its data. */
function notAStage(name: string, config: Config): Refusal | undefined {
  const group = stagesOf(config).get(name);
  if (group === undefined) return undefined;
  return { reason: { en: `That is one of the ${group}; the stages to take data from are its inputs: --inputs ${name}`, es: `Eso es uno de los ${group}; las etapas de las que recibe datos son sus entradas: --inputs ${name}` } };
}

function readInputs({ name: stage, group }: StageGenerator, kind: StageKind, { name, inputs: given }: StageInput, state: RepositoryState, flows: Flows): StageItem['inputs'] {
  const { least, most, of } = kind.inputs ?? { least: 0, most: 0, of: 'any' };
  // A loader that is told nothing keeps the KPI itself.
  const inputs = given.length === 0 && group === 'loaders' && most > 0 ? [usualInput(state)] : given;
  if (inputs.length < least || inputs.length > most) fail('E_INPUT_COUNT', { stage, kind: kind.value, least, most });
  if (inputs.includes(name)) fail('E_INPUT_CYCLE', { chain: [name, name] });
  inputs.forEach((each) => upstreamOf(each, state));
  return inputs.map((each) => {
    const resolved = stageIn(each, state, flows);
    return { name: each, form: formOf(each, of, state, flows), ...(resolved !== undefined && { stage: resolved }) };
  });
}

/** The stage that gives the KPI itself, also under a name that somebody gave it: then what the first loader keeps. */
function usualInput({ config, settings }: RepositoryState): string {
  const { kpi, transformers } = config;
  const usual = `${kpi.id}_by_${kpi.grain[0]}`;
  if (usual in transformers) return usual;
  const loaded = viewConfig(config, settings).graph.loads.flatMap(({ inputs }) => inputs).find((each) => each in transformers);
  return loaded ?? lastOf(transformers, 'aggregation') ?? usual;
}

/** The last transformer of a kind. */
export function lastOf(transformers: Config['transformers'], kind: string): string | undefined {
  return Object.keys(transformers).findLast((name) => transformers[name]?.kind === kind);
}

/**
 * What a stage takes, and what that takes, as far as the lock remembers it.
 * @throws Failure E_INPUT_CYCLE when somebody wrote a circle into the lock
 */
function upstreamOf(stage: string, state: Pick<RepositoryState, 'lock'>, path: readonly string[] = []): readonly string[] {
  if (path.includes(stage)) fail('E_INPUT_CYCLE', { chain: [...path.slice(path.indexOf(stage)), stage] });
  return waitingInputs(state.lock, stage).flatMap((each) => [each, ...upstreamOf(each, state, [...path, stage])]);
}

/** The stage whose data an input means, where one is certain. */
function stageIn(input: string, { config }: RepositoryState, flows: Flows): string | undefined {
  if (input in config.extractors || input in config.transformers) return input;
  return flows.map((flow) => stageOfInput(flow, input)).find((each) => each !== undefined);
}

function formOf(input: string, of: 'extractor' | 'any', state: RepositoryState, flows: Flows): InputForm {
  const { config, settings } = state;
  const variables = new Set(flows.flatMap(({ facts }) => [...(facts?.variables.keys() ?? [])]));
  const stage = stageIn(input, state, flows);
  const extractors = Object.keys(config.extractors);
  const known = of === 'extractor' ? extractors : [...extractors, ...Object.keys(config.transformers), ...variables];
  const isKnown = of === 'extractor' ? input in config.extractors : stage !== undefined || variables.has(input);
  if (!isKnown) {
    const suggestion = suggest(input, known);
    fail('E_INPUT_UNKNOWN', { input, known, ...(suggestion !== undefined && { suggestion }) });
  }
  if (stage === undefined) return 'unknown';
  return formOfStage(stage, config, settings.inputs);
}

/** A calculation counts records, and passes on anything else as it came: then its first input decides. */
function formOfStage(stage: string, config: Config, inputsOf: ReadonlyMap<string, readonly string[]>, above: readonly string[] = []): InputForm {
  if (stage in config.extractors) return 'raw';
  const gives = declaredKindOf(stage, config)?.gives ?? 'unknown';
  if (gives !== 'counted') return gives;
  const inputs = stage === config.kpi.id || above.includes(stage) ? [] : (inputsOf.get(stage) ?? []);
  const forms = inputs.map((each) => formOfStage(each, config, inputsOf, [...above, stage]));
  return forms.every(isRecords) ? 'counted' : (forms[0] ?? 'counted');
}

function recordStage({ group }: StageGenerator, kind: StageKind, item: StageItem, isNewSource: boolean, { config, configText, settings, lock }: RepositoryState): string {
  const { source } = item;
  const added = new Set([...lock.settings.keys()].flatMap((key) => (key.startsWith('inputs.') ? [key.slice('inputs.'.length)] : [])));
  const address = source && { key: source.key, value: source.address, quoted: true } as const;
  const entry = source && address && [{ key: 'kind', value: source.kind }, address, ...(kind.sourceFields?.(item) ?? [])];
  const withSource = isNewSource && source && entry ? insertEntry(configText, 'sources', source.name, entry, new Set(Object.keys(config.sources))) : configText;
  return insertEntry(withSource, group, item.name, fieldsOf(kind, item, viewConfig(config, settings)), added);
}

/** What stands under a new stage: its kind where its source does not tell it, its source, and what its kind takes. */
function fieldsOf(kind: StageKind, item: StageItem, view: ProjectView): ConfigField[] {
  const { source } = item;
  const all: readonly ConfigField[] = [
    ...(isImplied(kind) ? [] : [{ key: 'kind', value: kind.value }]),
    ...(source === undefined ? [] : [{ key: 'source', value: source.name }]),
    ...keyFields(kind.keys ?? [], item.options),
    ...(kind.fields?.(item, view) ?? []),
  ];
  return [...new Map(all.map((each) => [each.key, each])).values()];
}

/** New files, each where nothing stands. */
function createFiles(kind: StageKind, item: StageItem, view: ProjectView, { read }: RepositoryState): FileOp[] {
  const [first] = item.inputs;
  const stage = { name: item.name, kind: item.kind, options: item.options, ...(view.language === 'typescript' && viewTakes(item, view)), inputs: item.inputs.map(({ name }) => name), ...(first && { input: first.name }), ...kind.data?.(item) };
  const own = { ...view, ...(item.source && { source: item.source, destination: item.source }) };
  return kind.files(item).map((rule) => {
    const { path, owner, text } = renderRule({ ...rule, data: { ...(view.language === 'typescript' && viewTypescript(view)), stage } }, own);
    if (read(path) !== undefined) fail('E_FILE_EXISTS', { path });
    return { kind: 'create', path, owner, after: text, executable: false };
  });
}

function joinPart(asked: string, flows: Flows, config: Config, item: StageItem, state: RepositoryState): { readonly ops: readonly FileOp[]; readonly remarks: readonly Remark[] } {
  const input = item.inputs[0]?.name ?? '';
  const { flow, certain } = pickFlow(asked, input, upstreamOf(input, state), flows, state);
  // Without its facts a flow has no place that is certain, and the lines come back.
  const joining = joinLoader(certain ? flow : { ...flow, facts: undefined }, config, item.name, input, waitingIn(state.lock));
  if ('paste' in joining) return { ops: [], remarks: [{ kind: 'paste', file: flow.path, lines: joining.paste }] };
  const op = modify(flow.path, flow.text, joining.text);
  const before = stagesIn(flow);
  const after = stagesIn(readFlowFile(flow.path, (path) => (path === flow.path ? joining.text : undefined), parserFor(config, state.settings.language, flow.parse)));
  return { ops: [op], remarks: [{ kind: 'joined', stages: [...after].filter((each) => !before.has(each)), file: flow.path }] };
}

/** What the lock says of the stages that were added. */
export function waitingIn(lock: RepositoryState['lock']): Waiting {
  return { inputsOf: (stage) => waitingInputs(lock, stage), isAdded: (stage) => lock.settings.has(`inputs.${stage}`) };
}

/** What a stage was added to take, as its lock remembers it. */
export function waitingInputs(lock: RepositoryState['lock'], stage: string): readonly string[] {
  const inputs = lock.settings.get(`inputs.${stage}`) ?? nothing;
  return inputs === nothing ? [] : inputs.split(',');
}
