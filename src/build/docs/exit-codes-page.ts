import type { ErrorCode } from '../../errors/catalogue.ts';
import { exitOf } from '../../errors/catalogue.ts';
import type { Bilingual, Locale } from '../../errors/bilingual.ts';
import { code, page, table } from './markdown.ts';
import type { Page } from './page.ts';
import { madeBy, referencePath } from './page.ts';

/** The only table of exit codes; design and tests speak of the same. */
const meanings: Readonly<Record<number, Bilingual>> = {
  0: { en: 'Done.', es: 'Hecho.' },
  1: {
    en: 'There is something to act on: a finding, a difference, a run that did not complete.',
    es: 'Hay algo que atender: un hallazgo, una diferencia, una ejecución que no ha terminado bien.',
  },
  2: { en: 'A mistake in what was typed or configured.', es: 'Un error en lo que se ha escrito o configurado.' },
  3: { en: 'The environment: Python, network, disk, Prefect.', es: 'El entorno: Python, la red, el disco, Prefect.' },
  70: { en: 'A bug of ours.', es: 'Un fallo nuestro.' },
  130: { en: 'Stopped with Ctrl-C.', es: 'Interrumpido con Ctrl-C.' },
  143: { en: 'Stopped by the system (SIGTERM).', es: 'Detenido por el sistema (SIGTERM).' },
};

const words = {
  en: {
    title: 'Exit codes',
    intro: 'A failure never ends with 0. When there are several problems, the gravest decides.',
    head: ['Code', 'Meaning', 'Errors'],
  },
  es: {
    title: 'Códigos de salida',
    intro: 'Un fallo nunca termina en 0. Cuando hay varios problemas, decide el más grave.',
    head: ['Código', 'Significado', 'Errores'],
  },
} as const;

/** What a script that calls the command may rely on. */
export function exitCodesPage(locale: Locale): Page {
  const say = words[locale];
  const rows = Object.entries(meanings).map(([exit, meaning]) => [exit, meaning[locale], errorsOf(Number(exit))]);
  return {
    path: referencePath(locale, 'exit-codes'),
    text: page(madeBy[locale], `# ${say.title}`, say.intro, table(say.head, rows)),
  };
}

function errorsOf(exit: number): string {
  const codes = (Object.keys(exitOf) as ErrorCode[]).filter((name) => exitOf[name] === exit).toSorted();
  return codes.map((name) => `[${code(name)}](errors.md#${name.toLowerCase()})`).join(', ');
}
