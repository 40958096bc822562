import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { expect, test } from 'vitest';

/** Every file that Node loads with this one, before anything is asked for later. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const { staticImports, staticExports } = parseSync(file, readFileSync(file, 'utf8')).module;
  // What only hands something on loads it all the same.
  const handedOn = staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []));
  const ours = [...staticImports.map(({ moduleRequest }) => moduleRequest.value), ...handedOn].filter((to) => to.startsWith('.'));
  for (const to of ours) loadedWith(join(dirname(file), to), seen);
  return seen;
}

function codeOf(files: Iterable<string>): string {
  return [...files].map((file) => readFileSync(file, 'utf8')).join('\n');
}

// Words that survive minifying: of zod, of the prompts, of yaml, and of the templates.
const heavy = {
  zod: 'safeParse',
  clack: 'setRawMode',
  yaml: 'flow-seq',
  template: 'templates.lines',
};

test.each(['bin create-kpi-flow', 'bin kpi-flow', 'run-help', 'run-completion'])('%s loads nothing heavy', (name) => {
  const bin = name.startsWith('bin ') ? `dist/${name.slice(4)}.mjs` : undefined;
  const code = codeOf(loadedWith(bin ?? `dist/chunks/${name}.mjs`));
  expect(Object.entries(heavy).filter(([, word]) => code.includes(word))).toEqual([]);
});

test('the words above are there to be found', () => {
  const everything = codeOf([
    ...loadedWith('dist/chunks/create-command.mjs'),
    ...loadedWith('dist/chunks/prompts.mjs'),
    ...loadedWith('dist/chunks/parse-yaml.mjs'),
  ]);
  expect(Object.entries(heavy).filter(([, word]) => !everything.includes(word))).toEqual([]);
});

test('create loads neither the prompts nor yaml nor what makes environments before they are used', () => {
  const files = [...loadedWith('dist/chunks/create-command.mjs')].map((file) => file.replaceAll('\\', '/'));
  for (const later of ['prompts', 'answers-file', 'python-environment', 'git', 'grow', 'yaml', 'parse-yaml', 'explain'])
    expect(files).not.toContain(`dist/chunks/${later}.mjs`);
});

test('adding a stage loads neither the parsers of Python and YAML, nor what only asking, failing, creating or other commands need', () => {
  for (const door of ['add-command', 'plop-add']) {
    const files = [...loadedWith(`dist/chunks/${door}.mjs`)].map((file) => file.replaceAll('\\', '/'));
    for (const later of ['load-python', 'parse-yaml', 'add-questions', 'explain', 'create', 'prompts', 'grow-command', 'additions', 'plain-typescript'])
      expect(files).not.toContain(`dist/chunks/${later}.mjs`);
  }
  expect(loadedWith('dist/plop.mjs').size).toBeLessThanOrEqual(3);
});

test('what a person waits for is in few files: each costs half a millisecond', () => {
  expect(loadedWith('dist/chunks/run-help.mjs').size).toBeLessThanOrEqual(4);
  expect(loadedWith('dist/chunks/create-command.mjs').size).toBeLessThanOrEqual(5);
});
