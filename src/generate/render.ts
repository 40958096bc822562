import { templates } from 'virtual:templates';
import { Failure, fail } from '../errors/failure.ts';
import { envValue, jsString, jsonString, markdownText, tomlString, yamlScalar } from './emitters/data.ts';
import { pyComment, pyDocstring, pyImport, pyNumber, pyString } from './emitters/python.ts';
import { dotted, identifier, kebab, number, upper } from './emitters/words.ts';
import { runTemplate } from './run-template.ts';
import type { emitterNames } from './emitter-names.ts';

type EmitterName = Exclude<(typeof emitterNames)[number], 'is' | 'tr'>;

const emitters: { readonly [Name in EmitterName]: (...values: unknown[]) => string } = {
  dotted,
  envValue,
  identifier,
  jsString,
  jsonString,
  kebab,
  markdownText,
  number,
  pyComment,
  pyDocstring,
  pyImport,
  pyNumber,
  pyString,
  tomlString,
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
    if (error instanceof Failure) throw error;
    return fail('E_TEMPLATE', { template: name, detail: error instanceof Error ? error.message : String(error) });
  }
}

/** Whether a template of that name was built in. */
export function hasTemplate(name: string): boolean {
  return name in templates;
}
