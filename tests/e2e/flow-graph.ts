import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { PrefectHandle } from '../../src/edge/prefect.ts';
import type { TaskRun } from '../../src/edge/prefect-api.ts';

/** What every run leaves in Prefect: a task a stage of config.yaml, with its edges, what each made, and the status of the KPI. */
export async function expectGraph(prefect: PrefectHandle, flowRun: string, config: string, id: string): Promise<void> {
  const tasks = await prefect.api.taskRuns(flowRun);
  expect(tasks.map(nameOf).sort()).toEqual(stagesOf(config).sort());
  expect(tasks.map((each) => each.state?.type)).toEqual(tasks.map(() => 'COMPLETED'));
  // Only what extracts begins from nothing.
  expect(tasks.filter((each) => parentsOf(each, tasks).length === 0).map(nameOf).sort()).toEqual(inputsOf(config).sort());
  // A limit on this tag spares a system, whatever reads or writes it.
  const tagged = tasks.map((each) => [nameOf(each), each.tags.find((tag) => tag.startsWith('source:'))?.slice('source:'.length)]);
  expect(Object.fromEntries(tagged.filter(([, source]) => source !== undefined))).toEqual(sourcesOf(config));
  const artifacts = await prefect.api.artifacts(flowRun);
  expect(artifacts.map((each) => each.task_run_id)).toEqual(expect.arrayContaining(tasks.map((each) => each.id)));
  const published = artifacts.find((each) => each.key === `kpi-${id.replaceAll('_', '-')}`);
  expect(String(published?.data)).toMatch(/"status": ?"(met|warning|missed)"/);
}

/** The extractors of a config.yaml. */
export function inputsOf(config: string): string[] {
  const block = /^extractors:\n((?: .*\n)+)/m.exec(config)?.[1] ?? '';
  return [...block.matchAll(/^ {2}(\w+):$/gm)].map(([, name = '']) => name);
}

function stagesOf(config: string): string[] {
  return [...config.matchAll(/^ {2}(\w+):\n {4}(?:source|kind): (?!sql|datalake)/gm)].map(([, name = '']) => name);
}

/** The source of each stage that has one. */
function sourcesOf(config: string): Record<string, string> {
  return Object.fromEntries([...config.matchAll(/^ {2}(\w+):\n {4}source: (\w+)$/gm)].map(([, stage = '', source = '']) => [stage, source]));
}

/** `clean_records-3f2` is the run of `clean_records`. */
function nameOf({ name }: TaskRun): string {
  return name.replace(/-[^-]*$/, '');
}

function parentsOf({ task_inputs }: TaskRun, tasks: readonly TaskRun[]): TaskRun[] {
  const from = Object.values(task_inputs).flat().map((each) => each.id);
  return tasks.filter((each) => from.includes(each.id));
}

/** A run of a repository whose source asks for a variable that nobody has set: each task that fails was tried once. */
export async function expectNoRetries(prefect: PrefectHandle, deployment: string, folder: string): Promise<void> {
  const file = join(folder, 'config/config.yaml');
  const config = await readFile(file, 'utf8');
  await writeFile(file, config.replaceAll(/\$\{WAREHOUSE_URL:-[^}]*\}/g, '${NOBODY_SET_THIS}'));
  try {
    const { id } = await prefect.api.startRun(deployment, {});
    const { state } = await prefect.api.waitForRun(id, 240);
    expect(state).toMatchObject({ type: 'FAILED', message: expect.stringContaining('NOBODY_SET_THIS: it has no value; set it in .env') });
    const tasks = (await prefect.api.taskRuns(id)) as unknown as { run_count: number; state_type: string }[];
    expect(new Set(tasks.filter((each) => each.state_type === 'FAILED').map((each) => each.run_count))).toEqual(new Set([1]));
  } finally {
    await writeFile(file, config);
  }
}
