/** Where a run reads and writes; tests give their own. */
export interface Streams {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** What a command line is run by: it gives the exit code. */
export type Run = (args: readonly string[], streams: Streams) => Promise<number>;
