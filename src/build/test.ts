import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failures, summarize } from './summary.ts';
import { leftOut, systems } from './test-parts.ts';

/** Runs the suite and closes with one plain line of counts, taken from vitest's own result file. */
async function main(args: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'kpi-flow-test-'));
  const result = join(folder, 'result.json');
  const long = args.includes('--long');
  const left = args.includes('--systems') || long ? [] : leftOut(args);
  const part = args.includes('--systems') ? systems : left.flatMap((each) => ['--exclude', each]);
  const rest = [...part, ...args.filter((each) => each !== '--long' && each !== '--systems')];
  const code = await runVitest([`--outputFile.json=${result}`, '--reporter=default', '--reporter=json', ...rest], long);
  const report: unknown = await readFile(result, 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
  for (const each of failures(report)) process.stdout.write(`\n${each}\n`);
  if (left.length > 0) process.stdout.write(`\nnot run here, but by npm run test:systems: ${left.join(', ')}\n`);
  process.stdout.write(`\n${summarize(report, code)}\n`);
  return code;
}

function runVitest(args: readonly string[], long: boolean): Promise<number> {
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
