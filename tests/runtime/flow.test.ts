import { describe, expect, test } from 'vitest';
import { NO_CACHE, flow, task } from '../../src/runtime/index.ts';
import { runFlow } from '../../src/runtime/testing/index.ts';

const double = task((value: number) => value * 2, { name: 'double' });
const add = task(async (a: number, b: number) => a + b, { name: 'add' });

describe('a flow with two tasks', () => {
  const sum = flow(
    async (start: number) => {
      const twice = double.submit(start);
      return add(twice, 1);
    },
    { name: 'sum' },
  );

  test('gives its result, and every run its states', async () => {
    const { state, states, namesOf } = await runFlow(sum, [20]);
    expect(state.result()).toBe(41);
    expect(states.map(({ name }) => name)).toEqual(['Pending', 'Running', 'Completed']);
    expect(namesOf('double')).toEqual(['Pending', 'Running', 'Completed']);
    expect(namesOf('add')).toEqual(['Pending', 'Running', 'Completed']);
  });

  test('draws an edge from the one to the other', async () => {
    const { taskRuns } = await runFlow(sum, [20]);
    const [first, second] = taskRuns;
    expect(second?.taskInputs).toEqual({ a: [{ input_type: 'task_run', id: first?.id }], b: [] });
  });

  test('logs in the words of Prefect', async () => {
    const { logs, run } = await runFlow(sum, [20]);
    const ofFlow = logs.filter(({ taskRunId }) => taskRunId === null).map(({ message }) => message);
    expect(ofFlow).toEqual([
      `Beginning flow run '${run.name}' for flow 'sum'`,
      'Finished in state Completed()',
    ]);
    expect(logs.filter(({ taskRunId }) => taskRunId !== null).map(({ message }) => message)).toEqual([
      'Finished in state Completed()',
      'Finished in state Completed()',
    ]);
  });
});

test('a flow that returns a task that failed has no exception of its own in the log', async () => {
  const fails = task(() => Promise.reject(new Error('no luck')), { name: 'fails' });
  const { state, logs } = await runFlow(flow(async () => fails.submit(), { name: 'passes it on' }), []);
  expect(state.type).toBe('FAILED');
  const ofFlow = logs.filter(({ taskRunId }) => taskRunId === null).map(({ message }) => message);
  expect(ofFlow).toEqual([expect.stringContaining('Beginning'), expect.stringMatching(/^Finished in state Failed\(/)]);
  const thrown = await runFlow(flow(async () => await fails(), { name: 'throws it' }), []);
  expect(thrown.logs.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^Encountered exception during execution: .*no luck/));
});

test('a task takes the results of more mapped runs than a call takes arguments', async () => {
  const same = task((n: number) => n, { name: 'same', cachePolicy: NO_CACHE });
  const count = task((list: readonly number[]) => list.length, { name: 'count', cachePolicy: NO_CACHE });
  const many = flow(async () => await count(same.map(Array.from({ length: 150_000 }, (_, n) => n))), { name: 'many' });
  expect(await many()).toBe(150_000);
});
