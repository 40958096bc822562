import { basename } from 'node:path';
import { declared } from 'virtual:declared';
import { chooseLocale } from './cli/locale.ts';
import type { Door, Plop, PlopGenerator } from './cli/plop-door.ts';
import { judge, openDoor } from './cli/plop-door.ts';
import { readPlopLine } from './cli/plop-words.ts';
import type { Terminal } from './edge/terminal.ts';
import { nodeTerminal } from './edge/terminal.ts';
import type { Locale } from './errors/bilingual.ts';
import type { DeclaredField, DeclaredGenerator } from './generate/declare.ts';
import type { RawAnswer } from './generate/define-generator.ts';
import { uiOf } from './messages/speak.ts';

/**
 * Registers every generator, with one action each that plans and applies through our own engine. Registering takes
 * plain data; what makes a repository is loaded unless somebody named what adds to one, and what adds when it runs.
 */
export default async function register(plop: Plop): Promise<void> {
  const locale = chooseLocale([], process.env);
  const terminal = terminalFor(locale);
  const door = openDoor({ plop, locale, terminal, asks: terminal.canAsk });
  const additions = declared.filter(({ adds }) => adds);
  const line = readPlopLine(process.argv.slice(2));
  const named = additions.find(({ name }) => name === line.words[0]);
  if (named === undefined) {
    const { registerProjects } = await import('./cli/plop-project.ts');
    registerProjects(door);
  }
  for (const generator of additions) plop.setGenerator(generator.name, additionFor(generator, door));
  if (isPlop(process.argv[1])) await judge(door, line);
}

/** Other programs that use plop have command lines of their own. */
function isPlop(script = ''): boolean {
  return /^plop(?:\.[cm]?js)?$/.test(basename(script));
}

/** A generator that adds to the repository plop runs in, or that `--dest` names. */
function additionFor({ name, summary, fields }: DeclaredGenerator, door: Door): PlopGenerator {
  return {
    description: summary[door.locale],
    prompts: fields.map((field) => promptFor(name, field, door)),
    actions: [
      (answers) =>
        door.act(async () => {
          const { addByPlop } = await import('./cli/plop-add.ts');
          return addByPlop(name, answers, door);
        }),
    ],
  };
}

/**
 * A list is for people who choose: what comes by argument is judged by our own engine, which knows what was meant.
 * Only what is typed is judged at once.
 */
function promptFor(generator: string, { key, label, help, choices, flagOnly }: DeclaredField, { locale, asks }: Door): object {
  const named = asks ? choices?.map((each) => ({ value: each.value, name: each.label[locale] })) : undefined;
  const validate = async (raw: RawAnswer) => (await (await import('./cli/plop-fault.ts')).faultOf(generator, key, raw, locale)) ?? true;
  return {
    type: named ? 'list' : 'input',
    name: key,
    message: `${label[locale]}: ${help[locale]}`,
    when: asks && !flagOnly,
    ...(asks && { validate }),
    ...(named && { choices: named }),
  };
}

/** Opening standard input takes longer than printing, so only who asks for it opens it. */
function terminalFor(locale: Locale): Terminal {
  const { env, stdout, stderr } = process;
  return nodeTerminal({
    env,
    stdout,
    stderr,
    get stdin() {
      return process.stdin;
    },
    texts: uiOf(locale).step,
  });
}
