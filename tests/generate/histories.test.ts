import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { isUnedited } from '../../src/generate/repository-state.ts';
import { tell } from '../cli/command-line.ts';
import { packages } from '../e2e/own-checks.ts';
import type { Files } from './grown.ts';
import { stateOf } from './grown.ts';
import { step } from './history-steps.ts';
import { Played } from './history.ts';
import { OwnTests } from './own-pytest.ts';
import { ruffFaults } from './own-ruff.ts';

const isLong = process.env['KPI_FLOW_LONG'] !== undefined;
const count = Number(process.env['KPI_FLOW_HISTORIES'] ?? (isLong ? 10_000 : 500));
const seed = Number(process.env['KPI_FLOW_SEED'] ?? Math.trunc(Math.random() * 2 ** 31));
/**
 * How many histories lie between two whose repository is linted, tested, and tested with all that it has. The last are
 * few: flows start a server of Prefect for each repository, and one test of the core another Python.
 */
const every = { linted: 10, tested: isLong ? 10 : 50, wholly: isLong ? 100 : Number.POSITIVE_INFINITY };
const parts = ['tests/unit', 'tests/equivalence', 'tests/contract', '--deselect', 'tests/contract/test_repository.py::test_core_runs_without_prefect'];
const canFork = process.platform !== 'win32';

let own: OwnTests | undefined;
beforeAll(async () => {
  if (!canFork) return tell('histories: the tests of repositories are not run, for this system has no fork');
  own = await OwnTests.start((await sharedEnvironment(packages, '.cache')).python);
}, 600_000);
afterAll(() => own?.stop(), 60_000);

/** What nobody but us has written has ruff's format too. */
function lint(files: Files): string[] {
  const state = stateOf(files);
  // What we remember of files has no lint of its own, as the repository's settings say.
  const checked = new Map([...files].filter(([path]) => !path.startsWith('.kpi-flow/')));
  return ruffFaults(checked, (path) => isUnedited(state, path, files.get(path) ?? '') && !/\r|^\ufeff/.test(files.get(path) ?? ''));
}

it('any history loses no line of a person, keeps Python whole, undoes to the byte, and leaves nothing to do and a repository that passes its own checks', { timeout: 28_800_000 }, async () => {
  const counts = { histories: 0, linted: 0, tested: 0, wholly: 0 };
  const failed: string[] = [];
  const running: Promise<void>[] = [];

  async function test(files: Files, steps: unknown, isWhole: boolean): Promise<void> {
    if (own === undefined) return;
    const said = await own.run(files, isWhole ? ['tests'] : parts).catch(String);
    counts[isWhole ? 'wholly' : 'tested'] += 1;
    if (said !== '') failed.push(`${JSON.stringify(steps)}\n${said}`);
    if (isLong && (counts.tested + counts.wholly) % 50 === 0) tell(`seed ${seed}: ${JSON.stringify(counts)}, ${failed.length} fail their own tests\n${failed.at(-1) ?? ''}`);
  }

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (steps) => {
      const repository = new Played();
      const wrong: string[] = [];
      for (const each of steps) wrong.push(...(await repository.play(each)));
      wrong.push(...(await repository.finish()));
      counts.histories += 1;
      const isNth = (nth: number): boolean => counts.histories % nth === 0;
      if (isNth(every.linted)) {
        wrong.push(...lint(repository.files));
        counts.linted += 1;
      }
      if (wrong.length === 0 && isNth(every.tested)) running.push(test(repository.files, steps, isNth(every.wholly)));
      expect(wrong).toEqual([]);
      // The tests of repositories go on beside.
      await setImmediate();
    }),
    { numRuns: count, seed },
  );
  await Promise.all(running);
  expect(failed).toEqual([]);
  expect(counts.histories).toBeGreaterThanOrEqual(count);
  if (isLong) tell(`seed ${seed}: ${JSON.stringify(counts)}, none fails`);
});
