import * as z from 'zod/mini';
import { deriveId } from '../../src/config/names.ts';
import { asText, checkedBy, refuse } from '../../src/generate/answers/checked.ts';
import { readTarget, showTarget } from '../../src/generate/answers/target.ts';
import type { Generator } from '../../src/generate/define-generator.ts';
import { defineGenerator, field } from '../../src/generate/define-generator.ts';
import type { ProjectInput } from '../../src/generate/project-input.ts';
import type { CreatePorts, CreateRequest } from '../../src/jobs/create.ts';
import type { Given } from '../../src/jobs/create-answers.ts';
import type {
  GitOutcome,
  InstallOutcome,
  Prompter,
  Reply,
  SelectQuestion,
  Site,
  TextQuestion,
} from '../../src/jobs/ports.ts';
import { makeTree } from '../../src/plan/tree.ts';

const both = (text: string) => ({ en: text, es: `${text} (es)` });
const meta = (label: string) => ({ label: both(label), help: both(`${label}?`), placeholder: 'text' });
const text = checkedBy((raw) =>
  asText(raw) === 'bad' ? refuse('It is bad.', 'Es malo.', 'good') : { value: asText(raw) ?? '' },
);
const yes = checkedBy((raw) => ({ value: String(raw) === 'true' }));
const kinds = ['simple', 'ratio'].map((value) => ({ value, label: both(value) }));

const input = z.strictObject({
  dir: field(z.clone(text), { ...meta('Folder'), positional: true, initial: () => 'my-kpi' }),
  name: field(z.clone(text), { ...meta('Name'), initial: ({ dir }) => String(dir).toUpperCase() }),
  id: field(z.clone(text), { ...meta('Identifier'), initial: ({ name }) => deriveId(String(name)) }),
  owner: field(z.clone(text), { ...meta('Owner'), initial: (_, { owner }) => owner ?? 'nobody' }),
  type: field(z.enum(['simple', 'ratio']), { ...meta('Type'), choices: kinds, initial: () => 'simple' }),
  direction: field(z.clone(text), { ...meta('Direction'), initial: () => 'higher_is_better' }),
  target: field(z.clone(text), { ...meta('Target'), initial: () => '10' }),
  locale: field(z.enum(['en', 'es']), { ...meta('Language'), initial: (_, { locale }) => locale }),
  git: field(z.clone(yes), { ...meta('git'), boolean: true, initial: () => true }),
  install: field(z.clone(yes), { ...meta('Install'), boolean: true, initial: () => true }),
});

const ask = (key: 'dir' | 'name' | 'owner' | 'type', label: string) => ({
  key,
  fields: [key],
  label: both(label),
  help: both(`${label}?`),
});

/** A generator with a question of each form and two files: what `create` does with it is what it does with any. */
export const smallProject = defineGenerator<ProjectInput>({
  name: 'project',
  summary: both('Small'),
  input,
  steps: [
    ask('dir', 'Folder'),
    ask('name', 'Name'),
    ask('owner', 'Owner'),
    ask('type', 'Type'),
    {
      key: 'target',
      fields: ['direction', 'target'],
      label: both('Target'),
      help: both('Target?'),
      show: ({ direction, target }) => showTarget(direction, target),
      read: (typed) => ({ ...readTarget(typed) }),
    },
  ],
  check: () => [],
  plan: (answers) =>
    makeTree([
      { path: 'README.md', text: `# ${answers.name}\n`, owner: 'seed' },
      { path: 'a/b.txt', text: 'b\n', owner: 'seed' },
    ]),
}) as Generator<ProjectInput>;

/** What a scripted person does: types an answer, goes back, or chooses. */
export type Move = string | '<';

/** A prompter that follows a script and remembers what it was asked and shown. */
export function scripted(
  moves: readonly Move[],
): Prompter & {
  readonly asked: string[];
  readonly shown: string[];
  readonly questions: (TextQuestion | SelectQuestion)[];
} {
  const left = [...moves];
  const [asked, shown, questions]: [string[], string[], (TextQuestion | SelectQuestion)[]] = [[], [], []];
  const next = (question: TextQuestion | SelectQuestion): Reply => {
    asked.push(question.label);
    questions.push(question);
    const move = left.shift();
    if (move === undefined) throw new Error(`no move is left for ${question.label}`);
    if (move === '<') return { kind: 'back' };
    return { kind: 'answer', value: move === '' ? (question.initial ?? '') : move };
  };
  return {
    asked,
    shown,
    questions,
    show: (title, lines) => void shown.push(title, ...lines),
    text: async (question) => next(question),
    select: async (question) => next(question),
  };
}

/** Ports that only remember; each can be replaced. */
export function recordingPorts(change: Partial<CreatePorts> = {}): CreatePorts & { readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    disk: {
      survey: async (folder): Promise<Site> => (log.push(`survey ${folder}`), { state: 'absent' }),
      writeFolder: async (folder, _, prepare) => {
        log.push(`write ${folder}`);
        await prepare?.(`${folder}.staged`);
      },
      withdrawFolder: async (folder) => (log.push(`withdraw ${folder}`), true),
    },
    git: {
      owner: async () => (log.push('owner'), 'Ana <ana@example.com>'),
      firstCommit: async (folder, _, message): Promise<GitOutcome> => (
        log.push(`commit ${folder}: ${message}`),
        { done: true, identity: 'own' }
      ),
    },
    python: {
      install: async (folder): Promise<InstallOutcome> => (
        log.push(`install ${folder}`),
        { done: true, tool: 'uv', command: 'uv sync' }
      ),
    },
    node: {
      install: async (folder): Promise<InstallOutcome> => (
        log.push(`npm install ${folder}`),
        { done: true, tool: 'npm', command: 'npm install' }
      ),
    },
    reporter: {
      result: () => undefined,
      note: () => undefined,
      warn: (line) => void log.push(`warn ${line}`),
      step: (_, work) => work({ detail: () => undefined }),
    },
    clock: { today: () => '2026-11-25' },
    environment: {
      timezone: 'Europe/Madrid',
      platform: 'linux',
      cwd: '/home/ana',
      hash: (text) => String(text.length),
      place: (folder) => `/home/ana/${folder}`,
    },
    signal: new AbortController().signal,
    ...change,
  };
}

export function requestFor(
  given: Record<string, string | boolean>,
  change: Partial<CreateRequest> = {},
): CreateRequest {
  const answers: Given = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, { value, from: `--${key}` }]),
  );
  return { given: answers, takeDefaults: true, dryRun: false, locale: 'en', version: '1.2.3', ...change };
}
