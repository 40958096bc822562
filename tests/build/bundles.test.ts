import { readFileSync } from 'node:fs';
import { parseSync } from 'rolldown/utils';
import { expect, test } from 'vitest';

/** Every file that is loaded with this one, before anything is asked for later. */
function loadedWith(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const code = readFileSync(fileOf(name), 'utf8');
  // What is asked for later stands in a function.
  for (const [, to = ''] of code.matchAll(/(?<!=>)require\([`"']\.\/([^`"']+)\.cjs[`"']\)/g)) loadedWith(to, seen);
  return seen;
}

function fileOf(name: string): string {
  return `dist/chunks/${name}.cjs`;
}

function codeOf(names: Iterable<string>): string {
  return [...names].map((name) => readFileSync(fileOf(name), 'utf8')).join('\n');
}

// Words that survive minifying: of zod, of the prompts, of yaml, and of the templates.
const heavy = {
  zod: 'safeParse',
  clack: 'setRawMode',
  yaml: 'flow-seq',
  template: 'templates.lines',
};

test.each(['create-kpi-flow', 'kpi-flow', 'index', 'plop'])('%s opens no file of ours but by what keeps compiled code', (name) => {
  const { staticImports, staticExports, dynamicImports } = parseSync(`${name}.mjs`, readFileSync(`dist/${name}.mjs`, 'utf8')).module;
  const handedOn = staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []));
  expect([...staticImports, ...dynamicImports, ...handedOn]).toEqual([]);
});

test.each(['main', 'words'])('%s loads nothing heavy', (name) => {
  const code = codeOf(loadedWith(name));
  expect(Object.entries(heavy).filter(([, word]) => code.includes(word))).toEqual([]);
});

test('the words above are there to be found', () => {
  const everything = codeOf([...loadedWith('create'), ...loadedWith('prompts'), ...loadedWith('parse-yaml')]);
  expect(Object.entries(heavy).filter(([, word]) => !everything.includes(word))).toEqual([]);
});

test('create loads neither the prompts nor yaml nor what makes environments before they are used', () => {
  const loaded = [...loadedWith('create')];
  expect(loaded).toContain('render');
  for (const later of ['prompts', 'answers-file', 'python-environment', 'git', 'grow', 'read-yaml', 'parse-yaml', 'explain'])
    expect(loaded).not.toContain(later);
});

test('adding a stage loads neither the parsers of Python and YAML, nor what only asking, failing, creating or other commands need', () => {
  const loaded = [...loadedWith('grow')];
  expect(loaded).toContain('render');
  for (const later of ['load-python', 'parse-yaml', 'add-questions', 'explain', 'create', 'prompts', 'grow-command', 'additions', 'plain-typescript'])
    expect(loaded).not.toContain(later);
  expect(loadedWith('plop').size).toBeLessThanOrEqual(4);
});

test('what a person waits for is in few files: each costs half a millisecond', () => {
  expect(loadedWith('words').size).toBeLessThanOrEqual(2);
  expect(loadedWith('main').size).toBe(1);
  expect(loadedWith('create').size).toBeLessThanOrEqual(5);
});
