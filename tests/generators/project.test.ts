import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { declareAll } from '../../generators/declared.ts';
import { project } from '../../generators/project.ts';
import { explain } from '../../src/messages/explain.ts';
import type { QuestionContext, RawAnswers } from '../../src/generate/define-generator.ts';
import { fillDefaults } from '../../src/generate/define-generator.ts';
import { rolesOf } from '../../src/generate/project-input.ts';

const context: QuestionContext = { locale: 'es', timezone: 'Europe/Madrid', owner: 'ana@example.com' };
const read = (given: RawAnswers) => project.read(fillDefaults(project, given, context));

function problemsOf(given: RawAnswers) {
  const reading = read(given);
  return 'problems' in reading ? reading.problems : [];
}

function inputOf(given: RawAnswers) {
  const reading = read(given);
  if ('problems' in reading) throw new Error(reading.problems.map((each) => explain(each, 'en').what).join('\n'));
  return reading.input;
}

describe('defaults', () => {
  test('a folder alone is enough', () => {
    expect(inputOf({ dir: 'entregas-a-tiempo' })).toEqual({
      dir: 'entregas-a-tiempo',
      name: 'Entregas a tiempo',
      id: 'entregas_a_tiempo',
      type: 'simple',
      inputs: ['records'],
      grain: { time: 'day', dimensions: [] },
      description: 'Suma de registros, por día.',
      owner: 'ana@example.com',
      unit: 'count',
      direction: 'higher_is_better',
      target: 100,
      task_runner: 'threads',
      warning: 95,
      locale: 'es',
      language: 'python',
      frames: 'polars',
      source: 'sql',
      destination: 'sql',
      database: 'sqlite',
      store: 'folder',
      schedule: '0 6 * * *',
      timezone: 'Europe/Madrid',
      pool: 'kpi-pool',
      plop: true,
      git: true,
      install: true,
    });
  });

  test('what follows from an answer follows it', () => {
    expect(inputOf({ name: 'Rotación', type: 'conversion', unit: 'percent', source: 'datalake', direction: 'lower_is_better', locale: 'en' })).toMatchObject({
      id: 'rotacion',
      inputs: ['base_events', 'conversion_events'],
      target: 80,
      warning: 84,
      destination: 'datalake',
      description: 'Share of base events followed by conversion events, by day.',
    });
  });

  test('there is a default for every field, so that --yes can answer all of them', () => {
    const answers = fillDefaults(project, {}, context);
    expect(Object.keys(answers)).toEqual(Object.keys(project.fields));
    expect(Object.entries(answers).filter(([, value]) => value === undefined)).toEqual([]);
  });
});

describe('refusals', () => {
  test.each([
    [{ type: 'ratios' }, 'E_ANSWER_CHOICE', 'ratio'],
    [{ id: 'class' }, 'E_ANSWER_REFUSED', 'class_kpi'],
    [{ id: 'Años' }, 'E_ANSWER_REFUSED', 'anos'],
    [{ target: '0,8' }, 'E_ANSWER_REFUSED', '0.8'],
    [{ timezone: 'madrid' }, 'E_ANSWER_REFUSED', 'Europe/Madrid'],
    [{ type: 'ratio', inputs: 'one' }, 'E_ANSWER_REFUSED', 'numerator,denominator'],
    [{ source: 'datalake', database: 'oracle' }, 'E_ANSWER_REFUSED', undefined],
    [{ store: 's3' }, 'E_ANSWER_REFUSED', undefined],
    [{ language: 'typescript', database: 'oracle' }, 'E_ANSWER_REFUSED', undefined],
    [{ language: 'typescript', frames: 'pandas' }, 'E_ANSWER_REFUSED', undefined],
    [{ language: 'typescript', inputs: 'new' }, 'E_ANSWER_REFUSED', 'new_records'],
    [{ language: 'typescript', id: 'a_1', inputs: 'a1' }, 'E_STAGE_NAME_TAKEN', undefined],
    [{ id: 'records' }, 'E_STAGE_NAME_TAKEN', undefined],
    [{ id: 'a', inputs: 'b', grain: 'day,b' }, 'E_STAGE_NAME_TAKEN', undefined],
    [{ target: 10, warning: 11 }, 'E_ANSWER_REFUSED', undefined],
    [{ pool: 'my pool' }, 'E_ANSWER_REFUSED', 'kpi-pool'],
    [{ name: 'a\nb' }, 'E_ANSWER_REFUSED', 'a b'],
    [{ name: `${'x'.repeat(201)}` }, 'E_ANSWER_REFUSED', 'x'.repeat(200)],
    [{ plop: 'maybe' }, 'E_ANSWER_REFUSED', 'true'],
  ] as const)('%j', (given, code, suggestion) => {
    const [first] = problemsOf({ name: 'Algo', ...given });
    expect(first?.code).toBe(code);
    expect((first?.args as { suggestion?: string }).suggestion).toBe(suggestion);
  });

  test('come all at once', () => {
    expect(problemsOf({ id: 'A', type: 'x', target: 'y' }).map(({ args }) => (args as { flag: string }).flag)).toEqual(['--id', '--type', '--target']);
  });
});

test('a newcomer meets at most a dozen questions, each explained in one line in both languages', () => {
  expect(project.steps.length).toBeLessThanOrEqual(12);
  for (const { label, help } of project.steps) {
    for (const text of [label.en, label.es, help.en, help.es]) expect(text).toMatch(/^\S.*\S$/);
    expect(help.es).not.toBe(help.en);
  }
});

test('a step shows what it reads', () => {
  for (const step of project.steps.filter(({ read: reads }) => reads)) {
    const answers = fillDefaults(project, {}, context);
    const back = step.read?.(step.show?.(answers) ?? '') ?? {};
    for (const key of step.fields) expect(String(back[key])).toBe(String(answers[key]));
  }
});

test('what is declared is plain data with flags in kebab case and variables in upper case', () => {
  const [declared] = declareAll();
  expect(JSON.parse(JSON.stringify(declared))).toEqual(declared);
  const target = declared?.fields.find(({ key }) => key === 'target');
  expect(target).toMatchObject({ flag: '--target', variable: 'KPI_FLOW_TARGET', boolean: false });
});

test('whatever people type as a name, the answers are taken or refused with a reason', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constantFrom(...Object.keys(rolesOf)), (name, type) => {
      for (const each of problemsOf({ name, type })) {
        expect(explain(each, 'es').why).not.toBe('');
        expect(explain(each, 'en').fix).not.toBe('');
      }
    }),
    { numRuns: 500 },
  );
});

test.each(['en', 'es'])('a database that is chosen brings its driver and the form of its address, in %s', (locale) => {
  const files = project.plan(inputOf({ database: 'oracle', locale }), { version: '0.1.0', today: '2026-01-02', hash: () => '' });
  expect(files.get('pyproject.toml')?.text).toMatch(/dependencies = \[\n {4}"oracledb>=3\.0",\n {4}"polars>=/);
  expect(files.get('.env.example')?.text).toContain('oracle+oracledb://user:<password>@host:1521/?service_name=service');
  expect(files.get('docs/operations.md')?.text).toContain("WAREHOUSE_URL='oracle+oracledb://");
});
