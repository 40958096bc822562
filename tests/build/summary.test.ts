import { describe, expect, test } from 'vitest';
import { summarize } from '../../src/build/summary.ts';

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
