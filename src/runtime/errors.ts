/** Every failure that the runtime itself raises: what happened, and what to do about it. */
export class RuntimeError extends Error {
  override readonly name: string = 'RuntimeError';
}

/** Something that only exists inside a run was used outside of one. */
export class MissingContextError extends RuntimeError {
  override readonly name = 'MissingContextError';
}

/** A run was asked for its result before it had one. */
export class UnfinishedRun extends RuntimeError {
  override readonly name = 'UnfinishedRun';
}

/** A run failed without an exception to raise: it returned a Failed state. */
export class FailedRun extends RuntimeError {
  override readonly name = 'FailedRun';
}

/** A run that crashed was asked for its result. */
export class CrashedRun extends RuntimeError {
  override readonly name = 'CrashedRun';
}

/** A run that was cancelled was asked for its result. */
export class CancelledRun extends RuntimeError {
  override readonly name = 'CancelledRun';
}

/** A run that is paused was asked for its result. */
export class PausedRun extends RuntimeError {
  override readonly name = 'PausedRun';
}

/** The server ended the run: nothing more is to be reported of it. */
export class Abort extends RuntimeError {
  override readonly name = 'Abort';
}

/** Something took too long: an engine's own limit, or what user code says of its own. */
export class RunTimeout extends RuntimeError {
  override readonly name = 'RunTimeout';
}

/** An input of a task did not complete, so the task does not run. */
export class UpstreamTaskError extends RuntimeError {
  override readonly name = 'UpstreamTaskError';
}

/** Parameters of a flow, or the input of a pause, are not what their schema says. */
export class ParameterTypeError extends RuntimeError {
  override readonly name = 'ParameterTypeError';
}

/** `map` was given nothing to go through. */
export class MappingMissingIterable extends RuntimeError {
  override readonly name = 'MappingMissingIterable';
}

/** The lists of a `map` have different lengths. */
export class MappingLengthMismatch extends RuntimeError {
  override readonly name = 'MappingLengthMismatch';
}

/** Two runs wait for each other, or one for itself. */
export class DeadlockError extends RuntimeError {
  override readonly name = 'DeadlockError';
}

/** A value cannot be kept as JSON. */
export class SerializationError extends RuntimeError {
  override readonly name = 'SerializationError';
}

/** An option, a name or a setting that cannot be. */
export class ConfigurationError extends RuntimeError {
  override readonly name = 'ConfigurationError';
}

/** `ValueError: what it says`: how states and log lines name an exception. */
export function formatException(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return `${typeof error}: ${describe(error)}`;
}

/** The stack, and those of what caused it: `fetch failed` alone says nothing. */
export function traceOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return formatException(error);
  const { stack = formatException(error), cause = (error as AggregateError).errors?.[0] as unknown } = error;
  return cause === undefined || depth > 8 ? stack : `${stack}\nCaused by: ${traceOf(cause, depth + 1)}`;
}

function describe(value: unknown): string {
  try {
    return typeof value === 'object' ? (JSON.stringify(value) ?? String(value)) : String(value);
  } catch {
    return 'a value that cannot be written';
  }
}

/** Whether it tells of a time that was over: of the runtime, or JavaScript's own (`AbortSignal.timeout`). */
export function isTimeout(error: unknown): boolean {
  return error instanceof RunTimeout || (error instanceof Error && error.name === 'TimeoutError');
}
