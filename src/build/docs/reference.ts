import type { Locale } from '../../errors/bilingual.ts';
import type { Generator } from '../../generate/define-generator.ts';
import { declare } from '../../generate/declare.ts';
import { additions, generators } from '../../../generators/index.ts';
import { commandLinePage } from './command-line-page.ts';
import { configPage } from './config-page.ts';
import { errorsPage } from './errors-page.ts';
import { exitCodesPage } from './exit-codes-page.ts';
import { generatorPage } from './generator-page.ts';
import type { Page } from './page.ts';
import { additionPage } from './addition-page.ts';

export const locales: readonly Locale[] = ['en', 'es'];

/** Every page of the reference in both languages: what `npm run docs` writes. */
export function referencePages(): Page[] {
  return locales.flatMap((locale) => [
    ...generatorPages(locale),
    commandLinePage(locale),
    configPage(locale),
    errorsPage(locale),
    exitCodesPage(locale),
  ]);
}

function generatorPages(locale: Locale): Page[] {
  return Object.values(generators).map((each) => {
    const generator = each as unknown as Generator<never>;
    return generatorPage(declare(generator), generator.steps, locale);
  }).concat(Object.values(additions).map((each) => additionPage(each, locale)));
}
