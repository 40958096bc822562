import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskRunners } from '../../src/config/task-runners.ts';
import type { PrefectHandle } from '../../src/edge/prefect.ts';
import { startPrefect } from '../../src/edge/prefect.ts';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { startFiles } from '../generate/grown.ts';
import { useRealServer } from '../runtime/api/real-server.ts';
import { frames } from './frames.ts';
import { packages } from './own-checks.ts';
import { useRepository, writeRepository } from './use-repository.ts';

const isLong = process.env['KPI_FLOW_LONG'] === '1';
if (!isLong) process.stderr.write('skipped: flows on processes, Dask and Ray (their packages are 500 MB; set KPI_FLOW_LONG=1)\n');

const answers = { dir: 'kpi', name: 'Sales', id: 'sales', type: 'ratio', grain: 'day,region', owner: 'ana', target: 0.5, frames };

/** Runs the flow, with the process that each extract ran in, and how the run ended. */
const script = `
import json, os, sqlite3
from datetime import date
from pathlib import Path

from prefect_flows.sales_flow import sales_flow

if __name__ == "__main__":
    state = sales_flow(date(2026, 1, 5), date(2026, 1, 6), return_state=True)
    seen = {file.stem: int(file.read_text()) for file in Path(".data").glob("*.pid")}
    with sqlite3.connect(".data/sample.sqlite") as database:
        rows = database.execute("select * from sales_daily order by 1, 2").fetchall()
    print(json.dumps({"state": state.type.value, "message": state.message, "own": os.getpid(), "seen": seen, "rows": rows}))
`;

const isExtractor = (path: string): boolean => /extractors\/(?:numerator|denominator)\.py$/.test(path);

/** An extractor that is done when the other is there too, or does not come for a good while. */
const waiting = (text: string) =>
  text.replace(
    /^( {4}return )/m,
    `    import os
    import time
    from pathlib import Path

    both = {name: Path(f"{os.getpid()}.{name}") for name in ("numerator", "denominator")}
    both[__name__.rpartition(".")[2]].touch()
    for _ in range(50):
        if all(path.exists() for path in both.values()):
            break
        time.sleep(0.1)
$1`,
  );

/** Runs the flow, and when each task of the source ran. */
const spansScript = `
import json, time
from datetime import date

from prefect import get_client
from prefect_flows.sales_flow import sales_flow

if __name__ == "__main__":
    state = sales_flow(date(2026, 1, 5), date(2026, 1, 6), return_state=True)
    own = state.state_details.flow_run_id
    with get_client(sync_client=True) as client:
        for _ in range(300):
            runs = [run for run in client.read_task_runs() if run.flow_run_id == own and "source:warehouse" in run.tags]
            # The server records task runs a moment after they ran.
            if len(runs) >= 3 and all(run.end_time for run in runs):
                break
            time.sleep(0.2)
    print(json.dumps([state.type.value, [[run.name, run.start_time.timestamp(), run.end_time.timestamp()] for run in runs]]))
`;

describe('a limit on the tag of a source', () => {
  const server = useRealServer({}, packages);
  const repository = useRepository(() => [...startFiles(answers)].map(([path, text]) => [path, isExtractor(path) ? waiting(text) : text] as const), packages);

  /** How many tasks of the source ran at once at most. */
  async function mostAtOnce(): Promise<number> {
    const [state, spans] = await repository.json<[string, [string, number, number][]]>(['-c', spansScript], server.prefect.env);
    expect([state, spans.length]).toEqual(['COMPLETED', 3]);
    return Math.max(...spans.map(([, start]) => spans.filter(([, from, to]) => from <= start && start < to).length));
  }

  it('lets one task at a time through, where two ran at once without it', async () => {
    expect(await mostAtOnce()).toBe(2);
    await server.prefect.cli(['gcl', 'create', 'tag:source:warehouse', '--limit', '1'], repository.root);
    expect(await mostAtOnce()).toBe(1);
  }, 600_000);
});

describe.skipIf(!isLong)('a flow whose tasks run elsewhere (only with KPI_FLOW_LONG=1: Dask and Ray are large)', () => {
  let prefect: PrefectHandle;
  let python = '';
  let folder = '';
  let scratch = '';
  let kept: unknown[] | undefined;

  beforeAll(async () => {
    const needed = Object.values(taskRunners).flatMap((each) => ('requirement' in each ? [each.requirement] : []));
    ({ python, folder } = await sharedEnvironment([...packages, ...needed], '.cache'));
    prefect = await startPrefect(python, { cache: '.cache' });
    scratch = await mkdtemp(join(tmpdir(), 'kpi-runners-'));
  }, 1_800_000);
  afterAll(async () => {
    await prefect?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  it.each(Object.keys(taskRunners))('%s: every extract runs there, and the result is the same', async (name) => {
    const root = join(scratch, name);
    const marked = (text: string) =>
      text.replace(/^( {4}return )/m, '    import os\n\n    (ROOT / ".data").mkdir(exist_ok=True)\n    (ROOT / ".data" / (__name__ + ".pid")).write_text(str(os.getpid()))\n$1').replace(/^import \w+ as \w+\n/m, '$&\nfrom core.variables import ROOT\n');
    await writeRepository(root, [...startFiles({ ...answers, task_runner: name })].map(([path, text]) => [path, isExtractor(path) ? marked(text) : text]));
    await writeFile(join(root, 'run_flow.py'), script);
    const { stdout, stderr, exitCode } = await execa(python, ['run_flow.py'], { cwd: root, env: { ...prefect.env, RAY_USAGE_STATS_ENABLED: '0' }, reject: false });
    expect(exitCode, stderr).toBe(0);
    const { state, message, own, seen, rows } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { state: string; message: string; own: number; seen: Record<string, number>; rows: unknown[] };
    expect(state, message).toBe('COMPLETED');
    expect(rows).not.toEqual([]);
    expect(rows).toEqual((kept ??= rows));
    expect(Object.keys(seen)).toHaveLength(2);
    expect(Object.values(seen).every((pid) => (pid === own) === (name === 'threads'))).toBe(true);
  }, 600_000);

  it.each(['processes', 'dask', 'ray'])('%s: the flow is typed strictly', async (name) => {
    const { exitCode, all } = await execa(resolve('node_modules/.bin/pyright'), ['--pythonpath', join(folder, 'bin/python'), 'prefect_flows'], { cwd: join(scratch, name), reject: false, all: true });
    expect([exitCode, exitCode === 0 ? '' : all]).toEqual([0, '']);
  }, 600_000);
});
