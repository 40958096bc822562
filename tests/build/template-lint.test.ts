import { describe, expect, test } from 'vitest';
import { compileSource, readTemplates } from '../../src/build/templates.ts';
import { lintTemplate } from './template-lint.ts';

const templates = await readTemplates('templates');
const names = new Set(templates.map(({ name }) => name));

test('every template keeps the rules', () => {
  expect(templates.flatMap((each) => lintTemplate(each, names))).toEqual([]);
});

test('every template compiles with the helpers that there are', () => {
  expect(() => templates.map(compileSource)).not.toThrow();
});

test('every file below templates/ is a template: npm drops some names from a package, but none that ends in .hbs', async () => {
  const { readdir } = await import('node:fs/promises');
  const entries = await readdir('templates', { recursive: true, withFileTypes: true });
  expect(entries.filter((each) => each.isFile() && !each.name.endsWith('.hbs')).map(({ name }) => name)).toEqual([]);
});

describe('the lint refuses', () => {
  test.each([
    ['text that a person typed', '# {{kpi.name}}', 'bare mustache'],
    ['the same through a list', '{{#each sources}}{{#each ../kpi}}{{this}}{{/each}}{{/each}}', 'bare mustache'],
    ['a triple mustache', '{{{kpi.id}}}', 'triple mustache'],
    ['an unknown helper', '{{shout kpi.id}}', 'unknown helper'],
    ['an unknown block', '{{#list keys}}{{/list}}', 'unknown block'],
    ['a translation that is not literal', '{{tr kpi.name "x"}}', 'literal'],
    ['a translation with a quote in it', "{{tr 'say \"no\"' 'x'}}", 'quote'],
    ['a partial that is not there', '{{> nowhere}}', 'does not exist'],
    ['an emitter of another language', '{{tomlString kpi.name}}', 'does not belong'],
  ])('%s', (_, text, fault) => {
    expect(lintTemplate({ name: 'a.py', file: '', text }, new Set()).join()).toContain(fault);
  });
});

test('the lint lets identifiers stand bare, also inside lists', () => {
  const text =
    '{{kpi.id}}{{#each inputs}}{{name}}{{@index}}{{../flow}}{{/each}}{{#each keys}}{{this}}{{/each}}{{input.numerator.clean}}';
  expect(lintTemplate({ name: 'a.py', file: '', text }, new Set())).toEqual([]);
});
