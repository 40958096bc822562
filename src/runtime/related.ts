import type { Outside, Scope } from './context.ts';
import type { ReportedFlowRun } from './ports.ts';
import type { FlowRunRecord } from './types.ts';

/** A resource that an event stands beside, in the form of Prefect's own client. */
export type Related = Readonly<Record<string, string>>;

/** What one object is in the `related` of an event; nothing where there is none. */
export function relatedTo(kind: string, id: string | null | undefined, name?: string | null): readonly Related[] {
  if (!id) return [];
  return [{ 'prefect.resource.id': `prefect.${kind}.${id}`, 'prefect.resource.role': kind, ...(name ? { 'prefect.resource.name': name } : {}) }];
}

/** The work queue and the work pool that a run came through. */
export function poolOf(run: FlowRunRecord): Pick<ReportedFlowRun, 'workQueue' | 'workPool'> {
  const { work_queue_id: queue, work_queue_name: queueName, work_pool_id: pool, work_pool_name: poolName } = run;
  return { workQueue: queue && queueName ? { id: queue, name: queueName } : null, workPool: pool && poolName ? { id: pool, name: poolName } : null };
}

/** Those two as they stand in an event. */
export function relatedPool({ workQueue, workPool }: ReturnType<typeof poolOf>): readonly Related[] {
  return [...relatedTo('work-queue', workQueue?.id, workQueue?.name), ...relatedTo('work-pool', workPool?.id, workPool?.name)];
}

/** A server refuses events with more than a hundred, and a run brings a few besides. */
const mostTags = 90;

/** Tags in the `related` of an event, each once and by name, as Prefect's client gives them. */
export function relatedTags(tags: readonly string[]): readonly Related[] {
  return [...new Set(tags)].toSorted().slice(0, mostTags).flatMap((tag) => relatedTo('tag', tag));
}

/** The order and the roles are those of Prefect's own client. */
export function relatedToRun({ flowScope, taskRun }: Scope | Outside): readonly Related[] {
  if (flowScope === null) return [];
  return [
    ...relatedTo('flow-run', flowScope.id, flowScope.name),
    ...relatedTo('task-run', taskRun?.id, taskRun?.name),
    ...relatedTo('flow', flowScope.flowId, flowScope.flowName),
    ...relatedTo('deployment', flowScope.deploymentId, flowScope.deploymentName),
    ...relatedPool(flowScope),
    ...relatedTags([...flowScope.tags, ...(taskRun?.tags ?? [])]),
  ];
}
