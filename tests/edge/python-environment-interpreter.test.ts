import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tell } from '../cli/command-line.ts';
import { askPythons, findPython } from '../../src/edge/python-environment-interpreter.ts';
import type { Problem } from '../../src/errors/failure.ts';
import { Failure } from '../../src/errors/failure.ts';
import type { FakePrograms } from './fake-programs.ts';
import { fakePrograms, pythonSaying } from './fake-programs.ts';

// The fake interpreters are shell scripts.
if (process.platform === 'win32') tell('skipped: finding Python (the programs that stand in are shell scripts)');

describe.skipIf(process.platform === 'win32')('finding Python', () => {
  let fakes: FakePrograms;
  beforeEach(async () => void (fakes = await fakePrograms()));
  afterEach(() => fakes.remove());

  const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ PATH: `${fakes.folder}:/bin`, ...more });
  const alone = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ PATH: fakes.folder, ...more });

  async function problemOf(work: Promise<unknown>): Promise<Problem | undefined> {
    const error = await work.catch((each: unknown) => each);
    return error instanceof Failure ? error.problems[0] : undefined;
  }

  it('takes python3 before python', async () => {
    await fakes.add('python3', pythonSaying('3.12.1'));
    await fakes.add('python', pythonSaying('3.13.0'));
    expect((await findPython(undefined, env())).version).toBe('3.12.1');
  });

  it('goes on to python when python3 is too old', async () => {
    await fakes.add('python3', pythonSaying('3.9.2'));
    await fakes.add('python', pythonSaying('3.11.0'));
    expect((await findPython(undefined, env())).version).toBe('3.11.0');
  });

  it('names the version that is too old', async () => {
    await fakes.add('python3', pythonSaying('3.10.12'));
    expect(await problemOf(findPython(undefined, alone()))).toEqual({ code: 'E_PYTHON_OLD', args: { path: '/opt/fake/python', version: '3.10.12' } });
  });

  it('lists where it asked when there is none', async () => {
    expect(await problemOf(findPython(undefined, alone()))).toEqual({ code: 'E_PYTHON_MISSING', args: { asked: ['python3', 'python'], storeAlias: false } });
  });

  it('knows the alias of the Windows store', async () => {
    await fakes.add('python', 'echo "Python was not found; run without arguments to install from the Microsoft Store" >&2\nexit 1');
    expect(await problemOf(findPython(undefined, alone()))).toMatchObject({ code: 'E_PYTHON_MISSING', args: { storeAlias: true } });
  });

  it('asks only the one that KPI_FLOW_PYTHON names', async () => {
    await fakes.add('python3', pythonSaying('3.12.1'));
    const chosen = await fakes.add('mine', pythonSaying('3.8.0'));
    expect(await problemOf(findPython(undefined, env({ KPI_FLOW_PYTHON: chosen })))).toMatchObject({ code: 'E_PYTHON_OLD', args: { version: '3.8.0' } });
  });

  it('passes over a program that is called python and is none', async () => {
    await fakes.add('python3', 'echo hello');
    await fakes.add('python', pythonSaying('3.11.9'));
    const asked = await askPythons(undefined, env());
    expect(asked.map((each) => (typeof each.found === 'string' ? each.found : each.found.version))).toEqual(['broken', '3.11.9']);
  });

  it('says which module is missing to make environments', async () => {
    await fakes.add('python3', pythonSaying('3.11.2', 'ensurepip'));
    expect(await findPython(undefined, env())).toMatchObject({ makesEnvironments: false, missingModule: 'ensurepip' });
  });
});
