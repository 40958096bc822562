import type { Problem } from '../errors/failure.ts';
import { errorsEn } from './errors-en.ts';
import { errorsEs } from './errors-es.ts';
import type { ErrorText, Locale } from './texts.ts';

/** What a problem says in one language. Most runs have none, so what loads this does so when it has one. */
export function explain(problem: Problem, locale: Locale): ErrorText {
  const texts = locale === 'es' ? errorsEs : errorsEn;
  // The union of codes and their arguments is correlated; TypeScript cannot follow it through an index.
  return (texts[problem.code] as (args: Problem['args']) => ErrorText)(problem.args);
}
