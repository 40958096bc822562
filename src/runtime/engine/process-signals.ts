import { ended } from './ending.ts';
import { FlowStopped } from './interrupts.ts';
import { hearStrayErrors } from './stray-errors.ts';

/**
 * A flow that was started by hand says that it was stopped before the process ends.
 * @param say tells what goes wrong where nobody waits for it
 */
export function stopOnSignals(say: (text: string) => void): { readonly signal: AbortSignal; end(): Promise<void> } {
  const controller = new AbortController();
  let caught: NodeJS.Signals | null = null;
  const stop = (signal: NodeJS.Signals): void => {
    if (caught) process.exit(signal === 'SIGINT' ? 130 : 143);
    caught = signal;
    controller.abort(new FlowStopped('crashed', 'Execution was aborted by a termination signal.'));
  };
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  for (const each of signals) process.on(each, stop);
  const stopHearing = hearStrayErrors(say, (reason) => controller.abort(reason));
  return {
    signal: controller.signal,
    async end() {
      const isAllOver = caught === null || (await ended());
      for (const each of signals) process.off(each, stop);
      stopHearing();
      // Without a handler it ends the process as it always does, threads that hear nothing too.
      if (caught && !isAllOver) process.kill(process.pid, caught);
      if (caught) process.exitCode = caught === 'SIGINT' ? 130 : 143;
    },
  };
}
