import { spawn } from 'node:child_process';
import { isAbsolute, join } from 'node:path';
import type { Json, JsonObject } from '../types.ts';
import { fillPlaceholders } from './placeholders.ts';

/** A pull step that cannot be done. */
export class PullStepError extends Error {
  override readonly name = 'PullStepError';
}

type Inputs = Readonly<Record<string, Json>>;
type Outputs = Map<string, Readonly<Record<string, string>>>;

/** Looks up what stands in `{{ prefect.variables.x }}` and `{{ prefect.blocks.type.name }}`. */
export type Lookup = (reference: string) => Promise<string | undefined>;

/**
 * Does what a deployment says is to be done before its code can run: a worker leaves that to a custom command.
 * @throws PullStepError for a step that is not known, or that fails
 */
export async function runPullSteps(steps: readonly JsonObject[], lookup: Lookup): Promise<void> {
  const outputs: Outputs = new Map();
  for (const step of steps) {
    for (const [name, inputs] of Object.entries(step)) {
      const filled = await fillPlaceholders(inputs as Json, (reference) => valueOf(reference, outputs, lookup), refuseMissing);
      const output = await runStep(name, filled as Inputs);
      const id = (filled as Inputs)['id'];
      if (typeof id === 'string') outputs.set(id, output);
    }
  }
}

async function runStep(name: string, inputs: Inputs): Promise<Readonly<Record<string, string>>> {
  const kind = name.split('.').at(-1);
  if (kind === 'set_working_directory') return enter(text(inputs, 'directory', name));
  if (kind === 'git_clone') return await clone(inputs, name);
  if (kind === 'run_shell_script') return await runScript(inputs, name);
  throw new PullStepError(`the pull step ${name} is not known here (known: set_working_directory, git_clone, run_shell_script); use "pull: []" in prefect.yaml, or one of these`);
}

function enter(directory: string): Readonly<Record<string, string>> {
  try {
    process.chdir(directory);
  } catch (error) {
    throw new PullStepError(`set_working_directory: ${directory} cannot be entered: ${(error as Error).message}`, { cause: error });
  }
  return { directory };
}

async function clone(inputs: Inputs, name: string): Promise<Readonly<Record<string, string>>> {
  const repository = text(inputs, 'repository', name);
  const folder = optional(inputs, 'clone_directory_name') ?? folderOf(repository, optional(inputs, 'branch'));
  const branch = optional(inputs, 'branch');
  const commit = optional(inputs, 'commit_sha');
  const modules = inputs['include_submodules'] === true ? ['--recurse-submodules'] : [];
  const depth = commit === undefined ? ['--depth', '1'] : [];
  const of = branch === undefined ? [] : ['--branch', branch];
  await run('git', ['clone', ...of, ...depth, ...modules, '--', withToken(repository, optional(inputs, 'access_token')), folder], repository);
  if (commit !== undefined) await run('git', ['-C', folder, 'checkout', '--detach', commit], repository);
  return enter(isAbsolute(folder) ? folder : join(process.cwd(), folder));
}

function folderOf(repository: string, branch: string | undefined): string {
  const name = repository.replace(/\/+$/, '').split('/').at(-1)?.replace(/\.git$/, '') ?? 'repository';
  return branch === undefined ? name : `${name}-${branch.replaceAll('/', '-')}`;
}

function withToken(repository: string, token: string | undefined): string {
  if (token === undefined || !URL.canParse(repository)) return repository;
  const url = new URL(repository);
  url.username = url.hostname.includes('gitlab') ? 'oauth2' : token.split(':')[0] ?? '';
  url.password = url.hostname.includes('gitlab') ? token : token.split(':')[1] ?? '';
  return url.href;
}

type Print = (text: string) => void;
const print: Print = (text) => void process.stdout.write(text);

/**
 * Prefect's step run_shell_script: its lines one by one, and what they printed.
 * @throws PullStepError when a line ends with another code than 0
 */
export async function runScript(inputs: Inputs, name: string, show: Print = print): Promise<Readonly<Record<string, string>>> {
  const script = text(inputs, 'script', name);
  const directory = optional(inputs, 'directory');
  const stdout: string[] = [];
  for (const line of script.split('\n').map((each) => each.trim())) {
    if (line !== '') stdout.push(await run('sh', ['-c', line], line, { ...(directory === undefined ? {} : { cwd: directory }), env: { ...process.env, ...(inputs['env'] as Record<string, string> | undefined) } }, show));
  }
  return { stdout: stdout.join('').trim(), stderr: '' };
}

/** Runs a program; what it prints goes to the worker's log as well. `shown` stands in messages: it holds no secret. */
function run(file: string, args: readonly string[], shown: string, options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}, show: Print = print): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
    let printed = '';
    child.stdout.on('data', (part: Buffer) => {
      printed += part.toString('utf8');
      show(part.toString('utf8'));
    });
    child.once('error', (error) => reject(new PullStepError(`${file} cannot be run: ${error.message}`, { cause: error })));
    child.once('close', (code) => (code === 0 ? resolve(printed) : reject(new PullStepError(`${file} ended with ${String(code)}: ${shown}`))));
  });
}

function text(inputs: Inputs, name: string, step: string): string {
  const value = optional(inputs, name);
  if (value === undefined) throw new PullStepError(`the pull step ${step} lacks "${name}"`);
  return value;
}

function optional(inputs: Inputs, name: string): string | undefined {
  const value = inputs[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What stands for a placeholder of a step, as text: a step is told nothing else. */
async function valueOf(reference: string, outputs: Outputs, lookup: Lookup): Promise<string | undefined> {
  if (reference.startsWith('$')) return process.env[reference.slice(1)] ?? '';
  if (reference.startsWith('prefect.')) return await lookup(reference);
  const [id, name] = reference.split('.');
  return outputs.get(id ?? '')?.[name ?? ''];
}

function refuseMissing(whole: string): never {
  throw new PullStepError(`${whole} of a pull step stands for nothing`);
}
