import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { measureFlowStart } from './bench/flow-start.ts';
import type { Subject } from './bench/measure.ts';
import { measureAll, summarizeCosts } from './bench/measure.ts';
import { drawTables, meetsTargets, placeTables } from './bench/report.ts';
import { create, floor, sv, vite } from './bench/targets.ts';

const page = 'docs/performance.md';
const title = '# Performance\n\nRatios are taken within one run, so that they mean the same on another machine.\n';

/** Measures the commands beside their rivals: `npm run bench -- --rounds 15 --flows`. Exit 1 when a target is missed. */
async function main(args: readonly string[]): Promise<number> {
  const given = args.indexOf('--rounds');
  const rounds = given < 0 ? 15 : Number(args[given + 1]);
  if (!(rounds > 0)) return say('bench: --rounds takes a number', 2);
  const folder = await mkdtemp(join(tmpdir(), 'kpi-flow-bench-'));
  const costs = await measureAll(subjects(), rounds, folder, (round) =>
    process.stderr.write(`bench: round ${round} of ${rounds}\n`),
  );
  const flows = args.includes('--flows') ? await measureFlowStart(folder, rounds) : [];
  const measured = new Map([...costs, ...flows].map(([name, list]) => [name, summarizeCosts(list)]));
  const tables = drawTables(measured, await countFiles(folder), rounds);
  await rm(folder, { recursive: true, force: true });
  await writeFile(page, placeTables(await readFile(page, 'utf8').catch(() => title), tables));
  return say(tables, meetsTargets(measured) ? 0 : 1);
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
