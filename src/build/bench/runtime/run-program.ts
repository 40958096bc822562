import { runToEnd } from '../../../edge/process-group.ts';

/** Seconds by the clock and of the processor. */
export interface Time {
  readonly wall: number;
  readonly cpu: number;
}

/** What a program says as JSON in its last such line. */
export async function runProgram<T>(cwd: string, [file = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<T> {
  let said: string | undefined;
  const onLine = (line: string): void => {
    if (line.startsWith('{"')) said = line;
  };
  const { PREFECT_API_URL: _api, ...rest } = process.env;
  const { code, output } = await runToEnd({ file, args, cwd, env: { ...rest, ...env }, onLine }, { seconds: 3600 });
  if (code !== 0 || said === undefined) throw new Error(`${file} ${args.join(' ')}: exit ${code}\n${output}`);
  return JSON.parse(said) as T;
}
