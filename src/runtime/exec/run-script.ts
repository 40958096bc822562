import type { ShellOptions } from './shell.ts';
import { ShellError, run } from './shell.ts';
import type { Inputs, Output } from './step-inputs.ts';
import { optionalText, textOf } from './step-inputs.ts';

type Print = (text: string) => void;
const print: Print = (text) => void process.stdout.write(text);
const complain: Print = (text) => void process.stderr.write(text);

/**
 * Prefect's step run_shell_script: its lines one by one, each in a shell, and what they printed.
 * @throws PullStepError when a line ends with another code than 0
 */
export async function runScript(inputs: Inputs, step: string, show: Print = print): Promise<Output> {
  const script = textOf(inputs, 'script', step);
  const directory = optionalText(inputs, 'directory');
  const streams = inputs['stream_output'] === false ? {} : { show, complain };
  const env = { ...process.env, ...(inputs['env'] as Record<string, string> | undefined) };
  const options: ShellOptions = { ...(directory === undefined ? {} : { cwd: directory }), env, ...streams };
  const printed = { stdout: '', stderr: '' };
  for (const [index, line] of script.split('\n').entries()) {
    if (line.trim() === '') continue;
    // Not the line itself: what its placeholders stood for may be a secret.
    const { stdout, stderr } = await run('sh', ['-c', line.trim()], `line ${index + 1} of its script`, options).catch((error: unknown) => explain(error, step));
    printed.stdout += stdout;
    printed.stderr += stderr;
  }
  return { stdout: printed.stdout.trim(), stderr: printed.stderr.trim() };
}

/** @throws with what the line complained about last */
function explain(error: unknown, step: string): never {
  if (!(error instanceof ShellError)) throw error;
  const why = error.printed.stderr.trim().split('\n').slice(-3).join(' | ');
  throw new ShellError(`${step}: ${error.message}${why === '' ? '' : `: ${why}`}`, error.printed);
}
