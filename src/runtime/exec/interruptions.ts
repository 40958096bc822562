import { FlowStopped } from '../engine/interrupts.ts';
import type { State } from '../state.ts';
import type { Intent } from './control-channel.ts';
import { ControlChannel } from './control-channel.ts';

/** How long a signal waits for the supervisor to say what it is for, in milliseconds. */
const intentMs = 100;

/**
 * What may stop this process from outside: its supervisor, which says why, and signals. Both are heard from before the
 * flow is loaded to the very end of the process: a supervisor sends its SIGTERM whenever it comes to it, also to a run
 * that has obeyed already, and dying of it would make a crash of what somebody asked for.
 */
export class Interruptions {
  readonly channel: ControlChannel;
  readonly #stop = new AbortController();
  #caught: NodeJS.Signals | null = null;

  /** @param env the control channel is read from it, and leaves it */
  constructor(env: NodeJS.ProcessEnv) {
    const signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'];
    for (const each of signals) process.on(each, (signal) => this.#hear(signal));
    this.channel = new ControlChannel(env, (intent) => this.#stop.abort(stopOf(intent)));
  }

  /** Aborted once; the reason is a FlowStopped. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether it is aborted, or about to be. */
  get isStopping(): boolean {
    return this.signal.aborted || this.#caught !== null;
  }

  /** What comes of the work, unless a stop comes first. */
  async orStopped<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    let stopped: () => void = () => undefined;
    const stop = new Promise<never>((_, reject) => {
      stopped = () => reject(signal.reason as FlowStopped);
      if (signal.aborted) stopped();
      else signal.addEventListener('abort', stopped, { once: true });
    });
    return await Promise.race([work, stop]).finally(() => signal.removeEventListener('abort', stopped));
  }

  /** 0 when the supervisor or the server knows how the run ended, 143 or 130 after a signal of nobody. */
  exitCode(state: State | null): number {
    return state?.type === 'CRASHED' ? this.codeOfStop : 0;
  }

  /** The exit code of a process that was stopped before it had a run to report on. */
  get codeOfStop(): number {
    if (this.#caught === null || this.channel.intent !== null) return 0;
    return this.#caught === 'SIGINT' ? 130 : 143;
  }

  #hear(signal: NodeJS.Signals): void {
    this.#caught ??= signal;
    const crash = (): void => this.#stop.abort(new FlowStopped('crashed', 'Execution was aborted by a termination signal.'));
    setTimeout(crash, this.channel.isThere ? intentMs : 0);
  }
}

function stopOf(intent: Intent): FlowStopped {
  if (intent === 'cancel') return new FlowStopped('cancelled', 'Flow run was cancelled.');
  return new FlowStopped('suspended', `The worker asked to ${intent} this run.`);
}
