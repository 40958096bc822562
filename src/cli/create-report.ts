import type { Terminal } from '../edge/terminal.ts';
import type { Locale } from '../errors/bilingual.ts';
import type { CreateResult } from '../jobs/create.ts';
import { nextSteps, pendingOf, resultData } from '../jobs/create-summary.ts';
import type { Pending } from '../jobs/create-summary.ts';
import { uiOf } from '../messages/speak.ts';
import { drawTree } from '../plan/draw-tree.ts';
import { printable } from './printable.ts';

export interface ReportOptions {
  readonly terminal: Terminal;
  readonly locale: Locale;
  readonly json: boolean;
  readonly platform: string;
}

/** Tells what was made, or would be: a result on stdout, what is pending on stderr. */
export async function showResult(result: CreateResult, options: ReportOptions): Promise<void> {
  const { terminal, locale, json, platform } = options;
  for (const each of pendingOf(result, locale)) await showPending(each, options);
  if (json) terminal.result(JSON.stringify(resultData(result, locale, platform), null, 2));
  else terminal.result((result.dryRun ? drawn(result, locale) : summary(result, options)).map(printable).join('\n'));
}

async function showPending({ text, problems, commands }: Pending, { terminal, locale }: ReportOptions): Promise<void> {
  if (problems.length > 0) {
    const { printProblems } = await import('./print-problems.ts');
    terminal.note(printProblems(problems, locale, terminal.paint));
  }
  terminal.warn(printable(text));
  for (const command of commands) terminal.note(`    ${printable(command)}`);
}

function drawn({ input, tree }: CreateResult, locale: Locale): string[] {
  return [...drawTree(`${input.dir}/`, tree.keys()), '', uiOf(locale).create.planned(tree.size)];
}

function summary(result: CreateResult, { locale, platform }: ReportOptions): string[] {
  const ui = uiOf(locale).create;
  const { input, tree, again } = result;
  const steps = nextSteps(result, platform).map((each) => `  ${each}`);
  return [
    ui.made(input.name, input.dir, tree.size),
    '',
    ui.next,
    ...steps,
    '',
    ui.again,
    `  ${again.text}`,
    ...(again.posixOnly ? [`  ${ui.posixOnly}`] : []),
  ];
}
