import { fail } from '../errors/failure.ts';
import { codePointName } from './characters.ts';
import type { SourceText } from './frame.ts';
import { whereOf } from './frame.ts';

// Besides controls: line ends that YAML 1.1 knows and 1.2 does not, and what turns the reading direction around.
const refusedCharacter =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]|\r(?!\n)/u;

/**
 * Refuses what no text may hold, before anything reads it.
 * @throws Failure E_YAML_CHARACTER, E_YAML_TAB
 */
export function refuseCharacters(source: SourceText): void {
  const found = refusedCharacter.exec(source.text);
  if (found === null) return;
  const where = whereOf(source, { start: found.index, end: found.index + found[0].length });
  if (found[0] === '\t') fail('E_YAML_TAB', {}, where);
  fail('E_YAML_CHARACTER', { character: codePointName(found[0]) }, where);
}
