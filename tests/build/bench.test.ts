import { expect, test } from 'vitest';
import { summarizeCosts } from '../../src/build/bench/measure.ts';
import { drawTables, meetsTargets, placeTables } from '../../src/build/bench/report.ts';
import { create, floor, quick, sv, vite } from '../../src/build/bench/targets.ts';

function measured(ours: number) {
  const cost = (wall: number) => ({ wall, cpu: wall, peak: 40, best: wall });
  return new Map([
    [floor, cost(40)],
    ...quick.map((name) => [name, cost(48)] as const),
    [create, cost(ours)],
    [vite, cost(60)],
    [sv, cost(130)],
  ]);
}

test('a cost is the median of its rounds, so that one slow round changes nothing', () => {
  const costs = [3, 1, 900].map((wall) => ({ wall, cpu: wall, peak: wall }));
  expect(summarizeCosts(costs)).toEqual({ wall: 3, cpu: 3, peak: 3, best: 1 });
});

test('targets are met or missed', () => {
  expect(meetsTargets(measured(75))).toBe(true);
  expect(meetsTargets(measured(90))).toBe(false);
  expect(drawTables(measured(90), new Map(), 1)).toContain('| <= 1.40x | 1.50x | **missed** |');
});

test('the tables replace the old ones and leave the words around them', () => {
  const first = placeTables('# Performance\n\nWords.\n', 'one');
  const page = `${first}\nMore words.\n`;
  expect(placeTables(page, 'two')).toBe(page.replace('one', 'two'));
});
