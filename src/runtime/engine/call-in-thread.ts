import { Worker } from 'node:worker_threads';
import { ConfigurationError, CrashedRun } from '../errors.ts';
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
  const worker = idle.pop() ?? new Worker(program, { eval: true });
  return new Promise((resolve, reject) => {
    const end = (): void => {
      worker.removeAllListeners();
      signal.removeEventListener('abort', stop);
    };
    const fail = (error: unknown): void => {
      end();
      void worker.terminate();
      reject(error as Error);
    };
    const stop = (): void => fail(signal.reason);
    worker.once('message', ({ error, value }: Answer) => {
      end();
      idle.push(worker);
      if (error === undefined) resolve(value);
      else reject(error as Error);
    });
    worker.once('error', fail);
    worker.once('exit', (code) =>
      fail(new CrashedRun(`The thread of task '${run.spec.name}' ended with code ${code}.`)),
    );
    signal.addEventListener('abort', stop, { once: true });
    send(worker, run, args, fail);
  });
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
