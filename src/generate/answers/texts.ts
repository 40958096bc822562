import { checkStage } from '../../config/names.ts';
import type { MetricType } from '../project-input.ts';
import { rolesOf } from '../project-input.ts';
import type { RawAnswers } from '../define-generator.ts';
import type { Checked, Refusal } from './checked.ts';
import { asList, asText, refuse } from './checked.ts';

/** `stock-cover` as `Stock cover`: the name that a folder proposes. */
export function titleOf(folder: string): string {
  const last = folder.replace(/[\\/]+$/, '').split(/[\\/]/).at(-1) ?? '';
  const words = last.replace(/[-_.\s]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const sentences: Readonly<Record<'en' | 'es', Readonly<Record<MetricType, (a: string, b: string) => string>>>> = {
  en: {
    simple: (a) => `Sum of ${a}`,
    ratio: (a, b) => `${a} divided by ${b}`,
    cumulative: (a) => `Running total of ${a}`,
    derived: (a, b) => `${a} minus ${b}`,
    conversion: (a, b) => `Share of ${a} followed by ${b}`,
  },
  es: {
    simple: (a) => `Suma de ${a}`,
    ratio: (a, b) => `${a} entre ${b}`,
    cumulative: (a) => `Acumulado de ${a}`,
    derived: (a, b) => `${a} menos ${b}`,
    conversion: (a, b) => `Proporción de ${a} con ${b} después`,
  },
};

/** The words of a default in Spanish; names that somebody chose stay as they are. */
const spanish: Readonly<Record<string, string>> = {
  records: 'registros',
  numerator: 'numerador',
  denominator: 'denominador',
  gross: 'bruto',
  deductions: 'deducciones',
  base_events: 'eventos de partida',
  conversion_events: 'eventos de conversión',
  hour: 'hora',
  day: 'día',
  week: 'semana',
  month: 'mes',
  quarter: 'trimestre',
  year: 'año',
};

/** A sentence that says what the KPI measures, for who gives none. */
export function describe({ type, inputs, grain }: RawAnswers, locale: 'en' | 'es'): string {
  // A wrong type has its own problem; its description must not become a second one.
  const sentence = sentences[locale][type as MetricType] ?? sentences[locale].simple;
  const word = (name: string) => (locale === 'es' ? spanish[name] : undefined) ?? name.replaceAll('_', ' ');
  const [first = '', second = ''] = (asList(inputs) ?? []).map(word);
  const start = sentence(first, second);
  const [by, and] = locale === 'es' ? ['por', 'y'] : ['by', 'and'];
  const [last = '', ...others] = (asList(grain) ?? []).map(word).toReversed();
  const keys = others.length === 0 ? last : `${others.toReversed().join(', ')} ${and} ${last}`;
  return `${start.charAt(0).toUpperCase()}${start.slice(1)}, ${by} ${keys}.`;
}

/** The folder is made as it was typed; only what no system can make is refused here. */
export function checkFolder(folder: string): Refusal | undefined {
  if (folder === '') return refuse('A folder needs a name.', 'La carpeta necesita un nombre.', 'my-kpi');
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(folder)) {
    return refuse('It has characters that a folder cannot carry.', 'Tiene caracteres que no valen en una carpeta.', 'my-kpi');
  }
  return undefined;
}

/** What Prefect takes as the name of a work pool, and a shell without quotes. */
export function checkPool(pool: string): Refusal | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(pool)
    ? undefined
    : refuse('Letters, digits, points, hyphens and underscores.', 'Letras, cifras, puntos, guiones y guiones bajos.', 'kpi-pool');
}

const longestInput = 30;

/** Names of extractors, as many as the metric type has roles; how many is checked with the type at hand. */
export function readInputs(raw: unknown): Checked<readonly string[]> {
  const names = asList(raw) ?? [];
  const long = names.find((name) => name.length > longestInput);
  if (long !== undefined) {
    return refuse(`At most ${longestInput} characters each.`, `Como mucho ${longestInput} caracteres cada una.`, long.slice(0, longestInput));
  }
  for (const name of names) {
    const refusal = checkStage(name);
    if (refusal !== undefined) return refusal;
  }
  return names.length > 0 ? { value: names } : refuse('At least one name.', 'Hace falta al menos un nombre.', 'records');
}

/** Whether there is a name for each role of the metric type. */
export function checkInputCount(type: MetricType, names: readonly string[]): Refusal | undefined {
  const roles = rolesOf[type];
  if (names.length === roles.length) return undefined;
  const usual = roles.map(({ name }) => name).join(',');
  return refuse(
    `A ${type} metric has ${roles.length} (${roles.map(({ role }) => role).join(', ')}).`,
    `Una métrica ${type} tiene ${roles.length} (${roles.map(({ role }) => role).join(', ')}).`,
    usual,
  );
}

/** A text for messages, whatever was given. */
export function shown(raw: unknown): string {
  return Array.isArray(raw) ? raw.join(',') : (asText(raw) ?? String(raw));
}
