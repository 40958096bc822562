import { resolve } from 'node:path';
import { version } from 'virtual:version';
import { generators } from '../../generators/index.ts';
import { nodeDisk } from '../edge/disk.ts';
import { nodeEnvironment, wallClock } from '../edge/environment.ts';
import { nodeGit } from '../edge/git.ts';
import { listenForStop } from '../edge/interrupt.ts';
import { createNodePackages } from '../edge/node-packages.ts';
import { createPythonEnvironment } from '../edge/python-environment.ts';
import type { Locale } from '../errors/bilingual.ts';
import type { Field, Generator, RawAnswer, RawAnswers } from '../generate/define-generator.ts';
import { readField } from '../generate/define-generator.ts';
import type { ProjectInput } from '../generate/project-input.ts';
import type { Given } from '../jobs/create-answers.ts';
import { showAnswer } from '../jobs/create-answers.ts';
import type { CreatePorts } from '../jobs/create.ts';
import { create } from '../jobs/create.ts';
import { explain } from '../messages/explain.ts';
import { uiOf } from '../messages/speak.ts';
import { showResult } from './create-report.ts';
import { answersInVariables } from './given-answers.ts';
import type { Door } from './plop-door.ts';

/** Registers what makes a repository. */
export function registerProjects(door: Door): void {
  for (const generator of Object.values(generators)) {
    door.plop.setGenerator(generator.name, {
      description: generator.summary[door.locale],
      prompts: Object.values(generator.fields).map((field) => promptFor(generator, field, door)),
      actions: [(answers) => door.act(() => run(generator, answers, door))],
    });
  }
}

/**
 * A question for plop. `when` is a plain boolean: with a function plop refuses answers from the command line,
 * and without a terminal it would draw a prompt for nobody.
 */
function promptFor({ steps }: Generator<ProjectInput>, field: Field, { locale, asks }: Door): object {
  const { key, meta } = field;
  const choices = meta.choices?.map(({ value, label }) => ({ value, name: label[locale] }));
  return {
    type: choices ? 'list' : 'input',
    name: key,
    message: `${meta.label[locale]}: ${meta.help[locale]}`,
    when: asks && steps.some((step) => step.fields.includes(key)),
    default: (answers: RawAnswers) => showAnswer(meta.initial(answers, { locale, timezone: nodeEnvironment().timezone })),
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

async function run(generator: Generator<ProjectInput>, answers: RawAnswers, door: Door): Promise<string> {
  const { locale, terminal, asks } = door;
  const { signal, end } = listenForStop(() => terminal.note(uiOf(locale).stopping));
  const request = { given: givenFrom(generator, answers), takeDefaults: asks, dryRun: false, locale, version };
  try {
    const result = await create(generator, request, portsFor(door, signal));
    await showResult(result, { terminal, locale, json: false, platform: process.platform });
    return result.folder;
  } finally {
    end();
  }
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
    node: createNodePackages(process.env),
    reporter: terminal,
    clock: wallClock,
    environment: { ...nodeEnvironment(), cwd, place: (folder) => resolve(cwd, folder) },
    signal,
  };
}
