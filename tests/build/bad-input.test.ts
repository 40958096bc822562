import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { planProject } from '../../src/index.ts';

const answers = { dir: 'made', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day', owner: 'ana', target: '0.03', warning: '0.02', locale: 'en', source: 'sql' };
const bin = resolve('dist/kpi-flow.mjs');
const plopCli = resolve('node_modules/plop/bin/plop.js');
const env = { ...process.env, KPI_FLOW_LOCALE: 'en', NO_COLOR: '1', CI: '' };

let folder = '';
let root = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-bad-'));
  for (const { path, text } of planProject(answers, { today: '2026-01-05' })) {
    await mkdir(dirname(join(folder, 'first', path)), { recursive: true });
    await writeFile(join(folder, 'first', path), text);
  }
  await writeFile(join(folder, 'plopfile.mjs'), `export { default } from ${JSON.stringify(pathToFileURL(resolve('dist/plop.mjs')).href)};\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  root = join(folder, 'kpi');
  await rm(root, { recursive: true, force: true });
  await cp(join(folder, 'first'), root, { recursive: true });
});

const options = () => ({ reject: false, stdin: 'ignore', env }) as const;
const kpiFlow = (args: readonly string[], cwd = root) => execa(process.execPath, [bin, ...args], { ...options(), cwd });
const plop = (args: readonly string[], dest = root) => execa(process.execPath, [plopCli, '--plopfile', join(folder, 'plopfile.mjs'), '--dest', dest, ...args], { ...options(), cwd: folder });

async function filesOf(top: string): Promise<Record<string, string>> {
  const entries = await readdir(top, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).filter((path) => !path.includes('.kpi-flow/local'));
  return Object.fromEntries(await Promise.all(paths.sort().map(async (path) => [path.slice(top.length), await readFile(path, 'utf8')])));
}
const write = (path: string, text: string) => writeFile(join(root, path), text);
const edit = async (path: string, change: (text: string) => string) => write(path, change(await readFile(join(root, path), 'utf8')));

/** What both doors say to the same words, and whether any file is not as it was. */
async function atBothDoors(args: readonly string[]) {
  const before = await filesOf(root);
  const ours = await kpiFlow(['add', ...args]);
  const theirs = await plop(args);
  const said = theirs.stdout + theirs.stderr;
  const unchanged = JSON.stringify(await filesOf(root)) === JSON.stringify(before);
  return { codes: [ours.exitCode, theirs.exitCode], ours: ours.stderr, theirs: said, hasStack: said.includes('    at '), unchanged };
}
const refusal = (code: number, text: RegExp) => ({ codes: [code, code], ours: expect.stringMatching(text) as string, theirs: expect.stringMatching(text) as string, hasStack: false, unchanged: true });

describe('what is refused, by the command and through plop', () => {
  test.each([
    ['a kind that there is not, with what was meant', ['extractor', 'returns', 'sqll'], 2, /E_STAGE_KIND[\s\S]*sql/],
    ['a kind of notification that there is not', ['notification', 'on-call', 'fialed'], 2, /E_STAGE_KIND[\s\S]*failed/],
    ['a name that is taken', ['extractor', 'orders', 'sql'], 2, /E_STAGE_EXISTS/],
    ['a name that is taken, in capitals', ['extractor', 'Orders', 'sql'], 2, /E_ANSWER_REFUSED[\s\S]*orders/],
    ['the name of a pipeline that is taken', ['pipeline', 'conversion'], 2, /E_STAGE_EXISTS/],
    ['the name of a deployment that is taken, in capitals', ['deployment', 'Conversion'], 2, /E_DEPLOYMENT_EXISTS/],
    ['a channel that there is not', ['notification', 'on-call', 'failed', 'slak'], 2, /E_ANSWER_CHOICE[\s\S]*slack/],
    ['a record that is there', ['adr', 'Prefect orchestrates'], 2, /E_FILE_EXISTS[\s\S]*0001-prefect-orchestrates\.md/],
    ['an input that does not exist, with what was meant', ['transformer', 'net', 'calculation', 'ordrs'], 2, /E_INPUT_UNKNOWN[\s\S]*orders/],
    ['a stage that takes itself', ['transformer', 'net', 'calculation', 'orders,net'], 2, /E_INPUT_CYCLE[\s\S]*net → net/],
    ['a stage of a pipeline that does not exist', ['pipeline', 'weekly', 'conversion_by_dya'], 2, /E_INPUT_UNKNOWN[\s\S]*conversion_by_day/],
    ['a flow that does not exist', ['deployment', 'nightly', 'conversoin'], 2, /E_FLOW_UNKNOWN[\s\S]*conversion/],
    ['a schedule that is none', ['deployment', 'nightly', 'conversion', '0 25 * * *'], 2, /E_ANSWER_REFUSED[\s\S]*25/],
    ['an answer that is missing', ['extractor', 'returns'], 2, /E_ANSWERS_MISSING[\s\S]*--kind/],
  ] as const)('%s', async (_, args, code, text) => {
    expect(await atBothDoors(args)).toEqual(refusal(code, text));
  }, 40_000);

  test('a circle in what the lock remembers', async () => {
    expect((await kpiFlow(['add', 'transformer', 'one', 'calculation', 'orders'])).exitCode).toBe(0);
    expect((await kpiFlow(['add', 'transformer', 'two', 'calculation', 'one'])).exitCode).toBe(0);
    await edit('.kpi-flow/lock', (text) => text.replace(/^(.*inputs\.one\s*[ =:]\s*)orders$/m, '$1two'));
    expect(await readFile(join(root, '.kpi-flow/lock'), 'utf8')).toMatch(/inputs\.one.*two/);
    expect(await atBothDoors(['loader', 'kept', 'sql', 'warehouse', 'two'])).toEqual(refusal(2, /E_INPUT_CYCLE[\s\S]*two → one → two/));
  }, 40_000);

  test('config.yaml broken by hand, with a frame', async () => {
    await edit('config/config.yaml', (text) => text.replace('extractors:', 'extractors: ['));
    expect(await atBothDoors(['extractor', 'returns', 'sql'])).toEqual(refusal(2, /config\/config\.yaml:\d+:\d+[\s\S]*\|/));
  }, 40_000);

  test('a prefect.yaml broken by hand, with a frame', async () => {
    await edit('prefect.yaml', (text) => text.replace('deployments:', 'deployments: ['));
    expect(await atBothDoors(['deployment', 'nightly'])).toEqual(refusal(2, /prefect\.yaml:\d+:\d+[\s\S]*\|/));
  }, 40_000);

  test('a lock from a newer version', async () => {
    await edit('.kpi-flow/lock', (text) => text.replace(/\d+/, '99'));
    expect(await atBothDoors(['extractor', 'returns', 'sql'])).toEqual(refusal(2, /E_LOCK_NEWER/));
  }, 40_000);

  test('no lock', async () => {
    await rename(join(root, '.kpi-flow/lock'), join(folder, 'lock'));
    expect(await atBothDoors(['adr', 'Anything'])).toEqual(refusal(2, /E_LOCK_MISSING/));
  }, 40_000);

  test.each([
    ['config/config.yaml', ['extractor', 'returns', 'sql']],
    ['prefect.yaml', ['deployment', 'nightly']],
  ] as const)('a file that is read-only: %s', async (path, args) => {
    await chmod(join(root, path), 0o444);
    expect(await atBothDoors(args)).toEqual(refusal(3, /E_FILE_READ_ONLY/));
  }, 40_000);

  test.each([
    ['src/core/extractors/returns.py', ['extractor', 'returns', 'sql']],
    ['docs/adr/0002-anything.md', ['adr', 'Anything']],
    ['automations/on-call.yaml', ['notification', 'on-call', 'failed']],
    ['src/core/pipelines/weekly.py', ['pipeline', 'weekly']],
  ] as const)('a symbolic link at the target: %s', async (path, args) => {
    await writeFile(join(folder, 'elsewhere.txt'), 'mine');
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(join(folder, 'elsewhere.txt'), join(root, path));
    expect(await atBothDoors(args)).toEqual(refusal(path.startsWith('src/core/extractors') ? 3 : 2, /E_FILE_LINK|E_FILE_EXISTS/));
    expect(await readFile(join(folder, 'elsewhere.txt'), 'utf8')).toBe('mine');
  }, 40_000);

  test('a folder of a target that is a link out of the repository', async () => {
    await mkdir(join(folder, 'outside'), { recursive: true });
    await symlink(join(folder, 'outside'), join(root, 'automations'));
    expect(await atBothDoors(['notification', 'on-call', 'failed'])).toEqual(refusal(3, /E_FILE_LINK/));
    expect(await readdir(join(folder, 'outside'))).toEqual([]);
  }, 40_000);
});

describe('what only one door can be asked', () => {
  test.each([
    ['a generator that there is not, with what was meant', ['add', 'extractr', 'x', 'sql'], 2, /E_GENERATOR_UNKNOWN[\s\S]*extractor/],
    ['an option that there is not, with what was meant', ['add', 'extractor', 'x', 'sql', '--sourse', 'x'], 2, /E_FLAG_UNKNOWN[\s\S]*--source/],
    ['an option of another kind', ['add', 'extractor', 'x', 'datalake', '--paginator', 'cursor'], 2, /E_OPTION_KIND[\s\S]*--paginator[\s\S]*api/],
    ['an option of another generator', ['add', 'adr', 'Anything', '--schedule', 'none'], 2, /E_FLAG_UNKNOWN[\s\S]*--schedule of add adr[\s\S]*takes --title/],
    ['an option that is as near to another', ['add', 'extractor', 'x', 'sql', '--sorce', 'x'], 2, /E_FLAG_UNKNOWN[\s\S]*--source\?/],
    ['an argument too many', ['add', 'adr', 'Any', 'thing'], 2, /E_ARGUMENT_EXTRA[\s\S]*add adr takes one/],
    ['an argument where none is taken', ['undo', 'it'], 2, /E_ARGUMENT_EXTRA[\s\S]*undo takes no/],
    ['no generator, with all there are', ['add'], 2, /E_ANSWERS_MISSING[\s\S]*<generator>[\s\S]*notification/],
    ['a generator in the place of a command', ['extracter', 'x'], 2, /E_COMMAND_UNKNOWN[\s\S]*add extractor\?/],
    ['a stage to rename without its new name', ['rename', 'orders'], 2, /E_ANSWERS_MISSING[\s\S]*rename <stage> <new>/],
    ['a stage in the place of a source', ['add', 'loader', 'kept', 'sql', 'conversion'], 2, /E_ANSWER_REFUSED[\s\S]*--inputs conversion/],
    ['a generator to describe that there is not', ['describe', 'pipelin'], 2, /E_GENERATOR_UNKNOWN[\s\S]*pipeline/],
    ['a stage to remove that others use', ['remove', 'clean_orders'], 1, /E_STAGE_USED[\s\S]*src\/core\/pipelines\/conversion\.py:\d+/],
    ['a stage to remove that there is not', ['remove', 'clean_ordrs'], 2, /E_STAGE_UNKNOWN[\s\S]*clean_orders/],
  ] as const)('%s', async (_, args, code, text) => {
    const { exitCode, stderr } = await kpiFlow(args);
    expect([exitCode, stderr]).toEqual([code, expect.stringMatching(text)]);
  });

  test.each([
    ['a generator that there is not', ['extractr', 'x'], /E_GENERATOR_UNKNOWN[\s\S]*"extractor"/],
    ['an option that there is not', ['extractor', 'x', 'sql', '--', '--sorce', 'x'], /E_FLAG_UNKNOWN[\s\S]*--source/],
    ['an option in front of the dashes, whose value plop would take for a new source', ['extractor', 'x', 'sql', '--database', 'postgresql'], /E_FLAG_OF_PLOP[\s\S]*-- --database/],
    ['an argument too many, which plop would take for an option', ['extractor', 'x', 'sql', 'warehouse', 'postgresql'], /E_ARGUMENT_EXTRA[\s\S]*postgresql/],
    ['more arguments than plop has questions', ['adr', 'Any', 'thing'], /E_ARGUMENT_EXTRA[\s\S]*thing/],
    ['an answer that is missing, with a line for plop', ['extractor', 'x'], /npx plop extractor <name> <kind>/],
  ] as const)('plop: %s', async (_, args, text) => {
    const before = await filesOf(root);
    const { exitCode, stdout, stderr } = await plop(args);
    expect([exitCode, stdout + stderr]).toEqual([2, expect.stringMatching(text)]);
    expect(await filesOf(root)).toEqual(before);
  });

  test('plop: a generator of somebody’s own, registered after ours', async () => {
    const ours = JSON.stringify(pathToFileURL(resolve('dist/plop.mjs')).href);
    await writeFile(join(folder, 'own.mjs'), `import ours from ${ours};\nexport default async (plop) => { await ours(plop); plop.setGenerator('extractr', { prompts: [], actions: [() => 'mine'] }); };\n`);
    const { exitCode, stdout, stderr } = await execa(process.execPath, [plopCli, '--plopfile', join(folder, 'own.mjs'), '--dest', root, 'extractr'], { ...options(), cwd: folder });
    expect([exitCode, stdout + stderr]).toEqual([0, expect.not.stringContaining('E_GENERATOR_UNKNOWN')]);
  });

  test('plop where our package is not installed', async () => {
    const { exitCode, stderr } = await execa(process.execPath, [plopCli, 'extractor', 'x', 'sql'], { ...options(), cwd: join(root, 'src/core') });
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('E_NOT_INSTALLED')]);
  });

  test('plop from a folder of the repository, with the repository’s own plopfile', async () => {
    await mkdir(join(root, 'node_modules'), { recursive: true });
    await mkdir(join(folder, 'package'), { recursive: true });
    await cp(resolve('package.json'), join(folder, 'package/package.json'));
    await cp(resolve('dist'), join(folder, 'package/dist'), { recursive: true });
    await symlink(join(folder, 'package'), join(root, 'node_modules/create-kpi-flow'), 'junction');
    const { exitCode, stdout, stderr } = await execa(process.execPath, [plopCli, 'notification', 'on-call', 'late'], { ...options(), cwd: join(root, 'src/core') });
    expect(exitCode, stdout + stderr).toBe(0);
    expect(await readdir(join(root, 'automations'))).toContain('on-call.yaml');
  });

  test('a generator called outside a repository', async () => {
    const { exitCode, stderr } = await kpiFlow(['add', 'adr', 'Anything'], folder);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('E_NOT_A_REPOSITORY')]);
    const theirs = await plop(['adr', 'Anything'], folder);
    expect([theirs.exitCode, theirs.stdout + theirs.stderr]).toEqual([2, expect.stringContaining('E_NOT_A_REPOSITORY')]);
  });
});
