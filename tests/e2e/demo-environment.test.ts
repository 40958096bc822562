import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../../src/edge/process-group.ts';
import { installPackages, requirementsOf } from '../../src/edge/python-environment.ts';
import { findPython } from '../../src/edge/python-environment-interpreter.ts';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';

const python = await findPython(undefined, process.env).catch(() => undefined);
if (python === undefined) process.stderr.write('skipped: Python environments (no Python 3.11 or newer here)\n');

describe.skipIf(python === undefined)('Python environments, from the index that this machine is set to', { timeout: 180_000 }, () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'kpi-flow-environment-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function imports(interpreter: string, code: string): Promise<number | null> {
    return (await runToEnd({ file: interpreter, args: ['-c', code], env: process.env }, { seconds: 30 })).code;
  }

  it('are made once, however many ask at once, and found the next time', async () => {
    const cache = join(folder, 'cache');
    const asked = await Promise.all([1, 2, 3].map(() => sharedEnvironment(['iniconfig'], cache)));
    expect(new Set(asked.map((each) => each.folder)).size).toBe(1);
    expect(asked.filter((each) => each.installed !== undefined)).toHaveLength(1);
    const again = await sharedEnvironment(['iniconfig'], cache);
    expect(again).toEqual({ folder: asked[0]?.folder, python: asked[0]?.python });
    expect(await imports(again.python, 'import iniconfig')).toBe(0);
    expect((await readdir(join(cache, 'python'))).filter((each) => each.endsWith('.building'))).toEqual([]);
  });

  it('are made anew when their Python is gone', async () => {
    const cache = join(folder, 'cache-gone');
    const first = await sharedEnvironment(['iniconfig'], cache);
    await rm(first.folder, { recursive: true });
    const second = await sharedEnvironment(['iniconfig'], cache);
    expect(second.folder).not.toBe(first.folder);
    expect(await imports(second.python, 'import iniconfig')).toBe(0);
  });

  it('are not waited for when whoever made them was killed', async () => {
    const cache = join(folder, 'cache-killed');
    const first = await sharedEnvironment(['iniconfig'], cache);
    const pointer = first.folder.slice(0, first.folder.lastIndexOf('-'));
    await rm(first.folder, { recursive: true });
    await rm(pointer);
    const { utimes } = await import('node:fs/promises');
    await writeFile(`${pointer}.building`, '1');
    await utimes(`${pointer}.building`, new Date(0), new Date(0));
    expect((await sharedEnvironment(['iniconfig'], cache)).installed).toBeDefined();
  });

  it('can be made by pip alone', async () => {
    const installed = await installPackages(join(folder, 'by-pip'), ['iniconfig'], { pipOnly: true });
    expect(installed.tool).toBe('pip');
    expect(await imports(installed.python, 'import iniconfig, pip')).toBe(0);
  });

  it('hold pip even when uv made them, for those who have no uv', async () => {
    const installed = await installPackages(join(folder, 'by-uv'), ['iniconfig'], { cache: join(folder, 'cache-uv') });
    expect(await imports(installed.python, 'import iniconfig')).toBe(0);
    const hasOwnUv = (await runToEnd({ file: 'uv', args: ['--version'], env: process.env }, { seconds: 10 })).code === 0;
    expect(await imports(installed.python, 'import pip')).toBe(installed.tool === 'uv' && hasOwnUv ? 1 : 0);
  });

  it('read what a repository asks for, groups within groups too', async () => {
    const project = '[project]\nname = "x"\nversion = "1"\ndependencies = ["polars>=1"]\n[dependency-groups]\ntest = ["pytest>=9"]\ndev = ["ruff", {include-group = "test"}]\n';
    await writeFile(join(folder, 'pyproject.toml'), project);
    expect(await requirementsOf(folder)).toEqual({ run: ['polars>=1'], dev: ['ruff', 'pytest>=9'] });
  });
});
