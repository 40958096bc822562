import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Supervised } from './supervisor.ts';
import { greeting, receiptIn, supervise, token } from './supervisor.ts';

let folder = '';
let file = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-supervised-'));
  file = join(folder, 'supervised.mjs');
  const bundle = await rolldown({ input: 'tests/fixtures/runtime/supervised.ts', platform: 'node', logLevel: 'silent' });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

async function untilRunning(run: Supervised): Promise<void> {
  await expect.poll(run.printed, { timeout: 120_000 }).toContain('running');
  await expect.poll(() => run.heard().length, { timeout: 120_000 }).toBeGreaterThanOrEqual(greeting.length);
}

/** Each takes two processes: the long form looks for what happens once in many. */
const rounds = process.env['KPI_FLOW_LONG'] === '1' ? 100 : 3;

/** A signal at every moment until the process is gone. */
async function struckToTheEnd({ child, exit }: Supervised): Promise<number | null> {
  const striking = setInterval(() => child.kill('SIGTERM'), 1);
  return await exit.finally(() => clearInterval(striking));
}

/** What came after the greeting. */
function told({ heard }: Supervised): Buffer {
  return heard().subarray(greeting.length);
}

describe('a process and the supervisor that a worker keeps beside it', () => {
  test('negotiates_and_acknowledges_receipt_from_real_subprocess', async () => {
    const run = await supervise(file, 'quick', 2);
    expect(await run.exit, run.printed()).toBe(0);
    expect(run.firstLine()).toBe(token);
    expect(run.heard().subarray(0, greeting.length)).toEqual(greeting);
    expect(receiptIn(told(run))).toEqual({
      disposition: 'STATE_REPORTED',
      state_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      state_name: 'Completed',
      state_type: 'COMPLETED',
    });
    expect(run.printed()).toContain('state COMPLETED');
  });

  test('first_terminal_message_wins_real_process_race', async () => {
    const asked = await supervise(file, 'waits', 2);
    await untilRunning(asked);
    asked.say('c');
    expect(await asked.exit, asked.printed()).toBe(0);
    // The intent came first, and the answer to it is what became of the run: one word about the end.
    expect(receiptIn(told(asked))).toMatchObject({ disposition: 'STATE_REPORTED', state_type: 'CANCELLED' });
    const ended = await supervise(file, 'quick', 2);
    ended.child.stdout?.once('data', () => ended.say('c'));
    expect(await ended.exit, ended.printed()).toBe(0);
    const words = told(ended);
    expect([words.toString('utf8') === 'a', receiptIn(words) !== undefined].filter(Boolean)).toHaveLength(1);
  });

  test('new_engine_falls_back_to_old_supervisor_without_delaying_intent', async () => {
    const run = await supervise(file, 'waits', 1);
    await untilRunning(run);
    run.say('c');
    await expect.poll(() => told(run).toString('utf8'), { timeout: 120_000 }).toBe('a');
    expect(await run.exit, run.printed()).toBe(0);
    expect(run.printed()).toContain('cancelled');
    const silent = await supervise(file, 'quick', 1);
    expect(await silent.exit).toBe(0);
    expect(told(silent)).toHaveLength(0);
  });

  test('a cancelled run that takes its time acknowledges, and leaves the rest to its supervisor', async () => {
    const run = await supervise(file, 'lingers', 2);
    await untilRunning(run);
    run.say('c');
    expect(await run.exit, run.printed()).toBe(0);
    expect(told(run).toString('utf8')).toBe('a');
    expect(run.printed()).toContain('state CANCELLED');
  });

  test.each(['c', ''])('what a function does in finally is done before the process ends (%s)', async (word) => {
    const run = await supervise(file, 'undoes', 2);
    await untilRunning(run);
    if (word === '') run.child.kill('SIGTERM');
    else run.say(word);
    await run.exit;
    expect(run.printed()).toContain('task undone');
    expect(run.printed()).toContain('flow undone');
    expect(run.printed()).toContain(`state ${word === '' ? 'CRASHED' : 'CANCELLED'}`);
  });

  test('a function that does not look at its signal does not keep the process', async () => {
    const run = await supervise(file, 'deaf', 2);
    await untilRunning(run);
    run.say('c');
    expect(await run.exit, run.printed()).toBe(0);
    expect(run.printed()).toContain('state CANCELLED');
  });

  test.each(['r', 'q'])('who is to give its place back (%s) acknowledges at once, and says nothing of a state', async (word) => {
    const run = await supervise(file, 'waits', 2);
    await untilRunning(run);
    run.say(word);
    expect(await run.exit, run.printed()).toBe(0);
    expect(told(run).toString('utf8')).toBe('a');
  });

  test('reports_orchestration_abort_without_state', async () => {
    const run = await supervise(file, 'refused', 2);
    expect(await run.exit, run.printed()).toBe(0);
    expect(receiptIn(told(run))).toEqual({ disposition: 'ORCHESTRATION_ABORTED' });
  });

  test('intent_exits_zero_on_termination_signal', async () => {
    const asked = await supervise(file, 'waits', 2);
    await untilRunning(asked);
    asked.say('c');
    asked.child.kill('SIGTERM');
    expect(await asked.exit, asked.printed()).toBe(0);
    expect(asked.printed()).toContain('cancelled');
    const struck = await supervise(file, 'waits', 2);
    await untilRunning(struck);
    struck.child.kill('SIGTERM');
    expect(await struck.exit).toBe(143);
    expect(struck.printed()).toContain('state CRASHED');
  });

  test('a process that is stopped hears signals to its very end, and its exit code says why it was stopped', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const asked = await supervise(file, 'waits', 2);
      await untilRunning(asked);
      asked.say('c');
      await expect.poll(() => told(asked).length, { timeout: 120_000, interval: 1 }).toBeGreaterThan(0);
      expect(await struckToTheEnd(asked), asked.printed()).toBe(0);
      const nobodys = await supervise(file, 'waits', 2);
      await untilRunning(nobodys);
      expect(await struckToTheEnd(nobodys), nobodys.printed()).toBe(143);
    }
  }, 600_000);

  test.each([
    ['its supervisor', 'c', 0, 'CANCELLED'],
    ['a signal of nobody', '', 143, 'CRASHED'],
  ])('a run that is stopped by %s while its code is loaded says so', async (_who, word, code, state) => {
    const run = await supervise(file, 'tests/fixtures/runtime/never-loaded.mjs', 2);
    await untilRunning(run);
    if (word === '') run.child.kill('SIGTERM');
    else run.say(word);
    expect(await run.exit, run.printed()).toBe(code);
    expect(run.printed()).toContain(`state ${state}`);
  });
});
