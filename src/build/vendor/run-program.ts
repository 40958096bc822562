import { PrefectApiError, PrefectSettingsError } from '../../runtime/api/api-errors.ts';
import { DeployError } from '../../runtime/deploy/deploy-error.ts';

/** Runs a program of a repository's to its exit code, and says in a line what stopped it. */
export async function runProgram(name: string, main: (args: readonly string[]) => Promise<number>): Promise<never> {
  const exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
    const code = codeOf(error);
    process.stderr.write(`${name}: ${code === 70 ? ((error as Error).stack ?? String(error)) : (error as Error).message}\n`);
    return code;
  });
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // Modules of flows were imported, and what they hold open (a pool of connections, a timer) would keep this waiting.
  process.exit(exitCode);
}

function codeOf(error: unknown): number {
  if (error instanceof DeployError) return error.kind === 'file' ? 2 : 3;
  if (error instanceof PrefectSettingsError || String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')) return 2;
  return error instanceof PrefectApiError ? 3 : 70;
}

/** What was written is out: a pipe takes it after the call that writes. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> => new Promise((done) => void stream.write('', () => done()));
