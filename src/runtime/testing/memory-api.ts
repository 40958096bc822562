import { artifactCreated, artifactUpdated, blockLoaded, slotEvents } from '../api/client-events.ts';
import { LocalApi } from '../local/local-api.ts';
import type {
  ArtifactPatch,
  Clock,
  CompletedRuns,
  DeliveryCount,
  DrainReport,
  LogEntry,
  ReportedState,
  ReportedTaskRun,
  SlotAnswer,
  SlotRequest,
  TaskStateChange,
} from '../ports.ts';
import type { Related } from '../related.ts';
import type {
  ArtifactCreate,
  FlowRunRecord,
  JsonObject,
  StateRecord,
  TaskInputs,
  TaskRunRecord,
} from '../types.ts';
import { uuid4, uuid7 } from '../uuid.ts';

/** A task run as the server would show it. */
export interface RecordedTaskRun {
  readonly id: string;
  readonly name: string;
  readonly flowRunId: string;
  readonly taskKey: string;
  readonly dynamicKey: string;
  readonly tags: readonly string[];
  readonly taskInputs: TaskInputs;
  readonly policy: ReportedTaskRun['policy'] | null;
  readonly runCount: number;
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly totalRunTime: number;
  readonly state: ReportedState;
  readonly states: readonly ReportedState[];
}

/** A Prefect server in memory: its rules, and a record of all that was told to it. */
export class MemoryApi extends LocalApi {
  override readonly reports: boolean = true;
  readonly logs: LogEntry[] = [];
  readonly artifacts: (ArtifactCreate & { readonly id: string })[] = [];
  readonly flowStates = new Map<string, StateRecord[]>();
  readonly events: Parameters<LocalApi['emitEvent']>[0][] = [];
  readonly blocks = new Map<string, JsonObject>();
  /** Limits by name: how many may hold a slot at once. A rate limit lets everybody through: time takes no time here. */
  readonly limits = new Map<string, number>();
  readonly #leases = new Map<string, { readonly names: readonly string[]; readonly slots: number; release(): void }>();
  readonly #taskRuns = new Map<string, RecordedTaskRun>();
  readonly #naturalKeys = new Map<string, string>();

  /** The clock that it goes by. */
  get time(): Clock {
    return this.clock;
  }

  get taskRuns(): readonly RecordedTaskRun[] {
    return [...this.#taskRuns.values()];
  }

  get runs(): readonly FlowRunRecord[] {
    return [...this.flowRuns.values()];
  }

  get slotsTaken(): number {
    return this.#leases.size;
  }

  flowNamed(id: string): string | undefined {
    return [...this.flows].find(([, each]) => each === id)?.[0];
  }

  protected override enter(run: FlowRunRecord, state: StateRecord, force: boolean): void {
    this.flowStates.set(run.id, [...(this.flowStates.get(run.id) ?? []), state]);
    super.enter(run, state, force);
  }

  /** The recorder's rule: a newer state wins, a known (flow run, task key, dynamic key) is the same row. */
  override emitTaskState({ run, to, runCount, startTime, endTime, totalRunTime }: TaskStateChange): void {
    const natural = `${run.flowRun.id} ${run.taskKey} ${run.dynamicKey}`;
    const id = this.#naturalKeys.get(natural) ?? run.id;
    this.#naturalKeys.set(natural, id);
    const known = this.#taskRuns.get(id);
    const states = [...(known?.states ?? []).filter((each) => each.id !== to.id), to].sort(
      (a, b) => a.timestamp - b.timestamp,
    );
    if (known && known.state.timestamp >= to.timestamp) return void this.#taskRuns.set(id, { ...known, states });
    const { name, taskKey, dynamicKey, tags, taskInputs, policy } = run;
    const flowRunId = run.flowRun.id;
    const figures = { runCount, startTime, endTime, totalRunTime, state: to, states };
    this.#taskRuns.set(id, { id, name, flowRunId, taskKey, dynamicKey, tags, taskInputs, policy, ...figures });
  }

  override async findCompletedRuns({ flowId, deploymentId, taskTag, limit, offset }: CompletedRuns): Promise<readonly FlowRunRecord[]> {
    const tagged = new Set(this.taskRuns.filter(({ tags }) => tags.includes(taskTag)).map(({ flowRunId }) => flowRunId));
    const found = this.runs.filter((run) => tagged.has(run.id) && run.flow_id === flowId && run.deployment_id === deploymentId && run.state?.type === 'COMPLETED');
    return found.toSorted((a, b) => (b.start_time ?? '').localeCompare(a.start_time ?? '')).slice(offset, offset + limit);
  }

  /** The row of a subflow, by its id. */
  placeholder(id: string | null): TaskRunRecord | undefined {
    return [...this.placeholders.values()].find((each) => each.id === id);
  }

  override log(entry: LogEntry): void {
    this.logs.push(entry);
  }

  override emitEvent(event: Parameters<LocalApi['emitEvent']>[0]): void {
    this.events.push(event);
  }

  override async createArtifact(body: ArtifactCreate, related: readonly Related[] = []): Promise<{ readonly id: string }> {
    const artifact = { ...body, id: uuid7(Date.now()) };
    this.artifacts.push(artifact);
    this.emitEvent(artifactCreated(artifact.id, body, related));
    return artifact;
  }

  override async updateArtifact(id: string, patch: ArtifactPatch, related: readonly Related[] = []): Promise<void> {
    const at = this.artifacts.findIndex((each) => each.id === id);
    const known = this.artifacts[at];
    if (known) this.artifacts[at] = { ...known, ...patch };
    this.emitEvent(artifactUpdated(id, patch, related));
  }

  override async readBlock(type: string, name: string, related: readonly Related[] = []): Promise<JsonObject | undefined> {
    const data = this.blocks.get(`${type}/${name}`);
    if (data !== undefined && related.length > 0) this.emitEvent(blockLoaded(name, type, name, related));
    return data;
  }

  override async acquireSlots({ names, slots, mode, related = [] }: SlotRequest): Promise<SlotAnswer> {
    const limits = names.filter((name) => this.limits.has(name));
    const taken = limits.map((name) => ({ id: name, name, limit: this.limits.get(name) ?? 0 }));
    const tell = (phase: 'acquired' | 'released'): void => slotEvents(phase, taken, slots, related).forEach((each) => this.emitEvent(each));
    if (mode === 'rate_limit') {
      tell('acquired');
      return { kind: 'granted', lease: null, limits };
    }
    if (limits.some((name) => this.#heldOf(name) + slots > (this.limits.get(name) ?? 0)))
      return { kind: 'busy', retryAfterSeconds: 0.005 };
    if (limits.length === 0) return { kind: 'granted', lease: null, limits };
    const lease = uuid4();
    tell('acquired');
    this.#leases.set(lease, { names: limits, slots, release: () => tell('released') });
    return { kind: 'granted', lease, limits };
  }

  #heldOf(name: string): number {
    const held = [...this.#leases.values()].filter(({ names }) => names.includes(name));
    return held.reduce((sum, { slots }) => sum + slots, 0);
  }

  override async renewLease(lease: string): Promise<boolean> {
    return this.#leases.has(lease);
  }

  override async releaseLease(lease: string): Promise<void> {
    this.#leases.get(lease)?.release();
    this.#leases.delete(lease);
  }

  override async drain(): Promise<DrainReport> {
    const events = delivered(this.taskRuns.reduce((sum, { states }) => sum + states.length, 0));
    return { events, logs: delivered(this.logs.length), resent: 0, reason: null };
  }

  /** As somebody would in the UI: a run that waits is asked to go on, one that goes to end. */
  cancel(id: string): Promise<unknown> {
    return this.proposeFlowState(id, { type: 'CANCELLING' });
  }
}

function delivered(count: number): DeliveryCount {
  return { emitted: count, sent: count, confirmed: count, unconfirmed: 0, dropped: 0, superseded: 0 };
}
