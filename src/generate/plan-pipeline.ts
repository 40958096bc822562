import { installRemark } from './brought.ts';
import { addRequirements } from '../config/edit-pyproject.ts';
import type { TaskRunnerName, TaskRunnerView } from '../config/task-runners.ts';
import { refuseInTypescript, viewTaskRunner } from '../config/task-runners.ts';
import { deploymentsFile } from '../config/edit-deployments.ts';
import { suggest } from '../config/suggest.ts';
import { fail } from '../errors/failure.ts';
import type { FileOp } from '../plan/plan.ts';
import { viewConfig } from './config-view.ts';
import { readFlows } from './flow-choice.ts';
import { flowDialects } from './flow-dialect.ts';
import type { FlowReading } from './join-chain.ts';
import { stageOfInput } from './join-chain.ts';
import { extensionOf } from './language.ts';
import { lockOps, modify } from './lock-changes.ts';
import { planNewFile } from './new-file.ts';
import type { Growth } from './plan-add.ts';
import { checkNameFree, waitingInputs } from './plan-add.ts';
import { deploymentOp } from './plan-deployment.ts';
import type { RepositoryState } from './repository-state.ts';
import { chainOf } from './stage-chain.ts';
import { filesOfPipeline } from './pipeline-files.ts';
import { viewPipeline } from './pipeline-view.ts';

export interface PipelineInput {
  readonly name: string;
  /** The transformer whose data it returns, and loaders that keep it; what the KPI itself is made of when empty. */
  readonly inputs: readonly string[];
  readonly schedule: string | null;
  readonly task_runner?: TaskRunnerName;
}

/**
 * Plans a further pipeline over the stages that are there, with a flow, tests and a deployment of its own.
 * @throws Failure E_STAGE_EXISTS, E_INPUT_UNKNOWN, E_ANSWER_REFUSED, E_EDIT_UNCERTAIN
 */
export function planPipeline({ name, inputs, schedule, task_runner: taskRunner = 'threads' }: PipelineInput, state: RepositoryState): Growth {
  checkNameFree(name, state);
  checkPipelineName(name, state);
  const refusal = state.settings.language === 'typescript' ? refuseInTypescript(taskRunner) : undefined;
  if (refusal !== undefined) fail('E_ANSWER_REFUSED', { flag: '--task-runner', value: taskRunner, ...refusal });
  const flows = readFlows(state);
  const { result, loaders } = readParts(inputs, flows, state);
  const view = viewConfig(state.config, state.settings);
  const pipeline = viewPipeline(name, chainOf(result, flows, state), loaders, view);
  const runner = viewTaskRunner(taskRunner);
  const ops = [...filesOfPipeline(name, state.settings.language).map((rule) => planNewFile({ ...rule, data: { pipeline, runner } }, view, state)), ...requirementOps(runner, state), ...deploy(name, schedule, state)];
  const remarks: Growth['remarks'] = ops.some(({ path }) => path === deploymentsFile) ? [{ kind: 'next', step: 'deploy', command: 'prefect --no-prompt deploy --all' }] : [];
  return { plan: { ops: [...ops, ...lockOps(state, ops)] }, remarks: [...installRemark(ops, state), ...remarks] };
}

/** The KPI's own pipeline has a name too; in TypeScript `a_1` and `a1` are one. */
function checkPipelineName(name: string, { config: { kpi }, settings: { language } }: RepositoryState): void {
  const { nameOf } = flowDialects[language];
  if (nameOf(name) === nameOf(kpi.id)) fail('E_STAGE_EXISTS', { name, other: `src/core/pipelines/${kpi.id}.${extensionOf(language)}` });
}

function requirementOps({ requirements }: TaskRunnerView, { read }: RepositoryState): FileOp[] {
  const before = read('pyproject.toml');
  const after = before === undefined ? undefined : addRequirements(before, requirements);
  return before === undefined || after === undefined || after === before ? [] : [modify('pyproject.toml', before, after)];
}

/** Who deleted prefect.yaml deploys in another way. */
function deploy(name: string, schedule: string | null, state: RepositoryState): FileOp[] {
  if (state.read(deploymentsFile) === undefined) return [];
  const input = { name: name.replaceAll('_', '-'), flow: '', schedule: schedule === null ? [] : [{ cron: schedule }], timezone: '', pool: '', parameters: {} };
  return [deploymentOp(input, `${name}_flow`, state)];
}

interface Parts {
  readonly result: string;
  readonly loaders: readonly string[];
}

function readParts(given: readonly string[], flows: readonly FlowReading[], state: RepositoryState): Parts {
  const { config, lock } = state;
  const loaders = given.filter((each) => each in config.loaders);
  const named = given.filter((each) => !(each in config.loaders)).map((each) => transformerOf(each, flows, state));
  const kept = loaders.flatMap((each) => waitingInputs(lock, each)).map((each) => transformerOf(each, flows, state));
  const ends = endsOf([...new Set(named.length > 0 ? named : kept)], flows, state);
  const [result, other] = ends.length > 0 ? ends : [usualResult(config)];
  if (result === undefined) return fail('E_INPUT_COUNT', { stage: 'pipeline', kind: '', least: 1, most: 1 });
  if (other !== undefined) refuseEnds(result, other);
  // What was added to publish shows any data; the KPI's own shows its periods.
  const showsAny = (each: string): boolean => 'kind' in (config.loaders[each] ?? {}) && lock.settings.has(`inputs.${each}`);
  const misled = loaders.find((each) => !showsAny(each) && !keeps(each, result, flows, state));
  if (misled !== undefined) refuseLoader(misled, result);
  return { result, loaders };
}

/** A table or a folder has the columns of the data that its loader was made for. */
function keeps(loader: string, result: string, flows: readonly FlowReading[], { config, settings }: RepositoryState): boolean {
  const inputs = viewConfig(config, settings).graph.rows.find(({ name }) => name === loader)?.inputs ?? [];
  return inputs.length === 0 || inputs.some((each) => each === result || flows.some((flow) => stageOfInput(flow, each) === result));
}

function refuseLoader(loader: string, result: string): never {
  return fail('E_ANSWER_REFUSED', {
    flag: '--inputs',
    value: `${result},${loader}`,
    reason: {
      en: `${loader} keeps the data of another stage, with other columns. Add the pipeline without it, and then a loader for it: --inputs ${result}`,
      es: `${loader} guarda los datos de otra etapa, con otras columnas. Añade el pipeline sin él y después un cargador propio: --inputs ${result}`,
    },
    suggestion: result,
  });
}

/** Of transformers of which one takes another's data, the last. */
function endsOf(stages: readonly string[], flows: readonly FlowReading[], state: RepositoryState): readonly string[] {
  const before = stages.flatMap((each) => chainOf(each, flows, state).steps.map(({ stage }) => stage).filter((step) => step !== each));
  return stages.filter((each) => !before.includes(each));
}

function refuseEnds(first: string, second: string): never {
  return fail('E_ANSWER_REFUSED', {
    flag: '--inputs',
    value: `${first},${second}`,
    reason: { en: 'A pipeline returns the data of one transformer, and neither of these takes the other’s.', es: 'Un pipeline devuelve los datos de un transformador, y ninguno de estos recibe los del otro.' },
    suggestion: first,
  });
}

function usualResult({ kpi, transformers }: RepositoryState['config']): string | undefined {
  const usual = `${kpi.id}_by_${kpi.grain[0]}`;
  return usual in transformers ? usual : Object.keys(transformers).at(-1);
}

function transformerOf(input: string, flows: readonly FlowReading[], { config }: RepositoryState): string {
  const stage = input in config.transformers ? input : flows.map((flow) => stageOfInput(flow, input)).find((each) => each !== undefined && each in config.transformers);
  if (stage !== undefined) return stage;
  const known = [...Object.keys(config.transformers), ...Object.keys(config.loaders)];
  const suggestion = suggest(input, known);
  return fail('E_INPUT_UNKNOWN', { input, known, ...(suggestion !== undefined && { suggestion }) });
}
