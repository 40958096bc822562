import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendantsOf, isAlive } from './process-family.ts';

/** A program to run: no shell, no standard input, and the environment that is given, whole. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Hears each line that the program prints, on either stream. */
  readonly onLine?: (line: string) => void;
}

/** How a program ended. */
export interface Outcome {
  readonly code: number | null;
  /** The file does not exist or cannot be run. */
  readonly missing: boolean;
  readonly timedOut: boolean;
  /** What it printed on both streams; of a long text the end. */
  readonly output: string;
  readonly seconds: number;
}

/** A program that was started, with everything that it starts in turn. */
export interface ProcessGroup {
  readonly pid: number | undefined;
  readonly ended: Promise<Outcome>;
  /** What it has printed so far. */
  output(): string;
  /** Asks the whole group to end, and makes it end when it does not. */
  stop(graceSeconds?: number): Promise<void>;
}

const keptCharacters = 64_000;
const ofPosix = process.platform !== 'win32';

/** Groups that still run: whatever ends this process ends them too. */
const running = new Set<ChildProcess>();
let guarded = false;

/**
 * Starts a program as the head of a process group of its own, so that what it starts can be ended with it
 * and a Ctrl-C of the terminal reaches it only through us, in the order that we choose.
 */
export function startGroup(command: Command): ProcessGroup {
  guardExit();
  const started = performance.now();
  const child = spawn(command.file, command.args, {
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    env: command.env,
    detached: ofPosix,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  running.add(child);
  const kept = keepLines(child, command.onLine);
  const ended = waitForEnd(child, kept, started);
  return { pid: child.pid, ended, output: () => kept.join('\n'), stop: (grace = 5) => stopGroup(child, ended, grace) };
}

/** Runs a program to its end, or until the time is up or the signal says so. */
export async function runToEnd(command: Command, limit: { seconds: number; signal?: AbortSignal }): Promise<Outcome> {
  limit.signal?.throwIfAborted();
  const group = startGroup(command);
  let timedOut = false;
  const stop = (): void => void group.stop(2);
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, limit.seconds * 1000);
  limit.signal?.addEventListener('abort', stop, { once: true });
  const outcome = await group.ended;
  clearTimeout(timer);
  limit.signal?.removeEventListener('abort', stop);
  limit.signal?.throwIfAborted();
  return { ...outcome, timedOut };
}

function keepLines(child: ChildProcess, onLine: Command['onLine']): string[] {
  const kept: string[] = [];
  let size = 0;
  const take = (line: string): void => {
    kept.push(line);
    size += line.length + 1;
    while (size > keptCharacters && kept.length > 1) size -= (kept.shift() ?? '').length + 1;
    onLine?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', take);
  }
  return kept;
}

function waitForEnd(child: ChildProcess, kept: string[], started: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const finish = (code: number | null, missing: boolean): void => {
      running.delete(child);
      const seconds = (performance.now() - started) / 1000;
      resolve({ code, missing, timedOut: false, output: kept.join('\n'), seconds });
    };
    child.once('error', (error) => {
      kept.push(error.message);
      finish(null, true);
    });
    child.once('close', (code) => finish(code, false));
  });
}

async function stopGroup(child: ChildProcess, ended: Promise<Outcome>, graceSeconds: number): Promise<void> {
  const family = familyOf(child);
  signalFamily(child, family, 'SIGTERM');
  const until = Date.now() + graceSeconds * 1000;
  while (Date.now() < until && family.some((pid) => isAlive(pid))) await sleep(25);
  // Whoever came while the others went belongs to it too, and the head may be gone while its children are not.
  signalFamily(child, [...family, ...familyOf(child)], 'SIGKILL');
  await ended;
}

/** The head and everything that it started, wherever that has gone since. */
function familyOf({ pid }: ChildProcess): number[] {
  return pid === undefined || !ofPosix ? [] : [pid, ...descendantsOf(pid)];
}

function signalFamily(child: ChildProcess, family: readonly number[], signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (!ofPosix) {
    if (child.exitCode === null) spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { windowsHide: true });
    return;
  }
  for (const target of [-child.pid, ...family.filter((pid) => pid !== child.pid && isAlive(pid))]) sendSignal(target, signal);
}

function sendSignal(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // It is gone already, which is what was asked for.
  }
}

function guardExit(): void {
  if (guarded) return;
  guarded = true;
  process.once('exit', () => {
    for (const child of running) signalFamily(child, familyOf(child), 'SIGKILL');
  });
}
