import { here } from '../context.ts';
import { ConfigurationError } from '../errors.ts';
import { settle } from '../inputs.ts';
import { waitForInputs } from './wait-for-inputs.ts';
import { currentWorld } from './world.ts';
import { toParameters } from './serialize.ts';
import type { RunDeploymentOptions } from '../run-deployment.ts';
import { isFinalType, stateFrom } from '../state.ts';
import type { State } from '../state.ts';
import type { FlowRunRecord, TaskInputs } from '../types.ts';
import { uuid4 } from '../uuid.ts';

/** Runs a deployment (`flow/deployment` or its id) and waits for its end. */
export async function startDeployment(
  name: string,
  options: RunDeploymentOptions,
): Promise<{ readonly run: FlowRunRecord; readonly state: State | null }> {
  const { api, clock } = here().flowScope?.world ?? (await currentWorld());
  const deployment = await api.readDeployment(name);
  if (!deployment) throw new ConfigurationError(`There is no deployment '${name}'. Its name is <flow>/<deployment>.`);
  const taskInputs = await waitForInputs(options.parameters ?? {});
  const run = await api.createDeploymentRun(deployment.id, {
    parameters: toParameters(settle(options.parameters ?? {}) as Record<string, unknown>),
    ...(options.flowRunName === undefined ? {} : { name: options.flowRunName }),
    ...(options.tags || here().extraTags.length > 0 ? { tags: [...here().extraTags, ...(options.tags ?? [])] } : {}),
    ...(options.jobVariables ? { job_variables: options.jobVariables } : {}),
    idempotency_key: options.idempotencyKey ?? null,
    parent_task_run_id: await placeholder(name, taskInputs, options.asSubflow ?? true),
  });
  const last = clock.now() + (options.timeout ?? Infinity) * 1_000_000;
  for (let current = run; ; current = await api.readFlowRun(run.id)) {
    if (current.state && isFinalType(current.state.type)) return { run: current, state: stateFrom(current.state) };
    if (clock.now() >= last) return { run: current, state: current.state && stateFrom(current.state) };
    await clock.sleep(Math.min((options.pollInterval ?? 5) * 1000, Math.max(1, (last - clock.now()) / 1000)), (here().taskRun ?? here().flowScope)?.signal);
  }
}

/** The row of the graph that the deployment's run takes. */
async function placeholder(name: string, taskInputs: TaskInputs, asSubflow: boolean): Promise<string | null> {
  const { flowScope } = here();
  if (!flowScope || !asSubflow) return null;
  const { run } = await flowScope.world.api.createTaskRun({
    name,
    flow_run_id: flowScope.id,
    task_key: name.replaceAll('/', '-'),
    dynamic_key: uuid4(),
    task_inputs: taskInputs,
    empirical_policy: { retries: 0, retry_delay: 0 },
    state: { type: 'PENDING' },
  });
  return run.id;
}
