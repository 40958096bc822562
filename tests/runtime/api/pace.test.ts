import { describe, expect, test } from 'vitest';
import { Outstanding } from '../../../src/runtime/api/outstanding.ts';
import { Pace } from '../../../src/runtime/api/pace.ts';
import type { Entry } from '../../../src/runtime/api/task-queue.ts';

const most = 2000;

function learned(messages: number, seconds: number): Pace {
  const pace = new Pace();
  for (let seen = 0; seen < 20; seen += 1) pace.learn(messages, seconds * 1000);
  return pace;
}

describe('how often a server is asked', () => {
  test('when half of what is on its way should be there', () => {
    const slow = learned(100, 1);
    expect(slow.pauseMs(200, 0)).toBeCloseTo(1000, 0);
    expect(learned(1000, 1).pauseMs(200, 0)).toBeCloseTo(100, 0);
  });

  test('less often the longer nothing comes, and never less than every two seconds', () => {
    const pace = learned(100, 1);
    const pauses = [0, 1, 2, 5, 50].map((quiet) => pace.pauseMs(1, quiet));
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pace.pauseMs(100_000, 50)).toBe(2000);
  });

  test('a look that says nothing teaches nothing', () => {
    const pace = learned(100, 1);
    const before = pace.pauseMs(200, 0);
    pace.learn(0, 500);
    pace.learn(50, 0);
    expect(pace.pauseMs(200, 0)).toBe(before);
  });
});

describe('how much is on its way', () => {
  test('is what a server works off within a moment, within the bound that is set', () => {
    expect(learned(10, 1).window(most)).toBe(500);
    expect(learned(300, 1).window(most)).toBe(1800);
    expect(learned(5000, 1).window(most)).toBe(most);
    expect(learned(10, 1).window(250)).toBe(250);
  });
});

describe('which task runs are looked up', () => {
  const entry = (id: string): Entry => ({ change: { run: { id } }, units: 1, isFirst: false }) as Entry;

  test('those of batches that are through, each batch less often the longer something of it is missing', () => {
    const outstanding = new Outstanding();
    outstanding.add([entry('a'), entry('b')], 0);
    outstanding.add([entry('c'), entry('d')], 0);
    expect(outstanding.messages).toBe(4);
    const doubtful = (now: number): string[] => outstanding.takeDoubtful(now).flatMap(({ runs }) => [...runs]);
    expect(doubtful(10)).toEqual([]);
    expect(outstanding.pass(({ change }) => change.run.id === 'b', 10)).toBe(2);
    expect(outstanding.messages).toBe(2);
    expect(doubtful(10)).toEqual(['a', 'b']);
    outstanding.confirm('a');
    expect(doubtful(20)).toEqual([]);
    expect(doubtful(110)).toEqual(['b']);
    expect(doubtful(300)).toEqual([]);
    expect(doubtful(310)).toEqual(['b']);
  });
});
