import type { Related } from '../related.ts';
import { poolOf, relatedPool, relatedTags, relatedTo } from '../related.ts';
import { uuid4, uuid7 } from '../uuid.ts';
import { isoMicros, nowMicros } from '../time.ts';
import type { Api, ArtifactPatch, CompletedRuns, DrainReport, LogEntry, RunListener, SlotAnswer, SlotRequest, TaskStateChange } from '../ports.ts';
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
  TaskRunCreate,
  TaskRunRecord,
} from '../types.ts';
import { attend } from './attend.ts';
import { speaksAs } from './client.ts';
import type { PrefectClient } from './client.ts';
import { artifactCreated, artifactUpdated, blockLoaded, slotEvents } from './client-events.ts';
import { acquireSlots, releaseLease, renewLease } from './concurrency.ts';
import { proposeFlowState } from './propose.ts';
import { Reporter } from './reporter.ts';
import { deleteVariable, readBlock, readOrNothing, readVariable, writeVariable } from './variables.ts';

type PlainEvent = Parameters<Api['emitEvent']>[0];

/** Prefect's server, as the engine knows it. */
export class PrefectServerApi implements Api {
  readonly reports = true;
  readonly apiUrl: string;
  readonly uiUrl: string | null;
  readonly #client: PrefectClient;
  readonly #reporter: Reporter;
  readonly #toRelease = new Map<string, readonly (PlainEvent & { readonly follows: string })[]>();
  readonly #flows = new Map<string, Promise<string>>();

  constructor(client: PrefectClient) {
    this.#client = client;
    this.apiUrl = client.base;
    this.uiUrl = client.settings.uiUrl;
    this.#reporter = new Reporter(client);
  }

  async ensureFlow(name: string): Promise<string> {
    const asked =
      this.#flows.get(name) ?? this.#client.json<{ id: string }>('POST', '/flows/', { name }).then((each) => each.id);
    this.#flows.set(name, asked);
    asked.catch(() => this.#flows.delete(name));
    return await asked;
  }

  async createFlowRun(body: FlowRunCreate): Promise<FlowRunRecord> {
    return await this.#client.json('POST', '/flow_runs/', once(body));
  }

  async readFlowRun(id: string): Promise<FlowRunRecord> {
    return await this.#client.json('GET', `/flow_runs/${id}`);
  }

  async updateFlowRun(id: string, patch: FlowRunPatch): Promise<void> {
    await this.#client.send('PATCH', `/flow_runs/${id}`, patch);
  }

  async findFlowRuns(filter: { readonly parentTaskRunIds: readonly string[] }): Promise<readonly FlowRunRecord[]> {
    const flow_runs = { parent_task_run_id: { any_: filter.parentTaskRunIds } };
    return await this.#client.json('POST', '/flow_runs/filter', {
      flow_runs,
      sort: 'EXPECTED_START_TIME_ASC',
      limit: 200,
    });
  }

  async findCompletedRuns({ flowId, deploymentId, taskTag, limit, offset }: CompletedRuns): Promise<readonly FlowRunRecord[]> {
    return await this.#client.json('POST', '/flow_runs/filter', {
      flows: { id: { any_: [flowId] } },
      flow_runs: {
        deployment_id: deploymentId === null ? { is_null_: true } : { any_: [deploymentId] },
        state: { type: { any_: ['COMPLETED'] } },
      },
      task_runs: { tags: { all_: [taskTag] } },
      sort: 'START_TIME_DESC',
      limit,
      offset,
    });
  }

  async proposeFlowState(
    id: string,
    state: StateCreate,
    options: { readonly force?: boolean } = {},
  ): Promise<OrchestrationResult> {
    return await proposeFlowState(this.#client, id, state, options.force ?? false);
  }

  async createTaskRun(body: TaskRunCreate): Promise<{ readonly run: TaskRunRecord; readonly existing: boolean }> {
    const { status, data } = await this.#client.send('POST', '/task_runs/', body);
    return { run: data as TaskRunRecord, existing: status === 200 };
  }

  emitTaskState(change: TaskStateChange): void {
    this.#reporter.emitTaskState(change);
  }

  log(entry: LogEntry): void {
    this.#reporter.log(entry);
  }

  /** Gives the event's id, which another may follow. */
  emitEvent({ event, resource, payload, related, ...follows }: PlainEvent & { readonly follows?: string }): string {
    const micros = nowMicros();
    const id = uuid7(micros / 1000);
    this.#reporter.emitEvent({
      id,
      occurred: isoMicros(micros),
      event,
      resource,
      related: related ?? [],
      payload: payload ?? {},
      ...follows,
    });
    return id;
  }

  async createArtifact(body: ArtifactCreate, related: readonly Related[] = []): Promise<{ readonly id: string }> {
    const made = await this.#client.json<{ readonly id: string }>('POST', '/artifacts/', body);
    this.emitEvent(artifactCreated(made.id, body, related));
    return made;
  }

  async updateArtifact(id: string, patch: ArtifactPatch, related: readonly Related[] = []): Promise<void> {
    await this.#client.send('PATCH', `/artifacts/${id}`, patch);
    this.emitEvent(artifactUpdated(id, patch, related));
  }

  async readVariable(name: string): Promise<Json | undefined> {
    return await readVariable(this.#client, name);
  }

  async writeVariable(
    name: string,
    value: Json,
    options: { readonly tags: readonly string[]; readonly overwrite: boolean },
  ): Promise<void> {
    await writeVariable(this.#client, name, value, options);
  }

  async deleteVariable(name: string): Promise<boolean> {
    return await deleteVariable(this.#client, name);
  }

  async readBlock(type: string, name: string, related: readonly Related[] = []): Promise<JsonObject | undefined> {
    const block = await readBlock(this.#client, type, name);
    if (block !== undefined && related.length > 0) this.emitEvent(blockLoaded(block.id, type, name, related));
    return block?.data;
  }

  async acquireSlots(request: SlotRequest): Promise<SlotAnswer> {
    const { slots, related = [] } = request;
    return await acquireSlots(this.#client, request, (limits, lease) => {
      const acquired = slotEvents('acquired', limits, slots, related).map((each) => this.emitEvent(each));
      const released = slotEvents('released', limits, slots, related).map((each, at) => ({ ...each, follows: acquired[at] as string }));
      if (lease !== null) this.#toRelease.set(lease, released);
    });
  }

  async renewLease(lease: string, seconds: number): Promise<boolean> {
    return await renewLease(this.#client, lease, seconds);
  }

  async releaseLease(lease: string): Promise<void> {
    const released = this.#toRelease.get(lease) ?? [];
    this.#toRelease.delete(lease);
    await releaseLease(this.#client, lease);
    for (const each of released) this.emitEvent(each);
  }

  async readDeployment(nameOrId: string): Promise<DeploymentRecord | undefined> {
    const names = nameOrId.split('/').map(encodeURIComponent).join('/');
    const path = nameOrId.includes('/') ? `/deployments/name/${names}` : `/deployments/${encodeURIComponent(nameOrId)}`;
    return await readOrNothing(this.#client, path);
  }

  async createDeploymentRun(deploymentId: string, body: DeploymentRunCreate): Promise<FlowRunRecord> {
    return await this.#client.json('POST', `/deployments/${deploymentId}/create_flow_run`, once(body));
  }

  async resumeFlowRun(id: string, input?: JsonObject): Promise<OrchestrationResult> {
    return await this.#client.json('POST', `/flow_runs/${id}/resume`, input === undefined ? {} : { run_input: input });
  }

  async writeRunInput(flowRunId: string, key: string, value: string): Promise<void> {
    await this.#client.send('POST', `/flow_runs/${flowRunId}/input`, { key, value });
  }

  async readRunInput(flowRunId: string, key: string): Promise<string | undefined> {
    const path = `/flow_runs/${flowRunId}/input/${encodeURIComponent(key)}`;
    const { status, text } = await this.#client.send('GET', path, undefined, { accept: [404], asText: true });
    return status === 404 ? undefined : text;
  }

  attend(run: FlowRunRecord, flowName: string, listener: RunListener): () => void {
    const resource = {
      'prefect.resource.id': `prefect.flow-run.${run.id}`,
      'prefect.resource.name': run.name,
      'prefect.version': speaksAs,
    };
    const related = heartbeatRelated(run, flowName);
    const heartbeat = { event: 'prefect.flow-run.heartbeat', resource, related };
    if (this.#client.settings.heartbeatMs !== null) this.emitEvent(heartbeat);
    return attend(this.#client, run, listener, heartbeat);
  }

  async drain(): Promise<DrainReport> {
    return await this.#reporter.drain();
  }

  /** What was counted so far, of events. */
  get counts(): Reporter['counts'] {
    return this.#reporter.counts;
  }

  /** Ends the kept connections. */
  close(): void {
    this.#client.close();
  }
}

/** With a key, so that a request whose answer was lost can be made again: without one the server would have two runs. */
function once<T extends { readonly idempotency_key?: string | null }>(body: T): T {
  return { ...body, idempotency_key: body.idempotency_key ?? uuid4() };
}

function heartbeatRelated(run: FlowRunRecord, flowName: string): readonly Related[] {
  return [...relatedTo('flow', run.flow_id, flowName), ...relatedTo('deployment', run.deployment_id), ...relatedTags(run.tags), ...relatedPool(poolOf(run))];
}
