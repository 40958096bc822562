import type { Node } from '../python/parse-python.ts';
import type { StageOf } from '../typescript/plain-typescript.ts';

/** Reads TypeScript of the plain form. */
export type ReadTypescript = (text: string, stageOf: StageOf) => Node;

/**
 * A repository is in TypeScript, and what reads it is not there yet. Who catches it calls `loadTypescriptReader` and
 * begins again.
 */
export class NoTypescriptReader extends Error {}

let read: ReadTypescript | undefined;

/** Most repositories are in Python and need none of it. */
export async function loadTypescriptReader(): Promise<void> {
  read ??= (await import('../typescript/plain-typescript.ts')).readPlainTypescript;
}

/**
 * The reader, once somebody has loaded it.
 * @throws NoTypescriptReader
 */
export function typescriptReader(): ReadTypescript {
  if (read === undefined) throw new NoTypescriptReader('loadTypescriptReader comes first');
  return read;
}
