import type { Addition } from '../generate/define-addition.ts';
import { isEmpty, lacks } from '../generate/define-addition.ts';
import { isStageGenerator } from '../generate/define-stage.ts';
import type { Field, RawAnswer, RawAnswers } from '../generate/define-generator.ts';
import { readField } from '../generate/define-generator.ts';
import { explain } from '../messages/explain.ts';
import { uiOf } from '../messages/speak.ts';
import type { Prompter } from './ports.ts';

type Locale = 'en' | 'es';

/** What is asked when nobody said what is to be added. */
export async function askGenerator(generators: readonly Addition[], prompter: Prompter, locale: Locale): Promise<string> {
  const choices = generators.map(({ name, summary }) => ({ value: name, label: `${name}: ${summary[locale]}` }));
  const reply = await prompter.select({ label: uiOf(locale).grow.whichGenerator, help: '', choices, back: false });
  return reply.kind === 'answer' ? reply.value : '';
}

/** Asks what has no answer yet, but only where something that has no default is among it. */
export async function askMissing(generator: Addition, given: RawAnswers, prompter: Prompter, locale: Locale): Promise<RawAnswers> {
  if (!lacks(generator, given)) return given;
  const said: Record<string, RawAnswer | undefined> = { ...given };
  for (const field of Object.values(generator.fields)) {
    if (isEmpty(said[field.key]) && isAsked(field, generator, said)) said[field.key] = await ask(field, prompter, locale);
  }
  return said;
}

/** A kind without a source is not asked for one. */
function isAsked({ key, meta }: Field, generator: Addition, said: RawAnswers): boolean {
  if (meta.flagOnly === true) return false;
  const kind = isStageGenerator(generator) ? generator.kinds.find(({ value }) => value === said['kind']) : undefined;
  if (kind === undefined) return true;
  return (key !== 'source' || kind.source !== undefined) && (key !== 'inputs' || kind.inputs !== undefined);
}

async function ask(field: Field, prompter: Prompter, locale: Locale): Promise<string> {
  const { label, help, choices } = field.meta;
  const texts = { label: label[locale], help: help[locale], back: false };
  const reply =
    choices === undefined
      ? await prompter.text({ ...texts, initial: '', check: (text) => faultOf(field, text, locale) })
      : await prompter.select({ ...texts, choices: choices.map((each) => ({ value: each.value, label: each.label[locale] })) });
  return reply.kind === 'answer' ? reply.value : '';
}

function faultOf(field: Field, text: string, locale: Locale): string | undefined {
  const result = readField(field, text);
  return 'problem' in result ? explain(result.problem, locale).why : undefined;
}
