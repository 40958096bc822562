import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect } from 'vitest';
import { linkPackages, sharedPackages } from '../../src/edge/node-packages-shared.ts';
import { writeRepository } from './use-repository.ts';

/** A TypeScript repository in a folder of its own, with its packages. */
export interface TypescriptRepository {
  readonly root: string;
  /** Runs a program in it that has to succeed, without anything that this shell may have set; gives what it said. */
  run(file: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
}

/** Writes a repository before the tests of a file, and takes it away after them. */
export function useTypescript(files: () => Iterable<readonly [path: string, text: string]>): TypescriptRepository {
  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'kpi-typescript-'));
    await writeRepository(root, files());
    await linkPackages(await sharedPackages(root, '.cache'), root);
  }, 600_000);
  afterAll(() => rm(root, { recursive: true, force: true, maxRetries: 5 }), 60_000);
  const run: TypescriptRepository['run'] = async (file, args, given = {}) => {
    const { PREFECT_API_URL: _api, WAREHOUSE_URL: _url, VITEST: _vitest, ...env } = process.env;
    const result = await execa(file, args, { cwd: root, env: { ...env, NO_COLOR: '1', ...given }, extendEnv: false, all: true, reject: false });
    expect(result.exitCode, `${file} ${args.join(' ')}\n${result.all}`).toBe(0);
    return result.all;
  };
  return {
    get root() {
      return root;
    },
    run,
  };
}

/** Its compiler, its linter and some of its own tests have nothing to say. */
export async function expectOwnChecksToPass({ run }: TypescriptRepository, tests: readonly string[]): Promise<void> {
  expect(await run('npm', ['run', '--silent', 'typecheck'])).toBe('');
  expect(await run('npm', ['run', '--silent', 'lint'])).toContain('Found 0 warnings and 0 errors');
  expect(await run('npx', ['vitest', 'run', '--no-isolate', ...tests])).toMatch(/Tests +\d+ passed \(\d+\)/);
}

/** Tests of ours, put beside its own, pass. */
export async function expectToPass({ root, run }: TypescriptRepository, name: string, text: string): Promise<void> {
  await writeFile(join(root, `tests/flows/${name}.test.ts`), text);
  expect(await run('npx', ['vitest', 'run', `tests/flows/${name}.test.ts`])).toMatch(/Tests +\d+ passed \(\d+\)/);
}
