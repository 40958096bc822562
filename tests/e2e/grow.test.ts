import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import type { Files } from '../generate/grown.ts';
import { grow, startFiles } from '../generate/grown.ts';

/** What a repository that uses every kind declares, and its development tools. */
const packages = ['polars>=2.0', 'prefect>=3.9', 'pydantic>=2.12', 'python-dotenv>=1.1', 'ruamel.yaml>=0.18.10', 'sqlalchemy>=2.0.40', 'pytest>=9', 'ruff>=0.15'];

const base = { dir: 'kpi', name: 'Índice', id: 'on_time', grain: 'day,channel', owner: 'ana', target: 0.5, warning: 0.4 };
const repositories = {
  'a ratio in a database': { ...base, type: 'ratio', inputs: 'orders,sessions', locale: 'es' },
  'a conversion in a lake, by the hour': { ...base, type: 'conversion', inputs: 'orders,sessions', grain: 'hour', source: 'datalake', locale: 'en' },
};

/** One of each kind on top of the other, joined and waiting, with names as long as they may be. */
function growAll(files: Files): void {
  const long = 'net_of_returns_with_a_rather_long_name_xx';
  grow(files, 'extractor', { name: 'returns', kind: 'sql' });
  grow(files, 'extractor', { name: 'waiting_one', kind: 'datalake', source: 'archive' });
  grow(files, 'transformer', { name: 'clean_returns', kind: 'cleaning', inputs: ['returns'] });
  grow(files, 'transformer', { name: long, kind: 'calculation', inputs: ['clean_orders', 'clean_returns'] });
  grow(files, 'transformer', { name: 'net_by_period', kind: 'aggregation', inputs: [long] });
  grow(files, 'transformer', { name: 'net_again', kind: 'aggregation', inputs: ['net_by_period'] });
  grow(files, 'transformer', { name: 'other_calc', kind: 'calculation', inputs: ['net_again', 'returns'] });
  grow(files, 'loader', { name: 'net_kept', kind: 'sql', inputs: ['other_calc'] });
  grow(files, 'loader', { name: 'copy_kept', kind: 'datalake' });
  grow(files, 'loader', { name: 'copy_merged', kind: 'sql', inputs: ['net_by_period'] });
}

let environment = '';
const folders: string[] = [];

beforeAll(async () => {
  ({ folder: environment } = await sharedEnvironment(packages, '.cache'));
}, 600_000);
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function writeRepository(files: Files): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'kpi-grown-'));
  folders.push(root);
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await symlink(resolve(environment), join(root, '.venv'));
  return root;
}

describe.each(Object.entries(repositories))('%s that grew', (_, answers) => {
  it('passes its own ruff, pyright, pytest and a run in Prefect', async () => {
    const files = startFiles(answers);
    growAll(files);
    const root = await writeRepository(files);
    const run = async (command: string, args: readonly string[]): Promise<void> => {
      const { exitCode, all } = await execa(command, args, { cwd: root, reject: false, all: true, env: { PREFECT_SERVER_ANALYTICS_ENABLED: 'false' } });
      expect([exitCode, exitCode === 0 ? '' : all]).toEqual([0, '']);
    };
    const python = join(root, '.venv/bin/python');
    await run(python, ['-m', 'ruff', 'check', '.']);
    await run(python, ['-m', 'ruff', 'format', '--check', '.']);
    await run(resolve('node_modules/.bin/pyright'), ['--pythonpath', python]);
    await run(python, ['-m', 'pytest', '-q']);
  }, 900_000);
});
