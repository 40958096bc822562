import { lockPath } from '../config/lock.ts';
import { suggest } from '../config/suggest.ts';
import { loadYamlParser, NoYamlParser } from '../config/yaml-parser.ts';
import type { Problem } from '../errors/failure.ts';
import { Failure, fail, problem } from '../errors/failure.ts';
import { viewConfig } from '../generate/config-view.ts';
import type { Field, RawAnswers } from '../generate/define-generator.ts';
import { readField } from '../generate/define-generator.ts';
import type { Addition, AdditionInput } from '../generate/define-addition.ts';
import { isStageGenerator } from '../generate/define-stage.ts';
import { readFlows } from '../generate/flow-choice.ts';
import { joinLoader, stagesIn } from '../generate/join-chain.ts';
import { lockOps } from '../generate/lock-changes.ts';
import type { Growth, Remark } from '../generate/plan-add.ts';
import { waitingIn, waitingInputs } from '../generate/plan-add.ts';
import { planGenerated } from '../generate/plan-generated.ts';
import { originOfFile } from '../generate/file-origin.ts';
import { isPipeline } from '../generate/plan-remove-pipeline.ts';
import { planRemove } from '../generate/plan-remove.ts';
import { planRename } from '../generate/plan-rename.ts';
import { planSync } from '../generate/plan-sync.ts';
import type { RepositoryState } from '../generate/repository-state.ts';
import { readState } from '../generate/read-state.ts';
import { isUnedited, stagesOf } from '../generate/repository-state.ts';
import { stageOfFile } from '../generate/stage-files.ts';
import type { FileOp } from '../plan/plan.ts';
import type { ParsePython } from '../python/parse-python.ts';
import { remembering } from '../python/parse-python.ts';
import { NotPlain, parsePlainPython } from '../python/plain-python.ts';
import type { Clock, OpenRepository, Repositories, RunEntry } from './ports.ts';

/** What the jobs on a repository work with. */
export interface GrowPorts {
  readonly repositories: Repositories;
  readonly generators: Readonly<Record<string, Addition>>;
  readonly loadPython: () => Promise<ParsePython>;
  readonly hash: (text: string) => string;
  readonly clock: Clock;
  readonly version: string;
  /** A folder in the repository. */
  readonly cwd: string;
}

/** How a job that may change something is run. */
export interface GrowOptions {
  /** What a person typed, for the history and for who waits. */
  readonly command: string;
  readonly dryRun: boolean;
  /** Writes generated files anew although somebody edited them. */
  readonly force: boolean;
  /** Changes the name of a stage in files that somebody edited, too. */
  readonly editReferences?: boolean;
}

/** What came of it: the plan that was applied, or would be. */
export interface GrowResult extends Growth {
  readonly root: string;
  readonly dryRun: boolean;
  /** The number of the run; none when nothing had to change. */
  readonly run?: number;
}

/** Adds what a generator makes. */
export async function add(name: string, answers: RawAnswers, options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  const generator = generatorOf(name, ports.generators);
  const input = readAdditionInput(generator, answers, options.command);
  return change(ports, options, (state) => generator.plan(input, state, { today: ports.clock.today(), force: options.force }));
}

/** Brings a repository to what its config.yaml says. */
export async function sync(options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  return change(ports, options, (state) => planSync(Object.values(ports.generators).filter(isStageGenerator), state, options.force));
}

/** Takes a stage away. */
export async function remove(name: string, options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  return change(ports, options, (state) => planRemove(name, state, options.force, Object.values(ports.generators).filter(isStageGenerator)));
}

/** Gives a stage another name. */
export async function rename(name: string, next: string, options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  return change(ports, options, (state) => planRename(name, next, state, { force: options.force, editReferences: options.editReferences === true }));
}

/** Makes a file that is generated somebody's own: it is never written again. */
export async function own(path: string, options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  return change(ports, options, (state) => {
    const file = state.lock.files.get(path) ?? fail('E_FILE_UNKNOWN', { path });
    const lock = { ...state.lock, files: new Map(state.lock.files).set(path, { ...file, owner: 'seed' }) };
    return { plan: { ops: lockOps({ ...state, lock }, []) }, remarks: [] };
  });
}

/** Takes the last run back that was not taken back yet, byte for byte. */
export async function undo(options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  return withRepository(ports, options.command, async (repository) => {
    const last = lastRun(repository.history()) ?? fail('E_NOTHING_TO_UNDO', {});
    const ops = [...repository.opsOf(last.number)].reverse().map(reverse);
    const changed = ops.filter((op) => repository.read(op.path) !== (op.kind === 'create' ? undefined : op.before)).map(({ path }) => path);
    if (changed.length > 0) fail('E_UNDO_CHANGED', { paths: changed });
    return finish(repository, { plan: { ops }, remarks: [] }, options, last.number);
  });
}

function lastRun(history: readonly RunEntry[]): RunEntry | undefined {
  const undone = new Set(history.map(({ undoes }) => undoes));
  return history.findLast(({ number, undoes }) => undoes === undefined && !undone.has(number));
}

function reverse(op: FileOp): FileOp {
  const { path, owner } = op;
  if (op.kind === 'create') return { kind: 'delete', path, owner, before: op.after };
  if (op.kind === 'delete') return { kind: 'create', path, owner, after: op.before, executable: false };
  return { kind: 'modify', path, owner, before: op.after, after: op.before };
}

/** The runs of this copy, oldest first. */
export async function history(command: string, ports: GrowPorts): Promise<readonly RunEntry[]> {
  return withRepository(ports, command, async (repository) => repository.history());
}

/** How a repository stands. */
export interface Status {
  readonly root: string;
  /** Generated files that are not what config.yaml says. */
  readonly drifted: readonly string[];
  /** Files that a person changed, by owner. */
  readonly edited: readonly string[];
  readonly deleted: readonly string[];
  /** Stages that nothing runs yet, and the lines that would, where there are some. */
  readonly waiting: readonly { readonly stage: string; readonly group: string; readonly paste?: readonly string[] }[];
}

/** Looks at a repository and changes nothing. */
export async function status(command: string, ports: GrowPorts): Promise<Status> {
  return withState(ports, command, (state) => {
    const files = [...state.lock.files.values()].map((file) => ({ ...file, text: state.read(file.path) }));
    return {
      root: state.root,
      drifted: planGenerated(state, viewConfig(state.config, state.settings), true).map(({ path }) => path),
      edited: files.filter(({ path, text, owner }) => owner !== 'deleted' && text !== undefined && !isUnedited(state, path, text)).map(({ path }) => path),
      deleted: files.filter(({ text }) => text === undefined).map(({ path }) => path),
      waiting: waitingStages(state),
    };
  });
}

function waitingStages(state: RepositoryState): Status['waiting'] {
  const flows = readFlows(state);
  const [flow] = flows;
  const used = new Set(flows.flatMap((each) => [...stagesIn(each)]));
  return [...stagesOf(state.config)].filter(([name]) => !used.has(name)).map(([stage, group]) => {
    const [input] = waitingInputs(state.lock, stage);
    if (group !== 'loaders' || input === undefined) return { stage, group };
    const joining = joinLoader(flow, state.config, stage, input, waitingIn(state.lock));
    return { stage, group, ...('paste' in joining && { paste: joining.paste }) };
  });
}

/** Where a file comes from. */
export interface Origin {
  readonly path: string;
  readonly owner: string;
  readonly edited: boolean;
  readonly version: string;
  /** The part of config.yaml that decides it, or the generator that added it with its name. */
  readonly from: string;
}

/** What `create` wrote where generators add more. */
const createdFiles: ReadonlySet<string> = new Set(['docs/adr/0001-prefect-orchestrates.md']);

function pipelinesOf(state: RepositoryState): ReadonlySet<string> {
  const names = [...state.lock.files.keys()].flatMap((path) => /^src\/core\/pipelines\/([a-z][a-z0-9_]*)\.(?:py|ts)$/.exec(path)?.[1] ?? []);
  return new Set(names.filter((name) => isPipeline(name, state)));
}

/** Says which part of the repository a file comes from. */
export async function why(path: string, command: string, ports: GrowPorts): Promise<Origin> {
  return withState(ports, command, (state) => {
    const file = state.lock.files.get(path) ?? fail('E_FILE_UNKNOWN', { path });
    const stage = stageOfFile(path);
    const group = stage === undefined ? undefined : stagesOf(state.config).get(stage);
    const text = state.read(path);
    return { path, owner: file.owner, edited: text !== undefined && !isUnedited(state, path, text), version: state.settings.version, from: group === undefined ? originOfFile(path, pipelinesOf(state), createdFiles) : `${group}.${stage}` };
  });
}

/** The generator of a name. */
export function generatorOf(name: string, generators: GrowPorts['generators']): Addition {
  const found = generators[name];
  if (found !== undefined) return found;
  const known = Object.keys(generators);
  const suggestion = suggest(name, known);
  return fail('E_GENERATOR_UNKNOWN', { name, known, ...(suggestion !== undefined && { suggestion }) });
}

/**
 * Checks the answers of a door against the fields of a generator, all at once.
 * @param command what a person typed, so that an example is one for the same door
 */
export function readAdditionInput({ name, fields }: Addition, answers: RawAnswers, command = ''): AdditionInput {
  refuseMissing(`${command.startsWith('plop ') ? 'npx plop' : 'kpi-flow add'} ${name}`, Object.values(fields), answers);
  const results = Object.values(fields).map((each) => [each.key, readField(each, answers[each.key] ?? usual(each))] as const);
  const problems = results.flatMap(([, result]): Problem[] => ('problem' in result ? [kindProblem(result.problem, name)] : []));
  if (problems.length > 0) throw new Failure(problems);
  return Object.fromEntries(results.map(([key, result]) => [key, 'value' in result ? result.value : undefined]));
}

function refuseMissing(call: string, fields: readonly Field[], answers: RawAnswers): void {
  const required = fields.filter(({ meta }) => meta.required === true);
  const missing = required.filter(({ key }) => answers[key] === undefined || answers[key] === '');
  const choices = missing.at(-1)?.meta.choices?.map(({ value }) => value);
  const example = [call, ...required.map(({ key }) => `<${key}>`)].join(' ');
  if (missing.length > 0) fail('E_ANSWERS_MISSING', { flags: missing.map(({ flag }) => flag), example, haveDefaults: false, ...(choices && { choices }) });
}

/** What the only kind is called; everything else is left out by an empty text. */
function usual({ key, meta }: Field): string {
  return key === 'kind' ? (meta.choices?.[0]?.value ?? '') : '';
}

function kindProblem(found: Problem, stage: string): Problem {
  if (found.code !== 'E_ANSWER_CHOICE' || found.args.flag !== '--kind') return found;
  const { value, choices, suggestion } = found.args;
  return problem('E_STAGE_KIND', { stage, kind: value, choices, ...(suggestion !== undefined && { suggestion }) });
}

async function change(ports: GrowPorts, options: GrowOptions, plan: (state: RepositoryState) => Growth): Promise<GrowResult> {
  return withRepository(ports, options.command, async (repository) => finish(repository, await withParsers(repository, ports, plan), options));
}

/**
 * Plans with what reads plain YAML and plain Python, and when some text is of another form, once more with the parser
 * that knows all forms, which takes longer to start than all the rest. A plan changes nothing, so it may be made again.
 */
async function withParsers<Value>(repository: OpenRepository, ports: GrowPorts, work: (state: RepositoryState) => Value, parse: ParsePython = remembering(parsePlainPython)): Promise<Value> {
  try {
    return work(stateOf(repository, ports, parse));
  } catch (error) {
    if (error instanceof NoYamlParser) return loadYamlParser().then(() => withParsers(repository, ports, work, parse));
    if (error instanceof NotPlain) return withParsers(repository, ports, work, await ports.loadPython());
    throw error;
  }
}

/** The one place where a plan of a job is applied. */
function finish(repository: OpenRepository, growth: Growth, { command, dryRun }: GrowOptions, undoes?: number): GrowResult {
  const ops = growth.plan.ops.filter((op) => op.kind !== 'modify' || op.before !== op.after);
  const result = { ...growth, plan: { ops }, root: repository.root, dryRun };
  if (dryRun || ops.length === 0) return result;
  return { ...result, run: repository.apply(ops, { command, ...(undoes !== undefined && { undoes }) }) };
}

async function withRepository<Value>({ repositories, cwd }: GrowPorts, command: string, work: (repository: OpenRepository) => Promise<Value>): Promise<Value> {
  const root = repositories.find(cwd) ?? fail('E_NOT_A_REPOSITORY', { folder: cwd });
  const repository = await repositories.open(root, command);
  try {
    return await work(repository);
  } finally {
    repository.close();
  }
}

async function withState<Value>(ports: GrowPorts, command: string, work: (state: RepositoryState) => Value): Promise<Value> {
  return withRepository(ports, command, (repository) => withParsers(repository, ports, work));
}

function stateOf(repository: OpenRepository, { hash, version }: GrowPorts, parse: ParsePython): RepositoryState {
  return readState({ root: repository.root, read: repository.read, list: repository.list, written: repository.written, hash, parse }, version);
}

/** Whether a plan changes more than the lock's own bookkeeping. */
export function changesFiles({ plan }: Pick<GrowResult, 'plan'>): boolean {
  return plan.ops.some(({ path }) => path !== lockPath);
}

export type { Remark };
