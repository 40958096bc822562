import { fail } from '../errors/failure.ts';
import type { ParsePython } from './parse-python.ts';
import { countErrors } from './parse-python.ts';

/** What stands in a range of a text, and what is to stand there instead. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Replaces ranges of a text; every byte outside them stays. Parsed again, it must have no more errors than before.
 * @throws Failure E_EDIT_UNCERTAIN when the result would be no Python
 */
export function replaceRanges(text: string, replacements: readonly Replacement[], file: string, parse: ParsePython): string {
  const each = new Map(replacements.map((one) => [one.start, one]));
  const sorted = [...each.values()].sort((a, b) => b.start - a.start);
  const after = sorted.reduce((all, { start, end, text: next }) => all.slice(0, start) + next + all.slice(end), text);
  if (countErrors(parse(after)) > countErrors(parse(text))) fail('E_EDIT_UNCERTAIN', { file, what: sorted.map((one) => one.text).join(' ') }, { file });
  return after;
}
