import type { Api, Clock, ReportedFlowRun, ResultStore } from '../ports.ts';
import type { JsonObject } from '../types.ts';
import type { FlowSpec } from './flow-spec.ts';
import type { Log } from './log.ts';
import type { TaskRunner } from './task-runner.ts';

/** The world that a flow run lives in; its subflows share it. */
export interface World {
  readonly api: Api;
  readonly clock: Clock;
  readonly results: ResultStore;
}

/** What the end of a flow waits for. */
export interface OpenWork {
  readonly done: Promise<unknown> | undefined;
  /** Ends the waiting of a function that is under way. */
  readonly interrupt?: ((reason: unknown) => void) | null;
}

/** A flow run that is going: what its tasks and its code share. */
export interface FlowScope extends ReportedFlowRun {
  readonly world: World;
  readonly spec: FlowSpec;
  readonly version: string | null;
  readonly deploymentVersion: string | null;
  readonly parameters: JsonObject;
  readonly scheduledStartTime: string | null;
  readonly jobVariables: JsonObject;
  /** Of the attempt that is going. */
  readonly runCount: number;
  readonly parentTaskRunId: string | null;
  readonly parent: FlowScope | null;
  /** Aborts on timeout, cancelling, or when the run may not go on. */
  readonly signal: AbortSignal;
  /** Aborts with `signal`, and when the run was suspended: what is at work then goes on, and nothing more begins. */
  readonly halt: AbortSignal;
  /** Aborts when the flow's function is over: what still waits for a place in the runner does not start. */
  readonly queueSignal: AbortSignal;
  /** Task runs and subflows that are not over. */
  readonly open: Set<OpenWork>;
  readonly runner: TaskRunner;
  readonly log: Log;
  /** How many subflows of each key were started: their rows are found again by it when the flow is retried. */
  readonly subflows: Map<string, number>;
  /** How many pauses there were: each has its own key. */
  readonly counters: { pauses: number };
  readonly persists: boolean | null;
}
