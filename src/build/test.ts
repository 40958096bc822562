import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ended } from './summary.ts';
import { afterSecondRun, failedFiles, failures, summarize } from './summary.ts';
import { leftOut, systems } from './test-parts.ts';

/** More files than these fail together for one reason: running them again would only hide how long it takes to see it. */
const FILES_TO_RUN_AGAIN = 3;

/**
 * Runs the suite and closes with one plain line of counts, taken from vitest's own result file. With
 * `KPI_FLOW_SECOND_RUN` the few files that failed run once more, alone: what then passes is told as unsteady.
 */
async function main(args: readonly string[]): Promise<number> {
  const long = args.includes('--long');
  const left = args.includes('--systems') || long ? [] : leftOut(args);
  const part = args.includes('--systems') ? systems : left.flatMap((each) => ['--exclude', each]);
  const rest = args.filter((each) => each !== '--long' && each !== '--systems');
  const first = await runVitest([...part, ...rest], long);
  const again = process.env['KPI_FLOW_SECOND_RUN'] ? failedFiles(first.report) : [];
  const once = { ...first, unsteady: [] };
  const { report, code, unsteady } = again.length === 0 || again.length > FILES_TO_RUN_AGAIN ? once : afterSecondRun(first.report, await runVitest(again, long));
  for (const each of [...failures(report), ...unsteady]) process.stdout.write(`\n${each}\n`);
  if (left.length > 0) process.stdout.write(`\nnot run here, but by npm run test:systems: ${left.join(', ')}\n`);
  process.stdout.write(`\n${summarize(report, code)}\n`);
  return code;
}

/** Runs vitest, and reads what it reports: nothing when it ended before it could. */
async function runVitest(args: readonly string[], long: boolean): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'kpi-flow-test-'));
  const result = join(folder, 'result.json');
  const code = await spawnVitest([`--outputFile.json=${result}`, '--reporter=default', '--reporter=json', ...args], long);
  const report: unknown = await readFile(result, 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
  return { report, code };
}

function spawnVitest(args: readonly string[], long: boolean): Promise<number> {
  const cli = join('node_modules', 'vitest', 'vitest.mjs');
  const env = long ? { ...process.env, KPI_FLOW_LONG: '1' } : process.env;
  const child = spawn(process.execPath, [cli, 'run', '--config', 'src/build/vitest.config.ts', ...args], {
    stdio: 'inherit',
    env,
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

process.exitCode = await main(process.argv.slice(2));
