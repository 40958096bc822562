import type { ArtifactOptions } from '../artifacts.ts';
import { requireScope } from '../context.ts';
import { ConfigurationError } from '../errors.ts';
import type { Api } from '../ports.ts';
import { relatedToRun } from '../related.ts';
import type { Json } from '../types.ts';

/**
 * Gives the artifact's id.
 * @throws ConfigurationError for a key that the server would refuse, and outside of a run
 */
export async function createArtifact(type: string, data: Json, { key, description }: ArtifactOptions): Promise<string> {
  const place = requireScope(`An artifact of type ${type}`);
  const { flowScope, taskRun } = place;
  if (key !== undefined && !/^[a-z0-9-]+$/.test(key))
    throw new ConfigurationError(`The artifact key '${key}' may hold lower case letters, digits and dashes only.`);
  const body: Parameters<Api['createArtifact']>[0] = {
    key: key ?? null,
    type,
    description: description ?? null,
    data,
    flow_run_id: flowScope.id,
  };
  const { id } = await flowScope.world.api.createArtifact(taskRun ? { ...body, task_run_id: taskRun.id } : body, relatedToRun(place));
  return id;
}

/** @throws ConfigurationError outside of 0 to 100, and outside of a run */
export async function moveProgress(id: string, progress: number): Promise<void> {
  const place = requireScope('updateProgressArtifact()');
  await place.flowScope.world.api.updateArtifact(id, { data: bounded(progress) }, relatedToRun(place));
}

/** @throws ConfigurationError outside of 0 to 100 */
export function bounded(progress: number): number {
  if (progress >= 0 && progress <= 100) return progress;
  throw new ConfigurationError(`Progress goes from 0 to 100, and is ${progress}.`);
}
