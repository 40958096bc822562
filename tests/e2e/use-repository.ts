import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect } from 'vitest';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';

type Texts = Iterable<readonly [path: string, text: string]>;

/** Writes the files of a repository below a folder. */
export async function writeRepository(root: string, files: Texts): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** Runs a program of Python in a repository; never rejects, since how it ended is in the result. */
function runPython(python: string, root: string, [first = '', ...rest]: readonly string[], env: NodeJS.ProcessEnv, input: string) {
  const program = first.endsWith('.py') ? resolve('tests/e2e', first) : first;
  return execa(python, [program, ...rest], { cwd: root, env: { PYTHONPATH: join(root, 'src'), PYTHONUTF8: '1', ...env }, input, reject: false, all: true });
}

/** A repository in a folder of its own, and a Python with what it needs. */
export interface Repository {
  readonly root: string;
  readonly python: string;
  /** Runs a program of Python in it: a file of these tests by its name, or flags. */
  run(args: readonly string[], env?: NodeJS.ProcessEnv, input?: string): ReturnType<typeof runPython>;
  /** Runs one that has to succeed, and gives what it said in its last line. */
  json<T>(args: readonly string[], env?: NodeJS.ProcessEnv, input?: string): Promise<T>;
}

/** Runs tests of a repository's own. */
export async function expectOwnTestsToPass({ run }: Repository, tests: readonly string[]): Promise<void> {
  const { exitCode, all } = await run(['-m', 'pytest', '-q', '-p', 'no:cacheprovider', ...tests]);
  expect([exitCode, exitCode === 0 ? '' : all]).toEqual([0, '']);
}

/** Writes a repository before the tests of a file, and takes it away after them. */
export function useRepository(files: () => Texts, packages: readonly string[]): Repository {
  let root = '';
  let python = '';
  beforeAll(async () => {
    ({ python } = await sharedEnvironment(packages, '.cache'));
    root = await mkdtemp(join(tmpdir(), 'kpi-repository-'));
    await writeRepository(root, files());
  }, 1_800_000);
  afterAll(() => rm(root, { recursive: true, force: true }), 60_000);
  const run: Repository['run'] = (args, env = {}, input = '') => runPython(python, root, args, env, input);
  return {
    get root() {
      return root;
    },
    get python() {
      return python;
    },
    run,
    async json<T>(...given: Parameters<Repository['run']>) {
      const { exitCode, stdout, all } = await run(...given);
      expect([exitCode, exitCode === 0 ? '' : all]).toEqual([0, '']);
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
    },
  };
}
