import { expect, test } from 'vitest';
import { floor, middleOf, paced } from '../../src/build/bench/floor.ts';
import { summarizeCosts } from '../../src/build/bench/measure.ts';
import { drawTables, meetsTargets, placeTables } from '../../src/build/bench/report.ts';
import { drawRuntime, meetsRuntimeTargets } from '../../src/build/bench/runtime/draw-runtime.ts';
import { create, quick, sv, vite } from '../../src/build/bench/targets.ts';

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

/** Figures of the runtime on a machine that takes so many times as long, where each limit is met or nearly so. */
function runtimeFigures(slow: number) {
  const time = (seconds: number) => paced(seconds * slow, slow);
  const pool = { start: time(0.2), cancel: time(0.1) };
  return { size: 59_000, importing: time(0.008), unreported: time(1.5e-6), python: time(0.004), pool: { typescript: pool, python: pool } };
}

/** Of mapped tasks there, all of which are visible after so many times the server's own time. */
function mappedFigures(slow: number, over = 1.05, isGood = true) {
  const client = 100 * slow;
  const ours = { client, visible: 10_000, cpu: paced(4.5e-5 * slow, slow), tasks: 0.4 * slow, heap: 300, peak: 9000 };
  return { server: 'default' as const, count: 10_000, own: client, over, ours, python: { client, all: client, visible: 4000, isGood } };
}

test('times of the runtime are held to what they would be where the limits were set, and ratios as they are', () => {
  expect(meetsRuntimeTargets(runtimeFigures(2.5))).toBe(true);
  expect(drawRuntime(runtimeFigures(2.5), 3)).toContain('| 0.50 s (0.20 s) | 0.50 s (0.20 s) | <= 0.25 s | met |');
  expect(meetsRuntimeTargets(mappedFigures(2.5))).toBe(true);
  expect(meetsRuntimeTargets(mappedFigures(2.5, 1.11))).toBe(false);
});

test('a time that is too long even when it is scaled is missed', () => {
  const figures = { ...runtimeFigures(2.5), importing: paced(0.028, 2.5) };
  expect(meetsRuntimeTargets(figures)).toBe(false);
  expect(drawRuntime(figures, 3)).toContain('| import of the runtime, processor | 28.0 ms (11.2 ms) |  | <= 10 ms | **missed** |');
});

test('a run of Python that a server ended with an error is told beside what became of ours', () => {
  expect(drawRuntime(mappedFigures(2.5, 1.05, false), 3)).toContain('| visible | 10000 | 4000, and its run failed | all | met |');
});

test('each round is scaled by what the floor took in it', () => {
  expect(middleOf([paced(0.2, 1), paced(0.6, 2), paced(0.5, 2.5)])).toEqual({ measured: 0.5, scaled: 0.2 });
});
