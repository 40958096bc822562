import type { Locale } from '../../errors/bilingual.ts';

/** A page of the reference: where it goes, and its text. */
export interface Page {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** Said on each page, so that nobody corrects it by hand. */
export const madeBy: Readonly<Record<Locale, string>> = {
  en: '<!-- Made by "npm run docs" from the declarations in the code: change them, not this page. -->',
  es: '<!-- La escribe "npm run docs" a partir de las declaraciones del código: cámbialas a ellas, no esta página. -->',
};

/** Where a page of the reference lives. */
export function referencePath(locale: Locale, name: string): string {
  return `docs/${locale}/reference/${name}.md`;
}
