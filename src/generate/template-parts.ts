/**
 * What compiled templates are made of: src/build/compile-template.ts writes calls to these. They keep Handlebars'
 * meaning; each is here once instead of in every block of every template, as Handlebars' own compiler has it.
 */

/** Handlebars' `data`: `@root`, and in a list the place of the item. */
export interface Frame {
  readonly root: unknown;
  readonly index?: number;
  readonly first?: boolean;
  readonly last?: boolean;
  readonly key?: string;
}

/** What may be called in a template: each takes values and gives the text of one language. */
export type Emitters = Readonly<Record<string, (...values: unknown[]) => string>>;
/** A compiled template. */
export type Template = (context: unknown, emitters: Emitters, frame: Frame) => string;
type Body = (context: unknown, frame: Frame) => string;

/** A value by its path, and nothing where it ends: only own properties count. */
export function lookUp(from: unknown, ...path: readonly string[]): unknown {
  return path.reduce((value, key) => (isOwn(value, key) ? value[key] : undefined), from);
}

/** A value that a template prints: it must be there. */
export function print(from: unknown, ...path: readonly string[]): string {
  const value = path.reduce((holder, key) => {
    if (!isOwn(holder, key)) throw new TypeError(`"${path.join('.')}" is not there`);
    return holder[key];
  }, from);
  return text(value);
}

export function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

function isOwn(value: unknown, key: string): value is Readonly<Record<string, unknown>> {
  return value !== undefined && value !== null && Object.hasOwn(Object(value) as object, key);
}

/** What `#if` takes for true: an empty list is not. */
export function isTrue(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** What `#is` asks; a value that is missing is a mistake of the template. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) throw new TypeError('is: a value is missing');
  return a === b;
}

export function forEach(list: unknown, { root }: Frame, body: Body, otherwise: () => string): string {
  const items = Object.entries(Object(list ?? []) as object);
  const last = items.length - 1;
  if (items.length === 0) return otherwise();
  const frames = items.map(
    ([key, item], index) => [item as unknown, { root, key, index, first: index === 0, last: index === last }] as const,
  );
  return frames.map(([item, frame]) => body(item, frame)).join('');
}

export function withValue(value: unknown, frame: Frame, body: Body, otherwise: () => string): string {
  return isTrue(value) ? body(value, frame) : otherwise();
}

/** One of two texts, by the language of the data. */
export function translate({ root }: Frame, en: string, es: string): string {
  const { locale } = root as { readonly locale?: unknown };
  if (locale !== 'en' && locale !== 'es') throw new TypeError('tr: the data has no locale');
  return locale === 'es' ? es : en;
}

/** A partial in the place of its caller; one that stands alone on a line hands its indentation on. */
export function partial(
  template: string | Template | undefined,
  context: unknown,
  emitters: Emitters,
  frame: Frame,
  indent = '',
): string {
  if (template === undefined) throw new TypeError('there is no such partial');
  const lines = typeof template === 'string' ? template : template(context, emitters, frame);
  return indented(lines, indent);
}

function indented(lines: string, indent: string): string {
  return indent === '' ? lines : lines.replace(/^(?=.|\n)/gm, indent);
}
