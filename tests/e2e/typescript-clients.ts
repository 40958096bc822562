import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { linkPackages, sharedPackages } from '../../src/edge/node-packages-shared.ts';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * Gives a TypeScript repository below this project some of the packages that its package.json asks for, in the version that it
 * asks for; compiler, zod and yaml are found where ours are.
 */
export async function linkClients(repository: string, names: readonly string[]): Promise<void> {
  const manifest = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as Manifest;
  const all = { ...manifest.dependencies, ...manifest.devDependencies };
  const beside = await mkdtemp(join(resolve('.cache'), 'typescript-packages-'));
  try {
    await writeFile(join(beside, 'package.json'), JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, all[name]])) }));
    await linkPackages(await sharedPackages(beside, '.cache'), repository);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}
