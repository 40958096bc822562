import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize, sep } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { declareAll } from '../../generators/declared.ts';
import { withCommand } from '../../src/cli/command-names.ts';
import { parseArguments } from '../../src/cli/parse-arguments.ts';
import { readAnswersFile } from '../../src/config/answers.ts';
import { loadYamlParser } from '../../src/config/yaml-parser.ts';
import { prose, table } from '../../src/build/docs/markdown.ts';
import { referencePages } from '../../src/build/docs/reference.ts';
import { runDocs } from '../../src/build/docs/run-docs.ts';

await loadYamlParser();

const root = process.cwd();
const page = 'docs/en/reference/errors.md';
let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-docs-'));
  said = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (args: string[], at = folder) => runDocs(args, at, (line) => said.push(line));

describe('npm run docs', () => {
  test('writes every page, in both languages, and then agrees with itself', async () => {
    expect(await run([])).toBe(0);
    for (const { path, text } of referencePages()) expect(await readFile(join(folder, path), 'utf8')).toBe(text);
    expect(await run(['--check'])).toBe(0);
  });

  test('--check names a page that differs, changes nothing and exits 1', async () => {
    await run([]);
    await writeFile(join(folder, page), 'edited');
    expect(await run(['--check'])).toBe(1);
    expect(said).toContain(`differs: ${page}`);
    expect(await readFile(join(folder, page), 'utf8')).toBe('edited');
  });

  test('--check names a page that is missing', async () => {
    await run([]);
    await rm(join(folder, page));
    expect(await run(['--check'])).toBe(1);
    expect(said).toContain(`missing: ${page}`);
  });

  test('takes away the page of what there is no longer', async () => {
    await run([]);
    await writeFile(join(folder, 'docs/es/reference/gone.md'), '# Gone\n');
    expect(await run(['--check'])).toBe(1);
    expect(await run([])).toBe(0);
    expect(existsSync(join(folder, 'docs/es/reference/gone.md'))).toBe(false);
  });

  test('does not mind the line ends of a checkout on Windows', async () => {
    await run([]);
    const text = await readFile(join(folder, page), 'utf8');
    await writeFile(join(folder, page), text.replaceAll('\n', '\r\n'));
    expect(await run(['--check'])).toBe(0);
  });

  test('refuses a flag that there is not', async () => {
    expect(await run(['--chek'])).toBe(2);
  });

  test('has been run: the pages of this repository are what the code declares', async () => {
    await cp(join(root, 'docs'), join(folder, 'docs'), { recursive: true });
    const code = await run(['--check']);
    expect(said.slice(0, -1), 'run "npm run docs"').toEqual([]);
    expect(code).toBe(0);
  });
});

describe('the reference', () => {
  test('reads as text: no value of an example is left out', () => {
    for (const { path, text } of referencePages()) expect(text, path).not.toMatch(/undefined|\[object|NaN|\{\{/);
  });

  test.each(declareAll())('gives each question of $name a label of its own', ({ fields }) => {
    for (const locale of ['en', 'es'] as const) {
      const labels = fields.map(({ label }) => label[locale]);
      expect(labels.filter((label, index) => labels.indexOf(label) !== index)).toEqual([]);
    }
  });

  test('keeps a bar inside its cell, and markup out of prose but not out of code', () => {
    expect(table(['a'], [['x | y']])).toContain('| x \\| y |');
    expect(prose('*a_b* `a_b` <c>')).toBe('\\*a\\_b\\* `a_b` \\<c\\>');
  });
});

/** The English README stands at the root, where forges look for it; the Spanish one with its language. */
const pairs = [
  ...(await filesBelow('docs/en')).map((path) => [path, path.replace('docs/en', 'docs/es')] as const),
  ['README.md', 'docs/es/README.md'] as const,
];

describe('the two languages', () => {
  test('have the same pages', async () => {
    const spanish = (await filesBelow('docs/es')).filter((path) => path !== 'docs/es/README.md');
    expect(spanish).toEqual((await filesBelow('docs/en')).map((path) => path.replace('docs/en', 'docs/es')));
  });

  test.each(pairs)('%s has the same sections and the same commands in both', async (en, es) => {
    const [english, spanish] = [await read(en), await read(es)];
    expect(headings(spanish).map(({ level }) => level)).toEqual(headings(english).map(({ level }) => level));
    expect(fences(spanish)).toEqual(fences(english));
    expect(blocks(spanish, 'sh')).toEqual(blocks(english, 'sh'));
    expect(blocks(spanish, 'sql')).toEqual(blocks(english, 'sql'));
  });
});

const prosePages = [...(await filesBelow('docs')), 'README.md', 'CONTRIBUTING.md', 'AGENTS.md', 'CHANGELOG.md'];

describe.each(prosePages)('%s', (path) => {
  test('links to what there is', async () => {
    const text = await read(path);
    const broken = await Promise.all(linksOf(text).map(async (link) => ((await resolves(path, link)) ? [] : [link])));
    expect(broken.flat()).toEqual([]);
  });

  test('never tells anybody to run a package that is not ours', async () => {
    // Where nothing is installed, npx would fetch whatever bears that name.
    expect(await read(path)).not.toMatch(/npx kpi-flow\b/);
  });
});

describe('what the pages show', () => {
  const keys =
    declareAll()
      .find(({ name }) => name === 'project')
      ?.fields.map(({ key }) => key) ?? [];

  test.each(['en', 'es'])('answers files are read as they stand (%s)', async (locale) => {
    const examples = blocks(await read(`docs/${locale}/how-to/team-answers.md`), 'yaml');
    expect(examples.length).toBeGreaterThan(0);
    for (const text of examples) expect(readAnswersFile(text, 'team.yaml', keys).answers.size).toBeGreaterThan(0);
  });

  test('the tutorial shows the queries and the rule of the example', async () => {
    const example = 'docs/examples/on-time-performance/repository/src/core';
    const queries = await Promise.all(
      ['arrivals', 'on_time_arrivals'].map((name) => read(`${example}/extractors/${name}.sql`)),
    );
    const tutorial = await read('docs/en/tutorial/first-kpi.md');
    expect(blocks(tutorial, 'sql')).toEqual(queries);
    expect(await read(`${example}/transformers/clean_on_time_arrivals.py`)).toContain(blocks(tutorial, 'python')[0]);
  });

  test.each(prosePages)('%s: every command that calls us has only flags that there are', async (path) => {
    for (const args of ourCommands(await read(path))) expect(() => parseArguments(withCommand(args), {})).not.toThrow();
  });
});

function blocks(text: string, wanted: string): string[] {
  return [...text.matchAll(/^ *```(\w*)\n([^]*?)^ *```$/gm)]
    .filter(([, language]) => language === wanted)
    .map(([, , body = '']) => body);
}

/** The arguments of each line that starts `create-kpi-flow`, by npm or npx. */
function ourCommands(text: string): string[][] {
  const lines = blocks(text, 'sh').flatMap((block) => block.split('\n'));
  const called = lines.map(
    (line) => /^(?:npm create kpi-flow@latest|npx (?:--yes )?create-kpi-flow(?:@latest)?)(.*)$/.exec(line)?.[1],
  );
  return called.flatMap((rest) => (rest === undefined ? [] : [words(rest)]));
}

/** A line of arguments as a shell splits it; what npm takes for itself, the two hyphens, is left out. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([, a, b, c]) => a ?? b ?? c ?? '')
    .filter((word) => word !== '--');
}

async function filesBelow(path: string): Promise<string[]> {
  const names = await readdir(join(root, path), { recursive: true }).catch(() => []);
  return names
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(path, name).split(sep).join('/'))
    .toSorted();
}

function read(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8');
}

function withoutFences(text: string): string {
  return text.replaceAll(/^(```+).*\n[^]*?^\1$/gm, '');
}

function headings(text: string): { level: number; title: string }[] {
  return [...withoutFences(text).matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', title = '']) => ({
    level: marks.length,
    title,
  }));
}

/** The languages of the fenced examples, in order: what is shown in one language is shown in the other. */
function fences(text: string): string[] {
  return [...text.matchAll(/^```(\w*)[^\n]*\n[^]*?^```$/gm)].map(([, language = '']) => language);
}

function linksOf(text: string): string[] {
  const links = [
    ...withoutFences(text)
      .replaceAll(/`[^`\n]*`(?!\])/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, link = '']) => link);
  return links.filter((link) => !/^(https?|mailto):/.test(link));
}

async function resolves(from: string, link: string): Promise<boolean> {
  const [file = '', anchor] = link.split('#');
  const target =
    file === ''
      ? from
      : normalize(join(dirname(from), file))
          .split(sep)
          .join('/')
          .replace(/\/$/, '');
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || headings(await read(target)).some(({ title }) => slug(title) === anchor);
}

/** How forges name the anchor of a heading. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}
