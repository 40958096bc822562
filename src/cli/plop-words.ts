import { parseArgs } from 'node:util';
import { suggest } from '../config/suggest.ts';
import type { Problem } from '../errors/failure.ts';
import { problem } from '../errors/failure.ts';
import type { DeclaredGenerator } from '../generate/declare.ts';

/** plop's own options, as it declares them. */
const ofPlop = {
  cwd: { type: 'string' },
  preload: { type: 'string', multiple: true },
  plopfile: { type: 'string' },
  completion: { type: 'string' },
  progress: { type: 'boolean' },
  dest: { type: 'string' },
  force: { type: 'boolean', short: 'f' },
  'show-type-names': { type: 'boolean', short: 't' },
  help: { type: 'boolean', short: 'h' },
  init: { type: 'boolean', short: 'i' },
  'init-ts': { type: 'boolean' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** What somebody typed behind `plop`. */
export interface PlopLine {
  /** The generator, then its answers by position. */
  readonly words: readonly string[];
  /** Names of options before `--` that are none of plop's. */
  readonly early: readonly string[];
  /** Names of options behind `--`, which are the generator's. */
  readonly late: readonly string[];
}

/** Reads a command line as plop does. */
export function readPlopLine(args: readonly string[]): PlopLine {
  const end = args.indexOf('--');
  const [before, after] = end < 0 ? [args, []] : [args.slice(0, end), args.slice(end + 1)];
  const { tokens } = parseArgs({ args: [...before], options: ofPlop, strict: false, allowPositionals: true, tokens: true });
  return {
    words: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])),
    early: tokens.flatMap((token) => (token.kind === 'option' && !(token.name in ofPlop) && token.rawName.startsWith('--') ? [token.name] : [])),
    late: after.flatMap((each) => /^--([^=]+)/.exec(each)?.[1] ?? []),
  };
}

/**
 * What is wrong with a line that names a generator of ours: plop ends with 1 at it, says nothing of what was meant, or
 * takes a word for an answer that it was not for.
 */
export function faultsOf({ words: [name = '', ...given], early, late }: PlopLine, generators: readonly DeclaredGenerator[]): Problem[] {
  const generator = generators.find((each) => each.name === name);
  if (generator === undefined) return [];
  const flags = generator.fields.map(({ flag }) => flag);
  const placed = generator.fields.filter(({ positional }) => positional);
  const extra = given[placed.length];
  const unknown = [...early, ...late].map((each) => `--${each}`).filter((flag) => !flags.includes(flag)).map((flag) => unknownFlag(flag, name, flags));
  const kept = early.map((each) => `--${each}`).filter((flag) => flags.includes(flag)).map((flag) => keptFlag(name, flag));
  const tooMany = extra === undefined || kept.length > 0 ? [] : [problem('E_ARGUMENT_EXTRA', { argument: extra, command: `plop ${name}`, most: placed.length, swallowed: false })];
  return [...unknown, ...kept, ...tooMany];
}

function unknownFlag(flag: string, name: string, known: readonly string[]): Problem {
  const suggestion = suggest(flag, known);
  return problem('E_FLAG_UNKNOWN', { flag, command: `plop ${name}`, known, ...(suggestion !== undefined && { suggestion }) });
}

function keptFlag(generator: string, flag: string): Problem {
  return problem('E_FLAG_OF_PLOP', { flag, example: `npx plop ${generator} ... -- ${flag} ...` });
}

/** The generator that nobody registered, with the one that was probably meant. */
export function unknownGenerator({ words: [name = ''] }: PlopLine, known: readonly string[]): Problem | undefined {
  if (name === '' || known.includes(name)) return undefined;
  const suggestion = suggest(name, known);
  return problem('E_GENERATOR_UNKNOWN', { name, known, ...(suggestion !== undefined && { suggestion }) });
}
