import type { PrefectClient } from '../api/client.ts';
import { readBlock, readVariable } from '../api/variables.ts';
import type { ValueOf } from '../exec/placeholders.ts';
import { below, fillPlaceholders, ofServer, untouched } from '../exec/placeholders.ts';
import { runScript } from '../exec/run-script.ts';
import type { Json, JsonObject } from '../types.ts';
import { applyPlan, readStanding, requireWorkPool } from './apply-deployment.ts';
import { DeployError } from './deploy-error.ts';
import type { DeploymentConfig } from './deployment-file.ts';
import { readDeployments } from './deployment-file.ts';
import { desiredDeployment } from './desired-deployment.ts';
import { flowOfCommand } from './flow-of-command.ts';
import type { DeploymentPlan } from './plan-deployment.ts';
import { planDeployment } from './plan-deployment.ts';

export interface DeployRequest {
  readonly client: PrefectClient;
  /** prefect.yaml, parsed. */
  readonly document: unknown;
  /** The folder that it stands in. */
  readonly folder: string;
  /** Only these; all when there are none. */
  readonly names: readonly string[];
  /** Nothing on the server is changed, and nothing is pushed. Build steps run: what is deployed may come of them. */
  readonly dryRun: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** What steps print, and warnings. */
  readonly say: (text: string) => void;
}

/** What was done to a deployment, or would be. */
export interface Deployed {
  readonly plan: DeploymentPlan;
  /** Null in a dry run of one that is not there. */
  readonly id: string | null;
}

type Outputs = Record<string, JsonObject>;

/**
 * Makes the deployments of prefect.yaml stand on the server as the file says; done twice, the second time changes nothing.
 * Every plan is made before anything is pushed, and before the first one is carried out.
 * @throws DeployError, PrefectUnreachable
 */
export async function deploy(request: DeployRequest): Promise<Deployed[]> {
  const chosen = choose(readDeployments(request.document), request.names);
  const steps = stepsOnce(request);
  const pushes = ({ push }: DeploymentConfig): boolean => push.length > 0 && !request.dryRun;
  const plans: DeploymentPlan[] = [];
  for (const each of chosen) plans.push(await planOne(each, await steps(each.build), pushes(each) ? { ...request, say: () => undefined } : request));
  if (request.dryRun) return plans.map((plan) => ({ plan, id: plan.standing?.id ?? null }));
  // What a push tells of itself may stand in the deployment, whose plan is then another.
  for (const [index, each] of chosen.entries()) if (pushes(each)) plans[index] = await planOne(each, await steps(each.build, each.push), request);
  const deployed: Deployed[] = [];
  for (const plan of plans) deployed.push({ plan, id: await applyPlan(request.client, plan) });
  return deployed;
}

function choose(all: readonly DeploymentConfig[], names: readonly string[]): readonly DeploymentConfig[] {
  const missing = names.find((name) => !all.some((each) => each.name === name));
  if (missing !== undefined)
    throw new DeployError('file', `prefect.yaml has no deployment ${missing}: it has ${all.map(({ name }) => name).join(', ')}`);
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

async function planOne(given: DeploymentConfig, outputs: Outputs, request: DeployRequest): Promise<DeploymentPlan> {
  const { client, folder, say } = request;
  const fill = async (value: Json, missing: (reference: string) => void): Promise<Json> =>
    await fillPlaceholders(value, (reference) => valueOf(reference, outputs, request), missing);
  const config = (await fill(given.config, (each) => say(`${given.name}: ${each} stands for nothing, and is left out\n`))) as JsonObject;
  const { spec } = await flowOfCommand(config, folder);
  const desired = desiredDeployment(config, spec, await pullSteps(given, folder, outputs));
  await requireWorkPool(client, desired);
  return planDeployment(desired, await readStanding(client, desired));
}

/** Placeholders of pull steps are the run's; only what a step of this moment gave is put in. */
async function pullSteps({ pull }: DeploymentConfig, folder: string, outputs: Outputs): Promise<readonly JsonObject[]> {
  if (pull === null) return [{ 'prefect.deployments.steps.set_working_directory': { directory: folder } }];
  const keep: ValueOf = (reference) => outputOf(reference, outputs) ?? untouched;
  return (await fillPlaceholders(pull, keep, () => undefined)) as unknown as readonly JsonObject[];
}

async function valueOf(reference: string, outputs: Outputs, { client, env }: DeployRequest): Promise<Awaited<ReturnType<ValueOf>>> {
  if (reference.startsWith('$')) return env[reference.slice(1)];
  // The worker's, when it starts a run.
  if (reference.startsWith('ctx.')) return untouched;
  if (!reference.startsWith('prefect.')) return outputOf(reference, outputs);
  return await ofServer(reference, { readVariable: (name) => readVariable(client, name), readBlock: async (type, name) => (await readBlock(client, type, name))?.data });
}

/** `id.name`, or the name alone, as steps without an id are referred to. */
function outputOf(reference: string, outputs: Outputs): Json | undefined {
  const [id = '', ...path] = reference.split('.');
  if (path.length === 0) return Object.values(outputs).findLast((each) => id in each)?.[id];
  return below(outputs[id], path);
}

type Steps = readonly JsonObject[];

/** Runs steps after each other, and gives what all of them gave. Those of the whole file hold for each of its deployments, and run once. */
function stepsOnce(request: DeployRequest): (...parts: readonly Steps[]) => Promise<Outputs> {
  const done = new Map<string, Outputs>();
  const run = async (...parts: readonly Steps[]): Promise<Outputs> => {
    const key = JSON.stringify(parts);
    const known = done.get(key);
    if (known !== undefined) return known;
    const outputs = parts.length > 1 ? { ...(await run(...parts.slice(0, -1))) } : {};
    for (const step of parts.at(-1) ?? []) for (const [name, inputs] of Object.entries(step)) await runOne(name, inputs as JsonObject, request, outputs);
    done.set(key, outputs);
    return outputs;
  };
  return run;
}

async function runOne(name: string, given: JsonObject, request: DeployRequest, outputs: Outputs): Promise<void> {
  if (name.split('.').at(-1) !== 'run_shell_script')
    throw new DeployError('file', `the step ${name} is Python's: deploy with "prefect deploy --all", or use run_shell_script`);
  const inputs = (await fillPlaceholders(given, (reference) => valueOf(reference, outputs, request), () => undefined)) as JsonObject;
  const id = typeof inputs['id'] === 'string' ? inputs['id'] : `step ${Object.keys(outputs).length}`;
  try {
    outputs[id] = { ...(await runScript({ directory: request.folder, ...inputs }, name, request.say)) };
  } catch (error) {
    throw new DeployError('file', `a step of prefect.yaml failed: ${(error as Error).message}`, { cause: error });
  }
}
