import { cp, rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { startPostgres } from '../database-servers.ts';
import { runToEnd } from '../../edge/process-group.ts';
import { requirementsOf } from '../../edge/python-environment.ts';
import { sharedEnvironment } from '../../edge/python-environment-shared.ts';

const rounds = 3;
const rows = 1_000_000;
const ways = ['ours', 'polars', 'adbc', 'copy', 'dlt'] as const;
const jobs = { table: 'PostgreSQL to PostgreSQL', parquet: 'PostgreSQL to parquet' } as const;
const limits = { seconds: 1.3, peak: 1.2, streamed: 1.1 };
const others = ['dlt[postgres,parquet]>=1.31', 'connectorx>=0.4.5'];

type Way = (typeof ways)[number];
type Job = keyof typeof jobs;

/** What moving a million rows once cost. */
export interface Move {
  readonly seconds: number;
  /** The most memory that its process held, in MiB. */
  readonly peak: number;
}

export interface MoveFigures {
  readonly moved: Readonly<Record<Job, Readonly<Record<Way, readonly Move[]>>>>;
  /** In batches: a million rows, and ten. */
  readonly streamed: readonly [one: Move, ten: Move];
}

/** Moves 1,000,000 rows as a generated repository does and as others do, in turn, each in a process of its own; nothing where there is no PostgreSQL. */
export async function measureMoves(folder: string): Promise<MoveFigures | undefined> {
  const repository = join(folder, 'moves');
  await runOrThrow(process.execPath, [resolve('dist/create-kpi-flow.mjs'), repository, '--id', 'stock', '--grain', 'day,channel', '--yes', '--no-install', '--no-git']);
  const added = ['extractor sold sql --source warehouse --database postgresql', 'extractor sold_parts sql --source warehouse --batch-rows 100000', 'loader moved sql', 'loader filed datalake --source lake'];
  for (const each of added) await runOrThrow(process.execPath, [resolve('dist/kpi-flow.mjs'), 'add', ...each.split(' ')], repository);
  await cp(resolve('src/build/bench/move_tables.py'), join(repository, 'move_tables.py'));
  const { python } = await sharedEnvironment([...(await requirementsOf(repository)).run, ...others], '.cache');
  const server = await startPostgres();
  if (server === undefined) return undefined;
  const lake = join(folder, 'lake');
  const run = (...args: readonly string[]) => runOrThrow(python, ['move_tables.py', ...args], repository, { WAREHOUSE_URL: server.url(server.first), LAKE_URI: lake });
  const move = async (...args: readonly string[]): Promise<Move> => {
    await rm(lake, { recursive: true, force: true });
    return JSON.parse((await run(...args)).trim().split('\n').at(-1) ?? '') as Move;
  };
  try {
    await run('seed', String(rows));
    const moved = Object.fromEntries(Object.keys(jobs).map((job) => [job, Object.fromEntries(ways.map((way) => [way, [] as Move[]]))])) as Record<Job, Record<Way, Move[]>>;
    const turns = (Object.keys(jobs) as Job[]).flatMap((job) => ways.map((way) => ({ job, way })));
    for (let round = 0; round < rounds; round += 1) {
      for (const { job, way } of turns) moved[job][way].push(await move(way, job));
    }
    return { moved, streamed: [await move('ours', 'streamed'), await move('ours', 'streamed', 'many')] };
  } finally {
    await server.stop();
  }
}

// What disturbs a run only makes it longer and larger: the best round is the one that nothing disturbed.
const best = (moves: readonly Move[], key: keyof Move): number => Math.min(...moves.map((each) => each[key]));

/** How one job compares with the fastest of the others. */
function compare(moved: Readonly<Record<Way, readonly Move[]>>): { readonly rival: Way; readonly seconds: number; readonly peak: number } {
  const rival = ways.slice(1).toSorted((a, b) => best(moved[a], 'seconds') - best(moved[b], 'seconds'))[0] ?? 'polars';
  const ratio = (key: keyof Move) => best(moved.ours, key) / best(moved[rival], key);
  return { rival, seconds: ratio('seconds'), peak: ratio('peak') };
}

const growth = ({ streamed: [one, ten] }: MoveFigures): number => ten.peak / one.peak;

export function meetsMoveTargets(figures: MoveFigures): boolean {
  return Object.values(figures.moved).every((each) => compare(each).seconds <= limits.seconds && compare(each).peak <= limits.peak) && growth(figures) <= limits.streamed;
}

export function drawMoves(figures: MoveFigures): string {
  const verdict = (ratio: number, limit: number) => `<= ${limit.toFixed(2)}x | ${ratio.toFixed(2)}x | ${ratio <= limit ? 'met' : '**missed**'} |`;
  const cost = (moves: readonly Move[]) => `${best(moves, 'seconds').toFixed(2)} s, ${best(moves, 'peak').toFixed(0)} MiB`;
  const costs = (Object.keys(jobs) as Job[]).map((job) => `| ${jobs[job]} | ${ways.map((way) => cost(figures.moved[job][way])).join(' | ')} |`);
  const targets = (Object.keys(jobs) as Job[]).flatMap((job) => {
    const { rival, seconds, peak } = compare(figures.moved[job]);
    return [`| ${jobs[job]}: time over the fastest, ${rival} | ${verdict(seconds, limits.seconds)}`, `| ${jobs[job]}: peak memory over the same | ${verdict(peak, limits.peak)}`];
  });
  const [one, ten] = figures.streamed;
  return [
    `1,000,000 rows of 8 columns taken out and put in their place, merged by key in one transaction or a parquet file a day: the best of ${rounds} interleaved rounds, ${process.platform}, ${cpus().length} cores.`,
    ['| job | generated repository | polars with ADBC | ADBC and pyarrow | COPY and polars | dlt |', '| --- | --- | --- | --- | --- | --- |', ...costs].join('\n'),
    ['| target | limit | measured |  |', '| --- | --- | --- | --- |', ...targets, `| in batches of 100,000 to parquet: peak memory at 10,000,000 rows (${ten.peak.toFixed(0)} MiB) over that at 1,000,000 (${one.peak.toFixed(0)} MiB) | ${verdict(growth(figures), limits.streamed)}`].join('\n'),
  ].join('\n\n');
}

async function runOrThrow(file: string, args: readonly string[], cwd?: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, output } = await runToEnd({ file, args, env: { ...process.env, ...env }, ...(cwd !== undefined && { cwd }) }, { seconds: 900 });
  if (code !== 0) throw new Error(`${file}: exit ${code}\n${output}`);
  return output;
}
