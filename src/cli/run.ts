import { setImmediate } from 'node:timers/promises';
import { usedFor } from '../edge/code-use.ts';
import { diskFailure, errorCode } from '../edge/disk-problem.ts';
import { listenForStop } from '../edge/interrupt.ts';
import type { Terminal, TerminalOptions } from '../edge/terminal.ts';
import { guardStreams, nodeTerminal } from '../edge/terminal.ts';
import type { Locale } from '../errors/bilingual.ts';
import { Cancelled } from '../errors/cancelled.ts';
import type { Problem } from '../errors/failure.ts';
import { Failure, problem } from '../errors/failure.ts';
import { uiOf } from '../messages/speak.ts';
import { chooseLocale } from './locale.ts';
import type { Parsed } from './parse-arguments.ts';
import { parseArguments } from './parse-arguments.ts';
import type { Run, Streams } from './streams.ts';

/** What every command works with. */
export interface Session {
  readonly parsed: Parsed;
  readonly streams: Streams;
  readonly terminal: Terminal;
  readonly locale: Locale;
  readonly signal: AbortSignal;
}

/** Runs one command and gives its exit code: the only place that turns what went wrong into words and a number. */
export const run: Run = async (args, streams) => {
  const locale = chooseLocale(args, streams.env);
  const terminal = nodeTerminal(terminalOptions(streams, locale, colorFlag(args)));
  const faults: string[] = [];
  guardStreams(streams.stdout, streams.stderr, (detail) => faults.push(detail));
  const interrupt = listenForStop(() => terminal.note(uiOf(locale).stopping));
  const code = await dispatch(args, { streams, terminal, locale, signal: interrupt.signal }).catch((error: unknown) =>
    report(error, args, terminal, locale),
  );
  interrupt.end();
  // A fault of stdout is told in the next turn.
  await setImmediate();
  const [detail] = faults;
  return detail === undefined ? code : report(new Failure([problem('E_OUTPUT', { detail })]), [], terminal, locale);
};

async function dispatch(args: readonly string[], session: Omit<Session, 'parsed'>): Promise<number> {
  const parsed = parseArguments(args, session.streams.env);
  const { command, positionals } = parsed;
  usedFor(command.name === 'add' ? `add-${positionals[0] ?? ''}` : command.name);
  const { runCommand } = await load(command.name);
  return runCommand({ ...session, parsed });
}

/** Standard input stays unopened until somebody wants to know whether it is a terminal. */
function terminalOptions(streams: Streams, locale: Locale, color: boolean | undefined): TerminalOptions {
  const { env, stdout, stderr } = streams;
  return {
    env,
    stdout,
    stderr,
    get stdin() {
      return streams.stdin;
    },
    color,
    texts: uiOf(locale).step,
  };
}

function load(command: string): Promise<{ readonly runCommand: (session: Session) => Promise<number> }> {
  if (command === 'create') return import('./create-command.ts');
  if (command === 'add') return import('./add-command.ts');
  return command === 'doctor' ? import('./doctor-command.ts') : import('./grow-command.ts');
}

/** Before anything else is known: colours matter for telling that the rest is wrong. */
function colorFlag(args: readonly string[]): boolean | undefined {
  if (args.includes('--no-color')) return false;
  return args.includes('--color') ? true : undefined;
}

async function report(error: unknown, args: readonly string[], terminal: Terminal, locale: Locale): Promise<number> {
  if (error instanceof Cancelled) {
    if (!error.kept) terminal.note(uiOf(locale).cancelled);
    return error.exitCode;
  }
  const failure = failureOf(error);
  const words = await loadWords();
  if (words === undefined) {
    // The very files that hold our words cannot be read: what the system says is better than nothing.
    terminal.note(`create-kpi-flow: ${error instanceof Error ? error.message : String(error)}`);
    return failure.exitCode;
  }
  const { printProblems, problemData } = words;
  if (args.includes('--json'))
    terminal.result(
      JSON.stringify(
        { schemaVersion: 1, command: args[0], ok: false, errors: problemData(failure.problems, locale) },
        null,
        2,
      ),
    );
  terminal.note(printProblems(failure.problems, locale, terminal.paint));
  // Where it happened matters to who mends it: a machine that fails is no bug of ours.
  if (failure !== error && failure.exitCode === 70 && error instanceof Error) terminal.note(terminal.paint('dim', error.stack ?? ''));
  return failure.exitCode;
}

async function loadWords() {
  try {
    return await import('./print-problems.ts');
  } catch {
    return undefined;
  }
}

/** A machine that fails while our own program is being read is no bug of ours. */
const machineCodes = new Set(['EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'EROFS']);

function failureOf(error: unknown): Failure {
  const { path } = error as { path?: string };
  const seen = machineCodes.has(errorCode(error) ?? '') ? diskFailure(error, path ?? process.cwd()) : error;
  return seen instanceof Failure ? seen : new Failure([bug(seen)]);
}

function bug(error: unknown): Problem {
  return problem('E_BUG', { detail: error instanceof Error ? error.message : String(error) });
}
