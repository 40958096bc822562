import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, fail } from '../errors/failure.ts';
import type { InstallOutcome, PythonEnvironment } from '../jobs/ports.ts';
import { reach, withoutLoopbackProxy } from './network.ts';
import type { PipSettings } from './network-indexes.ts';
import { defaultIndex, readPipSettings, withUvSettings } from './network-indexes.ts';
import type { Command, Outcome } from './process-group.ts';
import { runToEnd } from './process-group.ts';
import { explainReach, explainToolFailure, isUnclear } from './python-environment-failure.ts';
import type { Interpreter } from './python-environment-interpreter.ts';
import { findPython, pythonOf } from './python-environment-interpreter.ts';
import { cacheFolder, findUv } from './python-environment-uv.ts';

/** What an installation may use, and who hears of it. */
export interface InstallOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
  /** Where our own copy of uv is kept; the person's cache folder when it is not said. */
  readonly cache?: string;
  /** Never uses uv, as on a machine where it cannot be had. */
  readonly pipOnly?: boolean;
}

/** An environment that is ready. */
export interface Installed {
  readonly tool: 'uv' | 'pip';
  readonly seconds: number;
  readonly python: string;
}

/** Everything one installation needs to know, found out once. */
interface Workshop {
  readonly interpreter: Interpreter;
  readonly uv: string | undefined;
  readonly pip: PipSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly limit: { readonly seconds: number; readonly signal?: AbortSignal };
  readonly onLine: ((line: string) => void) | undefined;
}

/** The Python environment of a repository, for the jobs that make one. */
export function createPythonEnvironment(env: NodeJS.ProcessEnv): PythonEnvironment {
  return {
    async install(repository, { signal, progress }): Promise<InstallOutcome> {
      try {
        const installed = await installRepository(repository, { env, signal, onLine: (line) => progress.detail(shorten(line)) });
        return { done: true, tool: installed.tool, command: await installCommand(env) };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return { done: false, problems: error.problems, command: await installCommand(env) };
      }
    },
  };
}

/**
 * Makes `.venv` in a repository and installs it there with its development tools, with uv when it can be had
 * and with pip when not.
 * @throws Failure with the layer that blocks: no Python, the index, a certificate, a proxy, the disk
 */
export async function installRepository(folder: string, options: InstallOptions = {}): Promise<Installed> {
  const workshop = await openWorkshop(folder, options);
  return await build(workshop, join(folder, '.venv'), async (python) => {
    const requirements = await readRequirements(python, folder, workshop);
    return { packages: ['--editable', '.', ...requirements.dev], cwd: folder };
  });
}

/** Makes an environment that holds the packages and nothing of any repository. */
export async function installPackages(environment: string, packages: readonly string[], options: InstallOptions = {}): Promise<Installed> {
  const workshop = await openWorkshop(undefined, options);
  return await build(workshop, environment, () => Promise.resolve({ packages }));
}

/** What a repository's pyproject.toml asks for: to run, and to be developed. */
export async function requirementsOf(folder: string, options: InstallOptions = {}): Promise<{ run: string[]; dev: string[] }> {
  const env = installEnvironment(options);
  const interpreter = await findPython(undefined, env, options.signal);
  return await readRequirements(interpreter.path, folder, { env, limit: limitOf(options, env), onLine: undefined });
}

async function openWorkshop(folder: string | undefined, options: InstallOptions): Promise<Workshop> {
  const env = installEnvironment(options);
  const limit = limitOf(options, env);
  const interpreter = await findPython(folder, env, options.signal);
  const pip = await readPipSettings(interpreter.path, env, options.signal);
  const workshop = { interpreter, pip, env, limit, onLine: options.onLine };
  const found = options.pipOnly === true ? { uv: undefined } : await findUv(interpreter, options.cache ?? cacheFolder(env), env, { ...limit, seconds: Math.min(limit.seconds, 90) });
  if (found.uv === undefined && 'outcome' in found && found.outcome !== undefined) await failWhenBlocked(workshop, found.outcome, folder);
  if (found.uv === undefined && !interpreter.makesEnvironments) fail('E_PYTHON_INCOMPLETE', { path: interpreter.path, module: interpreter.missingModule ?? 'venv' });
  return { ...workshop, uv: found.uv };
}

/** An index that kept uv from being fetched keeps everything else away too: waiting twice would tell nothing new. */
async function failWhenBlocked(workshop: Omit<Workshop, 'uv'>, outcome: Outcome, folder: string | undefined): Promise<void> {
  const problem = await explain(workshop, 'pip', outcome, folder ?? process.cwd());
  if (!isUnclear(problem)) throw new Failure([problem]);
}

async function build(workshop: Workshop, environment: string, contents: (python: string) => Promise<{ packages: readonly string[]; cwd?: string }>): Promise<Installed> {
  const started = performance.now();
  const python = pythonOf(environment);
  const fresh = !existsSync(python);
  try {
    if (fresh) await must(workshop, environment, makeCommand(workshop, environment));
    const { packages, cwd } = await contents(python);
    await must(workshop, environment, installCommandLine(workshop, python, packages, cwd));
  } catch (error) {
    // Half an environment would be taken for a whole one the next time.
    if (fresh) await rm(environment, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
  return { tool: toolOf(workshop), seconds: (performance.now() - started) / 1000, python };
}

function makeCommand({ uv, interpreter, pip, env }: Workshop, environment: string): Command {
  if (uv === undefined) return { file: interpreter.file, args: [...interpreter.args, '-m', 'venv', environment], env };
  // Who has no uv of their own will want pip in there.
  const seed = uv === 'uv' ? [] : ['--seed'];
  return { file: uv, args: ['venv', '--quiet', '--no-project', ...seed, '--python', interpreter.path, environment], env: withUvSettings(env, pip) };
}

function installCommandLine(workshop: Workshop, python: string, packages: readonly string[], cwd: string | undefined): Command {
  const { uv, pip, env } = workshop;
  const place = cwd === undefined ? {} : { cwd };
  // A worker starts Prefect in a new process for each run: without bytecode every start would pay for it again.
  if (uv !== undefined) return { file: uv, args: ['pip', 'install', '--compile-bytecode', '--python', python, ...packages], env: withUvSettings(env, pip), ...place };
  return { file: python, args: ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', ...packages], env, ...place };
}

async function must(workshop: Workshop, environment: string, command: Command): Promise<void> {
  const heard = workshop.onLine === undefined ? command : { ...command, onLine: workshop.onLine };
  const outcome = await runToEnd(heard, workshop.limit);
  if (outcome.code === 0) return;
  throw new Failure([await explain(workshop, toolOf(workshop), outcome, environment)]);
}

async function explain(workshop: Omit<Workshop, 'uv'>, tool: 'uv' | 'pip', outcome: Outcome, folder: string): Promise<Failure['problems'][number]> {
  const address = workshop.env['UV_DEFAULT_INDEX'] ?? workshop.env['UV_INDEX_URL'] ?? workshop.pip.index ?? (await defaultIndex(workshop.interpreter.path, workshop.env, workshop.limit.signal));
  const said = explainToolFailure({ tool, output: outcome.output, timedOut: outcome.timedOut, seconds: outcome.seconds, folder }, address);
  if (!isUnclear(said) || address === undefined) return said;
  const seen = await reach(address, proxied(workshop), 8).catch(() => undefined);
  return (seen === undefined ? undefined : explainReach(seen, address)) ?? said;
}

function proxied({ env, pip }: Omit<Workshop, 'uv'>): NodeJS.ProcessEnv {
  const proxy = pip.proxy === undefined ? {} : { https_proxy: pip.proxy, http_proxy: pip.proxy };
  return { ...env, ...proxy, ...(pip.cert === undefined ? {} : { PIP_CERT: pip.cert }) };
}

const readToml = [
  'import json, sys, tomllib',
  'with open("pyproject.toml", "rb") as file:',
  '    project = tomllib.load(file)',
  'groups = project.get("dependency-groups", {})',
  'def group(name):',
  '    for each in groups.get(name, []):',
  '        if isinstance(each, str):',
  '            yield each',
  '        else:',
  '            yield from group(each["include-group"])',
  'print(json.dumps({"run": project["project"].get("dependencies", []), "dev": list(group("dev"))}))',
].join('\n');

/** pip learned dependency groups late, and the pip inside a new environment is often older: so they are read here. */
async function readRequirements(python: string, folder: string, { env, limit }: Pick<Workshop, 'env' | 'limit' | 'onLine'>): Promise<{ run: string[]; dev: string[] }> {
  const outcome = await runToEnd({ file: python, args: ['-c', readToml], env, cwd: folder }, limit);
  if (outcome.code !== 0) fail('E_INSTALL_FAILED', { tool: 'pip', detail: `pyproject.toml: ${outcome.output.trim().split('\n').at(-1) ?? ''}` });
  return JSON.parse(outcome.output) as { run: string[]; dev: string[] };
}

/** What a person types, inside the repository, to get the same. */
async function installCommand(env: NodeJS.ProcessEnv): Promise<string> {
  const uv = await runToEnd({ file: 'uv', args: ['--version'], env }, { seconds: 10 });
  if (uv.code === 0) return 'uv sync';
  if (process.platform === 'win32') return 'py -3 -m venv .venv; .venv\\Scripts\\python -m pip install --upgrade pip; .venv\\Scripts\\python -m pip install -e . --group dev';
  return 'python3 -m venv .venv && .venv/bin/python -m pip install --upgrade pip && .venv/bin/python -m pip install -e . --group dev';
}

function toolOf({ uv }: Pick<Workshop, 'uv'>): 'uv' | 'pip' {
  return uv === undefined ? 'pip' : 'uv';
}

function installEnvironment(options: InstallOptions): NodeJS.ProcessEnv {
  // Another environment that happens to be switched on would be installed into in place of ours.
  const { VIRTUAL_ENV: _active, PYTHONHOME: _home, ...env } = options.env ?? process.env;
  return { ...withoutLoopbackProxy(env), PIP_NO_INPUT: '1', UV_PYTHON_DOWNLOADS: 'never' };
}

function limitOf(options: InstallOptions, env: NodeJS.ProcessEnv): Workshop['limit'] {
  const told = Number(env['KPI_FLOW_INSTALL_TIMEOUT']);
  const seconds = Number.isFinite(told) && told > 0 ? told : 300;
  return options.signal === undefined ? { seconds } : { seconds, signal: options.signal };
}

function shorten(line: string): string {
  const bare = line.trim();
  return bare.length > 60 ? `${bare.slice(0, 59)}…` : bare;
}
