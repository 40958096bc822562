import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';
import type { Bin } from './command-line.ts';
import { bareEnvironment, binFile } from './command-line.ts';

export const keys = {
  enter: '\r',
  down: '\u001b[B',
  up: '\u001b[A',
  escape: '\u001b',
  interrupt: '\u0003',
  erase: '\u007f',
};

/** A person at a terminal: sees text, types keys. */
export interface Person {
  /** Waits until the screen shows a text that it has not shown to an earlier `see`. */
  see(text: string): Promise<void>;
  type(...typed: string[]): void;
  kill(signal: string): void;
  /** The exit code, once the program has ended. */
  readonly ended: Promise<number>;
  /** All that was drawn, without escapes. */
  drawn(): string;
  /** The same as it came. */
  raw(): string;
}

export interface Seat {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly columns?: number;
}

const patienceMs = 15_000;

/** Runs a bin on a pseudo-terminal. */
export function sitDown(bin: Bin, args: readonly string[], { cwd, env = {}, columns = 100 }: Seat): Person {
  // The library refuses to make a terminal without room; some pseudo-terminals of containers are like that.
  const [file, first] =
    columns > 0 ? [process.execPath, []] : ['sh', ['-c', 'stty cols 0 && exec "$@"', 'sh', process.execPath]];
  const terminal = spawn(file, [...first, binFile(bin), ...args], {
    cwd,
    cols: columns || 80,
    rows: 40,
    env: { ...bareEnvironment(cwd), TERM: 'xterm-256color', ...env } as Record<string, string>,
  });
  let raw = '';
  let seen = 0;
  const waiting = new Set<() => void>();
  const wake = (): void => [...waiting].forEach((each) => each());
  terminal.onData((chunk) => {
    raw += chunk;
    wake();
  });
  let over = false;
  const ended = new Promise<number>((resolve) => {
    terminal.onExit(({ exitCode, signal }) => {
      over = true;
      wake();
      resolve(signal === undefined || signal === 0 ? exitCode : 128 + signal);
    });
  });
  const drawn = (): string => stripVTControlCharacters(raw);
  const find = (text: string): boolean => {
    const at = drawn().indexOf(text, seen);
    if (at >= 0) seen = at + text.length;
    return at >= 0;
  };
  const see = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => finish(new Error(`did not see "${text}" in:\n${drawn().slice(-3000)}`)),
        patienceMs,
      );
      const finish = (error?: Error): void => {
        clearTimeout(timer);
        waiting.delete(look);
        if (error === undefined) resolve();
        else reject(error);
      };
      const look = (): void => {
        if (find(text)) finish();
        else if (over) finish(new Error(`ended before "${text}" in:\n${drawn().slice(-3000)}`));
      };
      waiting.add(look);
      look();
    });
  return {
    see,
    type: (...typed) => typed.forEach((each) => terminal.write(each)),
    kill: (signal) => terminal.kill(signal),
    ended,
    drawn,
    raw: () => raw,
  };
}
