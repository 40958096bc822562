import { parseArgs } from 'node:util';
import { suggest } from '../config/suggest.ts';
import type { Problem } from '../errors/failure.ts';
import { Failure, problem } from '../errors/failure.ts';
import type { Command, Flag } from './declared-flags.ts';
import { commands, stageNames } from './declared-flags.ts';

/** A command line that was understood. */
export interface Parsed {
  readonly command: Command;
  readonly positionals: readonly string[];
  /** By key: a text, or whether a switch is on. */
  readonly flags: Readonly<Record<string, string | boolean>>;
}

/** Whether npm started us: it keeps flags that stand before `--` for itself. */
export function isFromNpm(env: NodeJS.ProcessEnv): boolean {
  return env['npm_command'] === 'init' || env['npm_command'] === 'exec';
}

/**
 * Reads a command line strictly: what is not declared is refused, since a mistyped `--dry-rnu` that was
 * passed over would write for real.
 * @throws Failure with every mistake at once
 */
export function parseArguments(args: readonly string[], env: NodeJS.ProcessEnv): Parsed {
  const command = findCommand(args[0]);
  const known = new Map(command.flags.flatMap((flag) => namesOf(flag).map((name) => [name, flag] as const)));
  const problems: Problem[] = [];
  const flags: Record<string, string | boolean> = {};
  const positionals: string[] = [];
  for (const token of tokensOf(args.slice(1), command)) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = known.get(token.rawName);
    const taken = flag === undefined ? unknownFlag(token.rawName, command) : takeFlag(flag, token, command);
    if (typeof taken === 'object') problems.push(taken);
    else if (flag !== undefined) flags[flag.key] = taken;
  }
  if (problems.length === 0 && positionals.length > command.positionals)
    problems.push(tooMany(positionals, command, env));
  if (problems.length > 0) throw new Failure(problems);
  return { command, positionals, flags };
}

function findCommand(name = ''): Command {
  const found = commands.find((each) => each.name === name);
  if (found !== undefined) return found;
  if (name.startsWith('-')) throw new Failure([problem('E_FLAG_UNKNOWN', { flag: name, command: '', ...knownTo(name, programFlags) })]);
  const known = commands.map((each) => each.name);
  const suggestion = meantCommand(name);
  throw new Failure([problem('E_COMMAND_UNKNOWN', { command: name, known, ...(suggestion !== undefined && { suggestion }) })]);
}

const programFlags = ['--help', '--version'];

/** The command that was probably meant. Who knows plop names the generator first. */
function meantCommand(name: string): string | undefined {
  const meant = suggest(name, [...commands.map((each) => each.name), ...stageNames]);
  return meant !== undefined && stageNames.includes(meant) ? `add ${meant}` : meant;
}

function namesOf({ name, short, kind }: Flag): string[] {
  return [name, ...(kind === 'boolean' ? [name.replace('--', '--no-')] : []), ...(short === undefined ? [] : [short])];
}

interface OptionToken {
  readonly kind: 'option';
  readonly rawName: string;
  readonly value?: string | undefined;
  /** Whether the value stands behind `=`. */
  readonly inlineValue?: boolean | undefined;
}
type Token =
  | OptionToken
  | { readonly kind: 'positional'; readonly value: string }
  | { readonly kind: 'option-terminator' };

function tokensOf(args: readonly string[], command: Command): readonly Token[] {
  const options = Object.fromEntries(command.flags.map((flag) => [flag.name.slice(2), formOf(flag)]));
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
    .tokens as readonly Token[];
}

function formOf({ kind, short }: Flag): { type: 'string' | 'boolean'; short?: string } {
  return { type: kind === 'value' ? 'string' : 'boolean', ...(short !== undefined && { short: short.slice(1) }) };
}

function takeFlag(
  flag: Flag,
  { rawName, value, inlineValue }: OptionToken,
  { name: command }: Command,
): string | boolean | Problem {
  if (flag.kind === 'value') {
    // The word after it is another flag, unless it is a number below zero.
    const missing = value === undefined || (inlineValue === false && /^-(?![\d.])/.test(value));
    if (missing) return problem('E_FLAG_VALUE_MISSING', { flag: rawName });
    // What create is asked is checked together with what stands in variables and files.
    return command !== 'create' && flag.choices?.includes(value) === false
      ? wrongChoice(rawName, value, flag.choices)
      : value;
  }
  if (value === undefined) return !rawName.startsWith('--no-');
  if (flag.kind === 'boolean' && rawName === flag.name) return value;
  return problem('E_FLAG_VALUE_UNEXPECTED', { flag: rawName });
}

function wrongChoice(flag: string, value: string, choices: readonly string[]): Problem {
  const suggestion = suggest(value, choices);
  return problem('E_ANSWER_CHOICE', { flag, value, choices, ...(suggestion !== undefined && { suggestion }) });
}

function unknownFlag(flag: string, { name, flags }: Command): Problem {
  return problem('E_FLAG_UNKNOWN', { flag, command: name, ...knownTo(flag, flags.map((each) => each.name), flags.flatMap(namesOf)) });
}

/** What there is in place of a flag, and what was probably meant, in whatever form. */
function knownTo(flag: string, known: readonly string[], forms: readonly string[] = known): { readonly known: readonly string[]; readonly suggestion?: string } {
  const suggestion = suggest(flag, forms);
  return { known: [...new Set(known)], ...(suggestion !== undefined && { suggestion }) };
}

function tooMany(given: readonly string[], { name, positionals: most }: Command, env: NodeJS.ProcessEnv): Problem {
  // `create-kpi-flow` takes what is no command for a folder.
  const suggestion = name === 'create' ? meantCommand(given[0] ?? '') : undefined;
  const swallowed = name === 'create' && suggestion === undefined && isFromNpm(env);
  return problem('E_ARGUMENT_EXTRA', { argument: given[most] ?? '', command: name, most, swallowed, ...(suggestion !== undefined && { suggestion }) });
}
