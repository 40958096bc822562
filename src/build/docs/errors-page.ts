import type { ErrorCode } from '../../errors/catalogue.ts';
import { exitOf } from '../../errors/catalogue.ts';
import type { Locale } from '../../errors/bilingual.ts';
import { problem } from '../../errors/failure.ts';
import { explain } from '../../messages/explain.ts';
import { errorExamples } from './error-examples.ts';
import { code, page, prose } from './markdown.ts';
import type { Page } from './page.ts';
import { madeBy, referencePath } from './page.ts';

const words = {
  en: {
    title: 'Errors',
    intro:
      'Every error has a code that never changes and is never translated, so that you can search for it. Values such as names and folders are examples.',
    exit: 'Exit code',
    why: 'Why',
    fix: 'What to do',
  },
  es: {
    title: 'Errores',
    intro:
      'Cada error tiene un código que no cambia ni se traduce, para que puedas buscarlo. Los valores (nombres, carpetas) son ejemplos.',
    exit: 'Código de salida',
    why: 'Por qué',
    fix: 'Qué hacer',
  },
} as const;

/** Every error that a person can meet, as it reads, with its exit code. */
export function errorsPage(locale: Locale): Page {
  const say = words[locale];
  const codes = (Object.keys(exitOf) as ErrorCode[]).toSorted();
  const text = page(
    madeBy[locale],
    `# ${say.title}`,
    `${say.intro} [${exitCodesTitle[locale]}](exit-codes.md).`,
    ...codes.flatMap((each) => section(each, locale)),
  );
  return { path: referencePath(locale, 'errors'), text };
}

const exitCodesTitle: Readonly<Record<Locale, string>> = { en: 'Exit codes', es: 'Códigos de salida' };

function section(name: ErrorCode, locale: Locale): string[] {
  const say = words[locale];
  const { what, why, fix } = explain(problem(name, errorExamples[name]), locale);
  const lines = [`**${say.why}.** ${prose(why)}`, `**${say.fix}.** ${prose(fix)}`, `**${say.exit}.** ${exitOf[name]}`];
  return [`## ${code(name)}`, prose(what), lines.map((line) => `- ${line}`).join('\n')];
}
