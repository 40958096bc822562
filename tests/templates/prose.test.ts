import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { project } from '../../generators/project.ts';
import type { RawAnswers } from '../../src/generate/define-generator.ts';
import { fillDefaults } from '../../src/generate/define-generator.ts';
import { projectFiles } from '../../src/generate/project-files.ts';
import type { ProjectInput } from '../../src/generate/project-input.ts';
import { viewProject } from '../../src/generate/project-view.ts';
import { render } from '../../src/generate/render.ts';

const types = ['simple', 'ratio', 'cumulative', 'derived', 'conversion'];
const grains = ['hour', 'day', 'week', 'month', 'quarter', 'year'];
const dimensions = [[], ['region'], ['region', 'product_line', 'plant'], ['d1', 'd2', 'd3', 'd4', 'd5', 'd6']];
const sides = ['sql', 'datalake'];
const directions = ['higher_is_better', 'lower_is_better', 'target_is_best'];
const names = { en: ['Stock cover', 'Cover of the stock, in days.'], es: ['Cobertura de existencias', 'Días que duran las existencias.'] };

/** Every metric type, grain and pair of systems; the rest is spread so that each value meets all of the others. */
const matrix = (['en', 'es'] as const).flatMap((locale) =>
  types.flatMap((type, a) => grains.flatMap((time, b) => sides.flatMap((source, c) => sides.map((destination, d): RawAnswers => {
    const [name = '', description = ''] = names[locale];
    const keys = dimensions[(a + b + c) % dimensions.length] ?? [];
    return {
      name, description, type, locale, source, destination,
      grain: [time, ...keys],
      direction: directions[(a + b + d) % directions.length] ?? '',
      unit: (a + c) % 2 === 0 ? 'percent' : 'days',
      schedule: (b + c) % 2 === 0 ? 'none' : '0 6 * * mon-fri',
      plop: (b + d) % 2 === 0,
      timezone: 'America/Argentina/Buenos_Aires',
    };
  })))),
);

interface Doc {
  readonly path: string;
  readonly text: string;
}

function inputOf(answers: RawAnswers): ProjectInput {
  const reading = project.read(fillDefaults(project, { dir: 'kpi', owner: 'data@example.com', ...answers }, { locale: 'en', timezone: 'UTC' }));
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
  return reading.input;
}

/** The paths of a repository, and its prose. */
function repository(answers: RawAnswers, today = '2026-11-25'): { paths: Set<string>; docs: Doc[] } {
  const view = viewProject(inputOf(answers), { version: '0.1.0', today, hash: () => '' });
  const rules = projectFiles(view);
  const docs = rules.filter(({ path }) => path.endsWith('.md')).map(({ template, path }) => ({ path, text: render(template, view) }));
  // The schema and the lock come from no template.
  return { paths: new Set([...rules.map(({ path }) => path), 'config/config.schema.json', '.kpi-flow/lock']), docs };
}

const made = matrix.map((answers) => ({ label: JSON.stringify(answers), answers, ...repository(answers) }));

/** Runs a check over every document of the matrix and lists what it finds, once each. */
function faults(check: (doc: Doc, answers: RawAnswers, paths: Set<string>) => string[]): string[] {
  const found = made.flatMap(({ docs, answers, paths }) => docs.flatMap((doc) => check(doc, answers, paths).map((fault) => `${doc.path} (${String(answers['locale'])}): ${fault}`)));
  return [...new Set(found)].slice(0, 10);
}

/** An example keeps its place, as a word. */
function withoutFences(text: string): string {
  return text.replaceAll(/^ *```.*\n[^]*?^ *```$/gm, '…');
}

function withoutCode(text: string): string {
  return withoutFences(text).replaceAll(/`[^`\n]*`/g, '').replaceAll(/\]\([^)]*\)/g, ']').replaceAll(/<!--.*?-->/g, '');
}

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(/^ *```(\w*)\n([^]*?)^ *```$/gm)].filter(([, found]) => found === language).map(([, , body = '']) => body);
}

function headings(text: string): string[] {
  return withoutCode(text).split('\n').filter((line) => /^#+ /.test(line));
}

describe('the prose of a repository', () => {
  test('covers the whole matrix', () => {
    expect(made.length).toBe(240);
    for (const { docs } of made) expect(docs.map(({ path }) => path)).toContain('docs/onboarding.md');
  });

  test('leaves nothing of a template behind', () => {
    // Prefect fills these two in when it sends a message.
    const bare = (text: string) => text.replaceAll(/\{\{(subject|body)\}\}/g, '');
    expect(faults(({ text }) => bare(text).match(/\{\{|\}\}|undefined|\[object|NaN/g) ?? [])).toEqual([]);
  });

  test('is tidy: one title, no gap of two lines, no space at an end, one line end at the last', () => {
    expect(faults(({ text }) => [
      ...(headings(text).filter((line) => line.startsWith('# ')).length === 1 ? [] : ['titles']),
      ...(withoutFences(text).match(/.*\n{3}/g) ?? []),
      ...(/[ \t]\n/.test(text) ? ['space at an end'] : []),
      ...(/[^\n]\n$/.test(text) ? [] : ['end']),
    ])).toEqual([]);
  });

  test('speaks Spanish in Spanish and English in English', () => {
    const foreign = { es: /\b(the|and|with|which|from|when|where|this|that|are|is|of|not|each|every|run it)\b/gi, en: /\b(el|los|las|que|para|una|del|está|con|cada|según)\b/gi };
    expect(faults(({ text }, { locale }) => withoutCode(text).match(foreign[locale as 'en' | 'es']) ?? [])).toEqual([]);
  });

  test('has nothing of somebody else’s business', () => {
    expect(faults(({ text }) => text.match(/\b(orders|sales|sessions?|customers?|pedidos?|ventas|clientes?|on_time|flights?)\b/gi) ?? [])).toEqual([]);
  });

  test('has the same sections and examples in both languages', () => {
    const spanish = made.filter(({ answers }) => answers['locale'] === 'es');
    for (const english of made.filter(({ answers }) => answers['locale'] === 'en')) {
      const twin = spanish.find(({ answers }) => JSON.stringify({ ...answers, name: 0, description: 0, locale: 0 }) === JSON.stringify({ ...english.answers, name: 0, description: 0, locale: 0 }));
      const shape = ({ path, text }: Doc) => [path, headings(text).map((line) => line.indexOf(' ')), [...text.matchAll(/^ *```(\w+)$/gm)].map(([, language]) => language)];
      expect(twin?.docs.map(shape)).toEqual(english.docs.map(shape));
    }
  });

  test('shows the same commands in both languages', () => {
    const commands = ({ docs }: (typeof made)[number]) => docs.flatMap(({ text }) => blocks(text, 'sh'));
    const half = made.length / 2;
    const neutral = (lines: string[]) => lines.join('').replaceAll(/(cobertura_de_existencias|cobertura-de-existencias)/g, (id) => (id.includes('-') ? 'stock-cover' : 'stock_cover'));
    for (const [index, english] of made.slice(0, half).entries()) expect(neutral(commands(made[half + index] ?? english))).toBe(commands(english).join(''));
  });

  test('draws a picture that mermaid reads: quoted labels, closed groups, edges between known nodes', () => {
    expect(faults(({ text }) => blocks(text, 'mermaid').flatMap(mermaidFaults))).toEqual([]);
    expect(made.every(({ docs }) => docs.some(({ path, text }) => path === 'docs/kpi.md' && blocks(text, 'mermaid').length === 1))).toBe(true);
  });

  test('names files that are there', () => {
    const folders = /^(src|tests|config|prefect_flows|docs|automations)\//;
    expect(faults(({ text }, _, paths) => {
      const named = [...text.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name.replace(/:\d+: …$/, '')).filter((name) => folders.test(name) && !/[<*]/.test(name));
      return named.filter((name) => ![...paths].some((path) => path === name || path.startsWith(name.endsWith('/') ? name : `${name}/`)));
    })).toEqual([]);
  });

  test('links to what is there', () => {
    expect(faults(({ path, text }, answers, paths) => {
      const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !link.startsWith('https://'));
      return links.filter((link) => !resolves(path, link, paths, made.find((each) => each.answers === answers)?.docs ?? []));
    })).toEqual([]);
  });

  test('has tables whose rows are as wide as their heads', () => {
    expect(faults(({ text }) => text.split(/\n(?!\|)/).flatMap((paragraph) => {
      const rows = paragraph.split('\n').filter((line) => line.startsWith('|'));
      const widths = rows.map((row) => row.replaceAll(/\\./g, '').split('|').length);
      return widths.filter((width) => width !== widths[0]).map(() => rows[0] ?? '');
    }))).toEqual([]);
  });
});

test('another day changes the dated record and nothing else', () => {
  const [today, tomorrow] = ['2026-11-25', '2026-11-26'].map((day) => repository({ locale: 'en' }, day).docs);
  const changed = today?.filter(({ text }, index) => text !== tomorrow?.[index]?.text).map(({ path }) => path);
  expect(changed).toEqual(['docs/adr/refactor_2026-11-25.md']);
});

test('text of people stays text', () => {
  const hostile = '{{kpi}} </script> | *x* `y` [z](http://x) # <b> $& _a_';
  for (const locale of ['en', 'es']) {
    for (const { text } of repository({ locale, name: hostile, description: hostile, owner: hostile, id: 'stock_cover' }).docs) {
      expect(withoutCode(text)).not.toMatch(/<\/script>|<b>|(?<!\\)\*x|\]\(http:\/\/x/);
      expect(text).not.toContain('undefined');
    }
  }
});

function mermaidFaults(body: string): string[] {
  const lines = body.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const nodes = new Set([...body.matchAll(/\b(\w+)\[\(?"[^"]+"\)?\]/g)].map(([, id = '']) => id));
  const form = /^(flowchart LR|end|subgraph \w+\["[^"]+"\]|\w+\[\(?"[^"]+"\)?\]|\w+(\[\(?"[^"]+"\)?\])?( --> \w+(\[\(?"[^"]+"\)?\])?)+)$/;
  const open = lines.filter((line) => line.startsWith('subgraph')).length - lines.filter((line) => line === 'end').length;
  const ends = lines.filter((line) => line.includes('-->')).flatMap((line) => line.replaceAll(/\[\(?"[^"]+"\)?\]/g, '').split(' --> '));
  return [
    ...(lines[0] === 'flowchart LR' ? [] : ['no flowchart']),
    ...lines.filter((line) => !form.test(line)),
    ...(open === 0 ? [] : ['a group that is not closed']),
    ...ends.filter((id) => !nodes.has(id)),
  ];
}

function resolves(from: string, link: string, paths: Set<string>, docs: readonly Doc[]): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? from : posix.normalize(posix.join(posix.dirname(from), file));
  if (anchor === undefined) return [...paths].some((path) => path === target || path.startsWith(target.endsWith('/') ? target : `${target}/`));
  const titles = headings(docs.find(({ path }) => path === target)?.text ?? '').map((line) => line.replace(/^#+ /, ''));
  return titles.some((title) => title.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-') === anchor);
}
