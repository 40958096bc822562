import { describe, expect, test } from 'vitest';
import { failures, summarize } from '../../src/build/summary.ts';

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
