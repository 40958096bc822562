import { Failure, problem } from '../errors/failure.ts';
import type { Given } from '../jobs/create-answers.ts';
import type { DeclaredField } from '../generate/declare.ts';
import { questions } from './declared-flags.ts';
import type { Parsed } from './parse-arguments.ts';
import { isFromNpm } from './parse-arguments.ts';

/** The answers on the command line. The folder may stand by position or behind its flag. */
export function answersInFlags({ flags, positionals }: Parsed): Given {
  const [dir] = positionals;
  const folder = dir === undefined ? {} : { dir: { value: dir, from: '--dir' } };
  const found = questions.flatMap(({ key, flag }) => {
    const value = flags[key];
    return value === undefined ? [] : [[key, { value, from: nameOf(flag, value) }] as const];
  });
  return { ...Object.fromEntries(found), ...folder };
}

function nameOf(flag: string, value: string | boolean): string {
  return value === false ? flag.replace('--', '--no-') : flag;
}

/** The answers in variables such as KPI_FLOW_OWNER. An empty one says nothing. */
export function answersInVariables(env: NodeJS.ProcessEnv): Given {
  const found = questions.flatMap(({ key, variable }) => {
    const value = env[variable];
    return value === undefined || value === '' ? [] : [[key, { value, from: variable }] as const];
  });
  return Object.fromEntries(found);
}

/** What stands on the command line before `--` when npm starts us: npm keeps it, and tells it in variables. */
export interface NpmFlags {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly force: boolean;
}

/**
 * Flags that npm knows too are honoured; those that it does not know are lost with their values, so that going
 * on would make something else than what was asked for.
 * @throws Failure E_FLAG_SWALLOWED
 */
export function flagsKeptByNpm(env: NodeJS.ProcessEnv): NpmFlags {
  const kept = (name: string): boolean => isFromNpm(env) && env[`npm_config_${name}`] === 'true';
  if (isFromNpm(env)) refuseLost(env);
  return { yes: kept('yes'), dryRun: kept('dry_run'), json: kept('json'), force: kept('force') };
}

/** Words that are settings of npm itself, and may stand in anybody's .npmrc. */
const ofNpm: readonly string[] = ['git', 'description', 'install', 'target'];

function refuseLost(env: NodeJS.ProcessEnv): void {
  const lost = questions.filter(
    ({ key }: DeclaredField) => !ofNpm.includes(key) && env[`npm_config_${key}`] !== undefined,
  );
  if (lost.length > 0) throw new Failure(lost.map(({ flag }) => problem('E_FLAG_SWALLOWED', { flag })));
}
