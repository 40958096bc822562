import { createHash } from 'node:crypto';
import { additions } from '../../generators/index.ts';
import { extractor } from '../../generators/extractor.ts';
import { loader } from '../../generators/loader.ts';
import { project } from '../../generators/project.ts';
import { transformer } from '../../generators/transformer.ts';
import { version } from 'virtual:version';
import { loadYamlParser } from '../../src/config/yaml-parser.ts';
import { Failure } from '../../src/errors/failure.ts';
import { readPythonGrammar } from '../../src/edge/python-grammar.ts';
import type { RawAnswers } from '../../src/generate/define-generator.ts';
import { fillDefaults } from '../../src/generate/define-generator.ts';
import type { StageInput } from '../../src/generate/define-stage.ts';
import type { Growth } from '../../src/generate/plan-add.ts';
import { planAdd } from '../../src/generate/plan-add.ts';
import type { RepositoryState } from '../../src/generate/repository-state.ts';
import { readState } from '../../src/generate/read-state.ts';
import type { ProjectInput } from '../../src/generate/project-input.ts';
import { readAdditionInput } from '../../src/jobs/add.ts';
import type { FileOp } from '../../src/plan/plan.ts';
import { loadPython } from '../../src/python/load-python.ts';
import { loadTypescriptReader } from '../../src/generate/typescript-reader.ts';

await loadYamlParser();

export const parse = await loadPython(await readPythonGrammar());
await loadTypescriptReader();
export const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A repository in memory: what a plan reads, and what applying it makes of that. */
export type Files = Map<string, string>;

/** A new repository from the answers of `create`. */
export function startFiles(answers: RawAnswers | ProjectInput): Files {
  const reading = project.read('grain' in answers && typeof answers.grain === 'object' && !Array.isArray(answers.grain) ? {} : fillDefaults(project, answers as RawAnswers, { locale: 'en', timezone: 'UTC' }));
  const input = 'input' in reading ? reading.input : (answers as ProjectInput);
  if ('problems' in reading && !('grain' in answers && !Array.isArray(answers.grain))) throw new Error(JSON.stringify(reading.problems));
  return new Map([...project.plan(input, { version, today: '2026-01-05', hash }).values()].map(({ path, text }) => [path, text]));
}

export function stateOf(files: Files): RepositoryState {
  return readState({ root: '/repo', read: (path) => files.get(path), list: (folder) => namesIn(files, folder), written: () => [...files.keys()], hash, parse }, version);
}

export function namesIn(files: Files, folder: string): string[] {
  return [...new Set([...files.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))];
}

export function apply(files: Files, ops: readonly FileOp[]): void {
  for (const op of ops) {
    if (op.kind === 'delete') files.delete(op.path);
    else files.set(op.path, op.after);
  }
}

/** Adds what any generator makes, from answers as a door gives them. */
export function addTo(files: Files, name: string, given: RawAnswers): Growth {
  const generator = additions[name];
  if (generator === undefined) throw new Error(`no generator ${name}`);
  const growth = generator.plan(readAdditionInput(generator, given), stateOf(files), { today: '2026-01-05', force: false });
  apply(files, growth.plan.ops);
  return growth;
}

/** The first of the problems that something fails with; nothing when it is done. */
export function problemOf(work: () => unknown): Failure['problems'][number] | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.problems[0];
    throw error;
  }
}

export const codeOf = (work: () => unknown): string | undefined => problemOf(work)?.code;

const stages = { extractor, transformer, loader };

/** Adds a stage, as the job does, and applies it. */
export function grow(files: Files, name: keyof typeof stages, input: Partial<StageInput> & { name: string; kind: string }): Growth {
  const growth = planAdd(stages[name], { inputs: [], ...input }, stateOf(files));
  apply(files, growth.plan.ops);
  return growth;
}
