import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { version } from 'virtual:version';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { additions } from '../../generators/index.ts';
import { readPythonGrammar } from '../../src/edge/python-grammar.ts';
import { nodeRepositories } from '../../src/edge/repository.ts';
import { Failure } from '../../src/errors/failure.ts';
import type { GrowOptions, GrowPorts } from '../../src/jobs/grow.ts';
import { add } from '../../src/jobs/add.ts';
import { changesFiles } from '../../src/jobs/grow.ts';
import { own } from '../../src/jobs/own.ts';
import { remove } from '../../src/jobs/remove.ts';
import { rename } from '../../src/jobs/rename.ts';
import { status } from '../../src/jobs/status.ts';
import { sync } from '../../src/jobs/sync.ts';
import { history, undo } from '../../src/jobs/undo.ts';
import { why } from '../../src/jobs/why.ts';
import { loadPython } from '../../src/python/load-python.ts';
import { hash, startFiles } from '../generate/grown.ts';

const answers = { dir: 'kpi', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: 0.03, warning: 0.02 };
const parse = await loadPython(await readPythonGrammar());
const start = startFiles(answers);
let root: string;
let ports: GrowPorts;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kpi-grow-'));
  for (const [path, text] of start) write(path, text);
  ports = { repositories: nodeRepositories(), generators: additions, loadPython: async () => parse, hash, clock: { today: () => '2026-01-05' }, version, cwd: join(root, 'src/core') };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const edit = (path: string, change: (text: string) => string) => write(path, change(read(path)));
const options = (change: Partial<GrowOptions> = {}): GrowOptions => ({ command: 'test', dryRun: false, force: false, ...change });
/** Every file but what belongs to this copy alone. */
function snapshot(): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).filter((path) => !path.startsWith('.kpi-flow/local'));
  return Object.fromEntries(paths.sort().map((path) => [path, read(path)]));
}
const addStage = (generator: string, name: string, kind: string, inputs = '', change: Partial<GrowOptions> = {}) => add(generator, { name, kind, ...(inputs && { inputs }) }, options(change), ports);
async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(() => undefined, (error: unknown) => (error instanceof Failure ? error.problems[0]?.code : String(error)));
}
async function addChain(): Promise<void> {
  await addStage('extractor', 'returns', 'sql');
  await addStage('transformer', 'clean_returns', 'cleaning', 'returns');
  await addStage('transformer', 'returned', 'aggregation', 'clean_returns');
  await addStage('loader', 'returned_daily', 'sql', 'returned');
}

describe('undo', () => {
  it('takes runs back one after another, byte for byte', async () => {
    const states = [snapshot()];
    for (const step of [() => addStage('extractor', 'returns', 'sql'), () => addStage('transformer', 'clean_returns', 'cleaning', 'returns'), () => addStage('loader', 'copy_daily', 'datalake')]) {
      await step();
      states.push(snapshot());
    }
    for (const before of states.slice(0, -1).reverse()) {
      await undo(options(), ports);
      expect(snapshot()).toEqual(before);
    }
    expect(await codeOf(undo(options(), ports))).toBe('E_NOTHING_TO_UNDO');
    expect((await history('history', ports)).map(({ undoes }) => undoes)).toEqual([undefined, undefined, undefined, 3, 2, 1]);
  });

  it('is refused when a file changed since, and changes nothing then', async () => {
    await addStage('extractor', 'returns', 'sql');
    edit('src/core/extractors/returns.sql', (text) => `${text}-- mine\n`);
    const before = snapshot();
    expect(await codeOf(undo(options(), ports))).toBe('E_UNDO_CHANGED');
    expect(snapshot()).toEqual(before);
  });
});

describe('a dry run', () => {
  it('plans what the real one does, and writes nothing', async () => {
    const before = snapshot();
    const dry = await addStage('extractor', 'returns', 'sql', '', { dryRun: true });
    expect(snapshot()).toEqual(before);
    const real = await addStage('extractor', 'returns', 'sql');
    expect(real.plan).toEqual(dry.plan);
  });
});

describe('sync', () => {
  it('has nothing to do in a repository that nobody touched, or that only grew', async () => {
    expect((await sync(options(), ports)).plan.ops).toEqual([]);
    await addChain();
    expect((await sync(options(), ports)).plan.ops).toEqual([]);
  });

  it('makes what somebody wrote into config.yaml by hand', async () => {
    edit('config/config.yaml', (text) => text.replace('transformers:\n', '  returns: {source: warehouse}\ntransformers:\n  clean_returns: {kind: cleaning}\n'));
    const result = await sync(options(), ports);
    expect(result.plan.ops.map(({ path }) => path)).toEqual(expect.arrayContaining(['src/core/extractors/returns.py', 'src/core/transformers/clean_returns.py', 'prefect_flows/tasks.py']));
    expect(read('tests/unit/test_clean_returns.py')).toContain('core.extractors.returns');
    expect((await sync(options(), ports)).plan.ops).toEqual([]);
  });

  it('gives what was written by hand the inputs that there are, also when the KPI’s own stages have other names', async () => {
    await rename('conversion_by_day', 'rate_by_day', options(), ports);
    await rename('conversion', 'rate', options(), ports);
    edit('config/config.yaml', (text) => text.replace('loaders:\n', '  rates: {kind: aggregation}\nloaders:\n  kept: {source: warehouse, write: replace}\n'));
    await sync(options(), ports);
    expect(read('.kpi-flow/lock')).toMatch(/src\/core\/loaders\/kept\.py/);
    expect(read('src/core/transformers/rates.py')).toContain('pl.col("occurred_at")');
    await addStage('loader', 'more', 'sql');
    expect(read('prefect_flows/conversion_flow.py')).toContain('tasks.more(by_day)');
    expect((await sync(options(), ports)).plan.ops).toEqual([]);
  });

  it('brings the packages and names the secrets of what was written by hand', async () => {
    edit('config/config.yaml', (text) => text.replace('extractors:\n', '  shop: {kind: api, url: "https://shop.example.com", auth: bearer}\n  lake: {kind: datalake, uri: "s3://bucket"}\nextractors:\n  tickets: {source: shop}\n  parts: {source: lake}\n').replace('loaders:\n', 'loaders:\n  told: {source: shop, write: append, keys: [day]}\n'));
    const { plan, remarks } = await sync(options(), ports);
    expect(plan.ops.map(({ path }) => path).filter((path, index, all) => all.indexOf(path) !== index)).toEqual([]);
    expect(read('pyproject.toml')).toMatch(/"httpx2/);
    expect(read('.env.example')).toContain('SHOP_TOKEN=');
    expect(remarks).toContainEqual(expect.objectContaining({ kind: 'next', step: 'install' }));
    expect((await sync(options(), ports)).plan.ops).toEqual([]);
    // Nobody but its author takes a source away that somebody wrote.
    await remove('tickets', options(), ports);
    expect(read('config/config.yaml')).toContain('shop: {kind: api');
  });

  it('takes away what is gone from config.yaml, but no edited file and nothing that is used', async () => {
    await addStage('extractor', 'returns', 'sql');
    await addStage('extractor', 'refunds', 'sql');
    edit('src/core/extractors/refunds.py', (text) => `${text}# mine\n`);
    edit('config/config.yaml', (text) => text.replace(/ {2}refunds:\n.*\n {2}returns:\n.*\n/, '').replace(/ {2}orders:\n.*\n/, ''));
    const { remarks } = await sync(options(), ports);
    expect(remarks).toEqual(expect.arrayContaining([{ kind: 'kept', file: 'src/core/extractors/refunds.py' }, expect.objectContaining({ kind: 'used', stage: 'orders' })]));
    const files = Object.keys(snapshot());
    expect(files.filter((path) => path.includes('returns') || path.includes('refunds'))).toEqual(['src/core/extractors/refunds.py']);
    expect(files).toContain('src/core/extractors/orders.py');
  });

  it('stops at a generated file that somebody edited, unless it is theirs or it is forced', async () => {
    edit('prefect_flows/tasks.py', (text) => `${text}# mine\n`);
    const edited = read('prefect_flows/tasks.py');
    expect(await codeOf(sync(options(), ports))).toBe('E_GENERATED_EDITED');
    await own('prefect_flows/tasks.py', options(), ports);
    await sync(options(), ports);
    expect(read('prefect_flows/tasks.py')).toBe(edited);
    await undo(options(), ports);
    await sync(options({ force: true }), ports);
    expect(read('prefect_flows/tasks.py')).toBe(start.get('prefect_flows/tasks.py'));
  });

  it('keeps line ends and a mark of what it rewrites, and leaves deleted files deleted', async () => {
    rmSync(join(root, 'docs/kpi.md'));
    rmSync(join(root, 'docs/onboarding.md'));
    edit('prefect_flows/tasks.py', (text) => `\ufeff${text.replaceAll('\n', '\r\n')}`);
    await addStage('extractor', 'returns', 'sql');
    await sync(options(), ports);
    expect(read('prefect_flows/tasks.py')).toMatch(/^\ufeff"""/);
    expect(read('prefect_flows/tasks.py')).not.toMatch(/[^\r]\n/);
    expect(Object.keys(snapshot())).not.toEqual(expect.arrayContaining(['docs/kpi.md']));
    expect((await status('status', ports)).deleted).toEqual(['docs/kpi.md', 'docs/onboarding.md']);
    expect(changesFiles(await sync(options(), ports))).toBe(false);
  });
});

describe('remove', () => {
  it('is the opposite of add, for a stage that nothing uses', async () => {
    const before = snapshot();
    await addStage('extractor', 'returns', 'sql');
    await remove('returns', options(), ports);
    expect(snapshot()).toEqual(before);
  });

  it('names every place that still uses the stage', async () => {
    await addChain();
    edit('prefect_flows/conversion_flow.py', (text) => text.replace('tasks.returned_daily(returned)', 'tasks.returned_daily(returned)  # mine'));
    await expect(remove('returned_daily', options(), ports)).rejects.toMatchObject({ problems: [{ code: 'E_STAGE_USED', args: { places: [expect.stringMatching(/^prefect_flows\/conversion_flow\.py:\d+$/)] } }] });
    expect(await codeOf(remove('orders', options(), ports))).toBe('E_STAGE_USED');
    expect(await codeOf(remove('order', options(), ports))).toBe('E_STAGE_UNKNOWN');
  });

  it('takes the lines back that joined a loader, and its chain waits again', async () => {
    await addStage('extractor', 'returns', 'sql');
    await addStage('transformer', 'clean_returns', 'cleaning', 'returns');
    await addStage('transformer', 'returned', 'aggregation', 'clean_returns');
    const before = snapshot();
    await addStage('loader', 'returned_daily', 'sql', 'returned');
    const { remarks } = await remove('returned_daily', options(), ports);
    expect(remarks).toEqual([{ kind: 'parted', stages: ['returns', 'clean_returns', 'returned', 'returned_daily'], file: 'prefect_flows/conversion_flow.py' }]);
    expect(snapshot()).toEqual(before);
    await expect(remove('clean_returns', options(), ports)).rejects.toMatchObject({ problems: [{ code: 'E_STAGE_USED', args: { places: [expect.stringMatching(/^config\/config\.yaml:\d+$/)], takers: ['returned'] } }] });
  });

  it('leaves an edited file', async () => {
    await addStage('extractor', 'returns', 'sql');
    edit('tests/unit/test_returns.py', (text) => `${text}# mine\n`);
    const { remarks } = await remove('returns', options(), ports);
    expect(remarks).toEqual([{ kind: 'outlived', file: 'tests/unit/test_returns.py' }]);
    expect(read('tests/unit/test_returns.py')).toContain('# mine');
  });
});

describe('rename', () => {
  it('is taken back by undo, byte for byte, with what somebody edited', async () => {
    await addChain();
    edit('src/core/extractors/returns.py', (text) => `\ufeff${text}# mine\n`.replaceAll('\n', '\r\n'));
    edit('prefect_flows/conversion_flow.py', (text) => `${text}# mine\n`);
    const before = snapshot();
    expect(await codeOf(rename('returns', 'refunds', options(), ports))).toBe('E_STAGE_REFERRED');
    expect(snapshot()).toEqual(before);
    await rename('returns', 'refunds', options({ editReferences: true }), ports);
    expect(read('prefect_flows/conversion_flow.py')).toContain('returns = tasks.refunds.submit(*days)');
    expect(Object.keys(snapshot())).not.toContain('src/core/extractors/returns.py');
    expect((await sync(options(), ports)).plan.ops).toEqual([]);
    await undo(options(), ports);
    expect(snapshot()).toEqual(before);
  });

  it('finds what people wrote beside, but not in environments and caches', async () => {
    write('scripts/look.py', 'from core import extractors\n\nprint(extractors.orders)\n');
    for (const folder of ['.venv/lib', 'node_modules/x', 'scripts/__pycache__']) write(`${folder}/look.py`, 'from core import extractors\n\nprint(extractors.orders)\n');
    await expect(rename('orders', 'sales', options(), ports)).rejects.toMatchObject({ problems: [{ code: 'E_STAGE_REFERRED', args: { places: ['scripts/look.py:3'] } }] });
  });

  it('stops before a file that cannot be written, and changes nothing', async () => {
    const before = snapshot();
    chmodSync(join(root, 'src/core/extractors/orders.sql'), 0o444);
    expect(await codeOf(rename('orders', 'sales', options(), ports))).toBe('E_FILE_READ_ONLY');
    expect(snapshot()).toEqual(before);
    expect(await codeOf(rename('order', 'sales', options(), ports))).toBe('E_STAGE_UNKNOWN');
  });
});

describe('status and why', () => {
  it('say what waits, what is edited, what drifted, and where a file comes from', async () => {
    await addStage('extractor', 'returns', 'sql');
    edit('src/core/extractors/returns.py', (text) => `${text}# mine\n`);
    edit('config/config.yaml', (text) => text.replace('name: "Conversión"', 'name: "Otra"'));
    expect(await status('status', ports)).toMatchObject({ waiting: [{ stage: 'returns', group: 'extractors' }], drifted: ['docs/kpi.md'], edited: ['config/config.yaml', 'src/core/extractors/returns.py'] });
    expect(await why('src/core/extractors/returns.py', 'why', ports)).toMatchObject({ owner: 'seed', edited: true, from: 'extractors.returns' });
    await add('pipeline', { name: 'weekly' }, options(), ports);
    expect(await why('prefect_flows/weekly_flow.py', 'why', ports)).toMatchObject({ owner: 'edited', edited: false, from: 'pipeline weekly' });
    expect(await why('prefect_flows/conversion_flow.py', 'why', ports)).toMatchObject({ from: 'kpi' });
    await add('adr', { title: 'Weeks begin on Monday' }, options(), ports);
    expect(await why('docs/adr/0002-weeks-begin-on-monday.md', 'why', ports)).toMatchObject({ from: 'adr 0002' });
    expect(await codeOf(why('nothing.py', 'why', ports))).toBe('E_FILE_UNKNOWN');
  });
});

describe('what cannot be', () => {
  it('is told, and nothing is written', async () => {
    const before = snapshot();
    expect(await codeOf(add('extractr', {}, options(), ports))).toBe('E_GENERATOR_UNKNOWN');
    expect(await codeOf(addStage('extractor', 'returns', 'slq'))).toBe('E_STAGE_KIND');
    expect(await codeOf(addStage('extractor', 'Returns', 'sql'))).toBe('E_ANSWER_REFUSED');
    expect(await codeOf(add('extractor', { name: 'x_y' }, options(), ports))).toBe('E_ANSWERS_MISSING');
    expect(await codeOf(add('extractor', { name: 'x_y', kind: 'sql' }, options(), { ...ports, cwd: tmpdir() }))).toBe('E_NOT_A_REPOSITORY');
    edit('config/config.yaml', (text) => text.replace('kind: sql', 'kind: sqll'));
    expect(await codeOf(addStage('extractor', 'returns', 'sql'))).toBe('E_CONFIG_CHOICE');
    write('config/config.yaml', before['config/config.yaml'] ?? '');
    rmSync(join(root, '.kpi-flow/lock'));
    expect(await codeOf(addStage('extractor', 'returns', 'sql'))).toBe('E_LOCK_MISSING');
    write('.kpi-flow/lock', (before['.kpi-flow/lock'] ?? '').replace(/template .*/, 'template 99.0.0'));
    expect(await codeOf(addStage('extractor', 'returns', 'sql'))).toBe('E_LOCK_NEWER');
    write('.kpi-flow/lock', before['.kpi-flow/lock'] ?? '');
    expect(snapshot()).toEqual(before);
  });
});
