import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { render } from '../../src/generate/render.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-plopfile-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function load(locale: 'en' | 'es') {
  await writeFile(join(folder, 'plopfile.mjs'), render('python/plopfile.mjs', { locale }));
  return await execa(process.execPath, ['plopfile.mjs'], { cwd: folder, reject: false });
}

/** A package of our name, with this as its generators. */
async function install(code: string): Promise<void> {
  const home = join(folder, 'node_modules/create-kpi-flow');
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'package.json'), JSON.stringify({ name: 'create-kpi-flow', type: 'module', exports: { './plop': './plop.mjs' } }));
  await writeFile(join(home, 'plop.mjs'), code);
}

test.each([['en', 'npm install'], ['es', 'Ejecuta: npm install']] as const)('says in %s what to install, and is an error of the environment', async (locale, words) => {
  const { exitCode, stderr, stdout } = await load(locale);
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toContain('E_NOT_INSTALLED');
  expect(stderr).toContain(words);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('hands on what the package gives', async () => {
  await install('process.stdout.write("loaded"); export default () => {};');
  expect(await load('en')).toMatchObject({ exitCode: 0, stdout: 'loaded' });
});

test('does not take a fault of the package for its absence', async () => {
  await install("import 'a-package-that-is-not-there'; export default () => {};");
  const { exitCode, stderr } = await load('en');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('a-package-that-is-not-there');
  expect(stderr).not.toContain('E_NOT_INSTALLED');
});
