import { cp } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import type { DatabaseServer } from '../database-servers.ts';
import { startMariadb, startPostgres } from '../database-servers.ts';
import { databases } from '../../config/databases.ts';
import { requirementsOf } from '../../edge/python-environment.ts';
import { sharedEnvironment } from '../../edge/python-environment-shared.ts';
import { runOrThrow } from './run-or-throw.ts';

const rounds = 5;
const limit = 1.2;
const ours = 'generated loader';

/** Seconds of each way to upsert, round by round, by database. */
export type LoadFigures = ReadonlyMap<string, Readonly<Record<string, readonly number[]>>>;

/** Upserts 100,000 rows into 1,000,000 with a generated loader and with the statements that one would write by hand, in turn. */
export async function measureLoads(folder: string): Promise<LoadFigures> {
  const repository = join(folder, 'loads');
  await runOrThrow(process.execPath, [resolve('dist/create-kpi-flow.mjs'), repository, '--id', 'stock', '--grain', 'day,channel', '--yes', '--no-install', '--no-git']);
  await runOrThrow(process.execPath, [resolve('dist/kpi-flow.mjs'), 'add', 'loader', 'kept', 'sql', '--merge-strategy', 'upsert'], repository);
  await cp(resolve('src/build/bench/load_tables.py'), join(repository, 'load_tables.py'));
  const drivers = [databases.postgresql, databases.mariadb].flatMap((each) => each.drivers);
  const { python } = await sharedEnvironment([...(await requirementsOf(repository)).run, ...drivers], '.cache');
  const measure = async (url: string) => {
    const said = await runOrThrow(python, ['load_tables.py', String(rounds)], repository, { WAREHOUSE_URL: url });
    return JSON.parse(said.trim().split('\n').at(-1) ?? '') as Record<string, number[]>;
  };
  const figures = new Map([['SQLite', await measure(`sqlite:///${repository}/kept.sqlite`)]]);
  for (const [name, start] of [['PostgreSQL', startPostgres], ['MariaDB', startMariadb]] as const) {
    const server: DatabaseServer | undefined = await start();
    if (server === undefined) continue;
    try {
      figures.set(name, await measure(server.url(server.first)));
    } finally {
      await server.stop();
    }
  }
  return figures;
}

// What disturbs a run only makes it longer: the best round is the one that nothing disturbed.
const best = (seconds: readonly number[]): number => Math.min(...seconds);

function ratioOf(figure: Readonly<Record<string, readonly number[]>>): number {
  const byHand = Object.entries(figure).filter(([name]) => name !== ours);
  return best(figure[ours] ?? []) / Math.min(...byHand.map(([, seconds]) => best(seconds)));
}

/** Whether each is within the limit of the fastest by hand. */
export function meetsLoadTarget(figures: LoadFigures): boolean {
  return [...figures.values()].every((figure) => ratioOf(figure) <= limit);
}

export function drawLoads(figures: LoadFigures): string {
  const rows = [...figures].map(([database, figure]) => {
    const byHand = Object.entries(figure).filter(([name]) => name !== ours).map(([name, seconds]) => `${name} ${best(seconds).toFixed(2)}`);
    const ratio = ratioOf(figure);
    return `| ${database} | ${best(figure[ours] ?? []).toFixed(2)} | ${byHand.join(', ')} | <= ${limit.toFixed(2)}x | ${ratio.toFixed(2)}x | ${ratio <= limit ? 'met' : '**missed**'} |`;
  });
  return [
    `Upsert of 100,000 rows into 1,000,000, half of them there already: the best of ${rounds} interleaved rounds, ${process.platform}, ${cpus().length} cores.`,
    ['| database | generated loader, s | by hand, s | limit | over the fastest |  |', '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}
