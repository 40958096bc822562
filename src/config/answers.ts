import type { Bilingual } from '../errors/bilingual.ts';
import type { ErrorArgs } from '../errors/catalogue.ts';
import type { Problem, Where } from '../errors/failure.ts';
import { Failure, problem } from '../errors/failure.ts';
import { firstOf, inOrder } from './problem-order.ts';
import type { YamlPath, YamlReading } from './read-yaml.ts';
import { inspectYaml } from './read-yaml.ts';
import { findSecretValues } from './secret-values.ts';
import { showText } from './show-text.ts';
import { suggest } from './suggest.ts';

/** A value that answers a question. */
export type AnswerValue = string | number | boolean | null | readonly string[];

/** What a file says about one question. */
export interface Answer {
  readonly value: AnswerValue;
  /** Nobody may change it: a flag that says something else is an error. */
  readonly fixed: boolean;
  /** The question is still asked, and `value` is what Enter alone answers. */
  readonly open: boolean;
  /** Why it is so, in words for the person who makes the repository. */
  readonly why?: Bilingual;
  readonly where: Where;
}

export interface AnswersFile {
  readonly answers: ReadonlyMap<string, Answer>;
}

/**
 * Reads an answers file, such as a team's template for new repositories. A question is answered by a plain
 * value; by `{value, fixed: true, why}` when it cannot be changed; or by `{default, why}`, which leaves it open.
 * @param input the text of the file or its bytes
 * @param keys the questions that exist
 * @throws Failure with all problems at once
 */
export function readAnswersFile(input: string | Uint8Array, file: string, keys: readonly string[]): AnswersFile {
  const yaml = inspectYaml(input, file);
  const problems: Problem[] = [...yaml.problems, ...secretsIn(yaml)];
  const answers = new Map<string, Answer>();
  for (const [key, value] of Object.entries(asGroup(yaml, problems))) {
    const answer = keys.includes(key) ? readAnswer(yaml, key, value) : unknownQuestion(yaml, key, keys);
    if ('code' in answer) problems.push(answer);
    else answers.set(key, answer);
  }
  if (problems.length > 0) throw new Failure(firstOf(inOrder(problems)));
  return { answers };
}

/** An empty file answers nothing; anything else must be keys and values. */
function asGroup({ value, where }: YamlReading, problems: Problem[]): object {
  if (value === null) return {};
  if (isGroup(value)) return value;
  problems.push(problem('E_CONFIG_TYPE', { path: '', expected: 'map', found: Array.isArray(value) ? 'list' : 'text' }, where([])));
  return {};
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function secretsIn(yaml: YamlReading): Problem[] {
  return findSecretValues(yaml.value).map(({ args, path }) =>
    problem('E_CONFIG_SECRET', args as ErrorArgs['E_CONFIG_SECRET'], yaml.where(path)),
  );
}

function unknownQuestion(yaml: YamlReading, key: string, keys: readonly string[]): Problem {
  const suggestion = suggest(key, keys);
  const args = { key: showText(key), allowed: keys, ...(suggestion !== undefined && { suggestion }) };
  return problem('E_ANSWERS_UNKNOWN', args, yaml.where([key], 'key'));
}

type FormFault = ErrorArgs['E_ANSWERS_FORM']['fault'];

const parts = new Set(['value', 'fixed', 'why', 'default']);

function readAnswer(yaml: YamlReading, key: string, given: unknown): Answer | Problem {
  const where = yaml.where([key]);
  if (isAnswerValue(given)) return { value: given, fixed: false, open: false, where };
  if (!isGroup(given)) return badForm(yaml, key, 'shape', [key]);
  const part = Object.keys(given).find((each) => !parts.has(each));
  if (part !== undefined) return badForm(yaml, key, 'part', [key, part]);
  return readParts(yaml, key, given);
}

function readParts(yaml: YamlReading, key: string, given: Readonly<Record<string, unknown>>): Answer | Problem {
  const { value, default: usual, fixed = false } = given;
  const why = readWhy(given['why']);
  const open = 'default' in given;
  if (open && ('value' in given || 'fixed' in given)) return badForm(yaml, key, 'both', [key, 'default']);
  if (typeof fixed !== 'boolean') return badForm(yaml, key, 'fixed', [key, 'fixed']);
  if (why === 'unreadable') return badForm(yaml, key, 'why', [key, 'why']);
  const answer = open ? usual : value;
  if (!isAnswerValue(answer)) return badForm(yaml, key, 'shape', [key, open ? 'default' : 'value']);
  return { value: answer, fixed, open, ...(why && { why }), where: yaml.where([key]) };
}

function badForm(yaml: YamlReading, key: string, fault: FormFault, path: YamlPath): Problem {
  return problem('E_ANSWERS_FORM', { key, fault }, yaml.where(path, fault === 'part' || fault === 'both' ? 'key' : 'value'));
}

function isAnswerValue(value: unknown): value is AnswerValue {
  if (Array.isArray(value)) return value.every((each) => typeof each === 'string');
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** One text serves both languages when nobody wrote two. */
function readWhy(why: unknown): Bilingual | 'unreadable' | undefined {
  if (why === undefined) return undefined;
  if (typeof why === 'string' && why.trim() !== '') return { en: why.trim(), es: why.trim() };
  if (!isGroup(why) || Object.keys(why).some((key) => key !== 'en' && key !== 'es')) return 'unreadable';
  const { en = why['es'], es = why['en'] } = why;
  return typeof en === 'string' && typeof es === 'string' ? { en: en.trim(), es: es.trim() } : 'unreadable';
}
