import type { Bilingual, Locale } from '../../errors/bilingual.ts';
import type { DeclaredField, DeclaredGenerator } from '../../generate/declare.ts';
import type { Step } from '../../generate/define-generator.ts';
import { code, page, prose, table } from './markdown.ts';
import type { Page } from './page.ts';
import { madeBy, referencePath } from './page.ts';

const words = {
  en: {
    title: (name: string) => `The questions of ${code(name)}`,
    doors:
      'Each row is one question. However it is given, the answer is the same: on the command line it is the flag, in the environment the variable, in an answers file (`--config`) the key.',
    asked: 'Asked on a terminal',
    askedIntro:
      'In this order. What is not in this list follows from the other answers; it is shown before the last confirmation and can be changed there.',
    all: 'All answers',
    head: ['Flag', 'Variable', 'Key', 'What it is', 'Default'],
    values: 'Values',
    valueHead: ['Value', 'Meaning'],
    none: 'none',
  },
  es: {
    title: (name: string) => `Las preguntas de ${code(name)}`,
    doors:
      'Cada fila es una pregunta. La respuesta es la misma venga por donde venga: en la línea de órdenes es la opción, en el entorno la variable y en un archivo de respuestas (`--config`) la clave.',
    asked: 'Lo que se pregunta en un terminal',
    askedIntro:
      'En este orden. Lo que no está en la lista se deduce de las demás respuestas; se enseña antes de la última confirmación y ahí se puede cambiar.',
    all: 'Todas las respuestas',
    head: ['Opción', 'Variable', 'Clave', 'Qué es', 'Por defecto'],
    values: 'Valores',
    valueHead: ['Valor', 'Significado'],
    none: 'ninguno',
  },
} as const;

/** The page of one generator: its questions with their names at every door. */
export function generatorPage(declared: DeclaredGenerator, steps: readonly Step[], locale: Locale): Page {
  const say = words[locale];
  const choices = declared.fields.filter((field) => field.choices !== undefined);
  const text = page(
    madeBy[locale],
    `# ${say.title(declared.name)}`,
    `${prose(declared.summary[locale])}.`,
    say.doors,
    `## ${say.asked}`,
    say.askedIntro,
    steps.map((step, index) => stepLine(step, index, locale)).join('\n'),
    `## ${say.all}`,
    table(
      say.head,
      declared.fields.map((field) => fieldRow(field, locale)),
    ),
    `## ${say.values}`,
    ...choices.flatMap((field) => choiceTable(field, locale)),
  );
  return { path: referencePath(locale, `generators/${declared.name}`), text };
}

function stepLine({ label, help }: Step, index: number, locale: Locale): string {
  return `${index + 1}. **${prose(label[locale])}.** ${prose(help[locale])}`;
}

function fieldRow(field: DeclaredField, locale: Locale): string[] {
  const meaning = `**${prose(field.label[locale])}.** ${prose(field.help[locale])}`;
  return [flagOf(field), code(field.variable), code(field.key), meaning, initialOf(field, locale)];
}

function flagOf({ key, flag, boolean, positional, placeholder }: DeclaredField): string {
  if (positional) return code(`<${placeholder ?? key}>`);
  return boolean ? `${code(flag)}, ${code(flag.replace('--', '--no-'))}` : code(`${flag} <${placeholder ?? key}>`);
}

/** A default is a value, the same in both languages, or a phrase. */
function initialOf({ initial }: DeclaredField, locale: Locale): string {
  if (initial === undefined) return words[locale].none;
  return isValue(initial) ? code(initial[locale]) : prose(initial[locale]);
}

function isValue(initial: Bilingual): boolean {
  return initial.en === initial.es;
}

function choiceTable({ flag, choices = [] }: DeclaredField, locale: Locale): string[] {
  const rows = choices.map(({ value, label }) => [code(value), prose(meaningOf(value, label[locale]))]);
  return [`### ${code(flag)}`, table(words[locale].valueHead, rows)];
}

/** A label often begins with its own value, which stands in the first column already. */
function meaningOf(value: string, label: string): string {
  return label.startsWith(`${value}: `) ? label.slice(value.length + 2) : label;
}
