/** What we read of vitest's JSON report. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly name?: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName?: string; readonly failureMessages?: readonly string[] }[];
  }[];
}

/** How a run of vitest ended. */
export interface Ended {
  /** What it reported, if it came to that. */
  readonly report: unknown;
  readonly code: number;
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

/** What failed, a line each, with the first lines of why: a log of which only the end was kept still tells. */
export function failures(report: unknown): string[] {
  if (!isReport(report)) return [];
  return report.testResults.flatMap((file) => {
    const failed = file.assertionResults.filter((each) => each.status === 'failed');
    const where = file.name ?? 'a file';
    if (failed.length === 0) return file.status === 'failed' ? [failure(where, file.message)] : [];
    return failed.map((each) => failure(`${where} > ${each.fullName ?? ''}`, each.failureMessages?.[0]));
  });
}

/** The files in which something failed; none when the run failed without telling where. */
export function failedFiles(report: unknown): string[] {
  if (!isReport(report)) return [];
  return report.testResults.filter(({ status }) => status === 'failed').flatMap(({ name }) => name ?? []);
}

/**
 * Both runs as one: a file that ran twice counts as it did the second time, and what failed only the first time is
 * named, with why. A second run that tells nothing, or lacks one of the files, changes nothing.
 */
export function afterSecondRun(first: unknown, { report: second, code }: Ended): Ended & { readonly unsteady: string[] } {
  if (!isReport(first)) return { report: first, code: 1, unsteady: [] };
  const ran = new Map(isReport(second) ? second.testResults.map((file) => [file.name, file] as const) : []);
  if (!failedFiles(first).every((name) => ran.has(name))) return { report: first, code: 1, unsteady: [] };
  const testResults = first.testResults.map((file) => (file.status === 'failed' ? (ran.get(file.name) ?? file) : file));
  const steady = new Set(failures({ ...first, testResults }).map(whatFailed));
  const unsteady = failures(first).filter((each) => !steady.has(whatFailed(each)));
  const all = testResults.flatMap((file) => file.assertionResults);
  const count = (...statuses: string[]): number => all.filter(({ status }) => statuses.includes(status)).length;
  const counts = { numPassedTests: count('passed'), numFailedTests: count('failed'), numPendingTests: count('pending', 'skipped'), numTodoTests: count('todo') };
  return { report: { ...first, ...counts, testResults }, code, unsteady: unsteady.map((each) => each.replaceAll(/^failed: /gmu, 'unsteady: ')) };
}

/** The first line of a failure, which names it. */
function whatFailed(failure: string): string {
  return failure.split('\n')[0] ?? '';
}

/** Long enough for an assertion and a few lines of its difference. */
const LINES_OF_A_REASON = 12;

function failure(what: string, why = ''): string {
  const reason = why.split('\n').filter((line) => line.trim() !== '' && !/^\s+at .*node_modules/u.test(line)).slice(0, LINES_OF_A_REASON);
  return [`failed: ${what}`, ...reason.map((line) => `failed:   ${line}`)].join('\n');
}

function failsWithoutTest({ status, assertionResults }: Report['testResults'][number]): boolean {
  return status === 'failed' && assertionResults.every((each) => each.status !== 'failed');
}

function isReport(report: unknown): report is Report {
  return typeof report === 'object' && report !== null && 'numPassedTests' in report;
}
