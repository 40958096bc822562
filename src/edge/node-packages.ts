import { Failure, problem } from '../errors/failure.ts';
import type { Problem } from '../errors/failure.ts';
import type { InstallOutcome, NodePackages } from '../jobs/ports.ts';
import { runToEnd } from './process-group.ts';
import type { Outcome } from './process-group.ts';
import { redactUrl } from './network.ts';
import { explainToolFailure, lastWords } from './python-environment-failure.ts';

const command = 'npm install';

/** The packages of a TypeScript repository, for the jobs that install them. */
export function createNodePackages(env: NodeJS.ProcessEnv): NodePackages {
  return {
    async install(repository, { signal, progress }): Promise<InstallOutcome> {
      try {
        const seconds = Number(env['KPI_FLOW_INSTALL_TIMEOUT']) || 300;
        const onLine = (line: string): void => progress.detail(line.trim().slice(0, 60));
        const outcome = await runToEnd({ ...npm(env), cwd: repository, env: ownFolder(env), onLine }, { seconds, signal });
        return outcome.code === 0 ? { done: true, tool: 'npm', command } : { done: false, problems: [explain(outcome, repository)], command };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return { done: false, problems: error.problems, command };
      }
    },
  };
}

/** Under npm the same npm runs again; on Windows it is a script that only Node can start without a shell. */
function npm(env: NodeJS.ProcessEnv): { file: string; args: string[] } {
  const cli = env['npm_execpath'] ?? '';
  const args = ['install', '--no-audit', '--no-fund'];
  return /npm-cli\.[cm]?js$/.test(cli) ? { file: process.execPath, args: [cli, ...args] } : { file: 'npm', args };
}

/** What `npm create` was given counts for it, and not for the repository: `--global` or a prefix would lead elsewhere. */
function ownFolder(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = new Set(['npm_config_global', 'npm_config_prefix', 'npm_config_local_prefix', 'npm_config_dry_run', 'npm_config_force', 'npm_config_package', 'INIT_CWD']);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.has(name)));
}

function explain({ missing, output, timedOut, seconds }: Outcome, folder: string): Problem {
  if (missing) return problem('E_INSTALL_FAILED', { tool: 'npm', detail: 'npm: ENOENT' });
  const found = explainToolFailure({ tool: 'npm', output, timedOut, seconds, folder }, undefined);
  return found.code === 'E_INSTALL_FAILED' ? problem(found.code, { tool: 'npm', detail: firstWords(output) }) : found;
}

/** npm says what is wrong first, and then what may be done about packages in general. */
function firstWords(output: string): string {
  const said = redactUrl(output).split('\n').flatMap((line) => /^npm (?:error|ERR!)\s+(\S.*)$/.exec(line.trimEnd())?.[1] ?? []);
  return said.filter((line) => /\s/.test(line)).slice(0, 3).join(' / ').slice(0, 600) || lastWords(output);
}
