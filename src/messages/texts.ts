import type { ErrorArgs, ErrorCode } from '../errors/catalogue.ts';

export type { Bilingual, Locale } from '../errors/bilingual.ts';

/** What an error says: what happened, why it is so, and what to do. */
export interface ErrorText {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** A text for each error of the catalogue: a missing one does not compile. */
export type ErrorTexts = { readonly [Code in ErrorCode]: (args: ErrorArgs[Code]) => ErrorText };
