import { here, requireScope, within } from './context.ts';
import type { FlowScope } from './engine/flow-scope.ts';
import { logger } from './engine/log.ts';
import type { Log } from './engine/log.ts';
import { taskTarget } from './engine/say-task.ts';

import type { TaskRun } from './engine/task-run.ts';

/** What is known of the flow run around the code; null outside of one. */
export interface FlowRunContext {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly flowName: string;
  readonly flowVersion: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly runCount: number;
  readonly scheduledStartTime: string | null;
  readonly parentFlowRunId: string | null;
  readonly rootFlowRunId: string;
  readonly jobVariables: Readonly<Record<string, unknown>>;
  readonly apiUrl: string | null;
  readonly uiUrl: string | null;
}

export interface TaskRunContext {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly taskName: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly runCount: number;
  readonly apiUrl: string | null;
  readonly uiUrl: string | null;
}

export interface DeploymentContext {
  readonly id: string;
  readonly name: string | null;
  readonly version: string | null;
  readonly flowRunId: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const never = new AbortController().signal;

/** Where the code runs. */
export const runtime = {
  get flowRun(): FlowRunContext | null {
    const { flowScope } = here();
    return flowScope && flowContext(flowScope);
  },
  get taskRun(): TaskRunContext | null {
    const { taskRun } = here();
    return taskRun && taskContext(taskRun);
  },
  get deployment(): DeploymentContext | null {
    const { flowScope } = here();
    if (!flowScope?.deploymentId) return null;
    const { deploymentId: id, deploymentName: name, deploymentVersion: version, id: flowRunId, parameters } = flowScope;
    return { id, name, version, flowRunId, parameters };
  },
  /** Aborts on timeout and when the run is cancelled: for fetch, drivers and sleep. Outside of a run it never does. */
  get signal(): AbortSignal {
    const { flowScope, taskRun } = here();
    return taskRun?.signal ?? flowScope?.signal ?? never;
  },
};

function flowContext(scope: FlowScope): FlowRunContext {
  const {
    id,
    name,
    tags,
    flowName,
    version: flowVersion,
    parameters,
    runCount,
    scheduledStartTime,
    jobVariables,
    world,
  } = scope;
  const addresses = addressesOf(world.api, `flow_runs/${id}`, `flow-run/${id}`);
  const parentFlowRunId = scope.parent?.id ?? null;
  const rootFlowRunId = rootOf(scope).id;
  return {
    id,
    name,
    tags,
    flowName,
    flowVersion,
    parameters,
    runCount,
    scheduledStartTime,
    parentFlowRunId,
    rootFlowRunId,
    jobVariables,
    ...addresses,
  };
}

function taskContext(run: TaskRun): TaskRunContext {
  const { id, name, tags, parameters, runCount, spec } = run;
  const addresses = addressesOf(run.flowScope.world.api, `task_runs/${id}`, `task-run/${id}`);
  return { id, name, tags, taskName: spec.name, parameters, runCount, ...addresses };
}

function addressesOf(
  api: FlowScope['world']['api'],
  path: string,
  page: string,
): { readonly apiUrl: string | null; readonly uiUrl: string | null } {
  return { apiUrl: api.apiUrl && `${api.apiUrl}/${path}`, uiUrl: api.uiUrl && `${api.uiUrl}/runs/${page}` };
}

function rootOf(scope: FlowScope): FlowScope {
  return scope.parent ? rootOf(scope.parent) : scope;
}

/** A logger whose lines stand with the run in Prefect. */
export function getRunLogger(): Log {
  const { flowScope, taskRun } = requireScope('getRunLogger()');
  return taskRun ? logger(() => taskTarget(taskRun)) : flowScope.log;
}

/** Tags for every run that starts inside. */
export function tags<T>(names: readonly string[], code: () => T): T {
  const place = here();
  const extraTags = [...new Set([...place.extraTags, ...names])];
  const { flowScope, taskRun, transaction } = place;
  return within({ flowScope, taskRun, transaction, extraTags } as typeof place, code);
}
