import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { tell } from '../cli/command-line.ts';
import { runToEnd, startGroup } from '../../src/edge/process-group.ts';

const { env } = process;

describe('running a program', () => {
  it('gives its exit code and what it printed', async () => {
    const lines: string[] = [];
    const outcome = await runToEnd({ file: process.execPath, args: ['-e', 'console.log("one"); console.error("two"); process.exitCode = 7'], env, onLine: (line) => lines.push(line) }, { seconds: 20 });
    expect(outcome).toMatchObject({ code: 7, missing: false, timedOut: false });
    expect(lines.sort()).toEqual(['one', 'two']);
  });

  it('says that there is no such program', async () => {
    expect(await runToEnd({ file: 'no-such-program-here', args: [], env }, { seconds: 5 })).toMatchObject({ code: null, missing: true });
  });

  it('ends it when the time is up', async () => {
    expect(await runToEnd({ file: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], env }, { seconds: 0.5 })).toMatchObject({ timedOut: true });
  });

  it('ends it when the signal says so, and gives the reason on', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const run = runToEnd({ file: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], env }, { seconds: 60, signal: controller.signal });
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
  });
});

/** How `ps` sees a process: nothing when it is gone, Z while nobody has fetched its exit code. */
async function state(pid: number): Promise<string> {
  await sleep(100);
  return (await runToEnd({ file: 'ps', args: ['-o', 'stat=', '-p', String(pid)], env }, { seconds: 10 })).output.trim();
}

if (process.platform === 'win32') tell('skipped: groups of processes, which are those of POSIX');

describe.skipIf(process.platform === 'win32')('a group', () => {
  it('ends with everything that it started, even when that will not listen', async () => {
    const stubborn = 'process.on("SIGTERM", () => {}); console.log(process.pid); setInterval(() => {}, 1000)';
    const head = `const { spawn } = require("node:child_process"); spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}], { stdio: "inherit" }); setInterval(() => {}, 1000)`;
    const group = startGroup({ file: process.execPath, args: ['-e', head], env });
    while (!/^\d+$/m.test(group.output())) await sleep(20);
    const child = Number(/^\d+$/m.exec(group.output())?.[0]);
    await group.stop(1);
    expect(await state(child)).toMatch(/^(?:Z.*)?$/);
  });

  it('finds those that have gone into a session of their own', async () => {
    const child = 'console.log(process.pid); setInterval(() => {}, 1000)';
    const head = `const { spawn } = require("node:child_process"); spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "inherit", detached: true }); setInterval(() => {}, 1000)`;
    const group = startGroup({ file: process.execPath, args: ['-e', head], env });
    while (!/^\d+$/m.test(group.output())) await sleep(20);
    const pid = Number(/^\d+$/m.exec(group.output())?.[0]);
    await group.stop(5);
    expect(await state(pid)).toMatch(/^(?:Z.*)?$/);
  });
});
