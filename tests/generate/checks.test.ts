import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors/failure.ts';
import { readChecks } from '../../src/generate/answers/checks.ts';
import { addTo, startFiles } from './grown.ts';

const answers = { dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day,region', owner: 'ana', target: 100 };

/** The lines of the decorator of a cleaning with these checks. */
function decorated(checks: string, onFailure = ''): string {
  const files = startFiles(answers);
  addTo(files, 'extractor', { name: 'refunds', kind: 'sql' });
  addTo(files, 'transformer', { name: 'clean_refunds', kind: 'cleaning', inputs: 'refunds', checks, on_failure: onFailure });
  return /@checked\([\s\S]*?\n\)\n/.exec(files.get('src/core/transformers/clean_refunds.py') ?? '')?.[0] ?? '';
}

describe('--checks', () => {
  it.each([
    ['not_null(a, b)', 'not_null("a", "b"),'],
    ['unique( a ,b )', 'unique("a", "b"),'],
    ['accepted_values(a, 1, 2.5)', 'accepted_values("a", 1, 2.5),'],
    ['accepted_values(a, x y, 07, "3")', 'accepted_values("a", "x y", "07", "3"),'],
    ['range(a, -1, 2.5)', 'in_range("a", least=-1, most=2.5),'],
    ['range(a, , 2)', 'in_range("a", most=2),'],
    ['row_count(1)', 'row_count(least=1),'],
    ['freshness(a, 26h)', 'freshness("a", hours=26),'],
    ['freshness(a, 2d)', 'freshness("a", days=2),'],
  ])('%s is written as %s', (asked, line) => {
    expect(decorated(asked).split('\n')).toContain(`    ${line}`);
  });

  it('says what happens on a failure unless the run is to stop', () => {
    expect(decorated('not_null(a)')).not.toContain('on_failure');
    expect(decorated('not_null(a)', 'quarantine')).toContain('on_failure="quarantine"');
  });

  it('puts a call that is too long on lines of its own', () => {
    const values = Array.from({ length: 12 }, (_, index) => `value_${index}`);
    expect(decorated(`accepted_values(a, ${values.join(', ')})`)).toContain('    accepted_values(\n        "a",\n        "value_0",\n');
  });

  it.each([
    ['not_nul(a)', 'There is no check "not_nul"', 'not_null'],
    ['range(amount)', '"range" is written as', 'range(column, 0, 1000)'],
    ['range(amount, 9, 1)', '9 lies above 1.', '1, 9'],
    ['freshness(at, soon)', '"freshness" is written as', 'freshness(column, 26h)'],
    ['not_null(Año)', 'letter', 'ano'],
    ['unique(a', 'Checks are written as', 'not_null(record_id), range(amount, 0, 1000)'],
    ['unique(a) not_null(b)', 'Checks are written as', 'not_null(record_id), range(amount, 0, 1000)'],
    ['constructor(a)', 'There is no check "constructor"', 'not_null(record_id), range(amount, 0, 1000)'],
  ])('refuses %s', (asked, reason, suggestion) => {
    const reading = readChecks(asked);
    expect('reason' in reading ? [reading.reason.en, reading.suggestion] : []).toEqual([expect.stringContaining(reason), suggestion]);
  });

  it('is refused before anything happens', () => {
    const files = startFiles(answers);
    expect(() => addTo(files, 'transformer', { name: 'x', kind: 'cleaning', inputs: 'records', checks: 'not_nul(a)' })).toThrow(Failure);
    expect(() => addTo(files, 'transformer', { name: 'x', kind: 'cleaning', inputs: 'records', on_failure: 'ignore' })).toThrow(Failure);
  });
});

describe('a repository whose transformers check', () => {
  const modules = ['src/core/checks.py', 'prefect_flows/checks.py', 'tests/unit/test_checks.py'];

  it('has what they need from the first one on, and nothing of it before', () => {
    const files = startFiles(answers);
    addTo(files, 'transformer', { name: 'tidy', kind: 'cleaning', inputs: 'records' });
    expect(modules.filter((path) => files.has(path))).toEqual([]);
    expect(files.get('prefect_flows/tasks.py')).not.toContain('checked_stage');
    addTo(files, 'transformer', { name: 'checked_clean', kind: 'cleaning', inputs: 'records', checks: 'row_count(1)', on_failure: 'quarantine' });
    expect(modules.filter((path) => files.has(path))).toEqual(modules);
    expect(files.get('.kpi-flow/base/src/core/checks.py.base')).toBe(files.get('src/core/checks.py'));
    expect(files.get('prefect_flows/tasks.py')).toContain('checked_stage(\n    transformers.tidy,');
    expect(files.get('.env.example')).toContain("# QUARANTINE_URI=''");
  });

  it('is the same whichever was added first', () => {
    const [one, other] = [startFiles(answers), startFiles(answers)];
    const first = { name: 'a_clean', kind: 'cleaning', inputs: 'records', checks: 'row_count(1)' };
    const second = { name: 'b_clean', kind: 'cleaning', inputs: 'records' };
    for (const each of [first, second]) addTo(one, 'transformer', each);
    for (const each of [second, first]) addTo(other, 'transformer', each);
    expect(Object.fromEntries(other)).toEqual(Object.fromEntries(one));
  });
});
