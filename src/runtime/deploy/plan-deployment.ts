import { canonical } from '../cache-policy.ts';
import type { Json, JsonObject } from '../types.ts';
import type { DesiredDeployment } from './desired-deployment.ts';
import type { ScheduleChanges, StandingSchedule } from './schedules.ts';
import { compareSchedules, showSchedule } from './schedules.ts';

/** A deployment as the server answers it: the fields that are compared. */
export interface StandingDeployment {
  readonly id: string;
  readonly schedules: readonly StandingSchedule[];
  readonly global_concurrency_limit: { readonly limit: number } | null;
  readonly [field: string]: unknown;
}

/** What deploying will do to one deployment. */
export interface DeploymentPlan {
  readonly desired: DesiredDeployment;
  readonly standing: StandingDeployment | null;
  /** Fields that say something else than they shall, by name. */
  readonly fields: Readonly<Record<string, { readonly from: Json; readonly to: Json }>>;
  readonly schedules: ScheduleChanges;
}

export function planDeployment(desired: DesiredDeployment, standing: StandingDeployment | null): DeploymentPlan {
  const schedules = compareSchedules(standing?.schedules ?? [], desired.schedules);
  if (standing === null) return { desired, standing, fields: {}, schedules };
  const fields = Object.entries(desired.body)
    .map(([name, to]) => [name, { from: fieldOf(standing, name), to }] as const)
    .filter(([name, { from, to }]) => !isSame(name, from, to));
  return { desired, standing, fields: Object.fromEntries(fields), schedules };
}

/** The server answers a limit in another place than the one it takes it in. */
function fieldOf(standing: StandingDeployment, name: string): Json {
  if (name === 'concurrency_limit') return standing.global_concurrency_limit?.limit ?? null;
  return (standing[name] ?? null) as Json;
}

function isSame(name: string, from: Json, to: Json): boolean {
  // What the file leaves out of the options, the server fills in.
  if (name === 'concurrency_options') return Object.entries((to ?? {}) as JsonObject).every(([key, each]) => canonical((from as JsonObject | null)?.[key] ?? null) === canonical(each));
  return canonical(from) === canonical(to);
}

/** Whether there is something to do. */
export function hasChanges({ standing, fields, schedules }: DeploymentPlan): boolean {
  const { added, changed, removed } = schedules;
  return standing === null || Object.keys(fields).length + added.length + changed.length + removed.length > 0;
}

/** A plan for people: the deployment, and a line a change. */
export function showPlan(plan: DeploymentPlan): string {
  const { desired, standing, fields, schedules } = plan;
  const state = standing === null ? 'new' : hasChanges(plan) ? 'changed' : 'as it should be';
  return [
    `${desired.flowName}/${desired.name}: ${state}`,
    ...Object.entries(fields).map(([name, { from, to }]) => `  ${name}: ${brief(from)} -> ${brief(to)}`),
    ...schedules.removed.map((each) => `  schedule removed: ${showSchedule(each)}`),
    ...schedules.changed.map(({ from, to }) => `  schedule: ${showSchedule(from)} -> ${showSchedule(to)}`),
    ...schedules.added.map((each) => `  schedule added: ${showSchedule(each)}`),
  ].join('\n');
}

function brief(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}
