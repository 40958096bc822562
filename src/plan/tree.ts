import { fail } from '../errors/failure.ts';
import { checkPath } from './path.ts';

/** Who owns a file decides what a later job may do to it (docs/architecture.md, "Owners"). */
export type Owner = 'generated' | 'edited' | 'merged' | 'seed';

/** The text that one file should have. Text uses LF; who writes it keeps the file's own line ends. */
export interface FileSpec {
  /** Relative to the repository's root, with `/` on every system. */
  readonly path: string;
  readonly text: string;
  readonly owner: Owner;
  readonly executable?: boolean;
}

/** Files by path, sorted by path: the currency that every room trades in. */
export type Tree = ReadonlyMap<string, FileSpec>;

/**
 * Makes a tree of files whose paths are safe and differ on every disk.
 * @throws Failure E_PATH_UNSAFE, E_PATH_COLLISION
 */
export function makeTree(files: Iterable<FileSpec>): Tree {
  const sorted = [...files].sort((a, b) => comparePaths(a.path, b.path));
  const seen = new Map<string, string>();
  for (const { path } of sorted) {
    const folded = fold(checkPath(path));
    const other = seen.get(folded);
    if (other !== undefined) fail('E_PATH_COLLISION', { path, other });
    seen.set(folded, path);
  }
  return new Map(sorted.map((file) => [file.path, file]));
}

/** Opening the tables of Unicode for plain names would take longer than all the rest. */
function fold(path: string): string {
  return (/^[!-~]*$/.test(path) ? path : path.normalize('NFC')).toLowerCase();
}

/** Compares by code unit, so that the order is the same in every locale. */
export function comparePaths(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
