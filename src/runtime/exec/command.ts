import { connect } from '../api/connect.ts';
import { ended } from '../engine/ending.ts';
import { FlowStopped } from '../engine/interrupts.ts';
import { executeRun } from './execute-run.ts';
import type { Interruptions } from './interruptions.ts';

/**
 * What a work pool's `command` starts: `node exec.js <module>#<export>`. The run's id is in PREFECT__FLOW_RUN_ID, the
 * server in PREFECT_API_URL; an id as the second argument stands in for the first.
 */
export async function main(args: readonly string[], env: NodeJS.ProcessEnv, interruptions: Interruptions): Promise<number> {
  const [entrypoint, id = env['PREFECT__FLOW_RUN_ID']] = args;
  if (entrypoint === undefined) return refuse('usage: exec <module>#<export>');
  if (id === undefined) return refuse('PREFECT__FLOW_RUN_ID is not set: a work pool sets it');
  try {
    const api = await interruptions.orStopped(connect());
    if (api === undefined) return refuse('PREFECT_API_URL is not set');
    return await executeRun(api, id, entrypoint, interruptions);
  } catch (error) {
    // There was no server to tell yet.
    if (error instanceof FlowStopped) return interruptions.codeOfStop;
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}

/** Ends the process, also when a thread of it is busy and hears nothing: an end in passing would wait for it. */
export async function leave(code: number): Promise<never> {
  if (!(await ended())) process.kill(process.pid, 'SIGKILL');
  process.exit(code);
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}
