import { look, nothingFound } from '../inputs.ts';
import type { TaskInput, TaskInputs } from '../types.ts';

/** Waits for the futures that parameters hold, and says which runs each of them came out of. */
export async function waitForInputs(parameters: Readonly<Record<string, unknown>>): Promise<TaskInputs> {
  const inputs: Record<string, readonly TaskInput[]> = {};
  for (const [name, value] of Object.entries(parameters)) inputs[name] = await inputsOf(value);
  return inputs;
}

async function inputsOf(value: unknown): Promise<TaskInput[]> {
  const found = nothingFound();
  look(value, found);
  for (const list of found.lists) await list.known;
  const futures = [...found.futures, ...found.lists.flatMap((list) => list.futures)];
  for (const each of futures) await each.wait();
  return [...futures.map(({ taskRunId: id }) => ({ input_type: 'task_run', id }) as const), ...found.origins];
}
