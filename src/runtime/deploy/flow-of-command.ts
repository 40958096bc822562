import { resolve } from 'node:path';
import { loadFlow } from '../exec/load-flow.ts';
import type { AnyFlow } from '../exec/load-flow.ts';
import type { Json, JsonObject } from '../types.ts';
import { DeployError } from './deploy-error.ts';
import { asObject } from './deployment-file.ts';

/**
 * The flow that a deployment's command starts: `node …/exec.mjs <module>#<export>`.
 * @param folder of prefect.yaml: the module is looked for from there, wherever it will run
 * @throws DeployError
 */
export async function flowOfCommand(config: JsonObject, folder: string): Promise<AnyFlow> {
  const name = String(config['name']);
  const pool = asObject(config['work_pool'] ?? {}, `work_pool of ${name}`);
  const { command } = asObject(pool['job_variables'] ?? {}, `job_variables of ${name}`);
  const [path, exported] = entrypointIn(command);
  if (path === undefined)
    throw new DeployError('file', `work_pool.job_variables.command of ${name} starts no flow in TypeScript: "node …/exec.mjs <module>#<export>"`);
  try {
    return await loadFlow(`${resolve(folder, path)}#${exported ?? 'default'}`);
  } catch (error) {
    throw new DeployError('file', `the flow of ${name} cannot be loaded: ${(error as Error).message}`, { cause: error });
  }
}

/** What follows the program that starts flows. */
function entrypointIn(command: Json | undefined): string[] {
  const words = typeof command === 'string' ? [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, one, two, bare]) => one ?? two ?? bare ?? '') : [];
  const program = words.findIndex((each) => /(?:^|[\\/])exec\.m?js$/.test(each));
  return program < 0 ? [] : (words[program + 1]?.split('#') ?? []);
}
