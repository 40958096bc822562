import { RuntimeError } from '../errors.ts';
import type {
  Api,
  ArtifactPatch,
  Clock,
  CompletedRuns,
  DeliveryCount,
  DrainReport,
  LogEntry,
  RunListener,
  SlotAnswer,
  SlotRequest,
  TaskStateChange,
} from '../ports.ts';
import type { Related } from '../related.ts';
import { isoMicros } from '../time.ts';
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
  StateCreate,
  StateRecord,
  TaskRunCreate,
  TaskRunRecord,
} from '../types.ts';
import { uuid4, uuid7 } from '../uuid.ts';
import { inventName } from './invent-name.ts';
import { orchestrate, policyAfter } from './rules.ts';

const none: DeliveryCount = { emitted: 0, sent: 0, confirmed: 0, unconfirmed: 0, dropped: 0, superseded: 0 };

/** A flow without a server: the same rules, in this process, and nothing is reported. */
export class LocalApi implements Api {
  readonly reports: boolean = false;
  readonly apiUrl: string | null = null;
  readonly uiUrl: string | null = null;
  protected readonly clock: Clock;

  protected readonly flows = new Map<string, string>();
  protected readonly flowRuns = new Map<string, FlowRunRecord>();
  protected readonly placeholders = new Map<string, TaskRunRecord>();
  protected readonly variables = new Map<string, Json>();
  protected readonly inputs = new Map<string, string>();
  readonly #listeners = new Map<string, RunListener>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  async ensureFlow(name: string): Promise<string> {
    const id = this.flows.get(name) ?? uuid4();
    this.flows.set(name, id);
    return id;
  }

  async createFlowRun(body: FlowRunCreate): Promise<FlowRunRecord> {
    const known = [...this.flowRuns.values()].find(
      ({ id }) => body.idempotency_key && this.#keys.get(id) === body.idempotency_key,
    );
    if (known) return known;
    const id = uuid7(this.clock.now() / 1000);
    const {
      flow_id,
      flow_version = null,
      parameters = {},
      tags = [],
      parent_task_run_id = null,
      deployment_id = null,
    } = body;
    const run: FlowRunRecord = {
      id,
      name: body.name ?? inventName(),
      flow_id,
      flow_version,
      deployment_id,
      parameters,
      tags,
      empirical_policy: body.empirical_policy ?? {},
      state: null,
      run_count: 0,
      expected_start_time: isoMicros(this.clock.now()),
      parent_task_run_id,
    };
    if (body.idempotency_key) this.#keys.set(id, body.idempotency_key);
    this.flowRuns.set(id, run);
    this.write(run, body.state ?? { type: 'PENDING' });
    return this.require(id);
  }

  readonly #keys = new Map<string, string>();

  private write(run: FlowRunRecord, proposed: StateCreate): void {
    const verdict = orchestrate({ run, proposed, force: true, now: this.clock.now(), id: uuid7(Date.now()) });
    if (verdict.written) this.enter(run, verdict.written, true);
  }

  async readFlowRun(id: string): Promise<FlowRunRecord> {
    return this.require(id);
  }

  protected require(id: string): FlowRunRecord {
    const run = this.flowRuns.get(id);
    if (!run) throw new RuntimeError(`There is no flow run ${id}.`);
    return run;
  }

  async updateFlowRun(id: string, patch: FlowRunPatch): Promise<void> {
    this.flowRuns.set(id, { ...this.require(id), ...patch });
  }

  async findFlowRuns({
    parentTaskRunIds,
  }: {
    readonly parentTaskRunIds: readonly string[];
  }): Promise<readonly FlowRunRecord[]> {
    return [...this.flowRuns.values()].filter((run) => parentTaskRunIds.includes(run.parent_task_run_id ?? ''));
  }

  /** Nothing is kept of what a process has run: each is the first. */
  async findCompletedRuns(_filter: CompletedRuns): Promise<readonly FlowRunRecord[]> {
    return [];
  }

  async proposeFlowState(id: string, proposed: StateCreate, { force = false } = {}): Promise<OrchestrationResult> {
    const run = this.require(id);
    const { result, written } = orchestrate({ run, proposed, force, now: this.clock.now(), id: uuid7(Date.now()) });
    if (written) this.enter(run, written, force);
    return result;
  }

  /** The server's own bookkeeping, and the row in the parent that mirrors a subflow. */
  protected enter(run: FlowRunRecord, state: StateRecord, force: boolean): void {
    const runs = state.type === 'RUNNING' && run.empirical_policy.resuming !== true;
    const final = ['COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED'].includes(state.type);
    const policy = policyAfter(run, state, force);
    // What was given to a pause of that name belongs to an attempt before this one.
    if (state.type === 'PAUSED' && !force)
      for (const key of Object.values(state.state_details.run_input_keyset ?? {})) this.inputs.delete(`${run.id} ${key}`);
    this.flowRuns.set(run.id, {
      ...run,
      state,
      empirical_policy: policy,
      run_count: run.run_count + (runs ? 1 : 0),
      start_time: run.start_time ?? (state.type === 'RUNNING' ? state.timestamp : null),
      end_time: final ? state.timestamp : null,
    });
    const placeholder = [...this.placeholders.entries()].find(([, each]) => each.id === run.parent_task_run_id);
    if (placeholder) this.mirror(placeholder[0], placeholder[1], state, run.id);
    if (state.type === 'CANCELLING') this.#listeners.get(run.id)?.cancel();
  }

  protected mirror(key: string, placeholder: TaskRunRecord, state: StateRecord, childId: string): void {
    const details = { ...state.state_details, child_flow_run_id: childId };
    this.placeholders.set(key, { ...placeholder, state: { ...state, state_details: details } });
  }

  async createTaskRun(body: TaskRunCreate): Promise<{ readonly run: TaskRunRecord; readonly existing: boolean }> {
    const key = `${body.flow_run_id} ${body.task_key} ${body.dynamic_key}`;
    const known = this.placeholders.get(key);
    if (known) return { run: known, existing: true };
    const { name, flow_run_id, task_key, dynamic_key } = body;
    const state: StateRecord = {
      id: uuid7(Date.now()),
      type: body.state.type,
      name: body.state.name ?? 'Pending',
      timestamp: isoMicros(this.clock.now()),
      message: null,
      data: null,
      state_details: {},
    };
    const run = { id: body.id ?? uuid7(Date.now()), name, flow_run_id, task_key, dynamic_key, state, run_count: 0 };
    this.placeholders.set(key, run);
    return { run, existing: false };
  }

  emitTaskState(_change: TaskStateChange): void {}

  log(_entry: LogEntry): void {}

  emitEvent(_event: Parameters<Api['emitEvent']>[0]): void {}

  async createArtifact(_body: ArtifactCreate, _related?: readonly Related[]): Promise<{ readonly id: string }> {
    return { id: uuid7(Date.now()) };
  }

  async updateArtifact(_id: string, _patch: ArtifactPatch, _related?: readonly Related[]): Promise<void> {}

  async readVariable(name: string): Promise<Json | undefined> {
    return this.variables.get(name);
  }

  async writeVariable(
    name: string,
    value: Json,
    options: { readonly tags: readonly string[]; readonly overwrite: boolean },
  ): Promise<void> {
    if (this.variables.has(name) && !options.overwrite)
      throw new RuntimeError(`Variable '${name}' already exists. Use overwrite: true to update it.`);
    this.variables.set(name, value);
  }

  async deleteVariable(name: string): Promise<boolean> {
    return this.variables.delete(name);
  }

  async readBlock(_type: string, _name: string, _related?: readonly Related[]): Promise<JsonObject | undefined> {
    return undefined;
  }

  async acquireSlots(_request: SlotRequest): Promise<SlotAnswer> {
    return { kind: 'granted', lease: null, limits: [] };
  }

  async renewLease(_lease: string, _seconds: number): Promise<boolean> {
    return true;
  }

  async releaseLease(_lease: string): Promise<void> {}

  async readDeployment(_nameOrId: string): Promise<DeploymentRecord | undefined> {
    return undefined;
  }

  async createDeploymentRun(deploymentId: string, _body: DeploymentRunCreate): Promise<FlowRunRecord> {
    throw new RuntimeError(`Deployment ${deploymentId} cannot be run without a Prefect server: set PREFECT_API_URL.`);
  }

  async resumeFlowRun(id: string, input?: JsonObject): Promise<OrchestrationResult> {
    const { state } = this.require(id);
    const keyset = state?.state_details.run_input_keyset;
    if (keyset?.['response'] && input) await this.writeRunInput(id, keyset['response'], JSON.stringify(input));
    const reschedule = state?.state_details.pause_reschedule === true;
    const due = { scheduled_time: isoMicros(this.clock.now()) };
    const next: StateCreate = reschedule
      ? { type: 'SCHEDULED', name: 'Resuming', state_details: due }
      : { type: 'RUNNING' };
    return this.proposeFlowState(id, next);
  }

  async writeRunInput(flowRunId: string, key: string, value: string): Promise<void> {
    this.inputs.set(`${flowRunId} ${key}`, value);
  }

  async readRunInput(flowRunId: string, key: string): Promise<string | undefined> {
    return this.inputs.get(`${flowRunId} ${key}`);
  }

  attend(run: FlowRunRecord, _flowName: string, listener: RunListener): () => void {
    this.#listeners.set(run.id, listener);
    return () => this.#listeners.delete(run.id);
  }

  async drain(): Promise<DrainReport> {
    return { events: none, logs: none, resent: 0, reason: null };
  }
}
