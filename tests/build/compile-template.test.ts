import Handlebars from 'handlebars';
import { describe, expect, test } from 'vitest';
import { project } from '../../generators/project.ts';
import { compileSource, readTemplates } from '../../src/build/templates.ts';
import { compileTemplate } from '../../src/build/compile-template.ts';
import { emitterNames } from '../../src/generate/emitter-names.ts';
import type { Emitters } from '../../src/generate/run-template.ts';
import { runTemplate } from '../../src/generate/run-template.ts';
import { projectFiles } from '../../src/generate/project-files.ts';
import { viewProject } from '../../src/generate/project-view.ts';
import { fillDefaults } from '../../src/generate/define-generator.ts';

const sources = await readTemplates('templates');
const templates = Object.fromEntries(sources.map((source) => [source.name, compileSource(source)]));
const facts = { version: '1.2.3', today: '2026-01-31', hash: () => '0' };

/** Stand-ins that show what they were called with. */
const ours: Emitters = Object.fromEntries(
  emitterNames.map((name) => [name, (...values: unknown[]) => `«${name} ${JSON.stringify(values)}»`]),
);

function registerHelpers(handlebars: typeof Handlebars): void {
  for (const [name, emit] of Object.entries(ours)) {
    // Handlebars hands its options over as the last argument.
    handlebars.registerHelper(name, (...given: unknown[]) => emit(...given.slice(0, -1)));
  }
  handlebars.registerHelper('tr', (en: string, es: string, { data }: Handlebars.HelperOptions) => {
    return (data.root as { locale: string }).locale === 'es' ? es : en;
  });
  handlebars.registerHelper('is', function (this: unknown, a: unknown, b: unknown, options: Handlebars.HelperOptions) {
    return a === b ? options.fn(this) : options.inverse(this);
  });
}

const theirs = Handlebars.create();
registerHelpers(theirs);
for (const { name, text } of sources) if (name.startsWith('partials/')) theirs.registerPartial(name.slice(9), text);

function renderTheirs(name: string, data: object): string {
  const text = sources.find((each) => each.name === name)?.text ?? '';
  const knownHelpers = Object.fromEntries(emitterNames.map((each) => [each, true]));
  return theirs.compile(text, { strict: true, noEscape: true, knownHelpersOnly: true, knownHelpers })(data);
}

const answers = ['simple', 'ratio', 'cumulative', 'derived', 'conversion'].flatMap((type, index) =>
  [
    { grain: 'day', source: 'sql', destination: 'sql', locale: 'en', unit: 'percent' },
    { grain: 'week,channel', source: 'datalake', destination: 'sql', locale: 'es', schedule: 'none', plop: 'false' },
    {
      grain: ['hour', 'month', 'quarter', 'year', 'day'][index] ?? 'day',
      source: 'sql',
      destination: 'datalake',
      locale: 'es',
      direction: 'lower_is_better',
    },
  ].map((given) => ({ dir: 'made', name: 'Año `{{x}}` "de" \\ $& </script>', type, ...given })),
);

describe('a template means what it means to Handlebars', () => {
  test.each(answers)('for %j', (given) => {
    const reading = project.read(fillDefaults(project, given, { locale: 'en', timezone: 'UTC' }));
    if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
    const view = viewProject(reading.input, facts);
    for (const { template, data } of projectFiles(view).filter((each) => each.template in templates)) {
      const full = { ...view, ...data };
      expect(runTemplate(template, templates, ours, full), template).toBe(renderTheirs(template, full));
    }
  });
});

function render(source: string, data: object): string {
  return runTemplate('a', { a: compileTemplate(source) }, ours, data);
}

describe('a compiled template', () => {
  test('refuses to print what is not there', () => {
    expect(() => render('a {{kpi.nam}}', { kpi: { name: 'x' } })).toThrow('"kpi.nam" is not there');
    expect(() => render('a {{kpi.constructor}}', { kpi: {} })).toThrow('is not there');
  });

  test.each([
    ['{{#if kpi.nam}}a{{/if}}', '"kpi.nam" is not there'],
    ['{{#unless kpi.nam}}a{{/unless}}', '"kpi.nam" is not there'],
    ['{{#each kpi.list}}a{{/each}}', '"kpi.list" is not there'],
    ['{{#with kpi.other}}a{{/with}}', '"kpi.other" is not there'],
    ['{{pyString kpi.nam}}', '"kpi.nam" is not there'],
    ['{{#if @firs}}a{{/if}}', '"firs" is not there'],
  ])('refuses %s, which asks for what the data does not know, as Handlebars does in its strict mode', (source, message) => {
    expect(() => render(source, { kpi: { name: 'x' } })).toThrow(message);
  });

  test('takes what is known to be nothing for false', () => {
    expect(render('{{#if a}}x{{else}}y{{/if}}{{#each a}}x{{else}}y{{/each}}{{#with a}}x{{else}}y{{/with}}', { a: null })).toBe('yyy');
  });

  test('refuses a partial that is not there, and a comparison with what is not', () => {
    expect(() => render('{{> nowhere}}', {})).toThrow('partials/nowhere');
    expect(() => render('{{#is kpi.type "x"}}{{/is}}', { kpi: {} })).toThrow('missing');
  });

  test('knows where an item stands in its list, also one level up', () => {
    const data = { rows: [{ cells: [1, 2] }, { cells: [] }], name: 'n' };
    const source =
      '[{{#each rows}}{{#unless @first}}; {{/unless}}{{#each cells}}{{this}}{{../../name}}{{#unless @last}}, {{/unless}}{{else}}none{{/each}}{{/each}}]';
    expect(render(source, data)).toBe('[1n, 2n; none]');
  });

  test.each([
    ['an unknown helper', '{{shout x}}'],
    ['an unknown block', '{{#shout x}}{{/shout}}'],
    ['a named argument', '{{pyString x y=1}}'],
    ['a path above the top', '{{../x}}'],
    ['a translation that is no literal', '{{tr x "y"}}'],
    ['a block without a value', '{{#if}}{{/if}}'],
    ['a partial whose name is computed', '{{> (x)}}'],
    ['block parameters', '{{#each x as |y|}}{{/each}}'],
  ])('is refused with %s, and the place is named', (_, source) => {
    expect(() => compileTemplate(source)).toThrow(/ - 1:\d/);
  });
});
