import { endSoon } from './engine/ending.ts';
import { runtime } from './runtime.ts';

/**
 * Says what else has to end when the run around it is stopped, by its timeout, by cancelling or by a signal: a query on a
 * server, say. The process waits a moment for it. Outside of a run nothing ever stops.
 * @returns takes it back, once there is nothing to end any more
 */
export function onStop(end: () => unknown): () => void {
  const { signal } = runtime;
  const stop = (): void => endSoon(end);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return () => signal.removeEventListener('abort', stop);
}
