import { declared } from 'virtual:declared';
import type { Terminal } from '../edge/terminal.ts';
import type { Locale } from '../errors/bilingual.ts';
import type { Problem } from '../errors/failure.ts';
import { Failure } from '../errors/failure.ts';
import type { RawAnswers } from '../generate/define-generator.ts';
import type { PlopLine } from './plop-words.ts';
import { faultsOf, unknownGenerator } from './plop-words.ts';

/** The part of plop's API that we use. plop draws the menu and asks; writing is ours alone. */
export interface Plop {
  getDestBasePath(): string;
  getGeneratorList(): readonly { readonly name: string }[];
  setGenerator(name: string, config: PlopGenerator): unknown;
}

export interface PlopGenerator {
  readonly description: string;
  readonly prompts: readonly object[];
  readonly actions: readonly ((answers: RawAnswers) => Promise<string>)[];
}

/** What every generator works with behind plop. */
export interface Door {
  readonly plop: Plop;
  readonly locale: Locale;
  readonly terminal: Terminal;
  /** Whether somebody is there who can be asked. */
  readonly asks: boolean;
  /** Runs an action, keeps the exit code, and gives plop one text to print. */
  readonly act: (work: () => Promise<string>) => Promise<string>;
}

/** Opens the door for one call of plop. */
export function openDoor(parts: Omit<Door, 'act'>): Door {
  return { ...parts, act: (work) => act(parts, work) };
}

/** What plop cannot tell: it ends with 1 for everything, and with 1 for its own usage errors too. */
let outcome: number | undefined;
/** What is wrong with the line that plop was given, how it reads, and whether it still holds when plop ends. */
let refusal: { readonly problems: readonly Problem[]; readonly text: string; readonly holds: () => boolean } | undefined;
process.on('exit', (code) => {
  // plop has its own few words for it, and none for what was meant.
  if (outcome === undefined && code === 1 && refusal?.holds() === true) process.stderr.write(`${refusal.text}\n`);
  process.exitCode = outcome ?? (code === 1 ? 2 : code);
});

/** Judges what somebody typed behind `plop`, which acts on it as soon as its file is read. */
export async function judge({ plop, locale, terminal }: Door, line: PlopLine): Promise<void> {
  const registered = (): string[] => plop.getGeneratorList().map(({ name }) => name);
  const unknown = unknownGenerator(line, registered());
  const problems = unknown === undefined ? faultsOf(line, declared.filter(({ adds }) => adds)) : [unknown];
  if (problems.length === 0) return;
  const { printProblems } = await import('./print-problems.ts');
  // A plopfile may register generators of its own after ours.
  refusal = { problems, text: printProblems(problems, locale, terminal.paint), holds: () => unknown === undefined || !registered().includes(line.words[0] ?? '') };
}

async function act({ locale, terminal }: Pick<Door, 'locale' | 'terminal'>, work: () => Promise<string>): Promise<string> {
  try {
    if (refusal !== undefined) throw new Failure(refusal.problems);
    const said = await work();
    outcome = 0;
    return said;
  } catch (error) {
    outcome = exitCodeOf(error);
    if (!(error instanceof Failure)) throw error;
    const { printProblems } = await import('./print-problems.ts');
    throw new Error(`\n${printProblems(error.problems, locale, terminal.paint)}`, { cause: error });
  }
}

function exitCodeOf(error: unknown): number {
  if (typeof error === 'object' && error !== null && 'exitCode' in error) return Number(error.exitCode);
  return 70;
}
