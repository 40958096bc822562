import { resolve } from 'node:path';
import { version } from 'virtual:version';
import { additions } from '../generators/additions.ts';
import { project } from '../generators/project.ts';
import { growPorts } from './cli/grow-ports.ts';
import { nodeDisk } from './edge/disk.ts';
import { nodeEnvironment, wallClock } from './edge/environment.ts';
import { nodeGit } from './edge/git.ts';
import { createNodePackages } from './edge/node-packages.ts';
import { createPythonEnvironment } from './edge/python-environment.ts';
import type { RawAnswers } from './generate/define-generator.ts';
import type { Given } from './jobs/create-answers.ts';
import { settleAnswers } from './jobs/create-answers.ts';
import type { CreatePorts, CreateResult } from './jobs/create.ts';
import { create } from './jobs/create.ts';
import { add as addStage } from './jobs/add.ts';
import type { GrowResult } from './jobs/grow.ts';
import { rename as renameStage } from './jobs/rename.ts';
import { sync as syncRepository } from './jobs/sync.ts';
import { diffOps } from './plan/diff.ts';
import type { Reporter } from './jobs/ports.ts';
import type { AppliedPlan, CreateOptions, GrowthOptions, StageAnswers, CreatedProject, PlanOptions, PlannedFile, ProjectAnswers, RenameOptions } from './index.d.mts';
import type { Tree } from './plan/tree.ts';

export { Failure } from './errors/failure.ts';
export { version };

/** The text of every file that `create` would make from these answers. */
export function planProject(answers: ProjectAnswers, options: PlanOptions = {}): PlannedFile[] {
  const { timezone, hash } = nodeEnvironment();
  const context = { locale: options.locale ?? 'en', timezone };
  const { input } = settleAnswers(project, givenFrom(answers), context, true);
  return listFiles(project.plan(input, { version, today: options.today ?? wallClock.today(), hash }));
}

/** Makes a KPI repository, as `create-kpi-flow --yes` does. */
export async function createProject(answers: ProjectAnswers, options: CreateOptions = {}): Promise<CreatedProject> {
  const request = {
    given: givenFrom(answers),
    takeDefaults: true,
    dryRun: false,
    locale: options.locale ?? 'en',
    version,
  } as const;
  return showResult(await create(project, request, portsFor(options)));
}

/** Adds a stage to a repository, as `kpi-flow add` does. */
export async function add(generator: string, answers: StageAnswers, options: GrowthOptions = {}): Promise<AppliedPlan> {
  return showGrowth(await addStage(generator, answers as RawAnswers, growthOptions(`add ${generator} ${String(answers.name ?? '')}`, options), growPorts(options.cwd ?? process.cwd(), additions)));
}

/** Brings a repository to what its config.yaml says, as `kpi-flow sync` does. */
export async function sync(options: GrowthOptions = {}): Promise<AppliedPlan> {
  return showGrowth(await syncRepository(growthOptions('sync', options), growPorts(options.cwd ?? process.cwd(), additions)));
}

/** Gives a stage another name, as `kpi-flow rename` does. */
export async function rename(stage: string, next: string, options: RenameOptions = {}): Promise<AppliedPlan> {
  const asked = { ...growthOptions(`rename ${stage} ${next}`, options), editReferences: options.editReferences === true };
  return showGrowth(await renameStage(stage, next, asked, growPorts(options.cwd ?? process.cwd(), additions)));
}

function growthOptions(command: string, { dryRun = false, force = false }: GrowthOptions) {
  return { command, dryRun, force };
}

function showGrowth({ root, plan, remarks, dryRun }: GrowResult): AppliedPlan {
  return { folder: root, dryRun, changes: plan.ops.map(({ kind, path, owner }) => ({ kind, path, owner })), remarks, diff: diffOps(plan.ops) };
}

function givenFrom(answers: ProjectAnswers): Given {
  const entries = Object.entries(answers as RawAnswers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, { value, from: key }])) as Given;
}

function portsFor({
  cwd = process.cwd(),
  signal = new AbortController().signal,
  today,
  onNote,
}: CreateOptions): CreatePorts {
  return {
    disk: nodeDisk(signal),
    git: nodeGit(process.env, signal),
    python: createPythonEnvironment(process.env),
    node: createNodePackages(process.env),
    reporter: quietReporter(onNote),
    clock: today === undefined ? wallClock : { today: () => today },
    environment: { ...nodeEnvironment(), cwd, place: (folder) => resolve(cwd, folder) },
    signal,
  };
}

/** A program that calls us reads what we return: nothing is printed for it. */
function quietReporter(onNote: (line: string) => void = () => undefined): Reporter {
  return {
    result: onNote,
    note: onNote,
    warn: onNote,
    step: async (name, work) => (onNote(name), work({ detail: onNote })),
  };
}

function showResult({ folder, tree, git, install, again }: CreateResult): CreatedProject {
  const isDone = (outcome: object): boolean => 'done' in outcome && outcome.done === true;
  return { folder, files: listFiles(tree), committed: isDone(git), installed: isDone(install), again: again.text };
}

function listFiles(tree: Tree): PlannedFile[] {
  return [...tree.values()].map(({ path, owner, text }) => ({ path, owner, text }));
}
