import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Flow } from '../flow.ts';

/** The argument does not name a flow. */
export class EntrypointError extends Error {
  override readonly name = 'EntrypointError';
}

export type AnyFlow = Flow<never[], unknown>;

/**
 * Imports `module#export`, a path from the working directory; without an export the default one.
 * @throws EntrypointError
 */
export async function loadFlow(entrypoint: string): Promise<AnyFlow> {
  const [path = '', name = 'default'] = entrypoint.split('#');
  const module = await importModule(resolve(path), path);
  const found = module[name];
  if (isFlow(found)) return found;
  const flows = Object.keys(module).filter((each) => isFlow(module[each]));
  const there = flows.length === 0 ? 'it exports no flow' : `its flows are ${flows.join(', ')}`;
  throw new EntrypointError(found === undefined ? `${path} has no export "${name}": ${there}` : `"${name}" of ${path} is no flow: ${there}`);
}

async function importModule(file: string, shown: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' && (error as Error).message.includes(file);
    if (isMissing) throw new EntrypointError(`there is no module ${shown} in ${process.cwd()}`, { cause: error });
    throw error;
  }
}

/** A task looks the same, but for what only a task can do. */
function isFlow(value: unknown): value is AnyFlow {
  return typeof value === 'function' && 'spec' in value && 'fn' in value && 'withOptions' in value && !('submit' in value);
}
