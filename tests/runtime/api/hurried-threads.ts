import type * as Threads from 'node:worker_threads';

/** In a thread of the runtime a second is five milliseconds then: a lease of five minutes lasts a second and a half. */
export function hurry(threads: typeof Threads): typeof Threads {
  const hurried = ['setInterval', 'setTimeout'].map((name) => `{ const slow = ${name}; globalThis.${name} = (call, wait, ...args) => slow(call, wait / 200, ...args); }`).join('\n');
  return {
    ...threads,
    Worker: class extends threads.Worker {
      constructor(program: string, options: Threads.WorkerOptions) {
        super(`${hurried}\n${program}`, options);
      }
    },
  };
}
