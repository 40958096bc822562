import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from '../errors/failure.ts';
import { createNodePackages } from './node-packages.ts';
import { sharedFolder } from './shared-folder.ts';

/** The packages of a TypeScript repository, as npm installed them. */
export interface SharedPackages {
  /** The folder that holds `node_modules`. */
  readonly folder: string;
  /** npm ran: they were not there already. */
  readonly installed: boolean;
}

export interface SharedPackagesOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Hears how far npm has come. */
  readonly onLine?: (text: string) => void;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * Gives the packages that a repository asks for, installed by npm once for each set of them. What the repository
 * carries itself (`file:`) is left out.
 * @throws Failure when npm cannot install them
 */
export async function sharedPackages(repository: string, cache: string, options: SharedPackagesOptions = {}): Promise<SharedPackages> {
  const manifest = await manifestOf(repository);
  const foreign = Object.fromEntries([...wantedBy(manifest)].filter(([, version]) => !version.startsWith('file:')));
  const key = createHash('sha256').update(JSON.stringify([process.version, process.arch, Object.entries(foreign).toSorted()])).digest('hex').slice(0, 16);
  const home = resolve(cache, 'node');
  await mkdir(home, { recursive: true });
  const { folder, made } = await sharedFolder(join(home, key), {
    isWhole: (each) => existsSync(join(each, 'node_modules')),
    make: (each) => install(each, foreign, options),
    signal: options.signal,
  });
  return { folder, installed: made !== undefined };
}

/** Gives a repository its packages without copying them: links, as npm makes for the ones that it carries itself. */
export async function linkPackages({ folder }: SharedPackages, repository: string): Promise<void> {
  const [from, into] = [join(folder, 'node_modules'), join(repository, 'node_modules')];
  const names = (await readdir(from)).filter((name) => name !== '.package-lock.json');
  const carried = [...wantedBy(await manifestOf(repository))].filter(([, version]) => version.startsWith('file:'));
  const links = [
    ...names.map((name) => [join(from, name), join(into, name)] as const),
    ...carried.map(([name, version]) => [resolve(repository, version.slice('file:'.length)), join(into, name)] as const),
  ];
  for (const [target, link] of links) {
    await mkdir(dirname(link), { recursive: true });
    await symlink(target, link, 'junction');
  }
}

async function manifestOf(repository: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as Manifest;
}

function wantedBy({ dependencies, devDependencies }: Manifest): Map<string, string> {
  return new Map(Object.entries({ ...dependencies, ...devDependencies }));
}

async function install(folder: string, dependencies: Readonly<Record<string, string>>, { env = process.env, signal, onLine }: SharedPackagesOptions): Promise<true> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: basename(folder), private: true, dependencies }));
  const progress = { detail: (text: string) => onLine?.(text) };
  const outcome = await createNodePackages(env).install(folder, { signal: signal ?? new AbortController().signal, progress });
  if (!outcome.done) throw new Failure(outcome.problems);
  return true;
}
