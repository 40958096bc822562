import type { Owner } from '../plan/tree.ts';

/** A template, where its text goes, who owns the result, and what it needs beside the project's view. */
export interface FileRule {
  readonly template: string;
  readonly path: string;
  readonly owner: Owner;
  readonly data?: object;
}

/** A module of the core, or its test, that stages share. A test is written once; of a module the pristine text is kept. */
export function sharedRule(path: string, language: 'python' | 'typescript'): FileRule {
  return { template: `${language}/${path}`, path, owner: path.startsWith('tests/') ? 'seed' : 'merged' };
}
