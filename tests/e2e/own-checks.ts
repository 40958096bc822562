import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import type { Files } from '../generate/grown.ts';
import { framePackages } from './frames.ts';
import { writeRepository } from './use-repository.ts';

/** What a repository that uses every kind declares, and its development tools. */
export const packages = [...framePackages, 'prefect>=3.9', 'pydantic>=2.12', 'python-dotenv>=1.1', 'ruamel.yaml>=0.18.10', 'sqlalchemy>=2.0.40', 'httpx2>=2.13', 'stamina>=26.1', 'pytest>=9', 'ruff>=0.15'];

/** Writes a repository to a folder of its own and runs its ruff, pyright and pytest, which runs its flows in Prefect. */
export async function expectOwnChecksToPass(files: Files, pytest: readonly string[] = []): Promise<void> {
  const { folder } = await sharedEnvironment(packages, '.cache');
  const root = await mkdtemp(join(tmpdir(), 'kpi-own-checks-'));
  try {
    await writeRepository(root, files);
    await symlink(resolve(folder), join(root, '.venv'));
    const python = join(root, '.venv/bin/python');
    await run(root, python, ['-m', 'ruff', 'check', '.']);
    await run(root, python, ['-m', 'ruff', 'format', '--check', '.']);
    await run(root, resolve('node_modules/.bin/pyright'), ['--pythonpath', python]);
    await expectNothingRealTouched(root, files, (env) => run(root, python, ['-m', 'pytest', '-q', ...pytest], env));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Tests of a repository whose sources have real addresses, in the environment and in .env: a test that used one would fail. */
async function expectNothingRealTouched(root: string, files: Files, test: (env: Readonly<Record<string, string>>) => Promise<void>): Promise<void> {
  const names = new Set([...(files.get('config/config.yaml') ?? '').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name));
  const real = Object.fromEntries([...names, 'QUARANTINE_URI'].map((name) => [name, 'nowhere://real']));
  await writeFile(join(root, '.env'), Object.entries(real).map((pair) => `${pair.join('=')}\n`).join(''));
  const before = await filesIn(root);
  await test(real);
  expect(await filesIn(root)).toEqual(before);
}

/** Whatever is in a repository but what its tools keep for themselves. */
async function filesIn(root: string): Promise<string[]> {
  const every = await readdir(root, { recursive: true });
  return every.filter((path) => !/(^|\/)(\.venv|__pycache__|\.\w+_cache)(\/|$)/.test(path)).sort();
}

async function run(root: string, command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const { exitCode, all } = await execa(command, args, { cwd: root, reject: false, all: true, env: { ...env, PREFECT_SERVER_ANALYTICS_ENABLED: 'false' } });
  expect([exitCode, exitCode === 0 ? '' : all]).toEqual([0, '']);
}
