import type { Problem } from '../errors/failure.ts';
import { problem } from '../errors/failure.ts';

const mostShown = 20;

/** Problems in the order of the file; at one place by code, so that two runs print the same. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort(
    (a, b) =>
      (a.where?.line ?? 0) - (b.where?.line ?? 0) ||
      (a.where?.column ?? 0) - (b.where?.column ?? 0) ||
      (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
  );
}

/** The first 20, then how many more there are. */
export function firstOf(problems: readonly Problem[]): readonly Problem[] {
  const more = problems.length - mostShown;
  return more <= 0 ? problems : [...problems.slice(0, mostShown), problem('E_PROBLEMS_MORE', { count: more })];
}
