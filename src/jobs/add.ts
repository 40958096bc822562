import { suggest } from '../config/suggest.ts';
import type { Problem } from '../errors/failure.ts';
import { Failure, fail, problem } from '../errors/failure.ts';
import type { Addition, AdditionInput } from '../generate/define-addition.ts';
import type { Field, RawAnswers } from '../generate/define-generator.ts';
import { readField } from '../generate/define-generator.ts';
import type { GrowOptions, GrowPorts, GrowResult } from './grow.ts';
import { change } from './grow.ts';

/** Adds what a generator makes. */
export async function add(name: string, answers: RawAnswers, options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  const generator = generatorOf(name, ports.generators);
  const input = readAdditionInput(generator, answers, options.command);
  return change(ports, options, (state) => generator.plan(input, state, { today: ports.clock.today(), force: options.force }));
}

/** The generator of a name. */
export function generatorOf(name: string, generators: GrowPorts['generators']): Addition {
  const found = generators[name];
  if (found !== undefined) return found;
  const known = Object.keys(generators);
  const suggestion = suggest(name, known);
  return fail('E_GENERATOR_UNKNOWN', { name, known, ...(suggestion !== undefined && { suggestion }) });
}

/**
 * Checks the answers of a door against the fields of a generator, all at once.
 * @param command what a person typed, so that an example is one for the same door
 */
export function readAdditionInput({ name, fields }: Addition, answers: RawAnswers, command = ''): AdditionInput {
  refuseMissing(`${command.startsWith('plop ') ? 'npx plop' : 'kpi-flow add'} ${name}`, Object.values(fields), answers);
  const results = Object.values(fields).map((each) => [each.key, readField(each, answers[each.key] ?? usual(each))] as const);
  const problems = results.flatMap(([, result]): Problem[] => ('problem' in result ? [kindProblem(result.problem, name)] : []));
  if (problems.length > 0) throw new Failure(problems);
  return Object.fromEntries(results.map(([key, result]) => [key, 'value' in result ? result.value : undefined]));
}

function refuseMissing(call: string, fields: readonly Field[], answers: RawAnswers): void {
  const required = fields.filter(({ meta }) => meta.required === true);
  const missing = required.filter(({ key }) => answers[key] === undefined || answers[key] === '');
  const choices = missing.at(-1)?.meta.choices?.map(({ value }) => value);
  const example = [call, ...required.map(({ key }) => `<${key}>`)].join(' ');
  if (missing.length > 0) fail('E_ANSWERS_MISSING', { flags: missing.map(({ flag }) => flag), example, haveDefaults: false, ...(choices && { choices }) });
}

/** What the only kind is called; everything else is left out by an empty text. */
function usual({ key, meta }: Field): string {
  return key === 'kind' ? (meta.choices?.[0]?.value ?? '') : '';
}

function kindProblem(found: Problem, stage: string): Problem {
  if (found.code !== 'E_ANSWER_CHOICE' || found.args.flag !== '--kind') return found;
  const { value, choices, suggestion } = found.args;
  return problem('E_STAGE_KIND', { stage, kind: value, choices, ...(suggestion !== undefined && { suggestion }) });
}
