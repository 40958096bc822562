import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PrefectHandle } from '../../src/edge/prefect.ts';
import { startPrefect } from '../../src/edge/prefect.ts';
import type { FlowRun } from '../../src/edge/prefect-api.ts';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { addTo, startFiles } from '../generate/grown.ts';
import { packages } from './own-checks.ts';
import { writeRepository } from './use-repository.ts';

const answers = { dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day', owner: 'ana', target: 100, pool: 'kpis' };

interface ChildRun extends FlowRun {
  readonly created: string;
  readonly end_time: string;
  readonly tags: readonly string[];
  readonly parent_task_run_id: string | null;
}

let prefect: PrefectHandle;
let root = '';

beforeAll(async () => {
  const { python, folder } = await sharedEnvironment(packages, '.cache');
  prefect = await startPrefect(python, { cache: '.cache' });
  await prefect.api.createProcessPool('kpis');
  root = await mkdtemp(join(tmpdir(), 'kpi-backfill-'));
  const files = startFiles(answers);
  addTo(files, 'deployment', { name: 'wide' });
  // The one that was added is the last.
  files.set('prefect.yaml', (files.get('prefect.yaml') ?? '').replace(/limit: 1(?![^]*limit: 1)/, 'limit: 3'));
  files.set('config/config.yaml', (files.get('config/config.yaml') ?? '').replace('retries: 3', 'retries: 0'));
  const extractor = 'src/core/extractors/records.py';
  files.set(extractor, (files.get(extractor) ?? '').replace(/^( {4}return )/m, '    if start.day == 6 and Path("broken").exists():\n        raise OSError("the source is down")\n$1').replace('from datetime', 'from pathlib import Path\nfrom datetime'));
  await writeRepository(root, files);
  await writeFile(join(root, 'broken'), '');
  await symlink(resolve(folder), join(root, '.venv'));
}, 900_000);
afterAll(async () => {
  await prefect?.stop();
  await rm(root, { recursive: true, force: true });
});

const backfill = (...args: string[]) => execa(join(root, '.venv/bin/python'), ['-m', 'prefect_flows.backfill', ...args], { cwd: root, env: prefect.env, reject: false });
const runs = () => prefect.api.call<ChildRun[]>('POST', '/flow_runs/filter', { flow_runs: { tags: { all_: ['backfill'] } } });
const range = ['2026-01-05', '2026-01-08'] as const;

/** How many were under way at once, from being asked for to the end. */
function mostAtOnce(all: readonly ChildRun[]): number {
  return Math.max(...all.map(({ created }) => all.filter((each) => each.created <= created && created < each.end_time).length));
}

describe('a backfill', () => {
  it.each([
    ['a range that ends before it starts', ['2026-01-09', '2026-01-05'], 2, 'end (2026-01-05) must come after start (2026-01-09)'],
    ['what is no day', ['2026-02-30', '2026-03-05'], 2, "'2026-02-30' is no day; write it as 2026-01-31"],
    ['a deployment that Prefect does not know', range, 3, 'there is no deployment sales/sales: .venv/bin/prefect --no-prompt deploy --all'],
  ])('refuses %s', async (_, args, code, text) => {
    const { exitCode, stderr } = await backfill(...args);
    expect([exitCode, stderr]).toEqual([code, expect.stringContaining(text)]);
    expect(stderr).not.toContain('Traceback');
  }, 240_000);

  it('lists the windows, and starts nothing, when it is only tried', async () => {
    await prefect.cli(['deploy', '--all'], root);
    const { stdout, exitCode } = await backfill(...range, '--dry-run');
    expect([exitCode, stdout.split('\n')]).toEqual([0, ['2026-01-05 2026-01-06', '2026-01-06 2026-01-07', '2026-01-07 2026-01-08']]);
    expect(await runs()).toEqual([]);
  }, 600_000);

  it('runs every window although one fails, never more at once than asked for, and says which failed', async () => {
    await prefect.startWorker('kpis');
    const { stderr, exitCode } = await backfill(...range, '--deployment', 'sales/wide', '--parallel', '2');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('1 / 3 did not complete: 2026-01-06 (Failed)')]);
    const all = await runs();
    expect(all.map(({ parameters, state }) => [parameters['start'], parameters['end'], state?.type]).sort()).toEqual([
      ['2026-01-05', '2026-01-06', 'COMPLETED'],
      ['2026-01-06', '2026-01-07', 'FAILED'],
      ['2026-01-07', '2026-01-08', 'COMPLETED'],
    ]);
    expect(mostAtOnce(all)).toBe(2);
    // They are part of the backfill's graph, and alerts of the KPI hear of them.
    expect(all.every(({ parent_task_run_id: parent, tags }) => parent !== null && tags.includes('kpi:sales'))).toBe(true);
  }, 900_000);

  it('called again, runs only what is not completed, and all of it when asked to', async () => {
    await rm(join(root, 'broken'));
    const tried = await backfill(...range, '--deployment', 'sales/wide', '--dry-run');
    expect(tried.stdout.split('\n').map((line) => line.split(' ')[2])).toEqual(['done', undefined, 'done']);
    const resumed = await backfill(...range, '--deployment', 'sales/wide');
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    // It is said that the deployment lets fewer through.
    expect(resumed.stderr).toContain('sales/wide: 3 at a time');
    expect(await runs()).toHaveLength(4);
    const again = await backfill('2026-01-05', '2026-01-06', '--deployment', 'sales/wide', '--again');
    expect(again.exitCode, again.stderr).toBe(0);
    expect((await runs()).filter(({ parameters }) => parameters['start'] === '2026-01-05')).toHaveLength(2);
  }, 900_000);
});
