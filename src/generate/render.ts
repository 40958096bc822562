import runtime from 'handlebars/runtime.js';
import { templates } from 'virtual:templates';
import { Failure, fail } from '../errors/failure.ts';
import { envValue, jsString, jsonString, markdownText, tomlString, yamlScalar } from './emitters/data.ts';
import { pyComment, pyDocstring, pyImport, pyNumber, pyString } from './emitters/python.ts';
import { dotted, identifier, kebab, number, upper } from './emitters/words.ts';
import type { emitterNames } from './emitter-names.ts';

type EmitterName = (typeof emitterNames)[number];

// A private instance: a helper or partial that somebody else registers must not reach our templates.
// Its type lacks `create`, which the runtime build has all the same.
const handlebars = (runtime as unknown as { create(): typeof Handlebars }).create();

/** Handlebars hands its options over as the last argument; an emitter must not take them for a value. */
function emitter(emit: (...values: unknown[]) => string) {
  return (...given: unknown[]): string => emit(...given.slice(0, -1));
}

const helpers: { readonly [Name in EmitterName]: (...given: never[]) => unknown } = {
  dotted: emitter(dotted),
  envValue: emitter(envValue),
  identifier: emitter(identifier),
  is: isEqual,
  jsString: emitter(jsString),
  jsonString: emitter(jsonString),
  kebab: emitter(kebab),
  markdownText: emitter(markdownText),
  number: emitter(number),
  pyComment: emitter(pyComment),
  pyDocstring: emitter(pyDocstring),
  pyImport: emitter(pyImport),
  pyNumber: emitter(pyNumber),
  pyString: emitter(pyString),
  tomlString: emitter(tomlString),
  tr: translate,
  upper: emitter(upper),
  yamlScalar: emitter(yamlScalar),
};
handlebars.registerHelper(helpers as unknown as Record<string, Handlebars.HelperDelegate>);

function isEqual(this: unknown, a: unknown, b: unknown, options: Handlebars.HelperOptions): string {
  if (a === undefined || b === undefined) throw new TypeError('is: a value is missing');
  return a === b ? options.fn(this) : options.inverse(this);
}

function translate(this: unknown, en: string, es: string, options: Handlebars.HelperOptions): string {
  const { locale } = options.data.root as { locale?: unknown };
  if (locale !== 'en' && locale !== 'es') throw new TypeError('tr: the data has no locale');
  return locale === 'es' ? es : en;
}

const compiled = new Map<string, (data: object) => string>();

function compile(name: string): (data: object) => string {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const source = templates[name] ?? fail('E_TEMPLATE', { template: name, detail: 'there is no such template' });
  const render = typeof source === 'string' ? () => source : handlebars.template<object>(source());
  compiled.set(name, render);
  return render;
}

type Template = (data: object, options?: object) => string;

// Each partial is compiled when a template first asks for it: most runs need few.
for (const name of Object.keys(templates).filter((each) => each.startsWith('partials/'))) {
  const partial: Template = (data, options) => (compile(name) as Template)(data, options);
  handlebars.registerPartial(name.slice('partials/'.length), partial as Handlebars.Template);
}

/**
 * Renders one template to text with LF line ends.
 * @param name its path under templates/, without `.hbs`
 * @throws Failure E_TEMPLATE when the data lacks what the template needs
 */
export function render(name: string, data: object): string {
  try {
    return compile(name)(data);
  } catch (error) {
    if (error instanceof Failure) throw error;
    return fail('E_TEMPLATE', { template: name, detail: error instanceof Error ? error.message : String(error) });
  }
}

/** Whether a template of that name was built in. */
export function hasTemplate(name: string): boolean {
  return name in templates;
}
