import type { Bilingual } from '../errors/bilingual.ts';
import type { Choice, Generator } from './define-generator.ts';

/** A field as plain data: all that help, completion and the command line need, with no function and no zod. */
export interface DeclaredField {
  readonly key: string;
  readonly flag: string;
  readonly variable: string;
  readonly label: Bilingual;
  readonly help: Bilingual;
  readonly choices?: readonly Choice[];
  readonly boolean: boolean;
  readonly positional: boolean;
  readonly flagOnly: boolean;
  readonly placeholder?: string;
  /** How the default reads: a text in both languages, or a value. */
  readonly initial?: Bilingual;
}

export interface DeclaredGenerator {
  readonly name: string;
  readonly summary: Bilingual;
  /** Whether it adds to a repository that is there. */
  readonly adds: boolean;
  readonly fields: readonly DeclaredField[];
}

/** What the build embeds of a generator (see `virtual:declared`). */
export function declare(generator: Generator<never>, adds = false): DeclaredGenerator {
  return { name: generator.name, summary: generator.summary, adds, fields: Object.values(generator.fields).map(declareField) };
}

function declareField({ key, flag, variable, meta }: Generator<never>['fields'][string]): DeclaredField {
  const initial = meta.initialText ?? plainInitial(meta.initial({}, { locale: 'en', timezone: 'UTC' }));
  return {
    key,
    flag,
    variable,
    label: meta.label,
    help: meta.help,
    boolean: meta.boolean === true,
    positional: meta.positional === true,
    flagOnly: meta.flagOnly === true,
    ...(meta.choices && { choices: meta.choices }),
    ...(meta.placeholder !== undefined && { placeholder: meta.placeholder }),
    ...(initial && { initial }),
  };
}

function plainInitial(value: unknown): Bilingual | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = Array.isArray(value) ? value.join(',') : String(value);
  return { en: text, es: text };
}
