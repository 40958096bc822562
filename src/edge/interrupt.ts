import { setMaxListeners } from 'node:events';
import { Cancelled } from '../errors/cancelled.ts';

const exitCodes: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** What tells the steps of a run that the person, or the system, wants it to stop. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Stops listening. */
  end(): void;
}

/**
 * Listens for Ctrl-C and its kin. The first one lets every step clean up after itself (the signal's reason is
 * a `Cancelled`); a second one leaves at once, and the next run tidies up.
 * @param heard called on the first one, so that the person sees that it was heard
 */
export function listenForStop(heard: () => void): Interrupt {
  const controller = new AbortController();
  // Each program that is run listens for a while; that is no leak.
  setMaxListeners(0, controller.signal);
  const stop = (name: NodeJS.Signals): void => {
    const code = exitCodes[name] ?? 130;
    if (controller.signal.aborted) process.exit(code);
    heard();
    controller.abort(new Cancelled(code));
  };
  const names = Object.keys(exitCodes) as NodeJS.Signals[];
  for (const name of names) process.on(name, stop);
  return { signal: controller.signal, end: () => names.forEach((name) => process.removeListener(name, stop)) };
}
