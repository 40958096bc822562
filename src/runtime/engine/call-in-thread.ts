import { Worker } from 'node:worker_threads';
import { ConfigurationError, CrashedRun } from '../errors.ts';
import { endSoon } from './ending.ts';
import type { TaskRun } from './task-run.ts';

/** What a thread runs: it imports the module that it is told, and calls the function there. */
const program = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', async ({ module, name, args }) => {
  try {
    const found = (await import(module))[name];
    if (found === undefined) throw new Error('There is no export ' + name + ' in ' + module + '.');
    parentPort.postMessage({ value: await (found.fn ?? found)(...args) });
  } catch (error) {
    parentPort.postMessage({ error });
  }
});`;

interface Answer {
  readonly value?: unknown;
  readonly error?: unknown;
}

/** A thread whose task was stopped is ended with it: nothing else can stop a function that is busy. */
export function callInThread(idle: Worker[], run: TaskRun, args: readonly unknown[], signal: AbortSignal): Promise<unknown> {
  const worker = takeThread(idle);
  return new Promise((resolve, reject) => {
    // Ours alone: a thread without the listeners that Node gave it never answers again.
    const end = (): void => {
      worker.off('message', answer).off('error', fail).off('exit', gone);
      signal.removeEventListener('abort', stop);
    };
    const fail = (error: unknown): void => {
      end();
      // One that is busy in a library's own code ends when that comes back, and a process does not end before its threads.
      endSoon(() => worker.terminate());
      reject(error as Error);
    };
    const stop = (): void => fail(signal.reason);
    const gone = (code: number): void => fail(new CrashedRun(`The thread of task '${run.spec.name}' ended with code ${code}.`));
    const answer = ({ error, value }: Answer): void => {
      end();
      idle.push(worker);
      if (error === undefined) resolve(value);
      else reject(error as Error);
    };
    worker.on('message', answer).on('error', fail).on('exit', gone);
    signal.addEventListener('abort', stop, { once: true });
    send(worker, run, args, fail);
  });
}

/** One that is free and lives, or a new one. */
function takeThread(idle: Worker[]): Worker {
  const free = idle.pop();
  if (free !== undefined) return isOver(free) ? takeThread(idle) : free;
  const made = new Worker(program, { eval: true });
  // What its code throws while no task waits for it ends the thread, and must not end this process.
  return made.on('error', () => undefined);
}

function isOver({ threadId }: Worker): boolean {
  return threadId === -1;
}

function send(worker: Worker, run: TaskRun, args: readonly unknown[], fail: (error: unknown) => void): void {
  const { module, export: name } = run.spec.worker ?? { module: '', export: '' };
  try {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage({ module, name, args });
  } catch (error) {
    fail(new ConfigurationError(`The arguments of task '${run.spec.name}' cannot go to a thread: ${String(error)}`));
  }
}
