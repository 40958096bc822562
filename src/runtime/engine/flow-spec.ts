import type { State } from '../state.ts';
import type { StandardSchema } from '../standard-schema.ts';
import type { FlowScope } from './flow-scope.ts';
import type { TaskRunner } from './task-runner.ts';

/** A flow as hooks see it. */
export interface FlowInfo {
  readonly name: string;
  readonly version: string | null;
  readonly description: string | null;
}

/** A flow run as hooks see it. */
export type FlowRunInfo = Pick<
  FlowScope,
  'id' | 'name' | 'flowId' | 'flowName' | 'tags' | 'deploymentId' | 'parameters' | 'runCount'
>;

/** Called when a flow run enters a state. What it throws is logged, and changes nothing. */
export type FlowHook = (flow: FlowInfo, run: FlowRunInfo, state: State) => unknown;

/** A flow's options, read once. */
export interface FlowSpec extends FlowInfo {
  readonly fn: (...args: never[]) => unknown;
  readonly parameterNames: readonly (string | null)[];
  readonly parameters: StandardSchema | null;
  readonly runName: string | ((parameters: Record<string, unknown>) => string) | null;
  readonly retries: number | null;
  readonly retryDelaySeconds: number | null;
  readonly timeoutSeconds: number | null;
  readonly taskRunner: TaskRunner | null;
  readonly persistResult: boolean | null;
  readonly hooks: {
    readonly running: readonly FlowHook[];
    readonly completion: readonly FlowHook[];
    readonly failure: readonly FlowHook[];
    readonly cancellation: readonly FlowHook[];
    readonly crashed: readonly FlowHook[];
  };
}
