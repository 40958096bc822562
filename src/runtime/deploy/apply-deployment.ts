import { PrefectHttpError } from '../api/api-errors.ts';
import type { PrefectClient } from '../api/client.ts';
import { readOrNothing } from '../api/variables.ts';
import type { JsonObject } from '../types.ts';
import { DeployError } from './deploy-error.ts';
import type { DesiredDeployment } from './desired-deployment.ts';
import type { DeploymentPlan, StandingDeployment } from './plan-deployment.ts';
import { hasChanges } from './plan-deployment.ts';
import type { DesiredSchedule, ScheduleChanges } from './schedules.ts';

/** The deployment that stands under that name of that flow; null when there is none. */
export async function readStanding(client: PrefectClient, { flowName, name }: DesiredDeployment): Promise<StandingDeployment | null> {
  const path = `/deployments/name/${encodeURIComponent(flowName)}/${encodeURIComponent(name)}`;
  return (await readOrNothing<StandingDeployment>(client, path)) ?? null;
}

/** @throws DeployError: without it the runs of a deployment wait for good, without a word */
export async function requireWorkPool(client: PrefectClient, { workPool, name }: DesiredDeployment): Promise<void> {
  if ((await readOrNothing(client, `/work_pools/${encodeURIComponent(workPool)}`)) !== undefined) return;
  throw new DeployError(
    'environment',
    `the work pool ${workPool} of ${name} is not on the server ${client.base}: prefect work-pool create ${workPool} --type process`,
  );
}

/**
 * Does what a plan says.
 * @returns the deployment's id
 * @throws DeployError when the server refuses it; PrefectHttpError when it is at fault itself, or does not let in
 */
export async function applyPlan(client: PrefectClient, plan: DeploymentPlan): Promise<string> {
  try {
    if (plan.standing === null) return await make(client, plan.desired);
    if (hasChanges(plan)) await change(client, plan, plan.standing.id);
    return plan.standing.id;
  } catch (error) {
    if (!(error instanceof PrefectHttpError) || error.status >= 500 || [401, 403].includes(error.status)) throw error;
    throw new DeployError('file', `the server refuses ${plan.desired.flowName}/${plan.desired.name}: ${error.message}`, { cause: error });
  }
}

async function make(client: PrefectClient, { flowName, body, schedules }: DesiredDeployment): Promise<string> {
  const { id: flow_id } = await client.json<{ id: string }>('POST', '/flows/', { name: flowName });
  const made = { ...body, flow_id, schedules: (schedules ?? []).map(bodyOf) };
  return (await client.json<{ id: string }>('POST', '/deployments/', made)).id;
}

/** Only what changes is sent. Schedules go one by one: in a PATCH of the deployment, those left out would stay. */
async function change(client: PrefectClient, { desired, fields, schedules }: DeploymentPlan, id: string): Promise<void> {
  const changes = Object.keys(fields);
  // A queue is looked for in the pool that is sent with it.
  const names = changes.some((each) => each.startsWith('work_')) ? [...changes, 'work_pool_name', 'work_queue_name'] : changes;
  const patch = Object.fromEntries(Object.entries(desired.body).filter(([name]) => names.includes(name)));
  if (Object.keys(patch).length > 0) await client.send('PATCH', `/deployments/${id}`, patch);
  await changeSchedules(client, schedules, `/deployments/${id}/schedules`);
}

async function changeSchedules(client: PrefectClient, { added, changed, removed }: ScheduleChanges, path: string): Promise<void> {
  for (const { id } of removed) await client.send('DELETE', `${path}/${id}`, undefined, { accept: [404] });
  for (const { from, to } of changed) await client.send('PATCH', `${path}/${from.id}`, bodyOf(to));
  if (added.length > 0) await client.send('POST', path, added.map(bodyOf));
}

function bodyOf({ slug, active, schedule, parameters }: DesiredSchedule): JsonObject {
  return { schedule, parameters, ...(slug === null ? {} : { slug }), ...(active === null ? {} : { active }) };
}
