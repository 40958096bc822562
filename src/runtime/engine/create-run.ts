import { here } from '../context.ts';
import type { FlowRunRecord } from '../types.ts';
import type { World } from './flow-scope.ts';
import type { FlowSpec } from './flow-spec.ts';
import { parametersOf } from './parameters.ts';
import { sayHere } from './run-flow.ts';
import { toParameters } from './serialize.ts';

/** The run of a flow that code calls, on the server. */
export async function createRun(
  spec: FlowSpec,
  args: readonly unknown[],
  world: World,
  parentTaskRunId: string | null,
): Promise<FlowRunRecord> {
  const { retries, retryDelaySeconds } = spec;
  const run = await world.api.createFlowRun({
    flow_id: await world.api.ensureFlow(spec.name),
    flow_version: spec.version,
    parameters: toParameters(parametersOf(spec.parameterNames, args)),
    tags: [...here().extraTags],
    state: { type: 'PENDING' },
    parent_task_run_id: parentTaskRunId,
    empirical_policy: { retries: retries ?? 0, retry_delay: Math.trunc(retryDelaySeconds ?? 0) },
  });
  sayHere(
    { record: run, world },
    `Created ${parentTaskRunId ? 'subflow' : 'flow'} run '${run.name}' for flow '${spec.name}'`,
  );
  return run;
}
