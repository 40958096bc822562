import type {
  Api,
  ReportedFlowRun,
  ReportedState,
  ReportedTaskRun,
  TaskStateChange,
} from '../../../src/runtime/ports.ts';
import type { FlowRunRecord, StateType, TaskInputs } from '../../../src/runtime/types.ts';
import { nowMicros } from '../../../src/runtime/time.ts';
import { uuid4, uuid7 } from '../../../src/runtime/uuid.ts';

/** A flow run in RUNNING, and what its tasks refer to. */
export async function startRun(
  api: Api,
  flowName: string,
): Promise<{ record: FlowRunRecord; reported: ReportedFlowRun }> {
  const flowId = await api.ensureFlow(flowName);
  const record = await api.createFlowRun({
    flow_id: flowId,
    parameters: { n: 1 },
    tags: ['t1'],
    state: { type: 'PENDING' },
  });
  await api.proposeFlowState(record.id, { type: 'RUNNING', name: 'Running' });
  return { record, reported: reportedOf(record, flowName) };
}

export function reportedOf(record: FlowRunRecord, flowName: string): ReportedFlowRun {
  const { id, name, flow_id: flowId, tags } = record;
  return { id, name, flowId, flowName, tags, deploymentId: null, deploymentName: null, workQueue: null, workPool: null };
}

/** A task run that goes through Pending, Running and Completed when it is told to. */
export class DrivenTask {
  readonly run: ReportedTaskRun;
  #state: ReportedState | null = null;
  #startTime: number | null = null;

  constructor(flowRun: ReportedFlowRun, name: string, taskInputs: TaskInputs = {}, tags: readonly string[] = []) {
    const now = nowMicros();
    this.run = {
      id: uuid7(now / 1000),
      name,
      flowRun,
      taskKey: `${name.replace(/-.*/, '')}-00000001`,
      dynamicKey: uuid4(),
      taskVersion: null,
      tags,
      policy: { retries: 0, retry_delay: 0 },
      taskInputs,
      expectedStartTime: now,
    };
  }

  next(type: StateType, name: string): TaskStateChange {
    const timestamp = nowMicros();
    const to: ReportedState = {
      id: uuid7(timestamp / 1000),
      type,
      name,
      timestamp,
      message: null,
      data: null,
      details: {},
    };
    if (type === 'RUNNING') this.#startTime ??= timestamp;
    const isFinal = type === 'COMPLETED' || type === 'FAILED';
    const change = {
      run: this.run,
      from: this.#state,
      to,
      runCount: this.#startTime === null ? 0 : 1,
      flowRunRunCount: 1,
      startTime: this.#startTime,
      endTime: isFinal ? timestamp : null,
      totalRunTime: isFinal && this.#startTime !== null ? (timestamp - this.#startTime) / 1_000_000 : 0,
    };
    this.#state = to;
    return change;
  }

  /** All three states, one after the other. */
  complete(api: Pick<Api, 'emitTaskState'>): this {
    api.emitTaskState(this.next('PENDING', 'Pending'));
    api.emitTaskState(this.next('RUNNING', 'Running'));
    api.emitTaskState(this.next('COMPLETED', 'Completed'));
    return this;
  }
}
