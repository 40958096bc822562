import { spawn } from 'node:child_process';
import { PullStepError } from './pull-step-error.ts';

type Print = (text: string) => void;

export interface ShellOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Hears what it prints, as it does. */
  readonly show?: Print;
  /** The same of what it complains about. */
  readonly complain?: Print;
}

/** What a program printed, and what it complained about. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that ended with another code than 0. */
export class ShellError extends PullStepError {
  override readonly name = 'ShellError';
  readonly printed: Printed;

  constructor(message: string, printed: Printed) {
    super(message);
    this.printed = printed;
  }
}

/**
 * Runs a program to its end.
 * @param shown stands for it in messages, and holds no secret
 * @throws ShellError, PullStepError when it cannot be started
 */
export function run(file: string, args: readonly string[], shown: string, { show, complain, ...options }: ShellOptions = {}): Promise<Printed> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const printed = { stdout: '', stderr: '' };
    const keep = (from: 'stdout' | 'stderr', to: Print | undefined): void => {
      child[from].setEncoding('utf8').on('data', (part: string) => {
        printed[from] += part;
        to?.(part);
      });
    };
    keep('stdout', show);
    keep('stderr', complain);
    child.once('error', (error) => reject(new PullStepError(`${file} cannot be run: ${error.message}`, { cause: error })));
    child.once('close', (code, signal) => (code === 0 ? resolve(printed) : reject(new ShellError(`${file} ended with ${String(code ?? signal)}: ${shown}`, printed))));
  });
}
