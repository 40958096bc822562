import { silence } from '../engine/console-log.ts';
import { memoryResults } from '../engine/file-results.ts';
import type { World } from '../engine/flow-scope.ts';
import { startFlow } from '../engine/start-flow.ts';
import type { Flow, FlowOptions } from '../flow.ts';
import type { Inputs } from '../task.ts';
import type { Clock, LogEntry, ResultStore } from '../ports.ts';
import type { State } from '../state.ts';
import type { FlowResult } from '../task-types.ts';
import type { FlowRunRecord, StateRecord } from '../types.ts';
import { FakeClock } from './fake-clock.ts';
import { MemoryApi } from './memory-api.ts';
import type { RecordedTaskRun } from './memory-api.ts';

/** What a test may put in the place of the server, the time and the kept results. */
export interface FlowWorld {
  readonly api?: MemoryApi;
  readonly clock?: Clock;
  readonly results?: ResultStore;
  /** Options of the flow for this run. */
  readonly options?: FlowOptions;
}

/** All that one run of a flow left behind. */
export interface FlowReport<T> {
  readonly state: State<T>;
  readonly run: FlowRunRecord;
  /** The states of the flow run, in their order. */
  readonly states: readonly StateRecord[];
  readonly taskRuns: readonly RecordedTaskRun[];
  readonly logs: readonly LogEntry[];
  readonly artifacts: MemoryApi['artifacts'];
  readonly api: MemoryApi;
  /** The names of a task's states: `namesOf('load')` gives `['Pending', 'Running', 'Completed']`. */
  namesOf(task: string): string[];
}

/** Runs a flow in memory, in no time: retries and pauses wait on a clock that does not. */
export async function runFlow<A extends unknown[], R>(
  flow: Flow<A, R>,
  args: Inputs<A>,
  given: FlowWorld = {},
): Promise<FlowReport<FlowResult<R>>> {
  const api = given.api ?? new MemoryApi(given.clock ?? new FakeClock());
  const world: World = { api, clock: given.clock ?? api.time, results: given.results ?? memoryResults() };
  const { spec } = given.options ? flow.withOptions(given.options) : flow;
  const before = new Set(api.runs.map(({ id }) => id));
  const spoken = silence(true);
  try {
    const state = (await startFlow(spec, args, world)) as State<FlowResult<R>>;
    return reportOf(api, state, before);
  } finally {
    silence(spoken);
  }
}

function reportOf<T>(api: MemoryApi, state: State<T>, before: ReadonlySet<string>): FlowReport<T> {
  const run = api.runs.find(({ id }) => !before.has(id)) as FlowRunRecord;
  const { logs, artifacts, taskRuns } = api;
  const states = api.flowStates.get(run.id) ?? [];
  const namesOf = (task: string): string[] =>
    taskRuns
      .find(({ name }) => name === task || name.replace(/-[^-]*$/, '') === task)
      ?.states.map(({ name }) => name) ?? [];
  return { state, run, states, taskRuns, logs, artifacts, api, namesOf };
}
