import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { requirementsOf } from '../../edge/python-environment.ts';
import { sharedEnvironment } from '../../edge/python-environment-shared.ts';
import type { Cost } from './measure.ts';
import { runOrThrow } from './run-or-throw.ts';
import { generatedFlow, handWrittenFlow } from './targets.ts';

/** Where each flow is imported from. */
const flows = { [generatedFlow]: 'prefect_flows.stock_flow', [handWrittenFlow]: 'hand_written_flow' } as const;

/** Imports a generated flow and one written by hand over the same functions, in turn, until each could be called. */
export async function measureFlowStart(folder: string, rounds: number): Promise<Map<string, Cost[]>> {
  const { python, repository } = await prepare(folder);
  const env = { PREFECT_HOME: join(folder, 'home'), PYTHONPATH: join(repository, 'src') };
  const costs = new Map<string, Cost[]>(Object.keys(flows).map((name) => [name, []]));
  // The first round compiles to bytecode and is thrown away.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, module] of Object.entries(flows)) {
      const started = performance.now();
      await runOrThrow(python, ['-c', `from ${module} import stock_flow`], repository, env);
      if (round > 0) costs.get(name)?.push({ wall: performance.now() - started, cpu: Number.NaN, peak: Number.NaN });
    }
  }
  return costs;
}

async function prepare(folder: string): Promise<{ python: string; repository: string }> {
  const repository = join(folder, 'stock');
  await runOrThrow(process.execPath, [resolve('dist/create-kpi-flow.mjs'), repository, '--id', 'stock', '--yes', '--no-install', '--no-git']);
  await cp('src/build/bench/hand_written_flow.py', join(repository, 'hand_written_flow.py'));
  const { python } = await sharedEnvironment((await requirementsOf(repository)).run, '.cache');
  return { python, repository };
}
