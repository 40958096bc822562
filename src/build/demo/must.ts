import { runToEnd } from '../../edge/process-group.ts';
import { fail } from '../../errors/failure.ts';
import { demoEnvironment } from './environment.ts';

/** Where and how long a program of the demo may run. */
export interface Where {
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** Runs a program to its end and gives what it printed. @throws Failure when it does not succeed */
export async function must(file: string, args: readonly string[], { cwd, signal }: Where): Promise<string> {
  const lines: string[] = [];
  const outcome = await runToEnd({ file, args, cwd, env: demoEnvironment(process.env), onLine: (line) => void lines.push(line) }, { seconds: 120, signal });
  if (outcome.code === 0) return lines.join('\n');
  const detail = outcome.output.trim().split('\n').slice(-15).join('\n');
  return fail('E_PREFECT_COMMAND', { command: `${file} ${args.join(' ')}`, detail });
}
