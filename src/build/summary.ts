/** What we read of vitest's JSON report. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * The closing line of a test run: `12 passed, 0 failed`, with `, 3 skipped` when there are any.
 * A file that does not load counts as one failure, and so does a run that fails with no failed test:
 * the line must never look green when the exit code is not.
 */
export function summarize(report: unknown, code: number): string {
  if (!isReport(report)) return `0 passed, ${code === 0 ? 0 : 1} failed`;
  const broken = report.testResults.filter(failsWithoutTest).length;
  const failed = report.numFailedTests + broken;
  const skipped = report.numPendingTests + report.numTodoTests;
  return `${report.numPassedTests} passed, ${failed === 0 && code !== 0 ? 1 : failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function failsWithoutTest({ status, assertionResults }: Report['testResults'][number]): boolean {
  return status === 'failed' && assertionResults.every((each) => each.status !== 'failed');
}

function isReport(report: unknown): report is Report {
  return typeof report === 'object' && report !== null && 'numPassedTests' in report;
}
