import { nodeTerminal } from '../edge/terminal.ts';
import type { Locale } from '../errors/bilingual.ts';
import { Failure, fail } from '../errors/failure.ts';
import { suggest } from '../config/suggest.ts';
import { uiOf } from '../messages/speak.ts';
import { shells } from './declared-flags.ts';
import { parseArguments } from './parse-arguments.ts';
import { printProblems } from './print-problems.ts';
import type { Streams } from './streams.ts';

/** The shell that a command line names; or the exit code, after saying what is wrong with it. */
export function readShellName(args: readonly string[], locale: Locale, streams: Streams): string | number {
  try {
    const [shell = ''] = parseArguments(args, streams.env).positionals;
    return shells.includes(shell) ? shell : refuseShell(shell);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { note, paint } = nodeTerminal({ ...streams, texts: uiOf(locale).step });
    note(printProblems(error.problems, locale, paint));
    return error.exitCode;
  }
}

function refuseShell(shell: string): never {
  const suggestion = suggest(shell, shells);
  return fail('E_SHELL_UNKNOWN', { shell, choices: shells, ...(suggestion !== undefined && { suggestion }) });
}
