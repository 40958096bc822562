import { describe, expect, test } from 'vitest';
import { afterSecondRun, failedFiles, failures, summarize } from '../../src/build/summary.ts';

function report(given: { passed?: number; failed?: number; skipped?: number; broken?: number }) {
  const file = (statuses: string[]) => ({
    status: statuses.includes('failed') || statuses.length === 0 ? 'failed' : 'passed',
    assertionResults: statuses.map((status) => ({ status })),
  });
  const tests = [
    ...Array<string>(given.passed ?? 0).fill('passed'),
    ...Array<string>(given.failed ?? 0).fill('failed'),
  ];
  return {
    numPassedTests: given.passed ?? 0,
    numFailedTests: given.failed ?? 0,
    numPendingTests: given.skipped ?? 0,
    numTodoTests: 0,
    testResults: [file(tests), ...Array.from({ length: given.broken ?? 0 }, () => file([]))],
  };
}

describe('the closing line of a test run', () => {
  test('counts what passed and failed', () => {
    expect(summarize(report({ passed: 3, failed: 2 }), 1)).toBe('3 passed, 2 failed');
  });

  test('names skipped tests only when there are any', () => {
    expect(summarize(report({ passed: 1, skipped: 4 }), 0)).toBe('1 passed, 0 failed, 4 skipped');
  });

  test('counts a file that does not load as a failure', () => {
    expect(summarize(report({ passed: 5, broken: 1 }), 1)).toBe('5 passed, 1 failed');
  });

  test('never looks green when the run failed', () => {
    expect(summarize(report({ passed: 5 }), 1)).toBe('5 passed, 1 failed');
    expect(summarize(undefined, 1)).toBe('0 passed, 1 failed');
  });
});

describe('what failed is said again at the end', () => {
  const testResults = [
    { status: 'passed', name: 'a.test.ts', assertionResults: [{ status: 'passed' }] },
    {
      status: 'failed',
      name: 'b.test.ts',
      assertionResults: [
        { status: 'passed', fullName: 'fine' },
        { status: 'failed', fullName: 'adds up', failureMessages: ['AssertionError: expected 1 to be 2\n    at b.test.ts:3:1'] },
      ],
    },
    { status: 'failed', name: 'c.test.ts', message: 'SyntaxError: no such module', assertionResults: [] },
  ];

  test('with the file, the test and the reason, and nothing of what passed', () => {
    const text = failures({ numPassedTests: 2, testResults }).join('\n');
    expect(text).toContain('b.test.ts > adds up');
    expect(text).toContain('expected 1 to be 2');
    expect(text).toContain('c.test.ts');
    expect(text).toContain('no such module');
    expect(text).not.toContain('a.test.ts');
    expect(text).not.toContain('fine');
  });

  test('every line can be found by its first word', () => {
    const lines = failures({ numPassedTests: 2, testResults }).flatMap((each) => each.split('\n'));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line).toMatch(/^failed: /u);
  });

  test('is nothing for a report that is none', () => {
    expect(failures(undefined)).toEqual([]);
  });
});

describe('a second run of the files that failed', () => {
  const file = (name: string, tests: Record<string, string>) => ({
    name,
    status: Object.values(tests).includes('failed') ? 'failed' : 'passed',
    assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status, ...(status === 'failed' && { failureMessages: [`${fullName}: no`] }) })),
  });
  const of = (...testResults: ReturnType<typeof file>[]) => ({ numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults });
  const first = of(file('a', { one: 'passed', two: 'skipped' }), file('b', { three: 'failed', four: 'failed' }));

  test('asks for the files that failed alone', () => {
    expect(failedFiles(first)).toEqual(['b']);
    expect(failedFiles(undefined)).toEqual([]);
  });

  test('counts a file as it ran the second time, and names what was unsteady', () => {
    const { report, code, unsteady } = afterSecondRun(first, { report: of(file('b', { three: 'passed', four: 'passed' })), code: 0 });
    expect(summarize(report, code)).toBe('3 passed, 0 failed, 1 skipped');
    expect(failures(report)).toEqual([]);
    expect(unsteady).toEqual(['unsteady: b > three\nunsteady:   three: no', 'unsteady: b > four\nunsteady:   four: no']);
  });

  test('what fails twice has failed', () => {
    const { report, code, unsteady } = afterSecondRun(first, { report: of(file('b', { three: 'failed', four: 'passed' })), code: 1 });
    expect([summarize(report, code), failures(report).length, unsteady.length]).toEqual(['2 passed, 1 failed, 1 skipped', 1, 1]);
  });

  test.each([
    ['that ended before it could tell anything', undefined],
    ['that never came to the file', of()],
    ['of another file', of(file('c', { five: 'passed' }))],
  ])('one %s leaves the first as it was', (_, second) => {
    const { report, code, unsteady } = afterSecondRun({ ...first, numFailedTests: 2, numPassedTests: 1, numPendingTests: 1 }, { report: second, code: 0 });
    expect([summarize(report, code), unsteady]).toEqual(['1 passed, 2 failed, 1 skipped', []]);
  });
});
