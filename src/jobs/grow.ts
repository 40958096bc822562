import { lockPath } from '../config/lock.ts';
import { suggest } from '../config/suggest.ts';
import type { Problem } from '../errors/failure.ts';
import { Failure, fail, problem } from '../errors/failure.ts';
import { viewConfig } from '../generate/config-view.ts';
import type { RawAnswers } from '../generate/define-generator.ts';
import { readField } from '../generate/define-generator.ts';
import type { StageGenerator, StageInput } from '../generate/define-stage.ts';
import { joinLoader, readFlowFile, stagesIn } from '../generate/join-chain.ts';
import { lockOps } from '../generate/lock-changes.ts';
import type { Growth, Remark } from '../generate/plan-add.ts';
import { planAdd, waitingInputs } from '../generate/plan-add.ts';
import { planGenerated } from '../generate/plan-generated.ts';
import { planRemove } from '../generate/plan-remove.ts';
import { planSync } from '../generate/plan-sync.ts';
import type { RepositoryState } from '../generate/repository-state.ts';
import { isUnedited, readState, stagesOf } from '../generate/repository-state.ts';
import { stageOfFile } from '../generate/stage-files.ts';
import type { FileOp } from '../plan/plan.ts';
import type { ParsePython } from '../python/parse-python.ts';
import type { OpenRepository, Repositories, RunEntry } from './ports.ts';

/** What the jobs on a repository work with. */
export interface GrowPorts {
  readonly repositories: Repositories;
  readonly generators: Readonly<Record<string, StageGenerator>>;
  readonly loadPython: () => Promise<ParsePython>;
  readonly hash: (text: string) => string;
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
}

/** What came of it: the plan that was applied, or would be. */
export interface GrowResult extends Growth {
  readonly root: string;
  readonly dryRun: boolean;
  /** The number of the run; none when nothing had to change. */
  readonly run?: number;
}

/** Adds a stage. */
export async function add(name: string, answers: RawAnswers, options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  const generator = generatorOf(name, ports.generators);
  const input = readStageInput(generator, answers);
  // Reading the flow takes longer than all the rest; who has no inputs needs it for nothing.
  const needsPython = generator.kinds.find(({ value }) => value === input.kind)?.inputs !== undefined;
  return change(needsPython ? ports : withoutPython(ports), options, (state) => planAdd(generator, input, state, options.force));
}

function withoutPython(ports: GrowPorts): GrowPorts {
  const parse: ParsePython = () => {
    throw new TypeError('this job reads no Python');
  };
  return { ...ports, loadPython: async () => parse };
}

/** Brings a repository to what its config.yaml says. */
export async function sync(options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  return change(ports, options, (state) => planSync(Object.values(ports.generators), state, options.force));
}

/** Takes a stage away. */
export async function remove(name: string, options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  return change(withoutPython(ports), options, (state) => planRemove(name, state, options.force));
}

/** Makes a file that is generated somebody's own: it is never written again. */
export async function own(path: string, options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  return change(withoutPython(ports), options, (state) => {
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
  return withState(ports, command, async (state) => {
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
  const flow = readFlowFile(state.flowPath, state.read, state.parse);
  const used = stagesIn(flow);
  return [...stagesOf(state.config)].filter(([name]) => !used.has(name)).map(([stage, group]) => {
    const [input] = waitingInputs(state.lock, stage);
    if (group !== 'loaders' || input === undefined) return { stage, group };
    const joining = joinLoader(flow, state.config, stage, input, { inputsOf: (each) => waitingInputs(state.lock, each) });
    return { stage, group, ...('paste' in joining && { paste: joining.paste }) };
  });
}

/** Where a file comes from. */
export interface Origin {
  readonly path: string;
  readonly owner: string;
  readonly edited: boolean;
  readonly version: string;
  /** The part of config.yaml that decides it. */
  readonly from: string;
}

/** Says which part of the repository a file comes from. */
export async function why(path: string, command: string, ports: GrowPorts): Promise<Origin> {
  return withState(ports, command, async (state) => {
    const file = state.lock.files.get(path) ?? fail('E_FILE_UNKNOWN', { path });
    const stage = stageOfFile(path);
    const group = stage === undefined ? undefined : stagesOf(state.config).get(stage);
    const text = state.read(path);
    return { path, owner: file.owner, edited: text !== undefined && !isUnedited(state, path, text), version: state.settings.version, from: group === undefined ? 'kpi' : `${group}.${stage}` };
  });
}

/** The generator of a name. */
export function generatorOf(name: string, generators: GrowPorts['generators']): StageGenerator {
  const known = Object.keys(generators);
  const suggestion = suggest(name, known);
  return generators[name] ?? fail('E_GENERATOR_UNKNOWN', { name, known, ...(suggestion !== undefined && { suggestion }) });
}

/** Checks the answers of a door against the fields of a generator, all at once. */
export function readStageInput({ name, fields, kinds }: StageGenerator, answers: RawAnswers): StageInput {
  const required = ['name', ...(kinds.length > 1 ? ['kind'] : [])];
  const missing = required.filter((key) => answers[key] === undefined || answers[key] === '').map((key) => `--${key}`);
  if (missing.length > 0) fail('E_ANSWERS_MISSING', { flags: missing, example: `kpi-flow add ${name} <name> <kind>`, haveDefaults: false });
  const results = Object.values(fields).map((each) => [each.key, readField(each, answers[each.key] ?? (each.key === 'kind' ? kinds[0]?.value : ''))] as const);
  const problems = results.flatMap(([, result]): Problem[] => ('problem' in result ? [kindProblem(result.problem, name)] : []));
  if (problems.length > 0) throw new Failure(problems);
  const input = Object.fromEntries(results.map(([key, result]) => [key, 'value' in result ? result.value : undefined]));
  return { inputs: [], ...input } as unknown as StageInput;
}

function kindProblem(found: Problem, stage: string): Problem {
  if (found.code !== 'E_ANSWER_CHOICE' || found.args.flag !== '--kind') return found;
  const { value, choices, suggestion } = found.args;
  return problem('E_STAGE_KIND', { stage, kind: value, choices, ...(suggestion !== undefined && { suggestion }) });
}

async function change(ports: GrowPorts, options: GrowOptions, plan: (state: RepositoryState) => Growth): Promise<GrowResult> {
  return withRepository(ports, options.command, async (repository) => finish(repository, plan(await stateOf(repository, ports)), options));
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

async function withState<Value>(ports: GrowPorts, command: string, work: (state: RepositoryState) => Promise<Value>): Promise<Value> {
  return withRepository(ports, command, async (repository) => work(await stateOf(repository, ports)));
}

async function stateOf(repository: OpenRepository, { loadPython, hash, version }: GrowPorts): Promise<RepositoryState> {
  return readState({ root: repository.root, read: repository.read, hash, parse: await loadPython() }, version);
}

/** Whether a plan changes more than the lock's own bookkeeping. */
export function changesFiles({ plan }: Pick<GrowResult, 'plan'>): boolean {
  return plan.ops.some(({ path }) => path !== lockPath);
}

export type { Remark };
