import type { Bilingual } from '../errors/bilingual.ts';
import { isBidi, isControl } from './characters.ts';
import type { NameOwner, NameUse } from './reserved-names.ts';
import { nameOwner } from './reserved-names.ts';
import { findSecrets } from './secrets.ts';

/** Why a text cannot be what it should be, and what could stand instead. */
export interface Refusal {
  readonly reason: Bilingual;
  readonly suggestion?: string;
}

/** The longest id of a KPI: names made from it, such as `<id>_quarterly`, must still fit into a database. */
export const longestId = 40;
/** The longest name of a stage, a source or a column: what PostgreSQL keeps of an identifier. */
export const longestName = 63;

/** A table, with its schema or without. */
export const tableName = /^[a-z_][a-z0-9_]{0,62}(?:\.[a-z_][a-z0-9_]{0,62})?$/;

/** Checks the id of a KPI: it names the flow, the table, the modules and the column of the value. */
export function checkId(text: string): Refusal | undefined {
  return checkIdentifier(text, longestId, 'code');
}

/** Checks the name of a stage: it names a module, a function and a task. */
export function checkStage(text: string): Refusal | undefined {
  return checkIdentifier(text, longestName, 'code');
}

/** Checks the name of a column, such as a dimension. */
export function checkColumn(text: string): Refusal | undefined {
  return checkIdentifier(text, longestName, 'column');
}

/** Checks a name that stands in config.yaml: a new one has to pass `checkId`, `checkStage` or `checkColumn`. */
export function checkEntryName(text: string, longest = longestName): Refusal | undefined {
  return checkIdentifier(text, longest, 'entry');
}

function checkIdentifier(text: string, longest: number, use: NameUse): Refusal | undefined {
  const form = checkForm(text, longest);
  if (form !== undefined) return { reason: form, ...suggestionFor(text, longest, use) };
  const owner = nameOwner(text, use);
  return owner === undefined ? undefined : { reason: ownerTexts[owner](text), ...suggestionFor(text, longest, use) };
}

function checkForm(text: string, longest: number): Bilingual | undefined {
  if (text === '') return formTexts.empty;
  if (!/^[a-z]/.test(text)) return formTexts.start;
  if (!/^[a-z0-9_]+$/.test(text)) return formTexts.characters;
  if (text.length > longest) return formTexts.long(longest);
  return text.includes('__') || text.endsWith('_') ? formTexts.underscores : undefined;
}

const formTexts = {
  empty: { en: 'It is empty.', es: 'Está vacío.' },
  start: { en: 'It must begin with a small letter from a to z.', es: 'Tiene que empezar por una letra minúscula de la a a la z.' },
  characters: {
    en: 'Only small letters from a to z, digits and single underscores.',
    es: 'Solo admite minúsculas de la a a la z, cifras y guiones bajos sueltos.',
  },
  underscores: {
    en: 'It ends with an underscore or has two in a row.',
    es: 'Termina en guion bajo o tiene dos seguidos.',
  },
  long: (longest: number) => ({ en: `It is longer than ${longest} characters.`, es: `Tiene más de ${longest} caracteres.` }),
};

const pythonWord = (name: string): Bilingual => ({
  en: `"${name}" is a word of the Python language.`,
  es: `"${name}" es una palabra del lenguaje Python.`,
});

const ownerTexts: { readonly [Owner in NameOwner]: (name: string) => Bilingual } = {
  keyword: pythonWord,
  softKeyword: pythonWord,
  builtin: (name) => ({ en: `"${name}" is a function or type that Python always has.`, es: `"${name}" es una función o un tipo que Python ya trae.` }),
  library: (name) => ({ en: `"${name}" is a module of Python's standard library.`, es: `"${name}" es un módulo de la biblioteca estándar de Python.` }),
  repository: (name) => ({ en: `The repository itself uses "${name}".`, es: `El propio repositorio ya usa "${name}".` }),
  device: (name) => ({ en: `Windows keeps "${name}" for a device.`, es: `Windows se reserva "${name}" para un dispositivo.` }),
  yaml: (name) => ({ en: `YAML reads "${name}" as a truth value or as nothing.`, es: `YAML entiende "${name}" como un valor lógico o como nada.` }),
  sql: (name) => ({ en: `"${name}" is a word of SQL.`, es: `"${name}" es una palabra de SQL.` }),
  column: (name) => ({ en: `The data has a column "${name}" already.`, es: `Los datos ya tienen una columna "${name}".` }),
  period: (name) => ({ en: `"${name}" is the name of a period.`, es: `"${name}" es el nombre de un periodo.` }),
  test: () => ({ en: 'pytest takes what begins with test_ for a test.', es: 'pytest toma por una prueba todo lo que empieza por test_.' }),
};

function suggestionFor(text: string, longest: number, use: NameUse): { suggestion?: string } {
  const suggestion = shapeName(text, longest, use);
  return suggestion === undefined ? {} : { suggestion };
}

/**
 * An id that `checkId` accepts, from a text as people write it: accents folded, words joined by `_`.
 * @returns nothing when the text has no letter or digit that Latin letters can stand for
 */
export function deriveId(text: string): string | undefined {
  return shapeName(text, longestId, 'code');
}

/** What is put before or after a word to make it a name of its own. */
const affixes: Readonly<Record<NameUse, string>> = { code: 'kpi', column: 'column', entry: 'kpi' };

function shapeName(text: string, longest: number, use: NameUse): string | undefined {
  const folded = foldLetters(text.slice(0, 1000));
  const affix = affixes[use];
  const name = cutAtWord(/^\d/.test(folded) ? `${affix}_${folded}` : folded, longest);
  if (name === '') return undefined;
  const owner = nameOwner(name, use);
  if (owner === 'test') return cutAtWord(`${affix}_${name}`, longest);
  return owner === undefined ? name : `${name}_${affix}`;
}

/** Letters that Unicode does not take apart into a base and a mark. */
const ligatures: Readonly<Record<string, string>> = {
  ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', þ: 'th', ħ: 'h', ı: 'i', ŋ: 'ng',
};

function foldLetters(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])(?=[A-Z][a-z])|([a-z])(?=[A-Z])/g, '$1$2_')
    .toLowerCase()
    .replace(/[ßæœøđðłþħıŋ]/g, (letter) => ligatures[letter] ?? '')
    .replace(/['’`´]/g, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Cuts a long name after a whole word, when there is one not too far back. */
function cutAtWord(name: string, longest: number): string {
  if (name.length <= longest) return name;
  const space = name.lastIndexOf('_', longest);
  return name.slice(0, space > longest / 2 ? space : longest).replace(/_+$/, '');
}

/** Checks a text of one line, such as a name or an owner. */
export function checkLine(text: string, longest: number): Refusal | undefined {
  return checkText(text, longest, false);
}

/** Checks a text that may have several lines, such as a description. */
export function checkParagraph(text: string, longest: number): Refusal | undefined {
  return checkText(text, longest, true);
}

function checkText(text: string, longest: number, lines: boolean): Refusal | undefined {
  if (findSecrets(text).length > 0) return { reason: textTexts.secret };
  const reason = whyNot(text, longest, lines);
  if (reason === undefined) return undefined;
  const suggestion = cleanText(text, longest, lines);
  return suggestion === '' ? { reason } : { reason, suggestion };
}

function whyNot(text: string, longest: number, lines: boolean): Bilingual | undefined {
  if (text.trim() === '') return textTexts.empty;
  if (!lines && /[\r\n]/.test(text)) return textTexts.newline;
  const characters = [...text];
  if (characters.length > longest) return textTexts.long(longest);
  if (characters.some((each) => isBidi(each))) return textTexts.bidi;
  if (characters.some((each) => isControl(each) && each !== '\n')) return textTexts.control;
  return text === text.normalize('NFC') ? undefined : textTexts.form;
}

const textTexts = {
  secret: {
    en: 'It holds a password, a key or a token, and would be written into files that many people read.',
    es: 'Contiene una contraseña, una clave o un token, y quedaría escrito en archivos que lee mucha gente.',
  },
  empty: { en: 'It is empty.', es: 'Está vacío.' },
  newline: { en: 'It has more than one line.', es: 'Tiene más de una línea.' },
  long: formTexts.long,
  bidi: {
    en: 'It has characters that turn the direction of reading around.',
    es: 'Tiene caracteres que invierten el sentido de la lectura.',
  },
  control: { en: 'It has control characters.', es: 'Tiene caracteres de control.' },
  form: {
    en: 'Its accents are written as separate characters (it is not in Unicode form NFC).',
    es: 'Sus acentos están escritos como caracteres sueltos (no está en la forma NFC de Unicode).',
  },
};

function cleanText(text: string, longest: number, lines: boolean): string {
  const composed = text.replace(/[\ud800-\udfff]/gu, ' ').normalize('NFC');
  const kept = [...composed].map((each) => (isDropped(each, lines) ? ' ' : each)).join('');
  const tidy = lines ? kept.replace(/[^\S\n]+/g, ' ') : kept.replace(/\s+/g, ' ');
  return [...tidy.trim()].slice(0, longest).join('').trim();
}

function isDropped(character: string, lines: boolean): boolean {
  return isBidi(character) || (isControl(character) && !(lines && character === '\n'));
}
