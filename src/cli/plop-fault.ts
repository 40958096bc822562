import { additionsFor } from '../../generators/additions-for.ts';
import type { Locale } from '../errors/bilingual.ts';
import type { RawAnswer } from '../generate/define-generator.ts';
import { readField } from '../generate/define-generator.ts';
import { explain } from '../messages/explain.ts';

/** What is wrong with an answer alone, in a line. */
export async function faultOf(generator: string, key: string, raw: RawAnswer, locale: Locale): Promise<string | undefined> {
  const field = (await additionsFor(generator))[generator]?.fields[key];
  const result = field === undefined ? { value: raw } : readField(field, raw);
  if (!('problem' in result)) return undefined;
  const { what, fix } = explain(result.problem, locale);
  return `${what} ${fix}`;
}
