import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type * as Published from '../../src/index.ts';
import { planProject } from '../../src/index.ts';

const answers = { dir: 'made', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: '0.03', warning: '0.02', locale: 'en', source: 'sql', git: 'false', install: 'false' };
const steps = [
  ['extractor', 'returns', 'sql', 'warehouse'],
  ['transformer', 'clean_returns', 'cleaning', 'returns'],
  ['transformer', 'returned', 'aggregation', 'clean_returns'],
] as const;
const bin = resolve('dist/kpi-flow.mjs');
const plopCli = resolve('node_modules/plop/bin/plop.js');
const env = { ...process.env, KPI_FLOW_LOCALE: 'en', NO_COLOR: '1', CI: '' };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-doors-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function makeRepository(name: string): Promise<string> {
  const root = join(folder, name);
  for (const { path, text } of planProject(answers, { today: '2026-01-05' })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await writeFile(join(folder, 'plopfile.mjs'), `export { default } from ${JSON.stringify(pathToFileURL(resolve('dist/plop.mjs')).href)};\n`);
  return root;
}

async function filesOf(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).filter((path) => !path.startsWith('.kpi-flow/local'));
  return Object.fromEntries(await Promise.all(paths.sort().map(async (path) => [path, await readFile(join(root, path), 'utf8')])));
}

const plop = (root: string, args: readonly string[]) => execa(process.execPath, [plopCli, '--plopfile', join(folder, 'plopfile.mjs'), '--dest', root, ...args], { cwd: root, reject: false, stdin: 'ignore', env });
const command = (root: string, args: readonly string[]) => execa(process.execPath, [bin, ...args], { cwd: join(root, 'src/core'), reject: false, stdin: 'ignore', env });

/** plop on a terminal: a person types each answer. */
function typed(root: string, [generator, name, kind, last]: (typeof steps)[number]): Promise<number> {
  const terminal = spawn(process.execPath, [plopCli, '--plopfile', join(folder, 'plopfile.mjs'), '--dest', root, generator], { cwd: root, cols: 200, rows: 40, env: env as Record<string, string> });
  const moves: [string, string][] = [['Name: ', `${name}\r`], ['Kind: ', `${kind === 'aggregation' ? '\u001b[B\u001b[B' : ''}\r`], [generator === 'extractor' ? 'Source: ' : 'Inputs: ', `${last}\r`]];
  let shown = '';
  terminal.onData((chunk) => {
    shown += chunk;
    const [next] = moves;
    if (next !== undefined && shown.includes(next[0])) {
      moves.shift();
      shown = '';
      terminal.write(next[1]);
    }
  });
  return new Promise((done) => terminal.onExit(({ exitCode }) => done(exitCode)));
}

const doors: Readonly<Record<string, (root: string, step: (typeof steps)[number]) => Promise<number | undefined>>> = {
  'the command line by position': async (root, step) => (await command(root, ['add', ...step])).exitCode,
  'the command line by flags': async (root, [generator, name, kind, last]) => (await command(root, ['add', generator, name, '--kind', kind, generator === 'extractor' ? '--source' : '--input', last])).exitCode,
  'plop with bypass arguments': async (root, step) => (await plop(root, step)).exitCode,
  'plop on a terminal': typed,
  'a program': async (root, [generator, name, kind, last]) => {
    const { add } = (await import(pathToFileURL(resolve('dist/index.mjs')).href)) as typeof Published;
    await add(generator, { name, kind, ...(generator === 'extractor' ? { source: last } : { inputs: last }) }, { cwd: root });
    return 0;
  },
};

test('the same bytes come through every door', async () => {
  const trees: Record<string, Record<string, string>> = {};
  for (const [door, enter] of Object.entries(doors)) {
    const root = await makeRepository(String(Object.keys(trees).length));
    for (const step of steps) expect(await enter(root, step), `${door}: ${step.join(' ')}`).toBe(0);
    trees[door] = await filesOf(root);
  }
  const [first, ...others] = Object.entries(trees);
  for (const [door, tree] of others) expect(tree, door).toEqual(first?.[1]);
  expect(Object.keys(first?.[1] ?? {})).toContain('src/core/transformers/returned.py');
}, 120_000);

describe('exit codes', () => {
  test.each([
    [['extractor', 'Bad-Name', 'sql'], 2],
    [['extractor', 'orders', 'sql'], 2],
    [['extractor', 'returns'], 2],
    [['extractor', 'returns', 'sqll'], 2],
    [['transformer', 'net', 'calculation', 'nothing'], 2],
  ] as const)('plop %s gives %i', async (args, code) => {
    const root = await makeRepository('plop');
    const { exitCode, stdout, stderr } = await plop(root, args);
    expect([exitCode, stdout + stderr]).toEqual([code, expect.not.stringContaining('    at ')]);
  });

  test.each([
    [['add', 'extractr', 'x', 'sql'], 2],
    [['add', 'extractor', 'returns', 'sql', '--sorce', 'x'], 2],
    [['add'], 2],
    [['sync', '--check'], 0],
    [['undo'], 1],
    [['why', 'nothing'], 2],
    [['list'], 0],
    [['describe', 'loader', '--json'], 0],
    [['status'], 0],
  ] as const)('kpi-flow %s gives %i', async (args, code) => {
    const root = await makeRepository('cli');
    const { exitCode, stdout, stderr } = await command(root, args);
    expect(exitCode, stdout + stderr).toBe(code);
  });

  test('1 when config.yaml says something else, 2 when there is none', async () => {
    const root = await makeRepository('cli');
    const config = join(root, 'config/config.yaml');
    const before = await readFile(config, 'utf8');
    await writeFile(config, before.replace('transformers:\n', '  returns:\n    source: warehouse\ntransformers:\n'));
    expect((await command(root, ['sync', '--check'])).exitCode).toBe(1);
    await writeFile(config, before);
    await rm(join(root, 'config'), { recursive: true });
    expect((await command(root, ['status'])).exitCode).toBe(2);
  });

  test('3 through plop for a file that cannot be written', async () => {
    const root = await makeRepository('plop');
    await rm(join(root, 'config/config.yaml'));
    await writeFile(join(root, 'config/other.yaml'), planProject(answers).find(({ path }) => path === 'config/config.yaml')?.text ?? '');
    const { symlink } = await import('node:fs/promises');
    await symlink('other.yaml', join(root, 'config/config.yaml'));
    expect((await plop(root, ['extractor', 'returns', 'sql'])).exitCode).toBe(3);
    expect((await command(root, ['add', 'extractor', 'returns', 'sql'])).exitCode).toBe(3);
  });
});
