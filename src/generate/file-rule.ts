import type { Owner } from '../plan/tree.ts';

/** A template, where its text goes, who owns the result, and what it needs beside the project's view. */
export interface FileRule {
  readonly template: string;
  readonly path: string;
  readonly owner: Owner;
  readonly data?: object;
}
