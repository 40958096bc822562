import { requireScope } from './context.ts';

/** A run of the same flow and deployment that completed before. */
export interface EarlierRun {
  readonly id: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** When it started, as an ISO text in UTC; null for one that the server does not know. */
  readonly startTime: string | null;
}

const page = 100;

/**
 * The runs that the server knows of this flow and this deployment (or of none, as this run) and that completed, the one
 * that started last first. Without a server there are none.
 * @param taskTag only runs with a task run of this tag count
 * @throws MissingContextError outside of a flow run
 */
export async function* earlierRuns(taskTag: string): AsyncGenerator<EarlierRun> {
  const { flowId, deploymentId, world } = requireScope('earlierRuns()').flowScope;
  for (let offset = 0; ; offset += page) {
    const runs = await world.api.findCompletedRuns({ flowId, deploymentId, taskTag, limit: page, offset });
    for (const { id, name, parameters, start_time: startTime = null } of runs) yield { id, name, parameters, startTime };
    if (runs.length < page) return;
  }
}
