import { version } from 'virtual:version';
import type { Streams } from './streams.ts';

/**
 * The command line. What is asked most and needs least comes first: the version costs nothing but the start of
 * Node, help and completion load plain data, and only a command loads what it works with.
 */
export async function main(args: readonly string[]): Promise<void> {
  const [first] = args;
  if (first === '--version' || first === '-V') {
    guard();
    process.stdout.write(`${version}\n`);
    return;
  }
  const { run } = asksForHelp(args)
    ? await import('./run-help.ts')
    : first === 'completion'
      ? await import('./run-completion.ts')
      : await import('./run.ts');
  process.exitCode = await run(args, streams);
}

/** Opening standard input takes longer than printing help, so only who reads from it opens it. */
const streams: Streams = {
  env: process.env,
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
};

/** `-h` anywhere wins, except after `--`. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const seen = end < 0 ? args : args.slice(0, end);
  return args.length === 0 || args[0] === 'help' || seen.includes('--help') || seen.includes('-h');
}

/** A reader that went away is no error of ours. */
function guard(): void {
  process.stdout.on('error', () => undefined);
}
