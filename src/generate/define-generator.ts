import * as z from 'zod/mini';
import { showText } from '../config/show-text.ts';
import { suggest } from '../config/suggest.ts';
import type { Problem } from '../errors/failure.ts';
import { problem } from '../errors/failure.ts';
import type { Bilingual } from '../errors/bilingual.ts';
import type { Tree } from '../plan/tree.ts';
import type { Refusal } from './answers/checked.ts';
import { shown } from './answers/texts.ts';

/** What a door gives for a field: text from a flag or a prompt, or a plain value from an answers file. */
export type RawAnswer = string | number | boolean | null | readonly string[];
export type RawAnswers = Readonly<Record<string, RawAnswer | undefined>>;

/** What is known of the world when questions are asked; it comes from outside, so that defaults stay pure. */
export interface QuestionContext {
  readonly locale: 'en' | 'es';
  readonly timezone: string;
  /** From git's settings, when there are any. */
  readonly owner?: string;
}

export interface Choice {
  readonly value: string;
  readonly label: Bilingual;
}

/** What a field is called and means: the one source of its prompt, flag, variable, help, docs and schema. */
export interface FieldMeta {
  readonly label: Bilingual;
  /** One line. */
  readonly help: Bilingual;
  readonly choices?: readonly Choice[];
  /** A flag without a value, with its `--no-` form. */
  readonly boolean?: true;
  /** Given by position on the command line. */
  readonly positional?: true;
  /** Has no default that could be taken. */
  readonly required?: true;
  /** Given by its flag alone, and never asked for. */
  readonly flagOnly?: true;
  /** What help shows for the value, as `<text>`. */
  readonly placeholder?: string;
  /** An answer to start from, given what is answered already. */
  readonly initial: (answers: RawAnswers, context: QuestionContext) => RawAnswer | undefined;
  /** How docs and help state the default, when `initial` depends on other answers. */
  readonly initialText?: Bilingual;
}

/** One question on a terminal. It may fill more than one field: a target also says its direction. */
export interface Step {
  readonly key: string;
  readonly fields: readonly string[];
  readonly label: Bilingual;
  readonly help: Bilingual;
  /** The answers as one text, to start the prompt with. */
  readonly show?: (answers: RawAnswers) => string;
  /** The answers in a text that somebody typed. */
  readonly read?: (text: string) => RawAnswers;
}

/** Values that each field's schema accepted, or every problem at once. */
export type Reading<Input> = { readonly input: Input } | { readonly problems: readonly Problem[] };

/** Facts of a run that a plan may depend on; there is no clock below this line. */
export interface RunFacts {
  /** The version of create-kpi-flow. */
  readonly version: string;
  /** YYYY-MM-DD */
  readonly today: string;
  /** SHA-256 of a text's UTF-8, as 64 hexadecimal digits. */
  readonly hash: (text: string) => string;
}

export interface Generator<Input> {
  readonly name: string;
  readonly summary: Bilingual;
  readonly fields: Readonly<Record<string, Field>>;
  readonly steps: readonly Step[];
  /** Checks answers as a whole, field by field and across fields. */
  readonly read: (answers: RawAnswers) => Reading<Input>;
  readonly plan: (input: Input, facts: RunFacts) => Tree;
}

export interface Field {
  readonly key: string;
  readonly flag: string;
  readonly variable: string;
  readonly schema: z.ZodMiniType;
  readonly meta: FieldMeta;
}

const registry = z.registry<FieldMeta>();

/** Registers what a field means on its schema. It must come last: zod keeps metadata on the instance. */
export function field<Schema extends z.ZodMiniType>(schema: Schema, meta: FieldMeta): Schema {
  registry.add(schema, meta);
  return schema;
}

/** The fields of an input schema, in order, each with its names at every door. */
export function fieldsOf(input: z.ZodMiniObject): Readonly<Record<string, Field>> {
  return Object.fromEntries(Object.entries(input.shape).map(([key, schema]) => [key, fieldOf(key, schema as z.ZodMiniType)]));
}

/** What a registered field means. */
export function metaOf(schema: z.ZodMiniType): FieldMeta {
  const meta = registry.get(schema);
  if (meta === undefined) throw new TypeError('the field is not registered');
  return meta;
}

function fieldOf(key: string, schema: z.ZodMiniType): Field {
  return { key, flag: `--${key.replaceAll('_', '-')}`, variable: `KPI_FLOW_${key.toUpperCase()}`, schema, meta: metaOf(schema) };
}

/** Fills what is missing from the fields' defaults, in order, so that later defaults see earlier answers. */
export function fillDefaults(generator: Pick<Generator<unknown>, 'fields'>, given: RawAnswers, context: QuestionContext): RawAnswers {
  const answers: Record<string, RawAnswer | undefined> = { ...given };
  for (const { key, meta } of Object.values(generator.fields)) {
    if (answers[key] === undefined) answers[key] = meta.initial(answers, context);
  }
  return answers;
}

export interface GeneratorDefinition<Input> {
  readonly name: string;
  readonly summary: Bilingual;
  /** Each field registered by `field`; one declaration gives prompt, flag, variable, help, docs and schema. */
  readonly input: z.ZodMiniObject;
  readonly steps: readonly Step[];
  /** What no field can see alone. */
  readonly check: (input: Input) => Problem[];
  readonly plan: (input: Input, facts: RunFacts) => Tree;
}

/** Declares a generator once; every door reads the same declaration. */
export function defineGenerator<Input>(definition: GeneratorDefinition<Input>): Generator<Input> {
  const fields = fieldsOf(definition.input);
  const { name, summary, steps, plan } = definition;
  return { name, summary, fields, steps, plan, read: (answers) => readAnswers(fields, answers, definition.check) };
}

function readAnswers<Input>(
  fields: Readonly<Record<string, Field>>,
  answers: RawAnswers,
  check: (input: Input) => Problem[],
): Reading<Input> {
  const results = Object.values(fields).map((each) => [each.key, readField(each, answers[each.key])] as const);
  const problems = results.flatMap(([, result]) => ('problem' in result ? [result.problem] : []));
  if (problems.length > 0) return { problems };
  // Every field's own schema has just accepted its value; their types stand in the generator's Input.
  const input = Object.fromEntries(results.map(([key, result]) => [key, 'value' in result ? result.value : undefined])) as Input;
  const across = check(input);
  return across.length > 0 ? { problems: across } : { input };
}

/** Checks one answer alone: the value that the schema makes of it, or what is wrong. */
export function readField(field: Field, raw: RawAnswer | undefined): { readonly value: unknown } | { readonly problem: Problem } {
  const result = z.safeParse(field.schema, raw);
  if (result.success) return { value: result.data };
  return { problem: problemOf(field, raw, result.error.issues[0]) };
}

function problemOf({ flag, meta }: Field, raw: unknown, issue: z.core.$ZodIssue | undefined): Problem {
  // A secret typed where a name belongs must not be repeated.
  const value = showText(shown(raw));
  if (meta.choices !== undefined) {
    const choices = meta.choices.map((each) => each.value);
    const closest = suggest(value, choices);
    return problem('E_ANSWER_CHOICE', { flag, value, choices, ...(closest !== undefined && { suggestion: closest }) });
  }
  const refusal = issue?.code === 'custom' ? (issue.params?.['refusal'] as Refusal | undefined) : undefined;
  const reason = refusal?.reason ?? { en: 'It is not of the form asked for.', es: 'No tiene la forma que se pide.' };
  return problem('E_ANSWER_REFUSED', { flag, value, reason, ...(refusal?.suggestion !== undefined && { suggestion: refusal.suggestion }) });
}
