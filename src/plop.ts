import { resolve } from 'node:path';
import { version } from 'virtual:version';
import { generators, stages } from '../generators/index.ts';
import { showResult } from './cli/create-report.ts';
import { answersInVariables } from './cli/given-answers.ts';
import { growPorts } from './cli/grow-ports.ts';
import { growLines } from './cli/grow-report.ts';
import { chooseLocale } from './cli/locale.ts';
import { printProblems } from './cli/print-problems.ts';
import { nodeDisk } from './edge/disk.ts';
import { nodeEnvironment, wallClock } from './edge/environment.ts';
import { nodeGit } from './edge/git.ts';
import { listenForStop } from './edge/interrupt.ts';
import { createPythonEnvironment } from './edge/python-environment.ts';
import type { Terminal } from './edge/terminal.ts';
import { nodeTerminal } from './edge/terminal.ts';
import { Failure } from './errors/failure.ts';
import type { Locale } from './errors/bilingual.ts';
import type { Field, Generator, QuestionContext, RawAnswer, RawAnswers } from './generate/define-generator.ts';
import { readField } from './generate/define-generator.ts';
import type { StageGenerator } from './generate/define-stage.ts';
import type { ProjectInput } from './generate/project-input.ts';
import type { Given } from './jobs/create-answers.ts';
import { showAnswer } from './jobs/create-answers.ts';
import type { CreatePorts } from './jobs/create.ts';
import { create } from './jobs/create.ts';
import { add } from './jobs/grow.ts';
import { explain } from './messages/explain.ts';
import { uiOf } from './messages/speak.ts';

/** The part of plop's API that we use. plop draws the menu and asks; writing is ours alone. */
interface Plop {
  getDestBasePath(): string;
  setGenerator(name: string, config: PlopGenerator): unknown;
}

interface PlopGenerator {
  readonly description: string;
  readonly prompts: readonly object[];
  readonly actions: readonly ((answers: RawAnswers) => Promise<string>)[];
}

/** Registers every generator, with one action each that plans and applies through our own engine. */
export default function register(plop: Plop): void {
  const locale = chooseLocale([], process.env);
  const terminal = nodeTerminal({ ...streams(), texts: uiOf(locale).step });
  const door = { plop, locale, terminal, asks: terminal.canAsk };
  for (const generator of Object.values(generators)) {
    plop.setGenerator(generator.name, {
      description: generator.summary[locale],
      prompts: Object.values(generator.fields).map((field) => promptFor(generator, field, door)),
      actions: [(answers) => run(generator, answers, door)],
    });
  }
  for (const generator of Object.values(stages)) plop.setGenerator(generator.name, stageGenerator(generator, door));
}

/** A generator that adds to the repository plop runs in, or that `--dest` names. */
function stageGenerator(generator: StageGenerator, door: Door): PlopGenerator {
  return {
    description: generator.summary[door.locale],
    prompts: Object.values(generator.fields).map((field) => stagePrompt(field, door)),
    actions: [(answers) => runStage(generator, answers, door)],
  };
}

function stagePrompt({ key, meta }: Field, { locale, asks }: Door): object {
  const choices = meta.choices?.map(({ value, label }) => ({ value, name: label[locale] }));
  return { type: choices ? 'list' : 'input', name: key, message: `${meta.label[locale]}: ${meta.help[locale]}`, when: asks, ...(choices && { choices }) };
}

async function runStage({ name }: StageGenerator, answers: RawAnswers, { plop, locale, terminal }: Door): Promise<string> {
  const ports = growPorts(plop.getDestBasePath(), ({ command }) => terminal.note(uiOf(locale).grow.finished(command)));
  try {
    const command = ['plop', name, ...Object.values(answers)].join(' ');
    const result = await add(name, answers, { command, dryRun: false, force: false }, ports);
    outcome = 0;
    return `\n${growLines(result, locale, false).join('\n')}`;
  } catch (error) {
    throw failed(error, locale, terminal);
  }
}

/** Keeps the exit code, and gives plop one text to print. */
function failed(error: unknown, locale: Locale, terminal: Terminal): unknown {
  outcome = exitCodeOf(error);
  return error instanceof Failure ? new Error(`\n${printProblems(error.problems, locale, terminal.paint)}`, { cause: error }) : error;
}

interface Door {
  readonly plop: Plop;
  readonly locale: Locale;
  readonly terminal: Terminal;
  readonly asks: boolean;
}

function streams() {
  return { env: process.env, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
}

/**
 * A question for plop. `when` is a plain boolean: with a function plop refuses answers from the command line,
 * and without a terminal it would draw a prompt for nobody.
 */
function promptFor({ steps }: Generator<ProjectInput>, field: Field, { locale, asks }: Door): object {
  const { key, meta } = field;
  const context: QuestionContext = { locale, timezone: nodeEnvironment().timezone };
  const choices = meta.choices?.map(({ value, label }) => ({ value, name: label[locale] }));
  return {
    type: choices ? 'list' : 'input',
    name: key,
    message: `${meta.label[locale]}: ${meta.help[locale]}`,
    when: asks && steps.some((step) => step.fields.includes(key)),
    default: (answers: RawAnswers) => showAnswer(meta.initial(answers, context)),
    validate: (raw: RawAnswer) => faultOf(field, raw, locale) ?? true,
    ...(choices && { choices }),
  };
}

function faultOf(field: Field, raw: RawAnswer, locale: Locale): string | undefined {
  const result = readField(field, raw);
  if (!('problem' in result)) return undefined;
  const { what, fix } = explain(result.problem, locale);
  return `${what} ${fix}`;
}

/** What plop cannot tell: it ends with 1 for everything, and with 1 for its own usage errors too. */
let outcome: number | undefined;
process.on('exit', (code) => {
  process.exitCode = outcome ?? (code === 1 ? 2 : code);
});

async function run(generator: Generator<ProjectInput>, answers: RawAnswers, door: Door): Promise<string> {
  const { locale, terminal, asks } = door;
  const { signal, end } = listenForStop(() => terminal.note(uiOf(locale).stopping));
  const request = { given: givenFrom(generator, answers), takeDefaults: asks, dryRun: false, locale, version };
  try {
    const result = await create(generator, request, portsFor(door, signal));
    await showResult(result, { terminal, locale, json: false, platform: process.platform });
    outcome = 0;
    return result.folder;
  } catch (error) {
    throw failed(error, locale, terminal);
  } finally {
    end();
  }
}

function exitCodeOf(error: unknown): number {
  if (typeof error === 'object' && error !== null && 'exitCode' in error) return Number(error.exitCode);
  return 70;
}

function givenFrom({ fields }: Generator<ProjectInput>, answers: RawAnswers): Given {
  const said = Object.values(fields).flatMap(({ key, flag }) => {
    const value = answers[key];
    return value === undefined ? [] : [[key, { value, from: flag }] as const];
  });
  return { ...answersInVariables(process.env), ...Object.fromEntries(said) };
}

function portsFor({ plop, terminal }: Door, signal: AbortSignal): CreatePorts {
  const cwd = plop.getDestBasePath();
  return {
    disk: nodeDisk(signal),
    git: nodeGit(process.env, signal),
    python: createPythonEnvironment(process.env),
    reporter: terminal,
    clock: wallClock,
    environment: { ...nodeEnvironment(), cwd, place: (folder) => resolve(cwd, folder) },
    signal,
  };
}
