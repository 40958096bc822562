import { runToEnd } from '../../../edge/process-group.ts';

/** Seconds by the clock and of the processor. */
export interface Time {
  readonly wall: number;
  readonly cpu: number;
}

/** What a program that must succeed says as JSON in its last such line. */
export async function runProgram<T>(cwd: string, command: readonly string[], env: NodeJS.ProcessEnv): Promise<T> {
  const { said, isGood } = await tryProgram<T>(cwd, command, env);
  if (!isGood) throw new Error(`${command.join(' ')} failed`);
  return said;
}

/** The same of one that may fail once it has said something. @throws Error with what it printed when it said nothing */
export async function tryProgram<T>(cwd: string, [file = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<{ readonly said: T; readonly isGood: boolean }> {
  let said: string | undefined;
  const onLine = (line: string): void => {
    if (line.startsWith('{"')) said = line;
  };
  const { PREFECT_API_URL: _api, ...rest } = process.env;
  const { code, output } = await runToEnd({ file, args, cwd, env: { ...rest, ...env }, onLine }, { seconds: 3600 });
  if (said === undefined) throw new Error(`${file} ${args.join(' ')}: exit ${code}\n${output}`);
  if (code !== 0) process.stderr.write(`bench: ${args[0]}: exit ${code}\n${output.split('\n').slice(-20).join('\n')}\n`);
  return { said: JSON.parse(said) as T, isGood: code === 0 };
}
