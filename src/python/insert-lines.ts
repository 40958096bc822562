import { fail } from '../errors/failure.ts';
import type { Node, ParsePython } from './parse-python.ts';
import { countErrors } from './parse-python.ts';

/** Lines without line ends that go below a node of the text, or above one that begins its line. */
export type Insertion = { readonly lines: readonly string[] } & ({ readonly after: Node } | { readonly before: Node });

/**
 * Puts whole lines into a text; everything that stands there stays. Line ends are those of the text. Parsed again,
 * it must have no more errors than before.
 * @throws Failure E_EDIT_UNCERTAIN when the result would be no Python
 */
export function insertLines(text: string, insertions: readonly Insertion[], file: string, parse: ParsePython): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const sorted = [...insertions].sort((a, b) => positionOf(b) - positionOf(a));
  const after = sorted.reduce((all, each) => insert(all, each, eol), text);
  if (countErrors(parse(after)) > countErrors(parse(text))) fail('E_EDIT_UNCERTAIN', { file, what: insertions.flatMap(({ lines }) => lines).join(' ').trim() }, { file });
  return after;
}

function positionOf(insertion: Insertion): number {
  return 'after' in insertion ? insertion.after.endIndex : insertion.before.startIndex;
}

function insert(text: string, insertion: Insertion, eol: string): string {
  const { lines } = insertion;
  const end = 'after' in insertion ? text.indexOf('\n', insertion.after.endIndex) : text.lastIndexOf('\n', insertion.before.startIndex - 1);
  const at = end < 0 ? text.length : end + 1;
  const lead = end < 0 ? eol : '';
  return text.slice(0, at) + lead + lines.map((line) => line + eol).join('') + text.slice(at);
}
