import { ended, left } from './ending.ts';
import type { DrainReport } from '../ports.ts';
import { CancelledRun, CrashedRun, FailedRun, ParameterTypeError, PausedRun, RunTimeout } from '../errors.ts';
import { FlowStopped } from './interrupts.ts';
import { isTold } from './log.ts';
import { hearStrayErrors } from './stray-errors.ts';

/** What a program and a flow that it started have to do with each other. */
export interface ProcessWatch {
  readonly signal: AbortSignal;
  /** The flow failed: when nobody catches that, the program ends without printing again what the log says. */
  tellOnce(): void;
  /** The flow is over: its report is delivered as far as it can be. */
  end(drain: () => Promise<DrainReport>): Promise<void>;
}

/**
 * A flow that was started by hand says that it was stopped before the process ends.
 * @param say tells what goes wrong where nobody waits for it
 */
export function watchProcess(say: (text: string, error: unknown) => void): ProcessWatch {
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
    tellOnce() {
      if (!process.listeners('uncaughtException').includes(endWithTold)) process.on('uncaughtException', endWithTold);
    },
    async end(drain) {
      const report = await drain();
      sayUndelivered(caught && (await left()) ? await drain() : report);
      const isAllOver = caught === null || (await ended());
      for (const each of signals) process.off(each, stop);
      stopHearing();
      // Without a handler it ends the process as it always does, threads that hear nothing too.
      if (caught && !isAllOver) process.kill(process.pid, caught);
      if (caught) process.exitCode = caught === 'SIGINT' ? 130 : 143;
    },
  };
}

/** What the server did not confirm, to the unit: silence means that it has all. */
function sayUndelivered({ events, logs, resent, reason }: DrainReport): void {
  const missing = events.unconfirmed + events.dropped + logs.unconfirmed + logs.dropped;
  if (missing === 0) return;
  const count = (name: string, each: DrainReport['events']): string =>
    `${name}: ${each.emitted} emitted, ${each.confirmed} confirmed, ${each.unconfirmed} unconfirmed, ${each.dropped} dropped`;
  process.stderr.write(
    `${count('task states', events)}; ${count('logs', logs)}; ${resent} sent again${reason ? ` (${reason})` : ''}\n`,
  );
}

/** What ends a run without an exception of the user's: its last line of log says all that there is. */
const ends = [FlowStopped, FailedRun, CrashedRun, CancelledRun, PausedRun, ParameterTypeError, RunTimeout];

/**
 * The error of a flow that nobody catches ends the program, as any does; but its trace stands in the log by then, and is not
 * printed again. Whoever hears such errors himself, or throws another one, has Node do what it does.
 */
function endWithTold(error: unknown): void {
  if (process.listenerCount('uncaughtException') > 1) return;
  if (isTold(error) || ends.some((each) => error instanceof each)) return void exit();
  process.off('uncaughtException', endWithTold);
  process.nextTick(() => {
    throw error;
  });
}

async function exit(): Promise<void> {
  await left();
  process.exit(process.exitCode || 1);
}
