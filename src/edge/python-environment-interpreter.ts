import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../errors/failure.ts';
import { Failure, problem } from '../errors/failure.ts';
import { runToEnd } from './process-group.ts';

/** A Python that can be used. */
export interface Interpreter {
  /** How to call it: a program and the arguments that choose this Python. */
  readonly file: string;
  readonly args: readonly string[];
  /** Where its binary is, as it says itself. */
  readonly path: string;
  readonly version: string;
  /** It can make environments itself. */
  readonly makesEnvironments: boolean;
  readonly missingModule?: string;
}

/** One place where Python was looked for, and what was there. */
export interface Asked {
  readonly name: string;
  readonly found: Interpreter | 'absent' | 'store-alias' | 'broken';
}

const lowest = [3, 11] as const;

const question = [
  'import sys, json',
  'missing = ""',
  'for name in ("venv", "ensurepip"):',
  '    try:',
  '        __import__(name)',
  '    except Exception:',
  '        missing = missing or name',
  'print(json.dumps({"path": sys.executable, "version": list(sys.version_info[:3]), "missing": missing}))',
].join('\n');

/** The binary of an environment. */
export function pythonOf(environment: string): string {
  return process.platform === 'win32' ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python');
}

/**
 * Asks every place where Python may be, in order: the one that the person names, the repository's own
 * environment, and the names that systems give it. A name the person chose is the only one asked.
 */
export async function askPythons(folder: string | undefined, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const [file, ...args] of candidates(folder, env)) {
    const answer = { name: [file, ...args].join(' '), found: await askPython(file, args, env, signal) };
    asked.push(answer);
    if (isUsable(answer.found)) break;
  }
  return asked;
}

/** The Python to use, or the reason why there is none. */
export async function findPython(folder: string | undefined, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Interpreter> {
  const asked = await askPythons(folder, env, signal);
  const usable = asked.map((each) => each.found).find((found) => isUsable(found));
  if (usable === undefined) throw new Failure([whyNoPython(asked)]);
  return usable;
}

/** What is wrong when none of the places has a Python that can be used. */
export function whyNoPython(asked: readonly Asked[]): Problem {
  const old = asked.map((each) => each.found).find((found) => typeof found === 'object');
  if (old !== undefined) return problem('E_PYTHON_OLD', { path: old.path, version: old.version });
  const storeAlias = asked.some((each) => each.found === 'store-alias');
  return problem('E_PYTHON_MISSING', { asked: asked.map((each) => each.name), storeAlias });
}

export function isUsable(found: Asked['found']): found is Interpreter {
  if (typeof found === 'string') return false;
  const [major = 0, minor = 0] = found.version.split('.').map(Number);
  return major > lowest[0] || (major === lowest[0] && minor >= lowest[1]);
}

function candidates(folder: string | undefined, env: NodeJS.ProcessEnv): [string, ...string[]][] {
  const chosen = env['KPI_FLOW_PYTHON'];
  if (chosen !== undefined && chosen !== '') return [[chosen]];
  const own = folder === undefined ? undefined : pythonOf(join(folder, '.venv'));
  return [
    ...(own !== undefined && existsSync(own) ? [[own] satisfies [string]] : []),
    ['python3'],
    ['python'],
    ...(process.platform === 'win32' ? [['py', '-3'] satisfies [string, string]] : []),
  ];
}

async function askPython(file: string, args: readonly string[], env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Asked['found']> {
  const limit = signal === undefined ? { seconds: 30 } : { seconds: 30, signal };
  const outcome = await runToEnd({ file, args: [...args, '-c', question], env }, limit);
  if (outcome.missing) return 'absent';
  // The alias prints one line about the store and leaves with 9009; it never runs Python.
  if (outcome.code === 9009 || /Microsoft Store/iu.test(outcome.output)) return 'store-alias';
  return readAnswer(file, args, outcome.code === 0 ? outcome.output : '');
}

function readAnswer(file: string, args: readonly string[], output: string): Interpreter | 'broken' {
  const line = output.split('\n').findLast((each) => each.startsWith('{'));
  if (line === undefined) return 'broken';
  try {
    const { path, version, missing } = JSON.parse(line) as { path: string; version: number[]; missing: string };
    return { file, args, path, version: version.join('.'), makesEnvironments: missing === '', ...(missing === '' ? {} : { missingModule: missing }) };
  } catch {
    return 'broken';
  }
}
