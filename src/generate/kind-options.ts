import type { Bilingual } from '../errors/bilingual.ts';
import { fail } from '../errors/failure.ts';
import type { ConfigField } from '../config/edit-config.ts';
import { checkEntryName, checkLine, tableName } from '../config/names.ts';
import type { KindKey } from '../config/stage-kinds.ts';
import { asText, checkedBy, notText, refuse } from './answers/checked.ts';
import type { Checked, Refusal } from './answers/checked.ts';
import type { Choice } from './define-generator.ts';
import { field } from './define-generator.ts';
import type { SourceView } from './project-view.ts';

/** What one kind asks and the others do not: a flag at every door, and never a question. */
export interface KindOption {
  /** Also the flag: `database` is `--database`. */
  readonly key: string;
  readonly label: Bilingual;
  readonly help: Bilingual;
  readonly choices?: readonly Choice[];
  readonly placeholder?: string;
  /** It has no usual value and is not left out. */
  readonly required?: true;
  /** What holds when nobody says; the first choice, or nothing, where it is left out. */
  readonly initial?: string;
  /** What is wrong with a text, where there are no choices. */
  readonly check?: (text: string) => Refusal | undefined;
  /** Why a value is not to be had that the kind has elsewhere, and what to do instead. */
  readonly refused?: Readonly<Record<string, Refusal>>;
  /** For what is asked of a source and not of the stage: what one that is there says already, if it says it. */
  readonly ofSource?: (source: SourceView) => string | undefined;
}

/** A key of config.yaml as a question, where it has a label. */
export function keyOption(each: KindKey): KindOption | undefined {
  const { key, label, help, values, form = 'text', initial, required } = each;
  if (label === undefined) return undefined;
  const usual = initial ?? (required ? undefined : values?.[0]);
  return {
    key,
    label,
    help,
    ...(required && usual === undefined && { required }),
    initial: String(usual ?? ''),
    ...(values === undefined ? { placeholder: form, check: (text: string) => checkKeyText(each, text) } : { choices: values.map((value) => ({ value, label: { en: value, es: value } })) }),
  };
}

function checkKeyText({ form, pattern, least = 0, most = Number.MAX_SAFE_INTEGER }: KindKey, text: string): Refusal | undefined {
  const isWhole = /^-?\d{1,15}$/.test(text);
  if (form === 'integer' && (!isWhole || Number(text) < least || Number(text) > most)) return refuse(`It is not a whole number from ${least} to ${most}.`, `No es un número entero de ${least} a ${most}.`);
  if (form === 'boolean' && text !== 'true' && text !== 'false') return refuse('It is not true or false.', 'No es true ni false.');
  if (pattern !== undefined && !new RegExp(pattern).test(text)) return refuse(`It does not have the form ${pattern}.`, `No tiene la forma ${pattern}.`);
  if (form === 'columns') return text.split(',').map((each) => checkEntryName(each.trim())).find((each) => each !== undefined);
  return form === 'table' ? (tableName.test(text) ? undefined : refuse('It is not a table: kpi_daily or mart.kpi_daily.', 'No es una tabla: kpi_daily o mart.kpi_daily.')) : checkLine(text, 200);
}

/** What stands in config.yaml of the keys that were asked: what is usual needs no line. */
export function keyFields(keys: readonly KindKey[], options: Readonly<Record<string, string>>): ConfigField[] {
  return keys.flatMap((each): ConfigField[] => {
    const text = options[each.key] ?? '';
    const isUsual = text === '' || (each.required !== true && text === keyOption(each)?.initial);
    return each.label === undefined || isUsual ? [] : [keyField(each, text)];
  });
}

function keyField({ key, form = 'text', values }: KindKey, text: string): ConfigField {
  if (form === 'integer') return { key, value: Number(text) };
  if (form === 'boolean') return { key, value: text === 'true' };
  if (form === 'columns') return { key, value: text.split(',').map((each) => each.trim()) };
  return { key, value: text, ...(values === undefined && form === 'text' && { quoted: true }) };
}

/** What an entry of config.yaml says of the keys that are asked; what it does not say has its usual value. */
export function keysTold(keys: readonly KindKey[], entry: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(keys.flatMap((each) => {
    const option = keyOption(each);
    const value = entry[each.key];
    if (option === undefined) return [];
    return [[each.key, value === undefined ? initialOf(option) : Array.isArray(value) ? value.join(',') : String(value)]];
  }));
}

interface WithOptions {
  readonly options?: readonly KindOption[];
}

/** What a kind asks: those of its keys that have a label, and its other options. */
export function optionsOfKind({ options = [], keys = [] }: WithOptions & { readonly keys?: readonly KindKey[] }): readonly KindOption[] {
  return [...keys.flatMap((each) => keyOption(each) ?? []), ...options];
}

interface NamedKind extends WithOptions {
  readonly value: string;
  readonly keys?: readonly KindKey[];
}

interface WithKinds {
  readonly name: string;
  readonly kinds: readonly NamedKind[];
}

/** The fields of the options of all kinds: two kinds may have one of the same key, each with choices of its own. */
export function optionFields(kinds: readonly WithOptions[]): Readonly<Record<string, ReturnType<typeof optionField>>> {
  const all = kinds.flatMap(({ options = [] }) => options);
  const keys = [...new Set(all.map(({ key }) => key))];
  return Object.fromEntries(keys.map((key) => [key, optionField(all.filter((each) => each.key === key))]));
}

function optionField(all: readonly KindOption[]) {
  const [first] = all;
  if (first === undefined) throw new TypeError('an option without a declaration');
  const choices = [...new Map(all.flatMap((each) => each.choices ?? []).map((each) => [each.value, each])).values()];
  const schema = checkedBy((raw): Checked<string> => {
    const text = asText(raw) ?? '';
    if (text === '') return { value: text };
    if (choices.length > 0) return choices.some(({ value }) => value === text) ? { value: text } : notText;
    return all.map(({ check }) => check?.(text)).find((each) => each !== undefined) ?? { value: text };
  });
  return field(schema, {
    label: first.label,
    help: first.help,
    flagOnly: true,
    placeholder: first.placeholder ?? (choices.length > 0 ? choices.map(({ value }) => value).join('|') : first.key),
    ...(choices.length > 0 && { choices }),
    initial: () => initialOf(first),
  });
}

/** What an option is when nobody says. */
function initialOf({ initial, choices }: KindOption): string {
  return initial ?? choices?.[0]?.value ?? '';
}

/** What is known of a source that is there: its address, and what stages said of it when they were added. */
export interface KnownSource {
  readonly view: SourceView;
  readonly said: Readonly<Record<string, string>>;
}

/**
 * The options of one kind with what was given.
 * @throws Failure for an option that only another kind has, for a value that this one does not offer, and for one that
 * its source has decided already
 */
export function readOptions(generator: WithKinds, kind: NamedKind, given: Readonly<Record<string, string>> = {}, source?: KnownSource): Readonly<Record<string, string>> {
  const options = optionsOfKind(kind);
  const foreign = Object.entries(given).find(([key, value]) => value !== '' && !options.some((each) => each.key === key));
  if (foreign !== undefined) {
    const kinds = generator.kinds.filter((each) => optionsOfKind(each).some(({ key }) => key === foreign[0]));
    fail('E_OPTION_KIND', { flag: flagOf(foreign[0]), stage: generator.name, kind: kind.value, kinds: kinds.map(({ value }) => value), own: options.map(({ key }) => flagOf(key)) });
  }
  return Object.fromEntries(options.map((option) => [option.key, settleOption(option, given[option.key] ?? '', source)]));
}

/** The options of a stage that is there: what its source says, else what was said when it was added. */
export function standingOptions({ options = [] }: WithOptions, said: Readonly<Record<string, string>>, source: SourceView | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(options.map((option) => [option.key, (source && option.ofSource?.(source)) ?? said[option.key] ?? initialOf(option)]));
}

/** What has to be remembered of a stage's options: what is not usual, and its source does not say. */
export function optionsToRemember({ options = [] }: WithOptions, values: Readonly<Record<string, string>>, source: SourceView | undefined): Readonly<Record<string, string>> {
  const told = options.filter((option) => values[option.key] !== initialOf(option) && (source && option.ofSource?.(source)) === undefined);
  return Object.fromEntries(told.map(({ key }) => [key, values[key] ?? '']));
}

function settleOption(option: KindOption, given: string, source: KnownSource | undefined): string {
  const { key, ofSource } = option;
  const inAddress = source && ofSource?.(source.view);
  const decided = inAddress ?? (ofSource && source?.said[key]);
  if (decided === undefined) return readOption(option, given || initialOf(option));
  if (given !== '' && given !== decided) {
    const name = source?.view.name ?? '';
    const file = inAddress === undefined ? '.kpi-flow/lock' : 'config/config.yaml';
    const why = { en: `The source ${name} is there already. For something else give a new one a name: --source <name>`, es: `El origen ${name} ya existe. Para otra cosa, pon nombre a uno nuevo: --source <nombre>` };
    fail('E_ANSWER_FIXED', { from: flagOf(key), value: given, file, fixed: decided, why });
  }
  return decided;
}

function readOption({ key, choices, required }: KindOption, value: string): string {
  if (required && value === '') fail('E_ANSWERS_MISSING', { flags: [flagOf(key)], example: `${flagOf(key)} <${key}>`, haveDefaults: false, ...(choices && { choices: choices.map((each) => each.value) }) });
  if (choices === undefined || choices.some((each) => each.value === value)) return value;
  return fail('E_ANSWER_CHOICE', { flag: flagOf(key), value, choices: choices.map((each) => each.value) });
}

const flagOf = (key: string): string => `--${key.replaceAll('_', '-')}`;

/** A choice whose value is a term of the field, with what it means in both languages. */
export const namedChoice = (value: string, en: string, es: string) => ({ value, label: { en: `${value}: ${en}`, es: `${value}: ${es}` } });
