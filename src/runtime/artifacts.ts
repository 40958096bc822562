import { requireScope } from './context.ts';
import { ConfigurationError } from './errors.ts';
import type { Api } from './ports.ts';
import { relatedToRun } from './related.ts';
import type { Json } from './types.ts';

/** What any artifact may have. */
export interface ArtifactOptions {
  /** Lower case letters, digits and dashes. Artifacts of one key are versions of one thing, on the whole server. */
  readonly key?: string;
  readonly description?: string;
}

/** Text in Markdown, on the page of the run and its node of the graph. Gives the artifact's id. */
export function createMarkdownArtifact(options: ArtifactOptions & { readonly markdown: string }): Promise<string> {
  return create('markdown', options.markdown, options);
}

/** Rows, as objects or as lists. What is no number becomes an empty cell. */
export function createTableArtifact(
  options: ArtifactOptions & { readonly table: readonly object[] | Readonly<Record<string, readonly unknown[]>> },
): Promise<string> {
  return create('table', JSON.stringify(options.table, cell), options);
}

/** A link, on the page of the run. Gives the artifact's id. */
export function createLinkArtifact({
  link,
  linkText = link,
  ...options
}: ArtifactOptions & { readonly link: string; readonly linkText?: string }): Promise<string> {
  return create('markdown', `[${linkText}](${link})`, options);
}

/** An image that the dashboard loads from its address. Gives the artifact's id. */
export function createImageArtifact(options: ArtifactOptions & { readonly imageUrl: string }): Promise<string> {
  return create('image', options.imageUrl, options);
}

/**
 * A bar that `updateProgressArtifact` moves. Gives the artifact's id.
 * @param options `progress` goes from 0 to 100
 * @throws ConfigurationError outside of those
 */
export function createProgressArtifact(options: ArtifactOptions & { readonly progress: number }): Promise<string> {
  return create('progress', bounded(options.progress), options);
}

/**
 * Moves a bar.
 * @param id what `createProgressArtifact` gave
 * @param progress from 0 to 100
 * @throws ConfigurationError outside of those
 */
export async function updateProgressArtifact(id: string, progress: number): Promise<void> {
  const place = requireScope('updateProgressArtifact()');
  await place.flowScope.world.api.updateArtifact(id, { data: bounded(progress) }, relatedToRun(place));
}

async function create(type: string, data: Json, { key, description }: ArtifactOptions): Promise<string> {
  const place = requireScope(`An artifact of type ${type}`);
  const { flowScope, taskRun } = place;
  if (key !== undefined && !/^[a-z0-9-]+$/.test(key))
    throw new ConfigurationError(`The artifact key '${key}' may hold lower case letters, digits and dashes only.`);
  const { api } = flowScope.world;
  const body: Parameters<Api['createArtifact']>[0] = {
    key: key ?? null,
    type,
    description: description ?? null,
    data,
    flow_run_id: flowScope.id,
  };
  const { id } = await api.createArtifact(taskRun ? { ...body, task_run_id: taskRun.id } : body, relatedToRun(place));
  return id;
}

function bounded(progress: number): number {
  if (progress >= 0 && progress <= 100) return progress;
  throw new ConfigurationError(`Progress goes from 0 to 100, and is ${progress}.`);
}

function cell(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  return typeof value === 'bigint' ? String(value) : value;
}
