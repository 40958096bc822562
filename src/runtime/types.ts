/** What Prefect's API reads and writes, under its own names: these shapes cross the wire as they stand. */

export type StateType =
  | 'SCHEDULED'
  | 'PENDING'
  | 'RUNNING'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELLED'
  | 'CRASHED'
  | 'PAUSED'
  | 'CANCELLING';

/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface StateDetails {
  readonly flow_run_id?: string | null;
  readonly task_run_id?: string | null;
  readonly child_flow_run_id?: string | null;
  readonly scheduled_time?: string | null;
  readonly cache_key?: string | null;
  readonly cache_expiration?: string | null;
  readonly untrackable_result?: boolean;
  readonly pause_timeout?: string | null;
  readonly pause_reschedule?: boolean;
  readonly pause_key?: string | null;
  readonly run_input_keyset?: { readonly [key: string]: string } | null;
  readonly refresh_cache?: boolean | null;
  readonly retriable?: boolean | null;
  readonly transition_id?: string | null;
  readonly deployment_concurrency_lease_id?: string | null;
}

/** What stands in a state's `data` when its result was persisted. */
export interface ResultMetadata {
  readonly storage_key: string;
  readonly expiration: string | null;
  readonly serializer: { readonly type: string };
  readonly prefect_version: string | null;
  readonly storage_block_id: string | null;
}

/** A state as the server answers it. */
export interface StateRecord {
  readonly id: string;
  readonly type: StateType;
  readonly name: string;
  /** ISO 8601 in UTC, with up to six decimals. */
  readonly timestamp: string;
  readonly message: string | null;
  readonly data: unknown;
  readonly state_details: StateDetails;
}

/** A state as it is proposed: the server stamps id and time. */
export interface StateCreate {
  readonly type: StateType;
  readonly name?: string;
  readonly message?: string | null;
  readonly data?: unknown;
  readonly state_details?: StateDetails;
}

export type OrchestrationStatus = 'ACCEPT' | 'REJECT' | 'WAIT' | 'ABORT';

/** The server's answer to a proposed state. */
export interface OrchestrationResult {
  readonly status: OrchestrationStatus;
  readonly state: StateRecord | null;
  readonly details: { readonly type?: string; readonly reason?: string | null; readonly delay_seconds?: number };
}

export interface FlowRunPolicy {
  readonly retries: number | null;
  readonly retry_delay: number | null;
  readonly retry_type?: string | null;
  /** Keys of the pauses that were: each is good for one. */
  readonly pause_keys?: readonly string[] | null;
  /** True from the end of a pause to the next RUNNING, which is then no further attempt. */
  readonly resuming?: boolean | null;
}

export interface TaskRunPolicy {
  readonly retries: number;
  readonly retry_delay: number | readonly number[];
  readonly retry_jitter_factor?: number | null;
}

/** Where an input of a task came from: what the edges of the run graph are drawn with. */
export type TaskInput =
  | { readonly input_type: 'task_run'; readonly id: string }
  | { readonly input_type: 'flow_run'; readonly id: string }
  | { readonly input_type: 'parameter'; readonly name: string }
  | { readonly input_type: 'constant'; readonly type: string };

/** Inputs by parameter name; `wait_for` and `__parents__` are Prefect's own extra keys. */
export type TaskInputs = { readonly [parameter: string]: readonly TaskInput[] };

export interface FlowRunCreate {
  readonly flow_id: string;
  readonly name?: string;
  readonly flow_version?: string | null;
  readonly deployment_id?: string | null;
  readonly parameters?: JsonObject;
  readonly tags?: readonly string[];
  readonly labels?: JsonObject;
  readonly state?: StateCreate;
  readonly parent_task_run_id?: string | null;
  readonly empirical_policy?: Partial<FlowRunPolicy>;
  readonly idempotency_key?: string | null;
}

/** A flow run as the server answers it: the fields that an engine reads. */
export interface FlowRunRecord {
  readonly id: string;
  readonly name: string;
  readonly flow_id: string;
  readonly flow_version: string | null;
  readonly deployment_id: string | null;
  readonly deployment_version?: string | null;
  readonly parameters: JsonObject;
  readonly tags: readonly string[];
  readonly labels?: JsonObject;
  readonly empirical_policy: Partial<FlowRunPolicy>;
  readonly state: StateRecord | null;
  readonly run_count: number;
  readonly start_time?: string | null;
  readonly end_time?: string | null;
  readonly expected_start_time: string | null;
  readonly parent_task_run_id: string | null;
  readonly work_pool_id?: string | null;
  readonly work_pool_name?: string | null;
  readonly work_queue_id?: string | null;
  readonly work_queue_name?: string | null;
  readonly job_variables?: JsonObject | null;
}

export interface FlowRunPatch {
  readonly name?: string;
  readonly flow_version?: string;
  readonly parameters?: JsonObject;
  readonly tags?: readonly string[];
  readonly empirical_policy?: Partial<FlowRunPolicy>;
  readonly infrastructure_pid?: string;
}

/** The row that stands for a subflow in its parent's graph: the one task run that goes through REST. */
export interface TaskRunCreate {
  readonly id?: string;
  readonly name: string;
  readonly flow_run_id: string;
  readonly task_key: string;
  readonly dynamic_key: string;
  readonly task_version?: string | null;
  readonly empirical_policy?: Partial<TaskRunPolicy>;
  readonly tags?: readonly string[];
  readonly task_inputs: TaskInputs;
  readonly state: StateCreate;
}

export interface TaskRunRecord {
  readonly id: string;
  readonly name: string;
  readonly flow_run_id: string | null;
  readonly task_key: string;
  readonly dynamic_key: string;
  readonly state: StateRecord | null;
  readonly run_count: number;
}

export interface ArtifactCreate {
  readonly key?: string | null;
  readonly type: 'markdown' | 'table' | 'progress' | 'image' | (string & {});
  readonly description?: string | null;
  readonly data: Json;
  readonly flow_run_id?: string | null;
  readonly task_run_id?: string | null;
  readonly metadata_?: { readonly [key: string]: string };
}

export interface DeploymentRecord {
  readonly id: string;
  readonly name: string;
  readonly flow_id: string;
  readonly version?: string | null;
  readonly entrypoint?: string | null;
  readonly path?: string | null;
  readonly parameters: JsonObject;
  readonly pull_steps?: readonly JsonObject[] | null;
  readonly tags: readonly string[];
}

export interface DeploymentRunCreate {
  readonly parameters?: JsonObject;
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly job_variables?: JsonObject;
  readonly idempotency_key?: string | null;
  readonly parent_task_run_id?: string | null;
  readonly state?: StateCreate;
}
