/** What any artifact may have. */
export interface ArtifactOptions {
  /** Lower case letters, digits and dashes. Artifacts of one key are versions of one thing, on the whole server. */
  readonly key?: string;
  readonly description?: string;
}

// What does it is loaded by the first flow that makes one.
const load = async () => await import('./engine/write-artifact.ts');

/** Text in Markdown, on the page of the run and its node of the graph. Gives the artifact's id. */
export async function createMarkdownArtifact(options: ArtifactOptions & { readonly markdown: string }): Promise<string> {
  return (await load()).createArtifact('markdown', options.markdown, options);
}

/** Rows, as objects or as lists. What is no number becomes an empty cell. */
export async function createTableArtifact(
  options: ArtifactOptions & { readonly table: readonly object[] | Readonly<Record<string, readonly unknown[]>> },
): Promise<string> {
  // As the rows are now: whoever calls may go on with them.
  const data = JSON.stringify(options.table, cell);
  return (await load()).createArtifact('table', data, options);
}

/** A link, on the page of the run. Gives the artifact's id. */
export async function createLinkArtifact({
  link,
  linkText = link,
  ...options
}: ArtifactOptions & { readonly link: string; readonly linkText?: string }): Promise<string> {
  return (await load()).createArtifact('markdown', `[${linkText}](${link})`, options);
}

/** An image that the dashboard loads from its address. Gives the artifact's id. */
export async function createImageArtifact(options: ArtifactOptions & { readonly imageUrl: string }): Promise<string> {
  return (await load()).createArtifact('image', options.imageUrl, options);
}

/**
 * A bar that `updateProgressArtifact` moves. Gives the artifact's id.
 * @param options `progress` goes from 0 to 100
 * @throws ConfigurationError outside of those
 */
export async function createProgressArtifact(options: ArtifactOptions & { readonly progress: number }): Promise<string> {
  const { bounded, createArtifact } = await load();
  return createArtifact('progress', bounded(options.progress), options);
}

/**
 * Moves a bar.
 * @param id what `createProgressArtifact` gave
 * @param progress from 0 to 100
 * @throws ConfigurationError outside of those
 */
export async function updateProgressArtifact(id: string, progress: number): Promise<void> {
  await (await load()).moveProgress(id, progress);
}

function cell(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  return typeof value === 'bigint' ? String(value) : value;
}
