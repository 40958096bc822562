import { templates } from 'virtual:templates';
import { Failure, fail } from '../errors/failure.ts';
import { envValue, jsString, jsonString, markdownText, tomlString, tsString, yamlScalar } from './emitters/data.ts';
import { pyComment, pyDocstring, pyImport, pyImports, pyNumber, pyString } from './emitters/python.ts';
import { camel, dotted, identifier, kebab, number, pascal, upper } from './emitters/words.ts';
import { runTemplate } from './run-template.ts';
import type { emitterNames } from './emitter-names.ts';

type EmitterName = Exclude<(typeof emitterNames)[number], 'is' | 'tr'>;

const emitters: { readonly [Name in EmitterName]: (...values: unknown[]) => string } = {
  camel,
  dotted,
  envValue,
  identifier,
  jsString,
  jsonString,
  kebab,
  markdownText,
  number,
  pascal,
  pyComment,
  pyDocstring,
  pyImport,
  pyImports,
  pyNumber,
  pyString,
  tomlString,
  tsString,
  upper,
  yamlScalar,
};

/**
 * Renders one template to text with LF line ends.
 * @param name its path under templates/, without `.hbs`
 * @throws Failure E_TEMPLATE when the data lacks what the template needs
 */
export function render(name: string, data: object): string {
  if (!hasTemplate(name)) return fail('E_TEMPLATE', { template: name, detail: 'there is no such template' });
  try {
    return runTemplate(name, templates, emitters, data);
  } catch (error) {
    if (error instanceof Failure || isOfSystem(error)) throw error;
    return fail('E_TEMPLATE', { template: name, detail: error instanceof Error ? error.message : String(error) });
  }
}

/** A template is read when it is rendered: a disk that fails is no fault of the template. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'errno' in error;
}

/** Whether a template of that name was built in. */
export function hasTemplate(name: string): boolean {
  return name in templates;
}
