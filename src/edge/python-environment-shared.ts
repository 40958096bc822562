import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Installed, InstallOptions } from './python-environment.ts';
import { installPackages } from './python-environment.ts';
import { findPython, pythonOf } from './python-environment-interpreter.ts';

/** An environment that runs of the tests and of the demo have in common. */
export interface SharedEnvironment {
  readonly folder: string;
  readonly python: string;
  /** How it was made, or nothing when it was there already. */
  readonly installed?: Installed;
}

/**
 * Gives an environment with these packages, made once for each set of them. Two processes that ask at once
 * get the same one: each would build in a folder of its own and publish by one rename, and whoever comes
 * second waits for the first, so that the work is done once as a rule and never spoilt.
 */
export async function sharedEnvironment(packages: readonly string[], cache: string, options: InstallOptions = {}): Promise<SharedEnvironment> {
  const interpreter = await findPython(undefined, options.env ?? process.env, options.signal);
  const key = createHash('sha256').update(JSON.stringify([interpreter.path, interpreter.version, [...packages].sort()])).digest('hex').slice(0, 16);
  // The interpreter is called from other folders too.
  const home = resolve(cache, 'python');
  await mkdir(home, { recursive: true });
  const pointer = join(home, key);
  return (await published(pointer)) ?? (await waitForOther(pointer, options.signal)) ?? (await buildAndPublish(pointer, packages, options));
}

/** The pointer names the folder; a folder whose Python is gone (upgraded, removed) does not count. */
async function published(pointer: string): Promise<SharedEnvironment | undefined> {
  const name = await readFile(pointer, 'utf8').catch(() => undefined);
  if (name === undefined) return undefined;
  const folder = `${pointer}-${name}`;
  return existsSync(pythonOf(folder)) ? { folder, python: pythonOf(folder) } : undefined;
}

const freshMs = 15_000;

/** Waits while somebody else builds. Their sign of life grows old when they were killed. */
async function waitForOther(pointer: string, signal?: AbortSignal): Promise<SharedEnvironment | undefined> {
  for (;;) {
    if (!(await isBuilding(pointer))) return await published(pointer);
    await sleep(200, undefined, signal === undefined ? {} : { signal });
    const ready = await published(pointer);
    if (ready !== undefined) return ready;
  }
}

async function isBuilding(pointer: string): Promise<boolean> {
  const sign = await stat(`${pointer}.building`).catch(() => undefined);
  return sign !== undefined && Date.now() - sign.mtimeMs < freshMs;
}

async function buildAndPublish(pointer: string, packages: readonly string[], options: InstallOptions): Promise<SharedEnvironment> {
  const sign = `${pointer}.building`;
  // Only one of two that come at the same moment makes the sign; the other goes back to waiting.
  const mine = await writeFile(sign, String(process.pid), { flag: 'wx' }).then(() => true, () => false);
  if (!mine && (await isBuilding(pointer))) {
    const ready = await waitForOther(pointer, options.signal);
    if (ready !== undefined) return ready;
  }
  const beat = setInterval(() => void utimes(sign, new Date(), new Date()).catch(() => undefined), freshMs / 5);
  const name = randomBytes(4).toString('hex');
  const folder = `${pointer}-${name}`;
  try {
    await utimes(sign, new Date(), new Date()).catch(() => undefined);
    const installed = await installPackages(folder, packages, options);
    await writeFile(`${pointer}.${name}`, name);
    await rename(`${pointer}.${name}`, pointer);
    return { folder, python: pythonOf(folder), installed };
  } finally {
    clearInterval(beat);
    await rm(sign, { force: true }).catch(() => undefined);
  }
}
