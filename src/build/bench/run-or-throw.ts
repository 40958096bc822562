import { runToEnd } from '../../edge/process-group.ts';

/** Runs a program of a measurement to its end, and gives what it printed. @throws Error with that when it fails */
export async function runOrThrow(file: string, args: readonly string[], cwd?: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, output } = await runToEnd({ file, args, env: { ...process.env, ...env }, ...(cwd !== undefined && { cwd }) }, { seconds: 900 });
  if (code !== 0) throw new Error(`${file} ${args.join(' ')}: exit ${code}\n${output}`);
  return output;
}
