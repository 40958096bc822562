import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { drawPages, measureApiPages, meetsPagesTarget } from './bench/api-pages.ts';
import { floor } from './bench/floor.ts';
import { measureFlowStart } from './bench/flow-start.ts';
import { growingSubjects } from './bench/growing.ts';
import { drawKindsStart, measureKindsStart, meetsKindsTarget } from './bench/kinds-start.ts';
import { drawLoads, measureLoads, meetsLoadTarget } from './bench/load-tables.ts';
import { drawMoves, measureMoves, meetsMoveTargets } from './bench/move-tables.ts';
import type { Subject } from './bench/measure.ts';
import { measureAll, summarizeCosts } from './bench/measure.ts';
import { drawRuntime, isMapped, meetsRuntimeTargets } from './bench/runtime/draw-runtime.ts';
import type { MappedFigures } from './bench/runtime/mapped.ts';
import type { RuntimeFigures } from './bench/runtime/measure-runtime.ts';
import { measureRuntime } from './bench/runtime/measure-runtime.ts';
import type { ServerKind } from './bench/runtime/servers.ts';
import { serverKinds } from './bench/runtime/servers.ts';
import { drawTables, meetsTargets, placeTables } from './bench/report.ts';
import { create, sv, vite } from './bench/targets.ts';

const page = 'docs/performance.md';
const title = '# Performance\n\nRatios are taken within one run, so that they mean the same on another machine.\n';

/** Measures the commands beside their rivals: `npm run bench -- --rounds 15 --flows`; `--pages` measures reading an API alone, `--load` moving rows and writing tables, `--runtime` the TypeScript runtime, `--kinds` the start of a flow beside other kinds. Exit 1 when a target is missed. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--pages')) return pagesOnly();
  if (args.includes('--load')) return loadsOnly();
  if (args.includes('--runtime')) return runtimeOnly(args);
  const given = args.indexOf('--rounds');
  const rounds = given < 0 ? 15 : Number(args[given + 1]);
  if (!(rounds > 0)) return say('bench: --rounds takes a number', 2);
  if (args.includes('--kinds')) return kindsOnly(rounds);
  const folder = await mkdtemp(join(tmpdir(), 'kpi-flow-bench-'));
  const costs = await measureAll([...subjects(), ...(await growingSubjects(folder))], rounds, folder, (round) =>
    process.stderr.write(`bench: round ${round} of ${rounds}\n`),
  );
  const flows = args.includes('--flows') ? await measureFlowStart(folder, rounds) : [];
  const measured = new Map([...costs, ...flows].map(([name, list]) => [name, summarizeCosts(list)]));
  const tables = drawTables(measured, await countFiles(folder), rounds);
  await rm(folder, { recursive: true, force: true });
  await writeFile(page, placeTables(await readFile(page, 'utf8').catch(() => title), tables));
  return say(tables, meetsTargets(measured) ? 0 : 1);
}

/** The pace at a server's limit takes its time, so it is measured alone. */
async function pagesOnly(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'kpi-flow-bench-'));
  const figure = await measureApiPages(folder);
  await rm(folder, { recursive: true, force: true });
  await writeFile(page, placeTables(await readFile(page, 'utf8'), drawPages(figure), 'npm run bench -- --pages'));
  return say(drawPages(figure), meetsPagesTarget(figure) ? 0 : 1);
}

/** Database servers of its own, and a million rows in each. */
async function loadsOnly(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'kpi-flow-bench-'));
  const moves = await measureMoves(folder);
  const loads = await measureLoads(folder);
  await rm(folder, { recursive: true, force: true });
  const tables = [...(moves ? [drawMoves(moves)] : []), drawLoads(loads)].join('\n\n');
  await writeFile(page, placeTables(await readFile(page, 'utf8'), tables, 'npm run bench -- --load'));
  return say(tables, meetsLoadTarget(loads) && (moves === undefined || meetsMoveTargets(moves)) ? 0 : 1);
}

/** Prefect servers of its own, one after the other: `--tasks 10000 --servers default,batches,postgres --rounds 3`. */
async function runtimeOnly(args: readonly string[]): Promise<number> {
  const valueOf = (name: string): string | undefined => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const servers = (valueOf('--servers')?.split(',') ?? Object.keys(serverKinds)) as ServerKind[];
  const tasks = Number(valueOf('--tasks') ?? 10_000);
  const rounds = Number(valueOf('--rounds') ?? 3);
  if (!(tasks > 0) || !(rounds > 0) || servers.some((each) => !(each in serverKinds))) return say(`bench: --tasks and --rounds take a number, --servers some of ${Object.keys(serverKinds).join(',')}`, 2);
  const folder = await mkdtemp(join(tmpdir(), 'kpi-flow-bench-'));
  const command = 'npm run bench -- --runtime';
  let isMet = true;
  const keep = async (figures: RuntimeFigures | MappedFigures): Promise<void> => {
    const table = drawRuntime(figures, rounds);
    await writeFile(page, placeTables(await readFile(page, 'utf8'), table, isMapped(figures) ? `${command} --servers ${figures.server}` : command));
    process.stdout.write(`${table}\n\n`);
    isMet &&= meetsRuntimeTargets(figures);
  };
  await measureRuntime(folder, { tasks, servers, rounds, keep, say: (text) => void process.stderr.write(`bench: ${text}\n`) });
  await rm(folder, { recursive: true, force: true });
  return isMet ? 0 : 1;
}

/** Installs what every kind needs, and measures imports of Python alone. */
async function kindsOnly(rounds: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'kpi-flow-bench-'));
  const figures = await measureKindsStart(folder, rounds);
  await rm(folder, { recursive: true, force: true });
  await writeFile(page, placeTables(await readFile(page, 'utf8'), drawKindsStart(figures), 'npm run bench -- --kinds'));
  return say(drawKindsStart(figures), meetsKindsTarget(figures) ? 0 : 1);
}

function subjects(): Subject[] {
  const ours = resolve('dist/kpi-flow.mjs');
  return [
    { name: floor, args: ['-e', '0'] },
    { name: '--version', args: [ours, '--version'] },
    { name: '--help', args: [ours, '--help'] },
    { name: 'completion', args: [ours, 'completion', 'bash'] },
    ...makers(),
  ];
}

/** The commands that make a folder. */
function makers(): Subject[] {
  return [
    { name: create, args: [resolve('dist/create-kpi-flow.mjs'), 'OUT', '--yes', '--no-install', '--no-git'] },
    {
      name: vite,
      args: [resolve('node_modules/create-vite/index.js'), 'OUT', '--template', 'react-ts', '--no-interactive'],
    },
    {
      name: sv,
      args: [
        resolve('node_modules/sv/dist/bin.mjs'),
        'create',
        'OUT',
        '--template',
        'minimal',
        '--types',
        'ts',
        '--no-add-ons',
        '--no-install',
      ],
    },
  ];
}

async function countFiles(folder: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const [index, { name, args }] of makers().entries()) {
    const out = `made-${index}`;
    spawnSync(
      process.execPath,
      args.map((arg) => arg.replace('OUT', out)),
      { cwd: folder, stdio: 'ignore' },
    );
    const entries = await readdir(join(folder, out), { recursive: true, withFileTypes: true });
    counts.set(name, entries.filter((each) => each.isFile()).length);
  }
  return counts;
}

function say(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}

process.exitCode = await main(process.argv.slice(2));
