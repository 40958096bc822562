import { expect, test } from 'vitest';
import { earlierRuns, flow, task } from '../../src/runtime/index.ts';
import { MemoryApi, runFlow } from '../../src/runtime/testing/index.ts';

let micros = Date.UTC(2026, 0, 5) * 1000;
const clock = { now: () => (micros += 1), sleep: async () => {}, timer: () => () => {} };

test('every run of a flow that completed and has the tag is found, however many there are', async () => {
  const read = task(async () => {}, { name: 'read', tags: ['marked'] });
  let found: number[] = [];
  const counting = flow(
    async (number: number) => {
      await read();
      if (number % 50 === 3) throw new Error('no');
      found = [];
      if (number < 250) return;
      for await (const each of earlierRuns('marked')) found.push(Number(each.parameters['number']));
    },
    { name: 'counting' },
  );
  const api = new MemoryApi(clock);
  for (let number = 0; number <= 250; number += 1) await runFlow(counting, [number], { api, clock });
  expect(found).toEqual(Array.from({ length: 250 }, (_, index) => 249 - index).filter((number) => number % 50 !== 3));
});

test('outside of a flow run it has no meaning', async () => {
  await expect(earlierRuns('marked').next()).rejects.toThrow('inside a flow run');
});
