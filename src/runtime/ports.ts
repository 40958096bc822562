import type { Related } from './related.ts';
import type {
  ArtifactCreate,
  DeploymentRecord,
  DeploymentRunCreate,
  FlowRunCreate,
  FlowRunPatch,
  FlowRunRecord,
  Json,
  JsonObject,
  OrchestrationResult,
  ResultMetadata,
  StateCreate,
  StateDetails,
  StateType,
  TaskInputs,
  TaskRunCreate,
  TaskRunPolicy,
  TaskRunRecord,
} from './types.ts';

/**
 * What the engine needs of the world, and no more. `Api` has two bodies: Prefect's server (`api/`) and memory
 * (`testing/`); one contract suite runs against both.
 */

/** A task run's state, as a reporter reads it: `id` is made when it is first asked for, and then stays. */
export interface ReportedState {
  /** uuid7; the id of its event as well. */
  readonly id: string;
  readonly type: StateType;
  readonly name: string;
  /** Microseconds since 1970: no two states of one process share it. `isoMicros` of time.ts writes it. */
  readonly timestamp: number;
  readonly message: string | null;
  /** Metadata when the result was persisted, else null; never the result. */
  readonly data: ResultMetadata | null;
  readonly details: StateDetails;
}

/** The flow run that tasks belong to: what an event's `related` is made of. */
export interface ReportedFlowRun {
  readonly id: string;
  readonly name: string;
  readonly flowId: string;
  readonly flowName: string;
  readonly tags: readonly string[];
  readonly deploymentId: string | null;
  /** Null where whoever made the run does not know it. */
  readonly deploymentName: string | null;
  /** What a run of a work pool came through. */
  readonly workQueue: Named | null;
  readonly workPool: Named | null;
}

/** An object of the server. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** What never changes during a task run. One object a run. */
export interface ReportedTaskRun {
  readonly id: string;
  readonly name: string;
  readonly flowRun: ReportedFlowRun;
  readonly taskKey: string;
  readonly dynamicKey: string;
  readonly taskVersion: string | null;
  readonly tags: readonly string[];
  readonly policy: TaskRunPolicy;
  readonly taskInputs: TaskInputs;
  /** Microseconds. */
  readonly expectedStartTime: number;
}

/** One change of state of a task run, with the run's figures as they stood at that moment. Plain data: nothing is JSON yet. */
export interface TaskStateChange {
  readonly run: ReportedTaskRun;
  readonly from: ReportedState | null;
  readonly to: ReportedState;
  readonly runCount: number;
  readonly flowRunRunCount: number;
  /** Microseconds, or null when it has not come yet. */
  readonly startTime: number | null;
  readonly endTime: number | null;
  /** Seconds spent in RUNNING. */
  readonly totalRunTime: number;
}

export interface LogEntry {
  /** `prefect.flow_runs`, `prefect.task_runs` or a child of them. */
  readonly name: string;
  /** Python's levels: 10 debug, 20 info, 30 warning, 40 error, 50 critical. */
  readonly level: number;
  readonly message: string;
  /** Microseconds since 1970. */
  readonly timestamp: number;
  readonly flowRunId: string | null;
  readonly taskRunId: string | null;
}

export interface SlotRequest {
  readonly names: readonly string[];
  readonly slots: number;
  readonly mode: 'concurrency' | 'rate_limit';
  readonly leaseSeconds: number;
  readonly holder: { readonly type: 'flow_run' | 'task_run' | 'deployment'; readonly id: string } | null;
  /** The run that asks, for the events that tell of its slots. */
  readonly related?: readonly Related[];
}

/** What may change of an artifact. */
export type ArtifactPatch = Readonly<{ data?: Json; description?: string | null }>;

/** `lease` is null when no such limit exists, which is not an error; `busy` says when to ask again. */
export type SlotAnswer =
  | { readonly kind: 'granted'; readonly lease: string | null; readonly limits: readonly string[] }
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number };

/** What the server, or whoever started the process, may want of a run that is going. */
export interface RunListener {
  /** Somebody cancelled it. */
  cancel(): void;
  /** It was suspended: stop at the next boundary of a task. */
  suspend(): void;
  /** It may not go on: the lease of its concurrency slot is lost, the key has expired. */
  lost(reason: string): void;
  /** It may go on, and somebody should know. */
  unsure?(warning: string): void;
}

/** The end of a report, to the unit. `emitted = confirmed + unconfirmed + dropped` for events and logs each. */
export interface DrainReport {
  readonly events: DeliveryCount;
  readonly logs: DeliveryCount;
  /** Task runs that were sent again because the server had not kept them. */
  readonly resent: number;
  /** Why it ended before everything was confirmed. */
  readonly reason: string | null;
}

export interface DeliveryCount {
  readonly emitted: number;
  /** Given to the server at least once. */
  readonly sent: number;
  readonly confirmed: number;
  readonly unconfirmed: number;
  /** Never sent: the queue was full, or the server stayed away. */
  readonly dropped: number;
  /** Left out on purpose: an older state of a task whose newer state went. Counted as confirmed with it. */
  readonly superseded: number;
}

export interface CompletedRuns {
  readonly flowId: string;
  readonly deploymentId: string | null;
  readonly taskTag: string;
  /** At most 200. */
  readonly limit: number;
  readonly offset: number;
}

export interface Api {
  /** False when nothing is reported: the engine then makes no events at all. */
  readonly reports: boolean;
  /** Addresses for messages and `runtime`; null without a server. */
  readonly apiUrl: string | null;
  readonly uiUrl: string | null;

  /** The flow's id, made when it is not there. */
  ensureFlow(name: string): Promise<string>;
  createFlowRun(body: FlowRunCreate): Promise<FlowRunRecord>;
  readFlowRun(id: string): Promise<FlowRunRecord>;
  updateFlowRun(id: string, patch: FlowRunPatch): Promise<void>;
  findFlowRuns(filter: { readonly parentTaskRunIds: readonly string[] }): Promise<readonly FlowRunRecord[]>;
  /** Runs that completed, the one that started last first: those of a flow and a deployment (null: of none) that have a task run with this tag. */
  findCompletedRuns(filter: CompletedRuns): Promise<readonly FlowRunRecord[]>;
  /** One proposal, one answer: waiting and proposing again are the engine's. */
  proposeFlowState(
    id: string,
    state: StateCreate,
    options?: { readonly force?: boolean },
  ): Promise<OrchestrationResult>;
  /** `existing` when (flow run, task key, dynamic key) was there before. */
  createTaskRun(body: TaskRunCreate): Promise<{ readonly run: TaskRunRecord; readonly existing: boolean }>;

  /** Never waits and never throws. */
  emitTaskState(change: TaskStateChange): void;
  log(entry: LogEntry): void;
  emitEvent(event: {
    readonly event: string;
    readonly resource: { readonly [key: string]: string };
    readonly payload?: JsonObject;
    readonly related?: readonly { readonly [key: string]: string }[];
  }): void;

  /** An event tells of it, as Prefect's own client does: `related` is the run that made it. */
  createArtifact(body: ArtifactCreate, related?: readonly Related[]): Promise<{ readonly id: string }>;
  updateArtifact(id: string, patch: ArtifactPatch, related?: readonly Related[]): Promise<void>;
  /** Undefined when there is none of that name. */
  readVariable(name: string): Promise<Json | undefined>;
  writeVariable(
    name: string,
    value: Json,
    options: { readonly tags: readonly string[]; readonly overwrite: boolean },
  ): Promise<void>;
  deleteVariable(name: string): Promise<boolean>;
  /** A block's data with its secrets; undefined when there is none. */
  readBlock(type: string, name: string, related?: readonly Related[]): Promise<JsonObject | undefined>;

  acquireSlots(request: SlotRequest): Promise<SlotAnswer>;
  /** False when the lease is gone. */
  renewLease(lease: string, seconds: number): Promise<boolean>;
  releaseLease(lease: string): Promise<void>;

  /** `flow/deployment` or an id. */
  readDeployment(nameOrId: string): Promise<DeploymentRecord | undefined>;
  createDeploymentRun(deploymentId: string, body: DeploymentRunCreate): Promise<FlowRunRecord>;

  resumeFlowRun(id: string, input?: JsonObject): Promise<OrchestrationResult>;
  writeRunInput(flowRunId: string, key: string, value: string): Promise<void>;
  /** The text that was written; undefined when nothing was. */
  readRunInput(flowRunId: string, key: string): Promise<string | undefined>;

  /**
   * From RUNNING to the end of a flow run: heartbeat, renewal of its deployment's lease, and a watch on the server for
   * cancelling and suspending. Returns what ends it.
   */
  attend(run: FlowRunRecord, flowName: string, listener: RunListener): () => void;
  /** Delivers what is queued, compares with the server, sends again what is missing. Ends within a bound; may be called more than once. */
  drain(): Promise<DrainReport>;
}

export interface Clock {
  /** Microseconds since 1970; every answer is greater than the one before. */
  now(): number;
  /** Rejects with the signal's reason when that aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls once, later; returns what takes it back. Never keeps the process alive. */
  timer(milliseconds: number, call: () => void): () => void;
}

/** A result as it lies on disk: Prefect's record format, with its json serializer. */
export interface ResultRecord {
  readonly metadata: ResultMetadata;
  /** The serializer's text. */
  readonly result: string;
}

export interface ResultStore {
  /** Undefined when there is none, or when it cannot be read as a record. */
  read(key: string): Promise<ResultRecord | undefined>;
  write(key: string, record: ResultRecord): Promise<void>;
  delete(key: string): Promise<void>;
}
