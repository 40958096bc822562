import type { Bilingual } from '../errors/bilingual.ts';
import type { Problem, Where } from '../errors/failure.ts';
import { Failure, problem } from '../errors/failure.ts';
import type { Field, Generator, QuestionContext, RawAnswer, RawAnswers, Step } from '../generate/define-generator.ts';
import { fillDefaults, readField } from '../generate/define-generator.ts';

/** An answer that came before any question, and where it came from. */
export interface GivenAnswer {
  readonly value: RawAnswer;
  /** A flag, a variable or a file, as a person would name it. */
  readonly from: string;
  readonly where?: Where;
  /** An answers file decides this one: nobody changes it. */
  readonly fixed?: boolean;
  /** An answers file only proposes it: the question is still asked. */
  readonly open?: boolean;
  /** Why the file says so, for the person who reads the question. */
  readonly why?: Bilingual;
}

export type Given = Readonly<Record<string, GivenAnswer>>;

/** What can be asked: a generator without what it makes of the answers. */
export type Questions = Pick<Generator<unknown>, 'fields' | 'steps'>;

/** What a job needs of a generator. */
export type Asked<Input> = Questions & Pick<Generator<Input>, 'read' | 'plan'>;

/**
 * Joins the answers of every door: a flag over a variable over a file over a default. What a file fixes
 * holds, and saying something else is an error that says why.
 * @throws Failure E_ANSWER_FIXED
 */
export function mergeAnswers(flags: Given, variables: Given, file: Given): Given {
  const loose = { ...variables, ...flags };
  const clashes = Object.entries(file).flatMap(([key, held]) => clashOf(loose[key], held));
  if (clashes.length > 0) throw new Failure(clashes);
  const fixed = Object.fromEntries(Object.entries(file).filter(([, each]) => each.fixed === true));
  return { ...file, ...loose, ...fixed };
}

function clashOf(given: GivenAnswer | undefined, held: GivenAnswer): Problem[] {
  if (held.fixed !== true || given === undefined || sameText(given.value, held.value)) return [];
  const args = { from: given.from, value: showAnswer(given.value), file: held.from, fixed: showAnswer(held.value) };
  return [problem('E_ANSWER_FIXED', { ...args, ...(held.why && { why: held.why }) }, held.where)];
}

/** An answer as a person types it: `day,region`, `none`. */
export function showAnswer(value: RawAnswer | undefined): string {
  if (value === undefined) return '';
  if (value === null) return 'none';
  return Array.isArray(value) ? value.join(',') : String(value);
}

function sameText(a: RawAnswer, b: RawAnswer): boolean {
  return showAnswer(a).replaceAll(' ', '') === showAnswer(b).replaceAll(' ', '');
}

/** The plain values of answers that were given, not of those that are only proposed. */
export function valuesOf(given: Given): RawAnswers {
  const said = Object.entries(given).filter(([, { open }]) => open !== true);
  return Object.fromEntries(said.map(([key, { value }]) => [key, value]));
}

/** The same questions, where what a file proposes is the default. */
export function withProposals<Asked extends Questions>(generator: Asked, given: Given): Asked {
  const proposed = Object.values(generator.fields).map((field): readonly [string, Field] => {
    const answer = given[field.key];
    return [
      field.key,
      answer?.open === true ? { ...field, meta: { ...field.meta, initial: () => answer.value } } : field,
    ];
  });
  return { ...generator, fields: Object.fromEntries(proposed) };
}

/** Refuses what was given and cannot be, all of it at once, before anything is asked. */
export function checkGiven(fields: Questions['fields'], given: Given): void {
  const problems = Object.entries(given).flatMap(([key, answer]) => {
    const result = readField(fieldOf(fields, key), answer.value);
    return 'problem' in result ? [placed(result.problem, answer)] : [];
  });
  if (problems.length > 0) throw new Failure(problems);
}

/** A problem with the place of the answer it is about: a line of a file, or the variable that held it. */
function placed(found: Problem, { from, where }: GivenAnswer): Problem {
  const place = where ?? (from.startsWith('--') ? undefined : { file: from });
  return place === undefined ? found : { ...found, where: place };
}

/** Puts places on the problems of a whole reading. */
export function placeAll(fields: Questions['fields'], problems: readonly Problem[], given: Given): Problem[] {
  return problems.map((each) => {
    const flag = 'flag' in each.args ? each.args.flag : undefined;
    const key = Object.values(fields).find((field) => field.flag === flag)?.key;
    const answer = key === undefined ? undefined : given[key];
    return answer === undefined ? each : placed(each, answer);
  });
}

export function fieldOf(fields: Questions['fields'], key: string): Field {
  const found = fields[key];
  if (found === undefined) throw new TypeError(`there is no field ${key}`);
  return found;
}

/** Whether somebody has answered all that a question asks. */
export function isAnswered(step: Step, given: RawAnswers): boolean {
  return step.fields.every((key) => given[key] !== undefined);
}

/**
 * The answers of a run that asks nothing.
 * @param takeDefaults what `--yes` says; without it every question must be answered beforehand
 * @throws Failure E_ANSWERS_MISSING, and whatever is wrong with the answers
 */
export function settleAnswers<Input>(
  generator: Asked<Input>,
  given: Given,
  context: QuestionContext,
  takeDefaults: boolean,
): { readonly answers: RawAnswers; readonly input: Input } {
  const values = valuesOf(given);
  const answers = fillDefaults(generator, values, context);
  const missing = missingKeys(generator, takeDefaults ? answers : values, answers);
  if (missing.length > 0) throw new Failure([missingAnswers(generator, missing, values, !takeDefaults)]);
  const reading = generator.read(answers);
  if ('problems' in reading) throw new Failure(placeAll(generator.fields, reading.problems, given));
  return { answers, input: reading.input };
}

/** What a question would have asked, and what has no default at all. */
function missingKeys(generator: Questions, said: RawAnswers, answers: RawAnswers): string[] {
  const asked = new Set(generator.steps.flatMap((step) => step.fields));
  return Object.keys(generator.fields).filter((key) => (asked.has(key) ? said[key] : answers[key]) === undefined);
}

function missingAnswers(
  { fields }: Questions,
  missing: readonly string[],
  values: RawAnswers,
  haveDefaults: boolean,
): Problem {
  // As help calls it: the folder is the word behind the command.
  const flags = missing.map((key) => (fieldOf(fields, key).meta.positional ? `<${key}>` : fieldOf(fields, key).flag));
  const shown = missing.filter((key) => !fieldOf(fields, key).meta.positional).slice(0, 2);
  const examples = shown.map((key) => `${fieldOf(fields, key).flag} <${fieldOf(fields, key).meta.placeholder ?? key}>`);
  const folder = showAnswer(values['dir']) || 'my-kpi';
  return problem('E_ANSWERS_MISSING', {
    flags,
    example: ['npx create-kpi-flow@latest', folder, ...examples].join(' '),
    haveDefaults,
  });
}
