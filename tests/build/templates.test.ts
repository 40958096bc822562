import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compileSource, readTemplates, templatesPlugin } from '../../src/build/templates.ts';
import type { Templates } from '../../src/generate/run-template.ts';
import { runTemplate } from '../../src/generate/run-template.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-templates-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function lay(path: string, text: string): Promise<void> {
  const file = join(folder, 'templates', path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function load(): Promise<Templates> {
  const bundle = await rolldown({ input: 'virtual:templates', plugins: [templatesPlugin(folder)] });
  const { output } = await bundle.generate({ format: 'esm' });
  const code = Buffer.from(output[0].code).toString('base64');
  return ((await import(`data:text/javascript;base64,${code}`)) as { templates: Templates }).templates;
}

test('a template is known by its path, without .hbs and with slashes', async () => {
  await lay('python/a/__init__.py.hbs', 'x');
  await lay('partials/p.hbs', 'y');
  expect(Object.keys(await load())).toEqual(['partials/p', 'python/a/__init__.py']);
});

test('a text without a mustache stays a text', async () => {
  await lay('plain.md.hbs', 'a "b" \\ `c` ${d}\n');
  expect((await load())['plain.md']).toBe('a "b" \\ `c` ${d}\n');
});

test('another one is compiled', async () => {
  await lay('a.py.hbs', '{{pyString kpi.name}}');
  const emitters = { pyString: (value: unknown) => `<${String(value)}>` };
  expect(runTemplate('a.py', await load(), emitters, { kpi: { name: 'x' } })).toBe('<x>');
});

test('a bundle keeps them as a file beside the code, in one byte a character', async () => {
  await lay('plain.md.hbs', 'año → 🙂\n');
  const dir = join(folder, 'dist');
  const bundle = await rolldown({
    input: 'virtual:templates',
    platform: 'node',
    plugins: [templatesPlugin(folder, 'chunks/t.json')],
  });
  await bundle.write({ dir, format: 'esm', entryFileNames: 'deep/entry.mjs' });
  expect(await readFile(join(dir, 'chunks/t.json'), 'utf8')).toMatch(/^[\x20-\x7e]+$/);
  const { templates } = (await import(pathToFileURL(join(dir, 'deep/entry.mjs')).href)) as { templates: Templates };
  expect(templates['plain.md']).toBe('año → 🙂\n');
});

test('line ends of a Windows checkout do not reach what is generated', async () => {
  await lay('plain.md.hbs', 'a\r\nb\r\n');
  expect((await load())['plain.md']).toBe('a\nb\n');
});

test('no templates at all is an empty collection', async () => {
  expect(await readTemplates(join(folder, 'nowhere'))).toEqual([]);
  expect(await load()).toEqual({});
});

test('a template with a mistake stops the build and says which one', () => {
  const name = 'python/a.py';
  expect(() => compileSource({ name, file: '', text: '{{shout kpi.name}}' })).toThrow('templates/python/a.py.hbs');
  expect(() => compileSource({ name, file: '', text: '{{#if x}}' })).toThrow('templates/python/a.py.hbs');
});
