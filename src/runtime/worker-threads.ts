import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { TaskRun } from './engine/task-run.ts';
import { Places, callHere } from './engine/task-runner.ts';
import type { TaskRunner } from './engine/task-runner.ts';

/**
 * Runs tasks in threads, for work that keeps a processor busy. A task says where its function is found, since a function
 * cannot travel: `task(parse, { worker: { module: import.meta.url, export: 'parse' } })`. Others run here.
 */
export function workerThreads({
  maxWorkers = availableParallelism(),
}: { readonly maxWorkers?: number } = {}): TaskRunner {
  const places = new Places(maxWorkers);
  const idle: Worker[] = [];
  return {
    name: 'worker-threads',
    bounded: true,
    enter: (signal) => places.take(signal),
    call: (run, args) => (run.spec.worker === null ? callHere(run, args) : callThere(idle, run, args)),
    async close() {
      await Promise.all(idle.splice(0).map((each) => each.terminate()));
    },
  };
}

/** Threads are loaded by the first task that has one. */
async function callThere(idle: Worker[], run: TaskRun, args: readonly unknown[]): Promise<unknown> {
  // The signal of this attempt: the next one has another, and this may be over when the file is there.
  const { signal } = run;
  const { callInThread } = await import('./engine/call-in-thread.ts');
  signal.throwIfAborted();
  return await callInThread(idle, run, args, signal);
}
