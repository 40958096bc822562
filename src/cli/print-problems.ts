import type { Problem } from '../errors/failure.ts';
import type { Locale } from '../errors/bilingual.ts';
import { explain } from '../messages/explain.ts';
import { uiOf } from '../messages/speak.ts';
import type { Paint } from '../edge/terminal.ts';
import { printable } from './printable.ts';

const mostShown = 20;

/**
 * Problems in their fixed form: what, where with the lines around it, why, and how to fix it.
 * All of them in one go, in the order of their places, up to a number that a person can take in.
 */
export function printProblems(problems: readonly Problem[], locale: Locale, paint: Paint): string {
  const shown = [...problems]
    .sort(byPlace)
    .slice(0, mostShown)
    .map((each) => printProblem(each, locale, paint));
  const more = problems.length - shown.length;
  return [...shown, ...(more > 0 ? [uiOf(locale).error.more(more)] : [])].join('\n\n');
}

function printProblem(problem: Problem, locale: Locale, paint: Paint): string {
  const { what, why, fix } = explain(problem, locale);
  const labels = uiOf(locale).error;
  const { where } = problem;
  return [
    `${paint('red', `error[${problem.code}]`)}${paint('bold', `: ${printable(what)}`)}`,
    ...(where === undefined ? [] : [`  ${paint('cyan', '-->')} ${printable(placeOf(where))}`]),
    ...(where?.frame === undefined ? [] : where.frame.split('\n').map((line) => `  ${printable(line)}`)),
    `  ${paint('dim', `${labels.why}:`)} ${printable(why)}`,
    `  ${paint('dim', `${labels.fix}:`)} ${printable(fix)}`,
  ].join('\n');
}

function placeOf({ file, line, column }: NonNullable<Problem['where']>): string {
  return [file, line, column].filter((each) => each !== undefined).join(':');
}

function byPlace(a: Problem, b: Problem): number {
  const [left, right] = [a.where, b.where];
  if (left === undefined || right === undefined) return 0;
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0);
}

/** The same problems as data. Texts are in the language of the run, codes and keys never are. */
export function problemData(problems: readonly Problem[], locale: Locale): object[] {
  return problems.map((each) => ({
    code: each.code,
    ...explain(each, locale),
    ...(each.where && { where: each.where }),
  }));
}
