import type { SchemaOutput, StandardSchema } from './standard-schema.ts';
import type { JsonObject } from './types.ts';

/** What a pause, or a suspension, waits for. */
export interface PauseOptions<S extends StandardSchema = StandardSchema> {
  /** Seconds until a run that nobody resumed fails. */
  readonly timeout?: number;
  /** Names this pause; a key is good for one pause of a run. */
  readonly key?: string;
  /** What whoever resumes has to give. */
  readonly waitForInput?: S;
}

// What does it is loaded by the first flow that pauses.
const load = async () => await import('./engine/pause-run.ts');

/** Holds the flow run, in this process, until somebody resumes it. Gives the input that was asked for. */
export async function pauseFlowRun<S extends StandardSchema>(
  options: PauseOptions<S> & { readonly waitForInput: S; readonly pollInterval?: number },
): Promise<SchemaOutput<S>>;
export async function pauseFlowRun(options?: PauseOptions & { readonly pollInterval?: number }): Promise<void>;
export async function pauseFlowRun(options: PauseOptions & { readonly pollInterval?: number } = {}): Promise<unknown> {
  return await (await load()).pauseRun(options);
}

/** Ends the process and gives the place back; on resume the flow runs again from its top, in a new one. */
export async function suspendFlowRun(options: PauseOptions = {}): Promise<unknown> {
  return await (await load()).suspendRun(options);
}

/** Lets a paused or suspended run go on. */
export async function resumeFlowRun(id: string, input?: JsonObject): Promise<void> {
  await (await load()).resumeRun(id, input);
}
