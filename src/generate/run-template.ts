/** What stands in a list: `@root`, and the place of the item. */
export interface Frame {
  readonly root: unknown;
  readonly index?: number;
  readonly first?: boolean;
  readonly last?: boolean;
}

/** What may be called in a template: each takes values and gives the text of one language. */
export type Emitters = Readonly<Record<string, (...values: unknown[]) => string>>;

/** A value: a literal in a list of one, a path as how many levels up and its keys, or a call. */
export type Expression =
  | readonly ['literal', string | number | boolean]
  | readonly ['path', number, ...string[]]
  | readonly ['frame', number, string, ...string[]]
  | readonly ['call', string, ...Expression[]];

/** A piece of a template, as src/build/compile-template.ts writes it: plain data, so that it is read as data. */
export type Piece =
  | string
  | Expression
  | readonly ['tr', string, string]
  | readonly ['if', Expression, Program, Program]
  | readonly ['is', Expression, Expression, Program, Program]
  | readonly ['each', Expression, Program, Program]
  | readonly ['with', Expression, Program, Program]
  | readonly ['partial', string, string];

export type Program = readonly Piece[];
export type Templates = Readonly<Record<string, string | Program>>;

/** Where a template is: what `this` was at each level, and the frame of each. */
interface Place {
  readonly templates: Templates;
  readonly emitters: Emitters;
  readonly contexts: readonly unknown[];
  readonly frames: readonly Frame[];
}

/**
 * Runs a template over data. It means what it means to Handlebars, only that nothing missing passes in silence.
 * @throws TypeError when the data lacks what the template names
 */
export function runTemplate(name: string, templates: Templates, emitters: Emitters, data: object): string {
  return runNamed(name, { templates, emitters, contexts: [data], frames: [{ root: data }] });
}

function runNamed(name: string, place: Place): string {
  const template = place.templates[name];
  if (template === undefined) throw new TypeError(`there is no template ${name}`);
  return typeof template === 'string' ? template : run(template, place);
}

function run(program: Program, place: Place): string {
  let text = '';
  for (const piece of program) text += typeof piece === 'string' ? piece : runPiece(piece, place);
  return text;
}

function runPiece(piece: Exclude<Piece, string>, place: Place): string {
  switch (piece[0]) {
    case 'tr':
      return translate(place, piece[1], piece[2]);
    case 'if':
      return run(isTrue(known(piece[1], place)) ? piece[2] : piece[3], place);
    case 'is':
      return run(isSame(evaluate(piece[1], place), evaluate(piece[2], place)) ? piece[3] : piece[4], place);
    case 'each':
      return runEach(known(piece[1], place), piece[2], piece[3], place);
    case 'with':
      return runWith(known(piece[1], place), piece[2], piece[3], place);
    case 'partial':
      return indent(runNamed(piece[1], place), piece[2]);
    default:
      return show(known(piece, place));
  }
}

function evaluate(expression: Expression, place: Place): unknown {
  switch (expression[0]) {
    case 'literal':
      return expression[1];
    case 'call':
      return call(expression, place);
    case 'path': {
      const [, up, ...keys] = expression;
      return follow(place.contexts[place.contexts.length - 1 - up], keys);
    }
    case 'frame': {
      const [, up, ...keys] = expression;
      return follow(place.frames[place.frames.length - 1 - up], keys);
    }
  }
}

function call([, name, ...given]: Extract<Expression, readonly ['call', ...unknown[]]>, place: Place): string {
  return (place.emitters[name] as Emitters[string])(...given.map((each) => known(each, place)));
}

/** A value by its path, and nothing where it ends: only own properties count. */
function follow(from: unknown, keys: readonly string[]): unknown {
  let value = from;
  for (const key of keys) {
    if (value === undefined || value === null || !Object.hasOwn(Object(value) as object, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

/** A value that the data has, be it null: a name that it does not know is a mistake, as in Handlebars' strict mode. */
function known(expression: Expression, place: Place): unknown {
  const value = evaluate(expression, place);
  if (value === undefined) throw new TypeError(`"${expression.slice(2).join('.')}" is not there`);
  return value;
}

function show(value: unknown): string {
  return value === null ? '' : String(value);
}

/** What `#if` takes for true: an empty list is not. */
function isTrue(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** What `#is` asks; a value that is missing is a mistake of the template. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) throw new TypeError('is: a value is missing');
  return a === b;
}

function runEach(list: unknown, body: Program, otherwise: Program, place: Place): string {
  const items = Object.values(Object(list ?? []) as object) as unknown[];
  if (items.length === 0) return run(otherwise, place);
  const root = place.frames[0]?.root;
  const last = items.length - 1;
  return items
    .map((item, index) => run(body, inside(place, item, { root, index, first: index === 0, last: index === last })))
    .join('');
}

function runWith(value: unknown, body: Program, otherwise: Program, place: Place): string {
  return isTrue(value) ? run(body, inside(place, value, { root: place.frames[0]?.root })) : run(otherwise, place);
}

function inside(place: Place, context: unknown, frame: Frame): Place {
  return { ...place, contexts: [...place.contexts, context], frames: [...place.frames, frame] };
}

/** One of two texts, by the language of the data. */
function translate({ frames }: Place, en: string, es: string): string {
  const locale = (frames[0]?.root as { readonly locale?: unknown } | undefined)?.locale;
  if (locale !== 'en' && locale !== 'es') throw new TypeError('tr: the data has no locale');
  return locale === 'es' ? es : en;
}

/** A partial that stands alone on a line takes the indentation of that line. */
function indent(lines: string, by: string): string {
  return by === '' ? lines : lines.replace(/^(?=.|\n)/gm, by);
}
