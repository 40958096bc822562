import { MemoryApi } from '../../../src/runtime/testing/index.ts';
import type { ArtifactCreate, FlowRunCreate, FlowRunPatch, JsonObject, StateCreate, TaskRunCreate } from '../../../src/runtime/types.ts';
import { systemClock } from '../../../src/runtime/engine/clock.ts';

/** A clock of the server's own: that of who asks it may jump. */
const steady = { ...systemClock, now: () => Math.round((performance.timeOrigin + performance.now()) * 1000) };

/** What a request is answered with; 200 unless it says another. */
export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
}
type Route = readonly [method: string, path: RegExp, answer: (id: string, body: never) => Answer | Promise<Answer>];

/** What Prefect's server does with flow runs, by the rules that the contract suite holds memory to. */
export interface FlowRoutes {
  readonly memory: MemoryApi;
  readonly routes: readonly Route[];
}

export function flowRoutes(): FlowRoutes {
  const memory = new MemoryApi(steady);
  const routes: readonly Route[] = [
    ['POST', /\/flows\/$/, async (_, { name }: { name: string }) => ({ body: { id: await memory.ensureFlow(name) } })],
    ['POST', /\/flow_runs\/$/, async (_, body: FlowRunCreate) => ({ body: await memory.createFlowRun(body) })],
    ['POST', /\/flow_runs\/filter$/, async (_, body: { flow_runs: { parent_task_run_id: { any_: string[] } } }) => ({ body: await memory.findFlowRuns({ parentTaskRunIds: body.flow_runs.parent_task_run_id.any_ }) })],
    ['POST', /\/flow_runs\/([^/]+)\/set_state$/, async (id, { state, force }: { state: StateCreate; force: boolean }) => ({ body: await memory.proposeFlowState(id, state, { force }) })],
    ['POST', /\/flow_runs\/([^/]+)\/resume$/, async (id, { run_input }: { run_input?: JsonObject }) => ({ body: await memory.resumeFlowRun(id, run_input) })],
    ['GET', /\/flow_runs\/([^/]+)$/, async (id) => ({ body: await memory.readFlowRun(id) })],
    ['PATCH', /\/flow_runs\/([^/]+)$/, async (id, body: FlowRunPatch) => (await memory.updateFlowRun(id, body), { status: 204 })],
    ['POST', /\/task_runs\/$/, async (_, body: TaskRunCreate) => placed(await memory.createTaskRun(body))],
    ['POST', /\/artifacts\/$/, async (_, body: ArtifactCreate) => ({ status: 201, body: await memory.createArtifact(body) })],
  ];
  return { memory, routes };
}

function placed({ run, existing }: Awaited<ReturnType<MemoryApi['createTaskRun']>>): Answer {
  return { status: existing ? 200 : 201, body: run };
}
