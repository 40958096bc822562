import type { Problem } from '../errors/failure.ts';
import type { ErrorText, Locale } from './texts.ts';
import { errorsEn } from './errors-en.ts';
import { errorsEs } from './errors-es.ts';
import type { Ui } from './ui-en.ts';
import { uiEn } from './ui-en.ts';
import { uiEs } from './ui-es.ts';

/** The texts of the commands in one language. */
export function uiOf(locale: Locale): Ui {
  return locale === 'es' ? uiEs : uiEn;
}

/** What a problem says in one language. */
export function explain(problem: Problem, locale: Locale): ErrorText {
  const texts = locale === 'es' ? errorsEs : errorsEn;
  // The union of codes and their arguments is correlated; TypeScript cannot follow it through an index.
  return (texts[problem.code] as (args: Problem['args']) => ErrorText)(problem.args);
}
