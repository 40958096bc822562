/** The languages that people read. */
export type Locale = 'en' | 'es';

/** A text that stands beside its declaration, in both languages. */
export interface Bilingual {
  readonly en: string;
  readonly es: string;
}
