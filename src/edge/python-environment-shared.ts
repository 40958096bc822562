import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Installed, InstallOptions } from './python-environment.ts';
import { installPackages } from './python-environment.ts';
import { findPython, pythonOf } from './python-environment-interpreter.ts';
import { sharedFolder } from './shared-folder.ts';

/** An environment that runs of the tests and of the demo have in common. */
export interface SharedEnvironment {
  readonly folder: string;
  readonly python: string;
  /** How it was made, or nothing when it was there already. */
  readonly installed?: Installed;
}

/** Gives an environment with these packages, made once for each set of them. */
export async function sharedEnvironment(packages: readonly string[], cache: string, options: InstallOptions = {}): Promise<SharedEnvironment> {
  const interpreter = await findPython(undefined, options.env ?? process.env, options.signal);
  const key = createHash('sha256').update(JSON.stringify([interpreter.path, interpreter.version, [...packages].sort()])).digest('hex').slice(0, 16);
  // The interpreter is called from other folders too.
  const home = resolve(cache, 'python');
  await mkdir(home, { recursive: true });
  const { folder, made } = await sharedFolder<Installed>(join(home, key), {
    isWhole: (each) => existsSync(pythonOf(each)),
    make: (each) => installPackages(each, packages, options),
    signal: options.signal,
  });
  return { folder, python: pythonOf(folder), ...(made && { installed: made }) };
}
