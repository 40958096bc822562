import { cp, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sharedEnvironment } from '../../../edge/python-environment-shared.ts';
import { prefectPackage } from '../../prefect-package.ts';
import type { Paced } from '../floor.ts';
import { paced, slowness } from '../floor.ts';
import { median } from '../median.ts';
import type { MappedFigures, MappedOptions } from './mapped.ts';
import { measureMapped } from './mapped.ts';
import type { PoolFigures } from './pool.ts';
import { measurePool } from './pool.ts';
import { importing, program } from './programs.ts';
import type { Time } from './run-program.ts';
import { runProgram } from './run-program.ts';
import type { Server, ServerKind } from './servers.ts';
import { onServer } from './servers.ts';
import { sizeOfImport } from './size.ts';

/** Times are seconds, of the processor where nothing else is said. */
export interface RuntimeFigures {
  readonly size: number;
  /** The middle of 15. */
  readonly importing: Paced;
  readonly unreported: Paced;
  readonly python: Paced;
  readonly pool: Readonly<Record<'typescript' | 'python', PoolFigures>>;
}

export interface RuntimeOptions extends MappedOptions {
  readonly servers: readonly ServerKind[];
  /** Called as soon as there is something: what comes later takes long, and may fail. */
  readonly keep: (figures: RuntimeFigures | MappedFigures) => Promise<void>;
}

/** Measures the runtime beside Prefect's Python: the same work, on servers of the same kind, in one run. */
export async function measureRuntime(folder: string, options: RuntimeOptions): Promise<void> {
  const { rounds, say } = options;
  await writeFile(join(folder, 'bench.mjs'), program);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await cp('src/build/bench/runtime/runtime_bench.py', join(folder, 'runtime_bench.py'));
  const { python } = await sharedEnvironment([prefectPackage], '.cache');
  say('imports, and tasks that are reported to nobody');
  const slow = await slowness(folder);
  const imports: number[] = [];
  for (let round = 0; round < 15; round += 1) imports.push(await importOnce(folder));
  const unreported = await runProgram<Time>(folder, [process.execPath, 'bench.mjs', 'overhead', '50000'], { PREFECT_LOGGING_LEVEL: 'WARNING' });
  const measureFirst = async ({ client, env, prefect }: Server): Promise<RuntimeFigures> => {
    const overhead = await runProgram<Time>(folder, [python, 'runtime_bench.py', 'overhead', '300'], { ...env, PREFECT_LOGGING_LEVEL: 'WARNING' });
    const pool = await measurePool(prefect, client, folder, rounds);
    return { size: await sizeOfImport(), importing: paced(median(imports), slow), unreported: paced(unreported.cpu, slow), python: paced(overhead.cpu, slow), pool };
  };
  let isFirst = true;
  for (const kind of options.servers) {
    say(`server: ${kind}`);
    const place = { kind, python, folder };
    if (isFirst) {
      const first = await onServer(place, measureFirst);
      if (first !== undefined) await options.keep(first.value);
      isFirst = first === undefined;
    }
    const figures = await measureMapped(place, options);
    if (figures === undefined) say('there is no such server');
    else await options.keep(figures);
  }
  if (isFirst) throw new Error('there was no server to measure on');
}

/** Seconds of processor time. */
async function importOnce(folder: string): Promise<number> {
  const runtime = pathToFileURL(resolve('dist/runtime/index.mjs')).href;
  return (await runProgram<Time>(folder, [process.execPath, '--input-type=module', '-e', importing, runtime], {})).cpu;
}
