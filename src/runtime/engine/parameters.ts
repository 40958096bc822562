import { isPlain } from '../inputs.ts';

/**
 * The names of a function's parameters, from its source: JavaScript keeps no other record. A destructured one has none.
 */
export function parameterNames(fn: (...args: never[]) => unknown): (string | null)[] {
  return splitParameters(parameterText(Function.prototype.toString.call(fn))).map(nameOf);
}

/** The text between the parentheses, or the one name of an arrow function without them. */
function parameterText(source: string): string {
  const bare = /^\s*(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u.exec(source);
  if (bare?.[1] !== undefined) return bare[1];
  const open = source.indexOf('(');
  return open < 0 ? '' : source.slice(open + 1, closing(source, open));
}

function closing(source: string, open: number): number {
  let depth = 0;
  for (let at = open; at < source.length; at = after(source, at)) {
    const sign = source[at] ?? '';
    if ('([{'.includes(sign)) depth += 1;
    else if (')]}'.includes(sign) && --depth === 0) return at;
  }
  return source.length;
}

/** The place behind the character at `at`; strings and comments are one step. */
function after(source: string, at: number): number {
  const two = source.slice(at, at + 2);
  if (two === '//') return endOf(source, '\n', at + 2);
  if (two === '/*') return endOf(source, '*/', at + 2);
  const sign = source[at];
  if (sign !== '"' && sign !== "'" && sign !== '`') return at + 1;
  let end = at + 1;
  while (end < source.length && source[end] !== sign) end += source[end] === '\\' ? 2 : 1;
  return end + 1;
}

function endOf(source: string, mark: string, from: number): number {
  const end = source.indexOf(mark, from);
  return end < 0 ? source.length : end + mark.length;
}

function splitParameters(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at = after(text, at)) {
    const sign = text[at] ?? '';
    if ('([{'.includes(sign)) depth += 1;
    else if (')]}'.includes(sign)) depth -= 1;
    else if (sign === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.filter((part) => part.trim() !== '');
}

function nameOf(part: string): string | null {
  const bare = part.replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, '').trim();
  return /^(?:\.\.\.)?([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(bare)?.[1] ?? null;
}

/** Values by name. One plain object as the only argument is taken for Python's keyword arguments. */
export function parametersOf(names: readonly (string | null)[], args: readonly unknown[]): Record<string, unknown> {
  const [only] = args;
  if (args.length === 1 && (names[0] ?? null) === null && typeof only === 'object' && only !== null && isPlain(only))
    return only;
  return Object.fromEntries(args.map((value, index) => [names[index] ?? `arg${index}`, value]));
}

/** The way back: arguments from the parameters of a run. */
export function argumentsOf(
  names: readonly (string | null)[],
  parameters: Record<string, unknown>,
  schema: boolean,
): unknown[] {
  if (schema) return [parameters];
  const [first = null] = names;
  if (names.length === 1 && (first === null || !(first in parameters)))
    return Object.keys(parameters).length === 0 ? [] : [parameters];
  return names.map((name) => (name === null ? parameters : parameters[name]));
}

/** `{name}` and `{name.part}` stand for parameters; what is not there is left as it is written. */
export function fillTemplate(template: string, parameters: Record<string, unknown>): string {
  return template.replace(/\{([\w$.]+)\}/g, (whole, path: string) => {
    const value = path
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], parameters);
    return value === undefined ? whole : value instanceof Date ? value.toISOString() : String(value);
  });
}
