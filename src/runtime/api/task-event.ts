import type { ReportedFlowRun, ReportedState, TaskStateChange } from '../ports.ts';
import type { Related } from '../related.ts';
import { relatedPool, relatedTags, relatedTo } from '../related.ts';
import { isoMicros } from '../time.ts';

/** A server links an event to the one before only when they are this close. */
const followsWithinMicros = 5 * 60 * 1_000_000;
/** Prefect cuts the message of a state there. */
const longestMessage = 100_000;

/**
 * One change of state as the event that Prefect's own client sends: the server makes the task run's row of it.
 * @param isAlone the change before it was left out. A server lets automations wait a quarter of an hour for an event that
 *   another one says it follows.
 */
export function taskEvent(change: TaskStateChange, isAlone = false): object {
  const { run, from, to } = change;
  const follows = !isAlone && from !== null && to.timestamp - from.timestamp < followsWithinMicros ? from.id : null;
  return {
    id: to.id,
    occurred: isoMicros(to.timestamp),
    event: `prefect.task-run.${to.name}`,
    follows,
    resource: resourceOf(change),
    related: relatedOf(run.flowRun, run.tags),
    payload: {
      intended: { from: from?.type ?? null, to: to.type },
      initial_state: from === null ? null : stateOf(from),
      validated_state: { ...stateOf(to), data: to.data },
      task_run: taskRunOf(change),
    },
  };
}

function resourceOf({ run, to, runCount }: TaskStateChange): Related {
  return {
    'prefect.resource.id': `prefect.task-run.${run.id}`,
    'prefect.resource.name': run.name,
    'prefect.run-count': String(runCount),
    'prefect.state-message': (to.message ?? '').slice(0, longestMessage),
    'prefect.state-name': to.name,
    'prefect.state-timestamp': isoMicros(to.timestamp),
    'prefect.state-type': to.type,
    // Without it the server takes the event for its own echo, and makes no row.
    'prefect.orchestration': 'client',
  };
}

function stateOf({ type, name, message, details }: ReportedState): object {
  const { task_run_id: _task, flow_run_id: _flow, ...rest } = details;
  return { type, name, message: message?.slice(0, longestMessage) ?? '', state_details: rest };
}

function taskRunOf(change: TaskStateChange): object {
  const { run, runCount, flowRunRunCount, startTime, endTime, totalRunTime, to } = change;
  return {
    name: run.name,
    task_key: run.taskKey,
    dynamic_key: run.dynamicKey,
    ...(run.taskVersion === null ? {} : { task_version: run.taskVersion }),
    empirical_policy: run.policy,
    tags: run.tags,
    labels: {},
    task_inputs: run.taskInputs,
    run_count: runCount,
    flow_run_run_count: flowRunRunCount,
    expected_start_time: isoMicros(run.expectedStartTime),
    ...(startTime === null ? {} : { start_time: isoMicros(startTime) }),
    ...(endTime === null ? {} : { end_time: isoMicros(endTime) }),
    total_run_time: totalRunTime,
    ...((to.details.cache_key ?? null) === null ? {} : { cache_key: to.details.cache_key }),
    ...((to.details.cache_expiration ?? null) === null ? {} : { cache_expiration: to.details.cache_expiration }),
  };
}

/** Of a flow run: what it is part of, and that with its tags. */
interface OfRun {
  readonly plain: readonly Related[];
  readonly tagged: readonly Related[];
}

const known = new WeakMap<ReportedFlowRun, OfRun>();

/** What the event stands beside: filters and automations of people match on it. */
export function relatedOf(run: ReportedFlowRun, tags: readonly string[] = []): readonly Related[] {
  let ofRun = known.get(run);
  if (ofRun === undefined) {
    ofRun = relatedOfRun(run);
    known.set(run, ofRun);
  }
  return tags.length === 0 ? ofRun.tagged : [...ofRun.plain, ...relatedTags([...run.tags, ...tags])];
}

function relatedOfRun(run: ReportedFlowRun): OfRun {
  const plain = [...relatedTo('flow-run', run.id, run.name), ...relatedTo('flow', run.flowId, run.flowName), ...relatedTo('deployment', run.deploymentId, run.deploymentName), ...relatedPool(run)];
  return { plain, tagged: [...plain, ...relatedTags(run.tags)] };
}
