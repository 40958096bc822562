import { parseSync } from 'rolldown/utils';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { project } from '../../generators/project.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { loadYamlParser } from '../../src/config/yaml-parser.ts';
import type { RawAnswers } from '../../src/generate/define-generator.ts';
import { fillDefaults } from '../../src/generate/define-generator.ts';
import type { Tree } from '../../src/plan/tree.ts';
import { compile } from './own-compiler.ts';
import { pairs } from './pairs.ts';

await loadYamlParser();

function repository(answers: RawAnswers): Tree {
  const filled = fillDefaults(project, { dir: 'kpi', owner: 'Ana', language: 'typescript', ...answers }, { locale: 'en', timezone: 'UTC' });
  const reading = project.read(filled);
  if ('problems' in reading) throw new Error(reading.problems.map(({ code, args }) => `${code} ${JSON.stringify(args)}`).join('\n'));
  return project.plan(reading.input, { version: '0.1.0', today: '2026-01-02', hash: () => '' });
}

const kinds = pairs({
  type: ['simple', 'ratio', 'cumulative', 'derived', 'conversion'],
  grain: ['hour', 'day', 'week,region', 'month', 'quarter,region,zone', 'year'],
  locale: ['en', 'es'],
  direction: ['higher_is_better', 'lower_is_better', 'target_is_best'],
  unit: ['count', 'percent', 'EUR'],
  source: ['sql', 'datalake'],
  destination: ['sql', 'datalake'],
});

describe.each(kinds)('a TypeScript repository: $type by $grain, in $unit, $locale', (answers) => {
  const files = repository(answers);
  const own = [...files.values()].filter(({ path }) => !path.startsWith('vendor/') && !path.startsWith('.kpi-flow/'));

  test('is TypeScript that parses, and imports what is there', () => {
    for (const { path, text } of own.filter((each) => each.path.endsWith('.ts'))) {
      const { errors, module } = parseSync(path, text);
      expect(errors, path).toEqual([]);
      const relative = module.staticImports.map(({ moduleRequest }) => moduleRequest.value).filter((name) => name.startsWith('.'));
      for (const name of relative) expect(files.has(new URL(name, `file:///${path}`).pathname.slice(1)), `${path}: ${name}`).toBe(true);
    }
  });

  test('has the very config.yaml of a Python one, but for the address of the sample', () => {
    const python = repository({ ...answers, language: 'python' });
    const text = (tree: Tree): string => tree.get('config/config.yaml')?.text ?? '';
    expect(text(files)).toBe(text(python).replace('sqlite:///.data/sample.sqlite', 'duckdb:///.data/sample.duckdb'));
    expect(parseConfig(text(files)).config.kpi.type).toBe(answers.type);
  });

  test('names no file of Python but the one that deploying reads', () => {
    const prose = own.filter(({ path }) => path.endsWith('.md'));
    for (const { path, text } of prose) expect(text.match(/[\w/]+\.py\b|\bpytest\b|\bruff\b|\bpyright\b|\.venv\b|\bdataframes?\b/g) ?? [], path).toEqual([]);
  });

  test('has a test for every stage, and the FLOW line in every module of one', () => {
    for (const { path, text } of own.filter((each) => /^src\/core\/(?:extractors|transformers|loaders|pipelines)\/(?!index)\w+\.ts$/.test(each.path))) {
      expect(text, path).toMatch(/\n \* # FLOW: \S+→\S+/);
      const name = path.split('/').at(-1)?.replace(/\.ts$/, '') ?? '';
      if (!path.includes('pipelines')) expect(files.has(`tests/unit/${name}.test.ts`), name).toBe(true);
    }
  });
});

test('the vendored package is readable, typed and licensed, and is no package of anybody else', () => {
  const files = repository({});
  const text = (path: string): string => files.get(`vendor/kpi-flow-runtime/${path}`)?.text ?? '';
  const manifest = JSON.parse(text('package.json')) as { name: string; exports: Record<string, string | Record<string, string>> };
  expect(manifest.name).toBe('@kpi-flow/runtime');
  for (const target of Object.values(manifest.exports).flatMap((each) => (typeof each === 'string' ? [each] : Object.values(each))))
    expect(text(target.slice(2)), target).not.toBe('');
  expect(text('LICENSE')).toContain('MIT');
  const imported = [...files.values()]
    .filter(({ path }) => path.startsWith('vendor/') && path.endsWith('.mjs'))
    .flatMap((each) => parseSync(each.path, each.text).module.staticImports.map(({ moduleRequest }) => moduleRequest.value));
  expect([...new Set(imported.filter((name) => !/^(node:|\.)/.test(name)))].toSorted()).toEqual(['yaml', 'zod/mini']);
  expect(text('chunks/engine.mjs')).toContain('/**');
  const map = JSON.parse(text('chunks/engine.mjs.map')) as { sources: string[]; sourcesContent: string[] };
  expect(text('chunks/engine.mjs')).toContain('//# sourceMappingURL=engine.mjs.map');
  expect(map.sources).toContain('src/runtime/task.ts');
  expect(map.sourcesContent[map.sources.indexOf('src/runtime/task.ts')]).toContain('export interface TaskOptions');
  expect(text('chunks/engine.mjs').split('\n').length).toBeGreaterThan(1000);
});

test('the deployment starts the compiled flow with the vendored program', () => {
  const { deployments } = parse(repository({ id: 'on_time' }).get('prefect.yaml')?.text ?? '') as { deployments: { work_pool: { job_variables: { command: string } } }[] };
  expect(deployments[0]?.work_pool.job_variables.command).toBe('node node_modules/@kpi-flow/runtime/exec.mjs dist/prefect_flows/on_time_flow.js#onTimeFlow');
});

test('two languages, two descriptions of one thing: the flow of Python that deploying reads has its name and parameters', () => {
  const flow = repository({ id: 'on_time' }).get('prefect_flows/on_time_flow.py')?.text ?? '';
  expect(flow).toContain('@flow(name="on-time", ');
  expect(flow).toContain('def on_time_flow(start: date | None = None, end: date | None = None)');
});

describe('its own compiler', () => {
  test.each([
    { type: 'ratio', grain: 'week,region', unit: 'percent', locale: 'es' },
    { type: 'cumulative', grain: 'month', unit: 'count', locale: 'en' },
    { type: 'derived', grain: 'hour,region', unit: 'EUR', locale: 'en', destination: 'datalake' },
    { type: 'conversion', grain: 'day', unit: 'ratio', locale: 'es', source: 'datalake', store: 'azure' },
    { type: 'simple', grain: 'year,region', unit: 'count', locale: 'es' },
  ])('has nothing to say of $type by $grain', async (answers) => {
    expect(await compile(repository(answers).values())).toBe('');
  });
});
