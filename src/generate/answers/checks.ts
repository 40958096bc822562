import { checkEntryName } from '../../config/names.ts';
import { suggest } from '../../config/suggest.ts';
import type { Checked, Refusal } from './checked.ts';
import { refuse } from './checked.ts';

/** An argument of a check as templates write it. */
export interface CheckArgument {
  /** Its keyword, where it has one. */
  readonly key: string;
  readonly isText: boolean;
  readonly text: string;
  readonly number: number;
}

/** A check as `core.checks` is asked for it. */
export interface CheckCall {
  readonly name: string;
  readonly args: readonly CheckArgument[];
  /** Whether the call fits on one line of a decorator. */
  readonly fits: boolean;
}

const example = 'not_null(record_id), range(amount, 0, 1000)';
const numeric = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
/** What a line of a decorator has room for. */
const roomy = 88 - 5;

/** dbt's words, with what each is called in Python and how it reads its words. */
const kinds: Readonly<Record<string, { readonly call?: string; readonly form: string; readonly read: (words: readonly string[]) => Checked<readonly CheckArgument[]> | undefined }>> = {
  not_null: { form: 'not_null(a, b)', read: (words) => (words.length > 0 ? columns(words) : undefined) },
  unique: { form: 'unique(a, b)', read: (words) => (words.length > 0 ? columns(words) : undefined) },
  accepted_values: { form: 'accepted_values(column, x, y)', read: ([column = '', ...values]) => (values.length > 0 ? withColumn(column, readValues(values)) : undefined) },
  range: { call: 'in_range', form: 'range(column, 0, 1000)', read: ([column = '', ...bounds]) => (bounds.length > 2 ? undefined : within(bounds, (all) => withColumn(column, all))) },
  row_count: { form: 'row_count(1, 1000)', read: (bounds) => (bounds.length > 2 || bounds.some((each) => each.includes('.') || each.startsWith('-')) ? undefined : within(bounds, (value) => ({ value }))) },
  freshness: { form: 'freshness(column, 26h)', read: ([column = '', age = '', ...more]) => (more.length > 0 ? undefined : aged(age, (value) => withColumn(column, [value]))) },
};

/** `not_null(a), range(b, 0, 10)` as calls. */
export function readChecks(text: string): Checked<readonly CheckCall[]> {
  const parts = [...text.matchAll(/\s*([a-z_]*)\s*\(([^()]*)\)\s*(?:,|$)/gy)];
  if (parts.map(([part]) => part).join('') !== text || parts.length === 0) return refuse('Checks are written as name(column, …), with commas between them.', 'Las comprobaciones se escriben como nombre(columna, …), separadas por comas.', example);
  const calls = parts.map(([, name = '', words = '']) => readCheck(name, words));
  const refused = calls.find((each): each is Refusal => 'reason' in each);
  return refused ?? { value: calls.flatMap((each) => ('value' in each ? [each.value] : [])) };
}

function readCheck(name: string, text: string): Checked<CheckCall> {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  const known = Object.keys(kinds);
  if (kind === undefined) return refuse(`There is no check "${name}": ${known.join(', ')}.`, `No existe la comprobación "${name}": ${known.join(', ')}.`, suggest(name, known) ?? example);
  const words = text.trim() === '' ? [] : text.split(',').map((each) => each.trim());
  const args = kind.read(words);
  if (args === undefined) return refuse(`"${name}" is written as ${kind.form}.`, `"${name}" se escribe como ${kind.form}.`, kind.form);
  if ('reason' in args) return args;
  const call = kind.call ?? name;
  const length = call.length + 2 + args.value.map(({ key, isText, text: shown, number }) => key.length + 4 + (isText ? shown.length + 2 : String(number).length)).reduce((sum, each) => sum + each, 0);
  return { value: { name: call, args: args.value, fits: length <= roomy } };
}

const argument = (value: string | number, key = ''): CheckArgument =>
  typeof value === 'number' ? { key, isText: false, text: '', number: value } : { key, isText: true, text: value, number: 0 };

/** A column has one type: numbers are numbers only where all are. */
function readValues(words: readonly string[]): CheckArgument[] {
  if (words.every((each) => numeric.test(each))) return words.map((each) => argument(Number(each)));
  return words.map((each) => argument(/^(["']).*\1$/.test(each) ? each.slice(1, -1) : each));
}

function columns(words: readonly string[]): Checked<readonly CheckArgument[]> {
  const refused = words.map((each) => checkEntryName(each)).find((each) => each !== undefined);
  return refused ?? { value: words.map((each) => argument(each)) };
}

function withColumn(column: string, args: readonly CheckArgument[]): Checked<readonly CheckArgument[]> {
  return checkEntryName(column) ?? { value: [argument(column), ...args] };
}

/** One bound or two; the one that is left empty is open. */
function within([least = '', most = '']: readonly string[], done: (args: readonly CheckArgument[]) => Checked<readonly CheckArgument[]>): ReturnType<typeof done> | undefined {
  if ([least, most].some((each) => each !== '' && !numeric.test(each)) || (least === '' && most === '')) return undefined;
  if (least !== '' && most !== '' && Number(least) > Number(most)) return refuse(`${least} lies above ${most}.`, `${least} es mayor que ${most}.`, `${most}, ${least}`);
  return done([...(least === '' ? [] : [argument(Number(least), 'least')]), ...(most === '' ? [] : [argument(Number(most), 'most')])]);
}

function aged(age: string, done: (arg: CheckArgument) => Checked<readonly CheckArgument[]>): ReturnType<typeof done> | undefined {
  const found = /^([1-9]\d*)([hd])$/.exec(age);
  return found === null ? undefined : done(argument(Number(found[1]), found[2] === 'h' ? 'hours' : 'days'));
}
