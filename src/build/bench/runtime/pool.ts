import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrefectHandle } from '../../../edge/prefect.ts';
import type { PrefectClient } from '../../../runtime/api/client.ts';
import type { StateRecord } from '../../../runtime/types.ts';
import type { Paced } from '../floor.ts';
import { middleOf, paced, slowness } from '../floor.ts';

/** Seconds, the middle of the rounds. */
export interface PoolFigures {
  /** From Submitting to Running. */
  readonly start: Paced;
  /** From Cancelling to Cancelled. */
  readonly cancel: Paced;
}

type Language = 'typescript' | 'python';
const pool = 'bench';

/** Starts and cancels flows of both languages through one process work pool, in turn. */
export async function measurePool(prefect: PrefectHandle, client: PrefectClient, folder: string, rounds: number): Promise<Record<Language, PoolFigures>> {
  await prefect.startWorker(pool);
  const figures = { typescript: { start: [] as Paced[], cancel: [] as Paced[] }, python: { start: [] as Paced[], cancel: [] as Paced[] } };
  const ids = { typescript: await deploy(client, folder, 'typescript'), python: await deploy(client, folder, 'python') };
  // The first round warms caches and is thrown away.
  for (let round = 0; round <= rounds; round += 1) {
    const slow = await slowness(folder);
    for (const language of ['typescript', 'python'] as const) {
      const [start, cancel] = [await startOnce(client, ids[language].quick), await cancelOnce(client, ids[language].waits)];
      if (round === 0) continue;
      figures[language].start.push(paced(start, slow));
      figures[language].cancel.push(paced(cancel, slow));
    }
  }
  const middle = ({ start, cancel }: typeof figures.python): PoolFigures => ({ start: middleOf(start), cancel: middleOf(cancel) });
  return { typescript: middle(figures.typescript), python: middle(figures.python) };
}

async function deploy(client: PrefectClient, folder: string, language: Language): Promise<{ readonly quick: string; readonly waits: string }> {
  const one = async (name: string): Promise<string> => {
    const { id: flow_id } = await client.json<{ id: string }>('POST', '/flows/', { name: language === 'python' ? name : `bench-${name}` });
    const command = `node ${resolve('dist/runtime/exec.mjs')} bench.mjs#${name}`;
    const pull_steps = [{ 'prefect.deployments.steps.set_working_directory': { directory: folder } }];
    const how = language === 'python' ? { entrypoint: `${join(folder, 'runtime_bench.py')}:${name}`, pull_steps } : { entrypoint: 'prefect.cli.shell:run_shell_process', job_variables: { command, working_dir: folder } };
    return (await client.json<{ id: string }>('POST', '/deployments/', { name: language, flow_id, work_pool_name: pool, ...how })).id;
  };
  return { quick: await one('quick'), waits: await one('waits') };
}

async function startOnce(client: PrefectClient, deployment: string): Promise<number> {
  const run = await startRun(client, deployment);
  const states = await untilState(client, run, 'COMPLETED');
  return between(states, ({ name }) => name === 'Submitting', ({ type }) => type === 'RUNNING');
}

async function cancelOnce(client: PrefectClient, deployment: string): Promise<number> {
  const run = await startRun(client, deployment);
  await untilState(client, run, 'RUNNING');
  // The worker hears of it by its subscription, which Prefect makes when the process is up.
  await sleep(2000);
  await client.send('POST', `/flow_runs/${run}/set_state`, { state: { type: 'CANCELLING', name: 'Cancelling' }, force: false });
  const states = await untilState(client, run, 'CANCELLED');
  return between(states, ({ type }) => type === 'CANCELLING', ({ type }) => type === 'CANCELLED');
}

async function startRun(client: PrefectClient, deployment: string): Promise<string> {
  return (await client.json<{ id: string }>('POST', `/deployments/${deployment}/create_flow_run`, {})).id;
}

async function untilState(client: PrefectClient, run: string, type: string): Promise<StateRecord[]> {
  for (let tries = 0; tries < 1200; tries += 1) {
    const states = await client.json<StateRecord[]>('GET', `/flow_run_states/?flow_run_id=${run}`);
    if (states.some((each) => each.type === type)) return states.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
    await sleep(250);
  }
  throw new Error(`the run ${run} did not become ${type}`);
}

function between(states: readonly StateRecord[], from: (each: StateRecord) => boolean, to: (each: StateRecord) => boolean): number {
  const [start, end] = [states.find(from), states.find(to)];
  if (start === undefined || end === undefined) throw new Error(`states are missing: ${states.map(({ name }) => name).join(', ')}`);
  return (Date.parse(end.timestamp) - Date.parse(start.timestamp)) / 1000;
}
