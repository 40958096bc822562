import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expressionOf, readTemplates, templatesPlugin } from '../../src/build/templates.ts';
import type { Template } from '../../src/generate/template-parts.ts';

type Templates = Readonly<Record<string, string | Template>>;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-templates-'));
  await mkdir(join(folder, 'src/generate'), { recursive: true });
  await cp('src/generate/template-parts.ts', join(folder, 'src/generate/template-parts.ts'));
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

test('another one becomes a function of its data', async () => {
  await lay('a.py.hbs', '{{pyString kpi.name}}');
  const template = (await load())['a.py'] as Template;
  const data = { kpi: { name: 'x' } };
  expect(template(data, { pyString: (value) => `<${String(value)}>` }, { root: data })).toBe('<x>');
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
  expect(() => expressionOf({ name, file: '', text: '{{shout kpi.name}}' })).toThrow('templates/python/a.py.hbs');
  expect(() => expressionOf({ name, file: '', text: '{{#if x}}' })).toThrow('templates/python/a.py.hbs');
});
