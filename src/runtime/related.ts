import type { Outside, Scope } from './context.ts';

/** A resource that an event stands beside, in the form of Prefect's own client. */
export type Related = Readonly<Record<string, string>>;

/** What one object is in the `related` of an event; nothing where there is none. */
export function relatedTo(kind: string, id: string | null | undefined, name?: string | null): readonly Related[] {
  if (!id) return [];
  return [{ 'prefect.resource.id': `prefect.${kind}.${id}`, 'prefect.resource.role': kind, ...(name ? { 'prefect.resource.name': name } : {}) }];
}

/** A server refuses events with more than a hundred, and a run brings a few besides. */
const mostTags = 90;

/** Tags in the `related` of an event. */
export function relatedTags(tags: readonly string[]): readonly Related[] {
  return tags.slice(0, mostTags).flatMap((tag) => relatedTo('tag', tag));
}

/** The order and the roles are those of Prefect's own client. That asks the server for the run's work pool besides; a run here does not know it. */
export function relatedToRun({ flowScope, taskRun }: Scope | Outside): readonly Related[] {
  if (flowScope === null) return [];
  const tags = new Set([...flowScope.tags, ...(taskRun?.tags ?? [])]);
  return [
    ...relatedTo('flow-run', flowScope.id, flowScope.name),
    ...relatedTo('task-run', taskRun?.id, taskRun?.name),
    ...relatedTo('flow', flowScope.flowId, flowScope.flowName),
    ...relatedTo('deployment', flowScope.deploymentId, flowScope.deploymentName),
    ...relatedTags([...tags]),
  ];
}
