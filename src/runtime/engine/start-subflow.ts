import { here } from '../context.ts';
import { md5 } from '../crypto.ts';
import { remember, settle } from '../inputs.ts';
import type { State } from '../state.ts';
import { stateFrom } from '../state.ts';
import type { FlowRunRecord, TaskInputs } from '../types.ts';
import { uuid4 } from '../uuid.ts';
import { createRun } from './create-run.ts';
import type { FlowScope, World } from './flow-scope.ts';
import type { FlowSpec } from './flow-spec.ts';
import { parametersOf } from './parameters.ts';
import { runFlow } from './run-flow.ts';
import { waitForInputs } from './wait-for-inputs.ts';

/** A subflow stands in its parent's graph as a task run of that name; a retry of the parent finds it again by its key. */
export async function startSubflow(spec: FlowSpec, args: readonly unknown[], parent: FlowScope): Promise<State> {
  const { world } = parent;
  const { taskInputs, settled } = await inputsOf(spec, args);
  const { run: placeholder, existing } = await world.api.createTaskRun(placeholderOf(spec, parent, taskInputs));
  const known = existing ? await reusable(world, placeholder.id) : undefined;
  if (known?.state && known.state.type === 'COMPLETED') {
    const kept = results.get(known.id);
    if (kept) return stateFrom(known.state, kept);
  }
  const again = known && known.state?.type !== 'COMPLETED' && !isOver(known) ? known : undefined;
  const record = again ?? (await createRun(spec, settled, world, placeholder.id));
  const job = {
    spec,
    record,
    world,
    parent,
    args: settled,
    deploymentName: null,
    // A task that is over, or out of time, leaves no subflow at work.
    signal: (here().taskRun ?? parent).signal,
    supervised: false,
  };
  const state = await runFlow(job);
  results.set(record.id, state);
  if (state.isCompleted()) remember(state.result(), { input_type: 'flow_run', id: record.id });
  return state;
}

/** What subflows of this process came to: a retried parent gets the same result again. */
const results = new Map<string, State>();

async function reusable(world: World, parentTaskRunId: string): Promise<FlowRunRecord | undefined> {
  const runs = await world.api.findFlowRuns({ parentTaskRunIds: [parentTaskRunId] });
  return runs.at(-1);
}

function isOver({ state }: FlowRunRecord): boolean {
  return state !== null && ['FAILED', 'CANCELLED', 'CRASHED'].includes(state.type);
}

function placeholderOf(
  spec: FlowSpec,
  parent: FlowScope,
  taskInputs: TaskInputs,
): Parameters<World['api']['createTaskRun']>[0] {
  const key = `${spec.fn.name || spec.name}-${md5(spec.fn.toString()).slice(0, 8)}`;
  const count = parent.subflows.get(key) ?? 0;
  parent.subflows.set(key, count + 1);
  const { taskRun } = here();
  return {
    name: `${spec.name}-${count}`,
    task_version: spec.version,
    empirical_policy: { retries: 0, retry_delay: 0 },
    flow_run_id: parent.id,
    task_key: key,
    dynamic_key: taskRun ? uuid4() : String(count),
    task_inputs: taskRun ? { ...taskInputs, __parents__: [{ input_type: 'task_run', id: taskRun.id }] } : taskInputs,
    state: { type: 'PENDING' },
  };
}

/** A subflow waits for the futures it is given before it is one. */
async function inputsOf(spec: FlowSpec, args: readonly unknown[]): Promise<{ readonly taskInputs: TaskInputs; readonly settled: readonly unknown[] }> {
  const taskInputs = await waitForInputs(parametersOf(spec.parameterNames, args));
  return { taskInputs, settled: args.map((each) => settle(each)) };
}
