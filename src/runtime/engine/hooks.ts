import { formatException } from '../errors.ts';
import { levels } from './log.ts';

/** Runs hooks in their order. One that fails is written down and stops neither the others nor the run. */
export async function runHooks<A extends readonly unknown[]>(
  hooks: readonly ((...args: A) => unknown)[],
  args: A,
  stateName: string,
  log: (level: number, message: string) => void,
): Promise<void> {
  for (const hook of hooks) {
    const name = hook.name || 'anonymous';
    log(levels.info, `Running hook '${name}' in response to entering state '${stateName}'`);
    try {
      await hook(...args);
      log(levels.info, `Hook '${name}' finished running successfully`);
    } catch (error) {
      log(levels.error, `An error was encountered while running hook '${name}': ${formatException(error)}`);
    }
  }
}
