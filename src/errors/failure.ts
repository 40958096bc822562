import type { ErrorArgs, ErrorCode, ExitCode } from './catalogue.ts';
import { exitOf } from './catalogue.ts';

/** Where a problem stands in a file; lines and columns count from 1. */
export interface Where {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The lines around the place, already drawn with a caret. */
  readonly frame?: string;
}

/** One thing that is wrong, as a value: a code, what its text needs, and its place. */
export type Problem = {
  readonly [Code in ErrorCode]: { readonly code: Code; readonly args: ErrorArgs[Code]; readonly where?: Where };
}[ErrorCode];

/** Carries problems to the one place that prints them. Its own message is for stack traces only. */
export class Failure extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((each) => `${each.code} ${JSON.stringify(each.args)}`).join('\n'));
    this.name = 'Failure';
    this.problems = problems;
  }

  /** The gravest exit code wins: a bug over the environment over a mistake. */
  get exitCode(): ExitCode {
    return this.problems.reduce<ExitCode>((worst, each) => (exitOf[each.code] > worst ? exitOf[each.code] : worst), 1);
  }
}

/** Makes one problem. */
export function problem<Code extends ErrorCode>(code: Code, args: ErrorArgs[Code], where?: Where): Problem {
  return (where === undefined ? { code, args } : { code, args, where }) as Problem;
}

/** Stops here with one problem. */
export function fail<Code extends ErrorCode>(code: Code, args: ErrorArgs[Code], where?: Where): never {
  throw new Failure([problem(code, args, where)]);
}
