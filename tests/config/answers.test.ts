import { describe, expect, it } from 'vitest';
import type { AnswersFile } from '../../src/config/answers.ts';
import { readAnswersFile } from '../../src/config/answers.ts';
import { loadYamlParser } from '../../src/config/yaml-parser.ts';
import { Failure } from '../../src/errors/failure.ts';
import type { Problem } from '../../src/errors/failure.ts';
import { explain } from '../../src/messages/explain.ts';

await loadYamlParser();

const keys = ['name', 'owner', 'type', 'grain', 'target', 'schedule', 'plop', 'pool', 'timezone'];
const read = (text: string): AnswersFile => readAnswersFile(text, 'team.yaml', keys);

function problemsOf(text: string): readonly Problem[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof Failure) return error.problems;
    throw error;
  }
  return [];
}

const plain = { fixed: false, open: false };

describe('an answers file', () => {
  it('answers with plain values and lists', () => {
    const { answers } = read('name: "Stock cover"\ntarget: 0.8\nplop: false\nschedule: null\ngrain: [day, region]\n');
    expect(answers.get('name')).toMatchObject({ value: 'Stock cover', ...plain });
    expect(answers.get('target')).toMatchObject({ value: 0.8, ...plain });
    expect(answers.get('plop')).toMatchObject({ value: false, ...plain });
    expect(answers.get('schedule')).toMatchObject({ value: null, ...plain });
    expect(answers.get('grain')).toMatchObject({ value: ['day', 'region'], ...plain });
    expect(answers.get('target')?.where).toMatchObject({ file: 'team.yaml', line: 2, column: 9 });
  });

  it('fixes an answer, and says why in both languages or in one', () => {
    const { answers } = read(
      'pool:\n  value: kpi-prod\n  fixed: true\n  why: One pool for all.\ntimezone: {value: Europe/Madrid, fixed: true, why: {en: Head office., es: La sede central.}}\nowner: {value: x, fixed: false}\n',
    );
    expect(answers.get('pool')).toMatchObject({ value: 'kpi-prod', fixed: true, open: false, why: { en: 'One pool for all.', es: 'One pool for all.' } });
    expect(answers.get('timezone')).toMatchObject({ fixed: true, why: { en: 'Head office.', es: 'La sede central.' } });
    expect(answers.get('owner')).toMatchObject({ value: 'x', ...plain });
  });

  it('leaves a question open with another default', () => {
    expect(read('owner: {default: bi@example.com, why: Ask first.}').answers.get('owner')).toMatchObject({
      value: 'bi@example.com',
      fixed: false,
      open: true,
      why: { en: 'Ask first.' },
    });
  });

  it('may be empty', () => {
    for (const text of ['', '# nothing yet\n', '{}']) expect(read(text).answers.size).toBe(0);
  });
});

describe('an answers file with a mistake', () => {
  it('names the question that was meant, and its place', () => {
    const [found] = problemsOf('name: x\nownr: y\n');
    expect(found).toMatchObject({ code: 'E_ANSWERS_UNKNOWN', args: { key: 'ownr', suggestion: 'owner' }, where: { line: 2, column: 1 } });
  });

  it.each<[string, string, number]>([
    ['name: {a: 1}', 'part', 1],
    ['name: {fixed: true}', 'shape', 1],
    ['name: [1, 2]', 'shape', 1],
    ['name: {value: [[x]]}', 'shape', 1],
    ['name:\n  value: x\n  fixed: "true"\n', 'fixed', 3],
    ['name: {value: x, why: 5}', 'why', 1],
    ['name: {value: x, why: {fr: non}}', 'why', 1],
    ['name: {value: x, why: {}}', 'why', 1],
    ['name:\n  value: x\n  default: z\n', 'both', 3],
    ['name: {default: z, fixed: true}', 'both', 1],
  ])('%j: %s', (text, fault, line) => {
    expect(problemsOf(text)).toMatchObject([{ code: 'E_ANSWERS_FORM', args: { key: 'name', fault }, where: { line } }]);
  });

  it.each([
    ['- name', 'E_CONFIG_TYPE'],
    ['just text', 'E_CONFIG_TYPE'],
    ['name: no', 'E_YAML_AMBIGUOUS'],
    ['name: &a x\nowner: *a', 'E_YAML_FEATURE'],
  ])('%j: %s', (text, code) => {
    expect(problemsOf(text).map((each) => each.code)).toEqual([code]);
  });

  it('never shows a secret', () => {
    const problems = problemsOf('owner: "x"\nname: "postgresql://kpi:hunter2@db/kpi"\nownr: hunter\n');
    expect(problems.map(({ code }) => code)).toEqual(['E_CONFIG_SECRET', 'E_ANSWERS_UNKNOWN']);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('tells everything at once, in the order of the file', () => {
    const problems = problemsOf('ownr: a\nname: no\ntype: {x: 1}\n');
    expect(problems.map(({ code, where }) => [code, where?.line])).toEqual([
      ['E_ANSWERS_UNKNOWN', 1],
      ['E_YAML_AMBIGUOUS', 2],
      ['E_ANSWERS_FORM', 3],
    ]);
    for (const each of problems) expect(explain(each, 'es').what).not.toMatch(/undefined/);
  });
});
