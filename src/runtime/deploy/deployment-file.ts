import type { Json, JsonObject } from '../types.ts';
import { DeployError } from './deploy-error.ts';

/** A deployment of prefect.yaml, with the steps that hold for it. Its texts may still have placeholders. */
export interface DeploymentConfig {
  readonly name: string;
  readonly config: JsonObject;
  readonly build: readonly JsonObject[];
  readonly push: readonly JsonObject[];
  /** Null when the file says nothing of it: the run then starts in the folder of the file. */
  readonly pull: readonly JsonObject[] | null;
}

/** Keys of a deployment that Prefect reads; it leaves out others without a word. */
const keys = (
  'name version version_type tags description schedule schedules paused concurrency_limit flow_name entrypoint parameters ' +
  'enforce_parameter_schema build push pull work_pool triggers sla'
).split(' ');

/**
 * Reads what stands in prefect.yaml, as Prefect does: a deployment's own steps stand in for those of the file.
 * @param document the file, parsed
 * @throws DeployError
 */
export function readDeployments(document: unknown): DeploymentConfig[] {
  const file = asObject(document, 'prefect.yaml');
  const { deployments } = file;
  if (!Array.isArray(deployments) || deployments.length === 0) throw new DeployError('file', 'prefect.yaml has no deployments');
  return (deployments as readonly Json[]).map((each, index) => readDeployment(each, `deployments[${index}]`, file));
}

function readDeployment(given: Json, at: string, file: JsonObject): DeploymentConfig {
  const config = asObject(given, at);
  const name = config['name'];
  if (typeof name !== 'string' || name === '') throw new DeployError('file', `${at}.name is missing: every deployment needs one`);
  const unknown = Object.keys(config).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new DeployError('file', `${at}.${unknown} (${name}) is no key of a deployment; those are ${keys.join(', ')}`);
  for (const key of ['triggers', 'sla']) {
    const value = config[key];
    if (Array.isArray(value) && value.length > 0)
      throw new DeployError('file', `${at}.${key} (${name}) is not made by this program: deploy it with "prefect deploy --name ${name}"`);
  }
  const steps = (key: string): readonly JsonObject[] | null => stepsOf(key in config ? config[key] : file[key], `${at}.${key}`);
  return { name, config, build: steps('build') ?? [], push: steps('push') ?? [], pull: steps('pull') };
}

function stepsOf(value: Json | undefined, at: string): readonly JsonObject[] | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return (value as readonly Json[]).map((each, index) => asObject(each, `${at}[${index}]`));
  const only = asObject(value, at);
  return Object.keys(only).length === 0 ? null : [only];
}

/** @throws DeployError when it is something else */
export function asObject(value: unknown, at: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new DeployError('file', `${at} has to be a mapping`);
}
