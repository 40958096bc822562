import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Interpreter } from './python-environment-interpreter.ts';
import type { Outcome } from './process-group.ts';
import { runToEnd } from './process-group.ts';

/** Where the tool keeps what it fetched for itself, on every system in the place that system has for it. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const home = env['HOME'] ?? homedir();
  const own = process.platform === 'win32' ? env['LOCALAPPDATA'] : process.platform === 'darwin' ? join(home, 'Library', 'Caches') : env['XDG_CACHE_HOME'];
  return join(own === undefined || own === '' ? join(home, '.cache') : own, 'kpi-flow');
}

/** What came of looking for uv: a program to call, or why pip has to do. */
export type UvFound = { readonly uv: string } | { readonly uv: undefined; readonly outcome?: Outcome };

/**
 * Finds uv: the one on PATH, the one in our cache, or a copy fetched into the cache with pip, from the index
 * that pip is set to. It installs Prefect in seconds where pip takes a quarter of a minute.
 */
export async function findUv(python: Interpreter, cache: string, env: NodeJS.ProcessEnv, limit: { seconds: number; signal?: AbortSignal }): Promise<UvFound> {
  const onPath = await runToEnd({ file: 'uv', args: ['--version'], env }, limit);
  if (onPath.code === 0) return { uv: 'uv' };
  const home = join(cache, 'uv');
  const cached = binaryIn(home);
  if (cached !== undefined) return { uv: cached };
  return await fetchUv(python, home, env, limit);
}

async function fetchUv(python: Interpreter, home: string, env: NodeJS.ProcessEnv, limit: { seconds: number; signal?: AbortSignal }): Promise<UvFound> {
  // Fetched beside its place and moved there whole, so that a cut fetch is never taken for uv.
  const staged = `${home}.${process.pid}-${Date.now().toString(36)}`;
  try {
    await mkdir(staged, { recursive: true });
    const args = [...python.args, '-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:', '--target', staged, 'uv'];
    const outcome = await runToEnd({ file: python.file, args, env }, limit);
    if (outcome.code !== 0 || binaryIn(staged) === undefined) return { uv: undefined, outcome };
    await rename(staged, home).catch(() => undefined);
    const uv = binaryIn(home);
    return uv === undefined ? { uv: undefined, outcome } : { uv };
  } catch {
    limit.signal?.throwIfAborted();
    return { uv: undefined };
  } finally {
    await rm(staged, { recursive: true, force: true }).catch(() => undefined);
  }
}

function binaryIn(home: string): string | undefined {
  const names = process.platform === 'win32' ? [join(home, 'bin', 'uv.exe'), join(home, 'Scripts', 'uv.exe')] : [join(home, 'bin', 'uv')];
  return names.find((each) => existsSync(each));
}
