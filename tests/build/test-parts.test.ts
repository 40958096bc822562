import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { leftOut, systems } from '../../src/build/test-parts.ts';

const lakes = 'tests/e2e/lakes.test.ts';

test('every file that waits for whole systems is there', () => {
  expect(systems.filter((each) => !existsSync(each))).toEqual([]);
});

test.each([
  [[], systems],
  [['tests/e2e'], systems.filter((each) => each.startsWith('tests/e2e/'))],
  [['--exclude', 'tests/e2e/**'], systems],
  [['tests/plan'], []],
  [[lakes], []],
  [[`./${lakes}`], []],
  [['lakes', '--reporter=dot'], []],
  [['tests/e2e', lakes], systems.filter((each) => each.startsWith('tests/e2e/') && each !== lakes)],
])('a run of %j leaves out %j', (args, expected) => {
  expect(leftOut(args)).toEqual(expected);
});
