import { addVariable } from '../config/edit-env.ts';
import { insertEntry } from '../config/edit-config.ts';
import { addRequirements } from '../config/edit-pyproject.ts';
import { parseConfig } from '../config/parse-config.ts';
import { suggest } from '../config/suggest.ts';
import type { Config, Source } from '../config/config.ts';
import { checkEntryName } from '../config/names.ts';
import { fail } from '../errors/failure.ts';
import type { FileOp, Plan } from '../plan/plan.ts';
import { sampleAddresses, variableOf, viewConfig, viewSource } from './config-view.ts';
import type { InputForm, StageGenerator, StageInput, StageItem, StageKind } from './define-stage.ts';
import { renderRule } from './desired.ts';
import type { FlowReading } from './join-chain.ts';
import { joinLoader, readFlowFile, stageOfInput, stagesIn } from './join-chain.ts';
import { lockOps } from './lock-changes.ts';
import { planGenerated, planNeeded } from './plan-generated.ts';
import type { ProjectView, SourceView } from './project-view.ts';
import type { RepositoryState } from './repository-state.ts';
import { configPath, stagesOf } from './repository-state.ts';

/** What a person should know about a plan, besides the files. */
export type Remark =
  /** Nothing uses the stage yet, so no code calls it. */
  | { readonly kind: 'waits'; readonly stage: string; readonly group: 'extractors' | 'transformers' | 'loaders' }
  /** Stages that had been waiting and run from now on. */
  | { readonly kind: 'joined'; readonly stages: readonly string[]; readonly file: string }
  /** Lines that have no certain place. */
  | { readonly kind: 'paste'; readonly file: string; readonly lines: readonly string[] }
  /** Until it is set, the stage works on the sample. */
  | { readonly kind: 'variable'; readonly name: string; readonly source: string }
  /** Edited, so it stays although its stage is gone. */
  | { readonly kind: 'kept'; readonly file: string }
  /** Gone from config.yaml, but code still names it. */
  | { readonly kind: 'used'; readonly stage: string; readonly places: readonly string[] };

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
  const kind = generator.kinds.find(({ value }) => value === input.kind) ?? fail('E_STAGE_KIND', { stage: generator.name, kind: input.kind, choices: generator.kinds.map(({ value }) => value) });
  checkNameFree(input.name, state);
  const flow = flowFor(kind, state);
  const source = kind.source === undefined ? undefined : chooseSource(input.source, kind.source, state.config);
  const item: StageItem = { name: input.name, kind: kind.value, inputs: readInputs(generator, kind, input, state, flow), ...(source && { source: source.view }) };
  const configText = recordStage(generator, kind, item, source?.isNew === true, state);
  const { config } = parseConfig(configText, configPath);
  const view = viewConfig(config, state.settings);
  const code = createFiles(kind, item, view, state);
  const join = generator.group === 'loaders' ? joinPart(flow, config, item, state) : { ops: [], remarks: [{ kind: 'waits', stage: item.name, group: generator.group } as const] };
  const ops = [
    ...code,
    modify(configPath, state.configText, configText),
    ...planNeeded(state, view),
    ...narrowEdits(kind, source, state),
    ...join.ops,
    ...planGenerated(state, view, force),
  ];
  const inputs = item.inputs.map(({ name }) => name).join(',');
  const settings = { [`inputs.${item.name}`]: inputs === '' ? nothing : inputs };
  const variable: Remark[] = source === undefined ? [] : [{ kind: 'variable', name: source.view.variable, source: source.view.name }];
  return { plan: { ops: [...ops, ...lockOps(state, ops, settings)] }, remarks: [...join.remarks, ...variable] };
}

/** A kind without inputs has nothing to do with the flow, which is then not even read. */
function flowFor({ inputs }: StageKind, { flowPath, read, parse }: RepositoryState): FlowReading {
  if (inputs !== undefined) return readFlowFile(flowPath, read, parse);
  return { path: flowPath, text: '', parse, facts: undefined, pipelines: [] };
}

/** The code and the test of a stage that stands in config.yaml already. */
export function planStageFiles(generator: StageGenerator, input: StageInput, state: RepositoryState): FileOp[] {
  const kind = generator.kinds.find(({ value }) => value === input.kind) ?? fail('E_STAGE_KIND', { stage: generator.name, kind: input.kind, choices: generator.kinds.map(({ value }) => value) });
  const flow = flowFor(kind, state);
  const source = kind.source === undefined ? undefined : chooseSource(input.source, kind.source, state.config).view;
  const item: StageItem = { name: input.name, kind: kind.value, inputs: readInputs(generator, kind, input, state, flow), ...(source && { source }) };
  return createFiles(kind, item, viewConfig(state.config, state.settings), { ...state, read: () => undefined }).filter(({ path }) => state.read(path) === undefined);
}

function modify(path: string, before: string, after: string): FileOp {
  return { kind: 'modify', path, owner: 'edited', before, after };
}

/** Stages share one namespace; on some disks `Orders` and `orders` are one file. */
function checkNameFree(name: string, { config, lock }: RepositoryState): void {
  const folded = name.toLowerCase();
  const other = [...stagesOf(config).keys()].find((each) => each.toLowerCase() === folded);
  if (other !== undefined) fail('E_STAGE_EXISTS', { name, other });
  const path = [...lock.files.keys()].find((each) => each.toLowerCase() === `tests/unit/test_${folded}.py`);
  if (path !== undefined && lock.files.get(path)?.owner !== 'deleted') fail('E_STAGE_EXISTS', { name, other: path });
}

interface ChosenSource {
  readonly view: SourceView;
  readonly isNew: boolean;
}

/** The source that was named, or the first of the kind; one that is not there yet is added. */
function chooseSource(name: string | undefined, kind: Source['kind'], { sources }: Config): ChosenSource {
  const usual = Object.entries(sources).find(([, each]) => each.kind === kind)?.[0];
  const chosen = name ?? usual ?? (kind === 'sql' ? 'warehouse' : 'lake');
  const found = sources[chosen];
  if (found !== undefined && found.kind !== kind) fail('E_SOURCE_KIND', { name: chosen, kind: found.kind, needed: kind });
  if (found !== undefined) return { view: viewSource(chosen, found), isNew: false };
  const refusal = checkEntryName(chosen);
  if (refusal !== undefined) fail('E_ANSWER_REFUSED', { flag: '--source', value: chosen, ...refusal });
  const isSql = kind === 'sql';
  return { view: { name: chosen, kind, key: isSql ? 'url' : 'uri', variable: variableOf(chosen, kind), sample: sampleAddresses[kind] }, isNew: true };
}

function readInputs({ name: stage, group }: StageGenerator, kind: StageKind, { inputs: given }: StageInput, state: RepositoryState, flow: FlowReading): StageItem['inputs'] {
  const { least, most, of } = kind.inputs ?? { least: 0, most: 0, of: 'any' };
  const { id, grain } = state.config.kpi;
  // A loader that is told nothing keeps the KPI itself.
  const inputs = given.length === 0 && group === 'loaders' ? [`${id}_by_${grain[0]}`] : given;
  if (inputs.length < least || inputs.length > most) fail('E_INPUT_COUNT', { stage, kind: kind.value, least, most });
  return inputs.map((name) => ({ name, form: formOf(name, of, state, flow) }));
}

function formOf(input: string, of: 'extractor' | 'any', { config }: RepositoryState, flow: FlowReading): InputForm {
  const variables = flow.facts?.variables;
  const stage = input in config.extractors || input in config.transformers ? input : stageOfInput(flow, input);
  const extractors = Object.keys(config.extractors);
  const known = of === 'extractor' ? extractors : [...extractors, ...Object.keys(config.transformers), ...(variables?.keys() ?? [])];
  const isKnown = of === 'extractor' ? input in config.extractors : stage !== undefined || variables?.has(input) === true;
  if (!isKnown) {
    const suggestion = suggest(input, known);
    fail('E_INPUT_UNKNOWN', { input, known, ...(suggestion !== undefined && { suggestion }) });
  }
  if (stage === undefined) return 'unknown';
  if (stage in config.extractors) return 'records';
  return ({ cleaning: 'records', calculation: 'counted', aggregation: 'periods' } as const)[config.transformers[stage]?.kind ?? 'aggregation'];
}

function recordStage({ group }: StageGenerator, kind: StageKind, item: StageItem, isNewSource: boolean, { config, configText, settings, lock }: RepositoryState): string {
  const { source } = item;
  const added = new Set([...lock.settings.keys()].flatMap((key) => (key.startsWith('inputs.') ? [key.slice('inputs.'.length)] : [])));
  const address = source && { key: source.key, value: `\${${source.variable}:-${source.sample}}`, quoted: true } as const;
  const withSource = isNewSource && source && address ? insertEntry(configText, 'sources', source.name, [{ key: 'kind', value: source.kind }, address]) : configText;
  return insertEntry(withSource, group, item.name, kind.fields(item, viewConfig(config, settings)), added);
}

/** New files, each where nothing stands. */
function createFiles(kind: StageKind, item: StageItem, view: ProjectView, { read }: RepositoryState): FileOp[] {
  const [first] = item.inputs;
  const stage = { name: item.name, kind: item.kind, inputs: item.inputs.map(({ name }) => name), ...(first && { input: first.name }), ...kind.data?.(item) };
  const own = { ...view, ...(item.source && { source: item.source, destination: item.source }) };
  return kind.files(item).map((rule) => {
    const { path, owner, text } = renderRule({ ...rule, data: { stage } }, own);
    if (read(path) !== undefined) fail('E_FILE_EXISTS', { path });
    return { kind: 'create', path, owner, after: text, executable: false };
  });
}

/** The lines that a kind needs in files that people keep. A file that somebody deleted is not missed. */
function narrowEdits(kind: StageKind, source: ChosenSource | undefined, { read, settings }: RepositoryState): FileOp[] {
  const comment = settings.locale === 'es' ? `dirección del origen ${source?.view.name ?? ''}` : `address of the source ${source?.view.name ?? ''}`;
  const edits: readonly (readonly [string, (text: string) => string])[] = [
    ['pyproject.toml', (text) => addRequirements(text, kind.requirements ?? [])],
    ['.env.example', (text) => (source?.isNew ? addVariable(text, source.view.variable, comment) : text)],
  ];
  return edits.flatMap(([path, edit]) => {
    const before = read(path);
    const after = before === undefined ? undefined : edit(before);
    return before === undefined || after === undefined || after === before ? [] : [modify(path, before, after)];
  });
}

function joinPart(flow: FlowReading, config: Config, item: StageItem, { lock }: RepositoryState): { readonly ops: readonly FileOp[]; readonly remarks: readonly Remark[] } {
  const [input] = item.inputs;
  const joining = joinLoader(flow, config, item.name, input?.name ?? '', { inputsOf: (stage) => waitingInputs(lock, stage) });
  if ('paste' in joining) return { ops: [], remarks: [{ kind: 'paste', file: flow.path, lines: joining.paste }] };
  const op = modify(flow.path, flow.text, joining.text);
  const before = stagesIn(flow);
  const after = stagesIn(readFlowFile(flow.path, (path) => (path === flow.path ? joining.text : undefined), flow.parse));
  return { ops: [op], remarks: [{ kind: 'joined', stages: [...after].filter((each) => !before.has(each)), file: flow.path }] };
}

/** What the lock says of a stage that was added and takes nothing. */
const nothing = '-';

/** What a stage was added to take, as its lock remembers it. */
export function waitingInputs(lock: RepositoryState['lock'], stage: string): readonly string[] {
  const inputs = lock.settings.get(`inputs.${stage}`) ?? nothing;
  return inputs === nothing ? [] : inputs.split(',');
}
