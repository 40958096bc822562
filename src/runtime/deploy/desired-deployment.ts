import type { FlowSpec } from '../engine/flow-spec.ts';
import type { Json, JsonObject } from '../types.ts';
import { DeployError } from './deploy-error.ts';
import { asObject } from './deployment-file.ts';
import { parameterSchemaOf } from './parameter-schema.ts';
import type { DesiredSchedule } from './schedules.ts';
import { readSchedules } from './schedules.ts';

/** A deployment as it is to stand. */
export interface DesiredDeployment {
  readonly name: string;
  readonly flowName: string;
  readonly workPool: string;
  /** As the API takes it, without the flow's id and the schedules. */
  readonly body: JsonObject;
  /** Null when the file says nothing of them. */
  readonly schedules: readonly DesiredSchedule[] | null;
}

/** What a run needs that names no module of its own: a flow of Prefect's that a worker can always import, and never runs. */
const anyEntrypoint = 'prefect.cli.shell:run_shell_process';

/**
 * @param config its placeholders filled
 * @param pullSteps with their placeholders: those are the run's
 * @throws DeployError
 */
export function desiredDeployment(config: JsonObject, spec: FlowSpec, pullSteps: readonly JsonObject[]): DesiredDeployment {
  const name = String(config['name']);
  const pool = asObject(config['work_pool'] ?? {}, `work_pool of ${name}`);
  const workPool = pool['name'];
  if (typeof workPool !== 'string' || workPool === '') throw new DeployError('file', `${name} names no work pool: work_pool.name in prefect.yaml`);
  const queue = pool['work_queue_name'];
  return {
    name,
    flowName: spec.name,
    workPool,
    schedules: readSchedules(config['schedules'] ?? onlySchedule(config), `schedules of ${name}`),
    body: {
      name,
      version: textOr(config['version'], spec.version),
      description: textOr(config['description'], spec.description),
      tags: config['tags'] ?? [],
      parameters: config['parameters'] ?? {},
      entrypoint: textOr(config['entrypoint'], anyEntrypoint),
      path: null,
      work_pool_name: workPool,
      ...(typeof queue === 'string' && queue !== '' ? { work_queue_name: queue } : {}),
      job_variables: pool['job_variables'] ?? {},
      pull_steps: pullSteps,
      parameter_openapi_schema: parameterSchemaOf(spec),
      enforce_parameter_schema: config['enforce_parameter_schema'] ?? true,
      ...limitOf(config['concurrency_limit'] ?? null, name),
      ...(typeof config['paused'] === 'boolean' ? { paused: config['paused'] } : {}),
    },
  };
}

/** The older key for one: empty, as Prefect writes it into a new file, it says nothing. */
function onlySchedule({ schedule }: JsonObject): Json | undefined {
  const isEmpty = typeof schedule === 'object' && schedule !== null && Object.keys(schedule).length === 0;
  return schedule && !isEmpty ? [schedule] : undefined;
}

function textOr(value: Json | undefined, other: string | null): string | null {
  return value === undefined || value === null || value === '' ? other : String(value);
}

/** A number, or a number with what happens to a run that finds no place. */
function limitOf(value: Json, name: string): JsonObject {
  if (value === null || typeof value === 'number') return { concurrency_limit: value, concurrency_options: null };
  const { limit = null, collision_strategy, grace_period_seconds } = asObject(value, `concurrency_limit of ${name}`);
  const options = { ...(collision_strategy === undefined ? {} : { collision_strategy }), ...(grace_period_seconds === undefined ? {} : { grace_period_seconds }) };
  return { concurrency_limit: limit, concurrency_options: options };
}
