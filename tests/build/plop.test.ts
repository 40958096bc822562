import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { additions, generators } from '../../generators/index.ts';
import type * as Published from '../../src/index.d.mts';

const plopCli = resolve('node_modules/plop/bin/plop.js');
const answers = {
  dir: 'made',
  name: 'Calcular "Conversión"',
  id: 'conversion',
  type: 'ratio',
  inputs: 'orders,sessions',
  grain: 'day,channel',
  description: 'Orders over sessions.',
  owner: 'ana@example.com',
  unit: 'ratio',
  direction: 'higher_is_better',
  target: '0.031',
  warning: '0.03',
  locale: 'es',
  language: 'python',
  frames: 'polars',
  source: 'sql',
  destination: 'sql',
  database: 'sqlite',
  store: 'folder',
  schedule: '0 6 * * *',
  timezone: 'Europe/Madrid',
  task_runner: 'threads',
  pool: 'kpi-pool',
  plop: 'true',
  git: 'false',
  install: 'false',
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-plop-'));
  await writeFile(
    join(folder, 'plopfile.mjs'),
    `export { default } from ${JSON.stringify(pathToFileURL(resolve('dist/plop.mjs')).href)};\n`,
  );
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function plop(args: readonly string[]) {
  const options = {
    cwd: folder,
    reject: false,
    stdin: 'ignore',
    env: { KPI_FLOW_LOCALE: 'en', NO_COLOR: '1' },
  } as const;
  return execa(
    process.execPath,
    [plopCli, '--plopfile', join(folder, 'plopfile.mjs'), '--dest', folder, ...args],
    options,
  );
}

describe('plop', () => {
  test('makes the same tree as the other doors, byte for byte', async () => {
    const { exitCode, stderr, stdout } = await plop(['project', ...Object.values(answers)]);
    expect(exitCode, stderr + stdout).toBe(0);
    // Both from the same build: the sources may be newer.
    const { planProject } = (await import(pathToFileURL(resolve('dist/index.mjs')).href)) as typeof Published;
    for (const { path, text } of planProject(answers)) {
      expect(await readFile(join(folder, 'made', path), 'utf8'), path).toBe(text);
    }
  });

  test('a value that cannot be is a mistake (2) and names the fix', async () => {
    const { exitCode, stdout, stderr } = await plop(['project', 'made', 'Name', 'class']);
    expect([exitCode, stdout + stderr]).toEqual([2, expect.stringContaining('class')]);
  });

  test('answers that are missing are listed when nobody can be asked (2)', async () => {
    const { exitCode, stdout, stderr } = await plop(['project', 'made']);
    expect([exitCode, stdout + stderr]).toEqual([2, expect.stringMatching(/E_ANSWERS_MISSING.*--name/s)]);
    expect(await readdir(folder)).toEqual(['plopfile.mjs']);
  });

  test('an unknown generator is a mistake (2), and not a 0', async () => {
    expect((await plop(['nonsense'])).exitCode).toBe(2);
  });

  test('a folder that is not empty is left as it was (2)', async () => {
    const { exitCode } = await plop(['project', '.', ...Object.values(answers).slice(1)]);
    expect([exitCode, await readdir(folder)]).toEqual([2, ['plopfile.mjs']]);
  });
});

// plop's own actions write at once, escape code as HTML and may delete folders: ours plan and apply.
describe('no action of plop itself', () => {
  test('is registered', async () => {
    const { default: register } = (await import(pathToFileURL(resolve('dist/plop.mjs')).href)) as {
      default: (plop: object) => Promise<void>;
    };
    const seen: { name: string; actions: readonly unknown[] }[] = [];
    await register({
      getDestBasePath: () => folder,
      setGenerator: (name: string, config: { actions: readonly unknown[] }) =>
        seen.push({ name, actions: config.actions }),
    });
    expect(seen.map(({ name }) => name)).toEqual([...Object.keys(generators), ...Object.keys(additions)]);
    expect(seen.flatMap(({ actions }) => actions).filter((action) => typeof action !== 'function')).toEqual([]);
  });

  test('is named in a source or a template', async () => {
    const tops = await Promise.all(
      ['src', 'generators', 'templates'].map(async (top) =>
        (await readdir(top, { recursive: true })).map((each) => join(top, each)),
      ),
    );
    // The bench measures plop's own way of writing a file as the rival that it is.
    const files = tops.flat().filter((file) => /\.(ts|mjs|hbs)$/.test(file) && file !== join('src', 'build', 'bench', 'growing.ts'));
    const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'utf8') })));
    expect(
      texts.filter(({ text }) => /type: ['"](add|addMany|modify|append)['"]/.test(text)).map(({ file }) => file),
    ).toEqual([]);
  });
});
