import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { additions } from '../../generators/index.ts';
import type * as Published from '../../src/index.ts';
import { planProject } from '../../src/index.ts';

const answers = { dir: 'made', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: '0.03', warning: '0.02', locale: 'en', source: 'sql', git: 'false', install: 'false' };

/** What is added: each answer by its label on a terminal, in the order of its position, and what only flags can say. */
interface Step {
  readonly generator: string;
  readonly placed: readonly (readonly [key: string, label: string, value: string])[];
  readonly flags?: Readonly<Record<string, string>>;
  /** What a menu offers, when it is not the kinds. */
  readonly choices?: readonly string[];
}
const steps: readonly Step[] = [
  { generator: 'extractor', placed: [['name', 'Name', 'returns'], ['kind', 'Kind', 'sql'], ['source', 'Source', 'warehouse']] },
  { generator: 'transformer', placed: [['name', 'Name', 'clean_returns'], ['kind', 'Kind', 'cleaning'], ['inputs', 'Inputs', 'returns']] },
  { generator: 'transformer', placed: [['name', 'Name', 'returned'], ['kind', 'Kind', 'aggregation'], ['inputs', 'Inputs', 'clean_returns']] },
  { generator: 'pipeline', placed: [['name', 'Name', 'sent_back'], ['inputs', 'Stages', 'returned']] },
  { generator: 'loader', placed: [['name', 'Name', 'returned_kept'], ['kind', 'Kind', 'sql'], ['source', 'Source', 'warehouse'], ['inputs', 'Inputs', 'returned']], flags: { flow: 'sent_back' } },
  { generator: 'deployment', placed: [['name', 'Name', 'back-fill'], ['flow', 'Flow', 'sent_back'], ['schedule', 'Schedule', '0 3 * * *']], flags: { timezone: 'Europe/Madrid', parameters: 'start=2026-01-01' } },
  { generator: 'notification', placed: [['name', 'Name', 'on-call'], ['kind', 'Kind', 'late'], ['channel', 'Channel', 'teams']] },
  { generator: 'adr', placed: [['title', 'Title', 'Why we keep returns']] },
];
const kindsOf = (generator: string): readonly string[] => additions[generator]?.kinds.map(({ value }) => value) ?? [];
const wordsOf = ({ flags = {} }: Step): string[] => Object.entries(flags).flatMap(([key, value]) => [`--${key}`, value]);
const valuesOf = ({ placed }: Step): string[] => placed.map(([, , value]) => value);
const bin = resolve('dist/kpi-flow.mjs');
const plopCli = resolve('node_modules/plop/bin/plop.js');
const env = { ...process.env, KPI_FLOW_LOCALE: 'en', NO_COLOR: '1', CI: '' };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-doors-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function makeRepository(name: string, given: object = {}): Promise<string> {
  const root = join(folder, name);
  for (const { path, text } of planProject({ ...answers, ...given }, { today: '2026-01-05' })) {
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

/** A person at a terminal, who types each answer when its label is there. */
function typed(program: string, args: readonly string[], cwd: string, { generator, placed, choices = kindsOf(generator) }: Step, after: string): Promise<number> {
  const terminal = spawn(process.execPath, [program, ...args], { cwd, cols: 200, rows: 40, env: env as Record<string, string> });
  const menuOf = (key: string) => (key === 'kind' ? choices : additions[generator]?.fields[key]?.meta.choices?.map((each) => each.value));
  const moves = placed.map(([key, label, value]): [string, string] => [`${label}${after}`, `${menuOf(key) === undefined ? value : '\u001b[B'.repeat(menuOf(key)?.indexOf(value) ?? 0)}\r`]);
  let shown = '';
  terminal.onData((chunk) => {
    shown += stripVTControlCharacters(chunk);
    const [next] = moves;
    if (next !== undefined && shown.includes(next[0])) {
      moves.shift();
      shown = '';
      terminal.write(next[1]);
    }
  });
  return new Promise((done) => terminal.onExit(({ exitCode }) => done(exitCode)));
}

const doors: Readonly<Record<string, (root: string, step: Step) => Promise<number | undefined>>> = {
  'the command line by position': async (root, step) => (await command(root, ['add', step.generator, ...valuesOf(step), ...wordsOf(step)])).exitCode,
  'the command line by flags': async (root, step) => (await command(root, ['add', step.generator, ...step.placed.flatMap(([key, , value]) => [`--${key}`, value]), ...wordsOf(step)])).exitCode,
  'the command line on a terminal': async (root, step) => typed(bin, ['add', step.generator, ...wordsOf(step)], join(root, 'docs'), step, ''),
  'plop with bypass arguments': async (root, step) => (await plop(root, [step.generator, ...valuesOf(step), ...(step.flags ? ['--', ...wordsOf(step)] : [])])).exitCode,
  'plop on a terminal': async (root, step) => typed(plopCli, ['--plopfile', join(folder, 'plopfile.mjs'), '--dest', root, step.generator, ...(step.flags ? ['--', ...wordsOf(step)] : [])], root, step, ': '),
  'a program': async (root, step) => {
    const { add } = (await import(pathToFileURL(resolve('dist/index.mjs')).href)) as typeof Published;
    await add(step.generator, { ...Object.fromEntries(step.placed.map(([key, , value]) => [key, value])), ...step.flags }, { cwd: root });
    return 0;
  },
};

test('the same bytes come through every door', async () => {
  const trees: Record<string, Record<string, string>> = {};
  for (const [door, enter] of Object.entries(doors)) {
    const root = await makeRepository(String(Object.keys(trees).length));
    for (const step of steps) expect(await enter(root, step), `${door}: ${step.generator} ${valuesOf(step).join(' ')}`).toBe(0);
    trees[door] = await filesOf(root);
  }
  const [first, ...others] = Object.entries(trees);
  for (const [door, tree] of others) expect(tree, door).toEqual(first?.[1]);
  expect(Object.keys(first?.[1] ?? {})).toContain('src/core/transformers/returned.py');
  expect(first?.[1]['prefect_flows/sent_back_flow.py']).toContain('tasks.returned_kept(result)');
  expect([...new Set(steps.map(({ generator }) => generator))].sort()).toEqual(Object.keys(additions).sort());
}, 300_000);

test('the same bytes come into a TypeScript repository, by plop and by the command line', async () => {
  const trees: Record<string, string>[] = [];
  for (const door of ['plop with bypass arguments', 'the command line by position']) {
    const root = await makeRepository(door, { language: 'typescript', plop: true });
    for (const step of steps.slice(0, 3)) expect(await doors[door]?.(root, step), `${door}: ${valuesOf(step).join(' ')}`).toBe(0);
    trees.push(await filesOf(root));
  }
  const [byPlop = {}, byCommand] = trees;
  expect(byPlop).toEqual(byCommand);
  expect(byPlop['plopfile.mjs']).toContain("import('create-kpi-flow/plop')");
  expect(byPlop['src/core/transformers/returned.ts']).toContain('export function returned(');
  const { scripts, devDependencies } = JSON.parse(byPlop['package.json'] ?? '') as { scripts: object; devDependencies: object };
  expect(scripts).toHaveProperty('plop', 'plop');
  expect(Object.keys(devDependencies)).toEqual(['@types/node', 'create-kpi-flow', 'oxlint', 'plop', 'typescript', 'vitest']);
});

describe('on a terminal', () => {
  const asked: Step = { generator: 'adr', placed: [['kind', 'What is to be added?', 'adr'], ['title', 'Title', 'Why we ask']], choices: Object.keys(additions) };

  test('add alone asks what is to be added, then what that needs', async () => {
    const root = await makeRepository('asked');
    expect(await typed(bin, ['add'], root, asked, '')).toBe(0);
    expect(await readdir(join(root, 'docs/adr'))).toContain('0002-why-we-ask.md');
    expect((await command(root, ['history'])).stdout).toContain('add adr "Why we ask"');
  });

  test('nothing is asked with --yes, and what is missing is listed', async () => {
    const root = await makeRepository('silent');
    expect(await typed(bin, ['add', 'extractor', '--yes'], root, { ...asked, placed: [] }, '')).toBe(2);
  });
});

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
