import { here } from '../context.ts';
import { md5 } from '../crypto.ts';
import { look, nothingFound, remember, settle } from '../inputs.ts';
import type { State } from '../state.ts';
import type { FlowRunRecord, TaskInput, TaskInputs } from '../types.ts';
import { uuid4 } from '../uuid.ts';
import type { FlowScope, World } from './flow-scope.ts';
import type { FlowSpec } from './flow-spec.ts';
import { parametersOf } from './parameters.ts';
import { levels } from './log.ts';
import { runFlow, say, sayHere } from './run-flow.ts';
import { toParameters } from './serialize.ts';
import { stateFrom } from '../state.ts';
import { currentWorld } from './world.ts';

/** A flow called by code: a run of its own, or a subflow of the flow around it. */
export async function startFlow(spec: FlowSpec, args: readonly unknown[], given?: World): Promise<State> {
  const parent = here().flowScope;
  if (parent) return openIn(parent, startSubflow(spec, args, parent));
  const world = given ?? (await currentWorld());
  const record = await createRun(spec, args, world, null);
  // Whoever only imports the runtime, or is started by a work pool, never needs it.
  const signals = given ? null : (await import('./process-signals.ts')).watchProcess((text, error) => say({ record, world }, levels.error, text, error));
  try {
    const state = await runFlow({
      spec,
      record,
      world,
      parent: null,
      args,
      deploymentName: null,
      signal: signals?.signal ?? null,
      supervised: false,
    });
    if (!state.isCompleted()) signals?.tellOnce();
    return state;
  } finally {
    if (signals) await signals.end(await world.api.drain());
  }
}

/** The end of the flow around it waits for it: one that is cancelled has to say so before the process is gone. */
async function openIn({ open }: FlowScope, subflow: Promise<State>): Promise<State> {
  const work = { done: subflow };
  open.add(work);
  return await subflow.finally(() => open.delete(work));
}

async function createRun(
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

/** A subflow stands in its parent's graph as a task run of that name; a retry of the parent finds it again by its key. */
async function startSubflow(spec: FlowSpec, args: readonly unknown[], parent: FlowScope): Promise<State> {
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
async function inputsOf(
  spec: FlowSpec,
  args: readonly unknown[],
): Promise<{ readonly taskInputs: TaskInputs; readonly settled: readonly unknown[] }> {
  const inputs: Record<string, readonly TaskInput[]> = {};
  for (const [name, value] of Object.entries(parametersOf(spec.parameterNames, args)))
    inputs[name] = await waitForInputs(value);
  return { taskInputs: inputs, settled: args.map((each) => settle(each)) };
}

async function waitForInputs(value: unknown): Promise<TaskInput[]> {
  const found = nothingFound();
  look(value, found);
  for (const list of found.lists) await list.known;
  const futures = [...found.futures, ...found.lists.flatMap((list) => list.futures)];
  for (const each of futures) await each.wait();
  return [...futures.map(({ taskRunId: id }) => ({ input_type: 'task_run', id }) as const), ...found.origins];
}
