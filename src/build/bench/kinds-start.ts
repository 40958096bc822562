import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { declared } from 'virtual:declared';
import { requirementsOf } from '../../edge/python-environment.ts';
import { sharedEnvironment } from '../../edge/python-environment-shared.ts';
import { runOrThrow } from './run-or-throw.ts';

const limit = 1.1;

// Wall time doubles on a crowded machine, and of one repository only when that is bad luck: what its process computed does not.
const program = 'import time; from prefect_flows.stock_flow import stock_flow; print(time.process_time())';

/** Milliseconds of processor time of each import of the same flow, Python's own start with it, in a repository with one kind of extractor and in one with every kind. */
export interface KindsStart {
  readonly one: readonly number[];
  readonly every: readonly number[];
  readonly kinds: readonly string[];
}

/** Imports the flow of a new repository and that of one that has an extractor of every kind beside it, in turn, in one environment. */
export async function measureKindsStart(folder: string, rounds: number): Promise<KindsStart> {
  const kinds = declared.find(({ name }) => name === 'extractor')?.fields.find(({ key }) => key === 'kind')?.choices?.map(({ value }) => value) ?? [];
  const [one, every] = [join(folder, 'one'), join(folder, 'every')];
  for (const repository of [one, every]) await runOrThrow(process.execPath, [resolve('dist/create-kpi-flow.mjs'), repository, '--id', 'stock', '--yes', '--no-install', '--no-git']);
  for (const kind of kinds) await runOrThrow(process.execPath, [resolve('dist/kpi-flow.mjs'), 'add', 'extractor', `more_${kind}`, kind], every);
  const { python } = await sharedEnvironment((await requirementsOf(every)).run, '.cache');
  const figures = { one: [] as number[], every: [] as number[], kinds };
  // The first round compiles to bytecode and is thrown away.
  for (let round = 0; round <= rounds; round += 1) {
    const turns = [['one', one], ['every', every]] as const;
    for (const [name, repository] of round % 2 === 0 ? turns : turns.toReversed()) {
      const printed = await runOrThrow(python, ['-c', program], repository, { PREFECT_HOME: join(folder, 'home') });
      if (round > 0) figures[name].push(Number(printed.trim().split('\n').at(-1)) * 1000);
    }
  }
  return figures;
}

// An import does the same each time: its best round is the one whose caches nobody else used.
const best = (milliseconds: readonly number[]): number => Math.min(...milliseconds);

export function meetsKindsTarget({ one, every }: KindsStart): boolean {
  return best(every) / best(one) <= limit;
}

export function drawKindsStart(figures: KindsStart): string {
  const { one, every, kinds } = figures;
  return [
    `Import of the same flow, which reads and writes a database, in a new repository and in one that has an extractor of each kind (${kinds.join(', ')}) beside it: processor time, the best of ${one.length} interleaved rounds, ${process.platform}, ${cpus().length} cores.`,
    `| one kind, ms | every kind, ms | limit | every over one |  |\n| --- | --- | --- | --- | --- |\n| ${best(one).toFixed(0)} | ${best(every).toFixed(0)} | <= ${limit.toFixed(2)}x | ${(best(every) / best(one)).toFixed(2)}x | ${meetsKindsTarget(figures) ? 'met' : '**missed**'} |`,
  ].join('\n\n');
}
