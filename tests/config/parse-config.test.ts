import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { loadYamlParser } from '../../src/config/yaml-parser.ts';
import { Failure } from '../../src/errors/failure.ts';
import type { Problem } from '../../src/errors/failure.ts';
import { explain } from '../../src/messages/explain.ts';

await loadYamlParser();

const fixtures = join(import.meta.dirname, '../fixtures/config');
const filesOf = (folder: string) => readdirSync(join(fixtures, folder)).filter((file) => file.endsWith('.yaml'));
const bytesOf = (folder: string, file: string) => new Uint8Array(readFileSync(join(fixtures, folder, file)));

/** What every refusal says, as a person would see it. */
function spoken(problems: readonly Problem[]): string {
  const texts = problems.flatMap((each) => (['en', 'es'] as const).map((locale) => explain(each, locale)));
  return JSON.stringify([texts, problems]) + problems.map((each) => each.where?.frame).join('\n');
}

function problemsOf(input: string | Uint8Array): readonly Problem[] {
  try {
    parseConfig(input);
  } catch (error) {
    if (error instanceof Failure) return error.problems;
    throw error;
  }
  return [];
}

describe('config.yaml that is accepted', () => {
  it.each(filesOf('accepted'))('%s', (file) => {
    expect(problemsOf(bytesOf('accepted', file)).map((each) => [each.code, each.args, each.where?.frame])).toEqual([]);
  });
});

describe('config.yaml that is refused', () => {
  it.each(filesOf('refused'))('%s', (file) => {
    const bytes = bytesOf('refused', file);
    const expected = /^# refused: ([^(\n]*[^( \n])/.exec(new TextDecoder().decode(bytes))?.[1] ?? '';
    const problems = problemsOf(bytes);
    expect(problems.length).toBeGreaterThan(0);
    if (expected !== '*') expect(problems.map(({ code }) => code).sort()).toEqual(expected.split(' ').sort());
    for (const { where } of problems) expect(where?.line, JSON.stringify(where)).toBeGreaterThan(0);
    expect(spoken(problems)).not.toMatch(/undefined|\[object|hunter2/i);
  });
});

describe('a config that was read', () => {
  const text = readFileSync(join(fixtures, 'accepted/plain.yaml'), 'utf8');

  it('says what the file says, references as they stand', () => {
    const { config, yaml } = parseConfig(text);
    expect(config.kpi).toMatchObject({ id: 'on_time_rate', grain: ['day', 'channel'], target: 0.8 });
    expect(config.sources['warehouse']).toEqual({ kind: 'sql', url: '${WAREHOUSE_URL:-sqlite:///.data/sample.sqlite}' });
    expect(config.loaders['publish_on_time_rate']).toEqual({ kind: 'artifact' });
    expect(yaml.where(['kpi', 'target'])).toMatchObject({ line: 12, column: 11 });
  });

  it('tells every problem at once, in the order of the file', () => {
    const bytes = bytesOf('refused', 'many-problems.yaml');
    const problems = problemsOf(bytes);
    expect(problems.map(({ code }) => code)).toEqual([
      'E_CONFIG_MISSING_KEY',
      'E_CONFIG_CHOICE',
      'E_YAML_AMBIGUOUS',
      'E_CONFIG_UNKNOWN_KEY',
      'E_CONFIG_SOURCE',
      'E_CONFIG_UNKNOWN_KEY',
      'E_CONFIG_TYPE',
    ]);
    expect(problemsOf(bytes)).toEqual(problems);
  });

  it('shows twenty and counts the rest', () => {
    const many = text.replace('  publish_on', `${Array.from({ length: 50 }, (_, index) => `  s${index}:\n    kind: x\n`).join('')}  publish_on`);
    const problems = problemsOf(many);
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toEqual({ code: 'E_PROBLEMS_MORE', args: { count: 30 } });
  });
});

describe('the place of a problem', () => {
  const text = readFileSync(join(fixtures, 'accepted/plain.yaml'), 'utf8');
  const lines = text.split('\n');
  /** Every `key: value` line, with a value that is wrong at that place. */
  const values = lines.flatMap((line, index) => {
    const found = /^( *)([a-z_]+): (\S.*)$/.exec(line);
    return found === null ? [] : [{ index, indent: found[1] ?? '', key: found[2] ?? '' }];
  });
  const wrong = ['{a: 1}', 'no', '[[x]]', '12:30'];
  const runs = process.env['KPI_FLOW_LONG'] ? 5000 : 300;

  it('is the value that was changed', () => {
    let exact = 0;
    for (let run = 0; run < runs; run += 1) {
      const { index, indent, key } = values[run % values.length] ?? { index: 0, indent: '', key: '' };
      // Lines above move the place; comments and blank lines do not matter.
      const above = '# x\n'.repeat(run % 7);
      const changed = above + lines.with(index, `${indent}${key}: ${wrong[run % wrong.length]}`).join('\n');
      const at = { line: index + 1 + (run % 7), column: indent.length + key.length + 3 };
      const [first] = problemsOf(changed);
      expect(first?.where?.line, changed).toBe(at.line);
      if (first?.where?.column === at.column) exact += 1;
    }
    expect(exact / runs).toBeGreaterThanOrEqual(0.99);
  });

  it('is the key that was mistyped', () => {
    for (const { index, indent, key } of values) {
      const changed = lines.with(index, (lines[index] ?? '').replace(key, `${key}x`)).join('\n');
      const found = problemsOf(changed).find(({ code }) => code === 'E_CONFIG_UNKNOWN_KEY');
      expect([found?.where?.line, found?.where?.column], changed).toEqual([index + 1, indent.length + 1]);
      expect(found?.args).toMatchObject({ key: `${key}x`, suggestion: key });
    }
  });
});
