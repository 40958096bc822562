import type { Json, JsonObject } from '../types.ts';
import { gitClone } from './git-clone.ts';
import { below, fillPlaceholders } from './placeholders.ts';
import { PullStepError } from './pull-step-error.ts';
import { runScript } from './run-script.ts';
import type { Inputs, Output } from './step-inputs.ts';
import { textOf } from './step-inputs.ts';

/** A step as the deployment has it: its placeholders are not filled, so that it holds no secret. */
export interface StepSaid {
  readonly index: number;
  readonly qualified_name: string;
  readonly step_name: string;
  readonly id: string | null;
  readonly inputs: JsonObject;
}

export interface StepWorld {
  /** Looks up what stands in `{{ prefect.variables.x }}` and `{{ prefect.blocks.type.name }}`. */
  readonly lookup: (reference: string) => Promise<Json | undefined>;
  readonly onBegin: (step: StepSaid) => void;
  readonly onEnd: (step: StepSaid, isGood: boolean) => void;
}

/** What the steps gave: by their ids, and the newest of each name. */
interface Given {
  readonly byId: Map<string, Output>;
  newest: Output;
}

/**
 * Does what a deployment says is to be done before its code can run: a worker leaves that to a custom command. The working
 * directory is the one that the last step named, once all are done.
 * @throws PullStepError for a step that is not known, or that fails
 */
export async function runPullSteps(steps: readonly JsonObject[], world: StepWorld): Promise<void> {
  const given: Given = { byId: new Map(), newest: {} };
  for (const [index, step] of steps.entries()) {
    const [name, inputs] = onlyEntry(step);
    const said = { index, qualified_name: name, step_name: name.split('.').at(-1) ?? name, id: typeof inputs['id'] === 'string' ? inputs['id'] : null, inputs };
    world.onBegin(said);
    try {
      const output = await runStep(name, (await fillPlaceholders(inputs, (reference) => valueOf(reference, given, world), refuseMissing)) as Inputs);
      if (said.id !== null) given.byId.set(said.id, output);
      given.newest = { ...given.newest, ...output };
    } catch (error) {
      world.onEnd(said, false);
      throw error;
    }
    world.onEnd(said, true);
  }
  const { directory } = given.newest;
  if (directory !== undefined) enter(directory);
}

function onlyEntry(step: JsonObject): readonly [string, JsonObject] {
  const [first, second] = Object.entries(step);
  if (first === undefined || second !== undefined) throw new PullStepError(`a pull step is one name and its inputs, and this is not: ${JSON.stringify(Object.keys(step))}`);
  return [first[0], (first[1] ?? {}) as JsonObject];
}

async function runStep(name: string, inputs: Inputs): Promise<Output> {
  const kind = name.split('.').at(-1);
  if (kind === 'set_working_directory') return enter(textOf(inputs, 'directory', name));
  if (kind === 'git_clone') return await gitClone(inputs, name);
  if (kind === 'run_shell_script') return await runScript(inputs, name);
  throw new PullStepError(`the pull step ${name} is not known here (known: set_working_directory, git_clone, run_shell_script); use "pull: []" in prefect.yaml, or one of these`);
}

/** At once: the steps after it go on from there. */
function enter(directory: string): Output {
  try {
    process.chdir(directory);
  } catch (error) {
    throw new PullStepError(`set_working_directory: ${directory} cannot be entered: ${(error as Error).message}`, { cause: error });
  }
  return { directory: process.cwd() };
}

async function valueOf(reference: string, { byId, newest }: Given, { lookup }: StepWorld): Promise<Json | undefined> {
  if (reference.startsWith('$')) return process.env[reference.slice(1)] ?? '';
  if (reference.startsWith('prefect.')) return await lookup(reference);
  const [id = '', ...path] = reference.split('.');
  return path.length === 0 ? newest[id] : below(byId.get(id), path);
}

function refuseMissing(whole: string): never {
  throw new PullStepError(`${whole} of a pull step stands for nothing`);
}
