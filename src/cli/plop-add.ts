import { additionsFor } from '../../generators/additions-for.ts';
import { usedFor } from '../edge/code-use.ts';
import type { RawAnswers } from '../generate/define-generator.ts';
import { add } from '../jobs/add.ts';
import { uiOf } from '../messages/speak.ts';
import { growPorts } from './grow-ports.ts';
import { growLines } from './grow-report.ts';
import type { Door } from './plop-door.ts';

/** Adds to the repository that plop runs in, or that `--dest` names, and tells what was done. */
export async function addByPlop(name: string, answers: RawAnswers, { plop, locale, terminal }: Door): Promise<string> {
  usedFor(`plop-${name}`);
  const ports = growPorts(plop.getDestBasePath(), await additionsFor(name), ({ command }) => terminal.note(uiOf(locale).grow.finished(command)));
  const command = ['plop', name, ...Object.values(answers)].join(' ');
  const result = await add(name, answers, { command, dryRun: false, force: false }, ports);
  return `\n${growLines(result, locale, false).join('\n')}`;
}
