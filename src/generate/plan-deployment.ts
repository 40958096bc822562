import { addDeployment, deploymentsFile, readDeployments } from '../config/edit-deployments.ts';
import type { ReadDeployment } from '../config/edit-deployments.ts';
import { suggest } from '../config/suggest.ts';
import { fail } from '../errors/failure.ts';
import type { FileOp } from '../plan/plan.ts';
import { viewConfig } from './config-view.ts';
import { chooseFlow, entrypointOf, parametersOfFlow } from './flow-files.ts';
import { lockOps } from './lock-changes.ts';
import type { Growth } from './plan-add.ts';
import type { Schedule } from './answers/schedules.ts';
import { render } from './render.ts';
import type { RepositoryState } from './repository-state.ts';

export interface DeploymentInput {
  readonly name: string;
  /** A flow by its name, with or without `_flow`; the KPI's own when it is empty. */
  readonly flow: string;
  readonly schedule: readonly Schedule[];
  /** The KPI's own time zone when it is empty. */
  readonly timezone: string;
  /** The work pool of the first deployment when it is empty. */
  readonly pool: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** What the work pool starts: a process on the worker's machine, or a container of an image. */
  readonly work_pool_type?: WorkPoolType;
  /** The image with its tag, where there is one; the usual one when it is empty. */
  readonly image?: string;
  /** The address that a worker clones the code from; empty where the code is there already. */
  readonly git?: string;
  /** Its runs may overlap. */
  readonly overlaps?: boolean;
}

export type WorkPoolType = 'process' | 'docker' | 'kubernetes';

/**
 * Plans another deployment of a flow, as new lines of prefect.yaml.
 * @throws Failure E_DEPLOYMENT_EXISTS, E_FLOW_UNKNOWN, E_ANSWER_REFUSED for a parameter that the flow has not
 */
export function planDeployment(input: DeploymentInput, state: RepositoryState): Growth {
  const flow = chooseFlow(input.flow, state);
  checkParameters(input, flow, state);
  checkCode(input);
  const ops = [deploymentOp(input, flow, state), ...imageFiles(input, state)];
  return { plan: { ops: [...ops, ...lockOps(state, ops)] }, remarks: [...buildRemark(input, state), { kind: 'next', step: 'deploy', command: 'prefect --no-prompt deploy --all' }] };
}

/** The lines themselves; the flow may be one that the same plan makes. */
export function deploymentOp(input: DeploymentInput, flow: string, state: RepositoryState): FileOp {
  const before = state.read(deploymentsFile) ?? fail('E_FILE_MISSING', { path: deploymentsFile });
  const others = readDeployments(before);
  const taken = others.map(({ name }) => String(name)).find((name) => name.toLowerCase() === input.name.toLowerCase());
  if (taken !== undefined) fail('E_DEPLOYMENT_EXISTS', { name: taken });
  const view = viewConfig(state.config, state.settings);
  const entry = render('deployment/deployment.yaml', { ...view, deployment: viewDeployment(input, flow, others, state) });
  return { kind: 'modify', path: deploymentsFile, owner: 'edited', before, after: addDeployment(before, input.name, entry) };
}

/** What an image is built from, once for all deployments. */
function imageFiles({ work_pool_type: type }: DeploymentInput, state: RepositoryState): FileOp[] {
  if (type === undefined || type === 'process') return [];
  const view = viewConfig(state.config, state.settings);
  return ['Dockerfile', '.dockerignore'].filter((path) => state.read(path) === undefined).flatMap((path): FileOp[] => {
    const text = render(`deployment/${view.language === 'typescript' ? 'typescript/' : ''}${path}`, view);
    return [
      { kind: 'create', path, owner: 'merged', after: text, executable: false },
      { kind: 'create', path: `.kpi-flow/base/${path}`, owner: 'generated', after: text, executable: false },
    ];
  });
}

function buildRemark({ work_pool_type: type, image = '' }: DeploymentInput, state: RepositoryState): Growth['remarks'] {
  return type === undefined || type === 'process' ? [] : [{ kind: 'next', step: 'image', command: `docker build --tag ${image === '' ? usualImage(state) : image} .` }];
}

/** Named like the project in pyproject.toml, with the version that deployments have. */
function usualImage({ config }: RepositoryState): string {
  return `kpi-${config.kpi.id.replaceAll('_', '-')}:0.1.0`;
}

function checkCode({ work_pool_type: type, git = '', image = '' }: DeploymentInput): void {
  const hasImage = type === 'docker' || type === 'kubernetes';
  if (hasImage && git !== '') fail('E_ANSWER_REFUSED', { flag: '--git', value: git, reason: { en: 'The image carries the code; only a process is given it by git.', es: 'El código va en la imagen; por git solo lo recibe un proceso.' } });
  if (!hasImage && image !== '') fail('E_ANSWER_REFUSED', { flag: '--image', value: image, reason: { en: 'A process has no image.', es: 'Un proceso no tiene imagen.' }, suggestion: '--work-pool-type docker' });
}

/** Whether an entry of prefect.yaml is as we would write it for what it says: then nobody else has a line in it. */
export function isOurDeployment(deployment: ReadDeployment, lines: string, flow: string, state: RepositoryState): boolean {
  const { name, parameters, schedules = [], work_pool: pool, pull = [], concurrency_limit: limit } = deployment as Loose;
  const { image, finished_job_ttl: ttl, env } = pool?.job_variables ?? {};
  const type = image === undefined ? 'process' : ttl === undefined ? 'docker' : 'kubernetes';
  const git = pull[0]?.['prefect.deployments.steps.git_clone']?.repository ?? env?.['KPI_FLOW_GIT'] ?? '';
  const input: DeploymentInput = { name: String(name), flow: '', schedule: schedules.map(scheduleOf), timezone: schedules[0]?.timezone ?? '', pool: pool?.name ?? '', parameters: parameters ?? {}, work_pool_type: type, image: image ?? '', git, overlaps: limit === undefined };
  const view = viewConfig(state.config, state.settings);
  return render('deployment/deployment.yaml', { ...view, deployment: viewDeployment(input, flow, [], state) }).trimEnd() === lines.trimEnd();
}

/** What is of another type comes out as another text, and is somebody's own. */
interface Loose {
  readonly name?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly schedules?: readonly { readonly cron?: string; readonly interval?: number; readonly rrule?: string; readonly timezone?: string }[];
  readonly work_pool?: { readonly name?: string; readonly job_variables?: { readonly image?: string; readonly finished_job_ttl?: number; readonly env?: Readonly<Record<string, string>> } };
  readonly pull?: readonly { readonly 'prefect.deployments.steps.git_clone'?: { readonly repository?: string } }[];
  readonly concurrency_limit?: unknown;
}

function scheduleOf({ cron = '', interval, rrule }: NonNullable<Loose['schedules']>[number]): Schedule {
  if (interval !== undefined) return { interval: Number(interval) };
  return rrule === undefined ? { cron } : { rrule };
}

function viewDeployment({ name, schedule, timezone, pool, parameters, work_pool_type: type = 'process', image = '', git = '', overlaps = false }: DeploymentInput, flow: string, others: readonly ReadDeployment[], state: RepositoryState): object {
  const { config } = state;
  const pairs = Object.entries(parameters).map(([key, value]) => ({ key, value }));
  return {
    name,
    flow,
    entrypoint: entrypointOf(flow, state.settings.language),
    schedules: schedule.map((each, index) => ({ slug: index === 0 ? 'main' : `main-${index + 1}`, cron: '', interval: 0, rrule: '', ...each })),
    hasSchedules: schedule.length > 0,
    hasImage: type !== 'process',
    isKubernetes: type === 'kubernetes',
    image: image === '' ? usualImage(state) : image,
    git,
    isCloned: git !== '',
    overlaps,
    timezone: timezone === '' ? config.flow.timezone : timezone,
    pool: pool === '' ? poolOf(others) : pool,
    parameters: pairs,
    hasParameters: pairs.length > 0,
  };
}

function poolOf(others: readonly ReadDeployment[]): string {
  const pools = others.map(({ work_pool: pool }) => (pool as ReadDeployment | undefined)?.['name']);
  return pools.find((each): each is string => typeof each === 'string') ?? 'kpi-pool';
}

function checkParameters({ parameters }: DeploymentInput, flow: string, state: RepositoryState): void {
  const known = parametersOfFlow(flow, state);
  const unknown = known && Object.keys(parameters).find((name) => !known.includes(name));
  if (known === undefined || unknown === undefined) return;
  const suggestion = suggest(unknown, known) ?? known[0];
  const reason = { en: `The flow ${flow} has no such parameter.`, es: `El flow ${flow} no tiene ese parámetro.` };
  fail('E_ANSWER_REFUSED', { flag: '--parameters', value: unknown, reason, ...(suggestion !== undefined && { suggestion }) });
}
