import { formatException } from '../errors.ts';
import { FlowStopped } from './interrupts.ts';

/**
 * Hears what goes wrong where nobody waits for it, while a run is going: Node would end the process, and the run would stand
 * as Running for good. A rejection that nobody awaits is told and fails nothing, as in Prefect; an error that was thrown
 * from a callback leaves nobody knows what undone, and the run is Crashed.
 * @returns ends the hearing
 */
export function hearStrayErrors(say: (text: string, error: unknown) => void, crash: (reason: FlowStopped) => void): () => void {
  const rejected = (reason: unknown): void => say(`A promise was rejected, and nobody awaited it: ${formatException(reason)}`, reason);
  const thrown = (error: unknown): void => {
    say(`An error was thrown where nothing catches it: ${formatException(error)}`, error);
    crash(new FlowStopped('crashed', `An error was thrown where nothing catches it: ${formatException(error)}`));
  };
  process.on('unhandledRejection', rejected);
  process.on('uncaughtException', thrown);
  return () => {
    process.off('unhandledRejection', rejected);
    process.off('uncaughtException', thrown);
  };
}
