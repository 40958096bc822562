import type { Locale } from './texts.ts';
import type { Ui } from './ui-en.ts';
import { uiEn } from './ui-en.ts';
import { uiEs } from './ui-es.ts';

/** The texts of the commands in one language. */
export function uiOf(locale: Locale): Ui {
  return locale === 'es' ? uiEs : uiEn;
}
