import { cp, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dist } from '../cli/command-line.ts';

let home: string;
let cache: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kpi-flow-load-'));
  cache = join(home, 'dist/cache');
  await cp(dist, join(home, 'dist'), { recursive: true, filter: (path) => !/[\\/](cache|build|runtime)$/.test(path) });
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function help(env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await execa(process.execPath, [join(home, 'dist/kpi-flow.mjs'), '--help'], { env: { LANG: 'en_US.UTF-8', NODE_DISABLE_COMPILE_CACHE: undefined, ...env } });
  return stdout;
}

async function kept(): Promise<string[]> {
  return (await readdir(cache).catch(() => [])).sort();
}

/** The file of the words of help, and what V8 made of it. */
async function words(): Promise<{ readonly code: string; readonly compiled: string }> {
  const compiled = (await kept()).filter((name) => name.startsWith('words-'));
  expect(compiled).toHaveLength(1);
  return { code: join(home, 'dist/chunks/words.cjs'), compiled: join(cache, compiled[0] ?? '') };
}

test('what V8 compiled is kept beside the code, whole, and taken the next time', async () => {
  const first = await help();
  const { compiled } = await words();
  const { mtimeMs, ino } = await stat(compiled);
  expect(await help()).toBe(first);
  expect(await stat(compiled)).toMatchObject({ mtimeMs, ino });
  // What is written first under another name has that of the process behind.
  expect((await kept()).filter((name) => !name.endsWith(`-${process.arch}`))).toEqual([]);
});

test('what a command needs that none needed before is kept with the rest, once', async () => {
  const env = { LANG: 'en_US.UTF-8', NODE_DISABLE_COMPILE_CACHE: undefined };
  const command = (...args: string[]) => execa(process.execPath, [join(home, 'dist/kpi-flow.mjs'), ...args], { cwd: join(home, 'stock'), env });
  const rendering = async (): Promise<{ size: number; ino: number }> => {
    const name = (await kept()).find((each) => each.startsWith('render-')) ?? '';
    const { size, ino } = await stat(join(cache, name));
    return { size, ino };
  };
  await execa(process.execPath, [join(home, 'dist/create-kpi-flow.mjs'), 'stock', '--yes', '--no-install', '--no-git'], { cwd: home, env });
  const created = await rendering();
  await command('add', 'extractor', 'returns', 'sql');
  const added = await rendering();
  expect(added.size).toBeGreaterThan(created.size);
  await command('add', 'extractor', 'refunds', 'sql');
  expect(await rendering()).toEqual(added);
});

test('what is kept of other code is not run, although it is as long', async () => {
  expect(await help()).toContain('Examples');
  const { code } = await words();
  await writeFile(code, (await readFile(code, 'latin1')).replaceAll('Examples', 'Exemples'), 'latin1');
  const later = new Date(Date.now() + 5000);
  await utimes(code, later, later);
  expect(await help()).toContain('Exemples');
});

test('what was damaged is not run, and made again', async () => {
  const first = await help();
  const { compiled } = await words();
  for (const damage of [Buffer.alloc(0), Buffer.alloc(4096, 7)]) {
    await writeFile(compiled, damage);
    expect(await help()).toBe(first);
    expect((await readFile(compiled)).equals(damage)).toBe(false);
  }
});

test('a folder that takes no file changes nothing, and a run that failed leaves none', async () => {
  await expect(execa(process.execPath, [join(home, 'dist/kpi-flow.mjs'), 'extract'])).rejects.toMatchObject({ exitCode: 2 });
  expect(await kept()).toEqual([]);
  await writeFile(cache, 'no folder');
  expect(await help()).toContain('Examples');
  expect(await readFile(cache, 'utf8')).toBe('no folder');
});

test('NODE_DISABLE_COMPILE_CACHE keeps nothing', async () => {
  expect(await help({ NODE_DISABLE_COMPILE_CACHE: '1' })).toContain('Examples');
  expect(await kept()).toEqual([]);
});

test('the modules of the package share their classes', async () => {
  const program = `
    const [{ Failure, add }, { Failure: again }] = await Promise.all(['', '?again'].map((query) => import(process.argv[1] + query)));
    const error = await add('extractor', { name: 'x', kind: 'sql' }, { cwd: process.argv[2] }).catch((reason) => reason);
    process.stdout.write(JSON.stringify([Failure === again, error instanceof again]));`;
  const index = pathToFileURL(join(home, 'dist/index.mjs')).href;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', program, index, home]);
  expect(stdout).toBe('[true,true]');
});
