import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { version } from 'virtual:version';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stages } from '../../generators/index.ts';
import { readPythonGrammar } from '../../src/edge/python-grammar.ts';
import { nodeRepositories } from '../../src/edge/repository.ts';
import { Failure } from '../../src/errors/failure.ts';
import type { GrowOptions, GrowPorts } from '../../src/jobs/grow.ts';
import { add, changesFiles, history, own, remove, status, sync, undo, why } from '../../src/jobs/grow.ts';
import { loadPython } from '../../src/python/parse-python.ts';
import { hash, startFiles } from '../generate/grown.ts';

const answers = { dir: 'kpi', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: 0.03, warning: 0.02 };
const parse = await loadPython(await readPythonGrammar());
const start = startFiles(answers);
let root: string;
let ports: GrowPorts;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kpi-grow-'));
  for (const [path, text] of start) write(path, text);
  ports = { repositories: nodeRepositories(), generators: stages, loadPython: async () => parse, hash, version, cwd: join(root, 'src/core') };
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
    await expect(remove('returned_daily', options(), ports)).rejects.toMatchObject({ problems: [{ code: 'E_STAGE_USED', args: { places: [expect.stringMatching(/^prefect_flows\/conversion_flow\.py:\d+$/)] } }] });
    expect(await codeOf(remove('orders', options(), ports))).toBe('E_STAGE_USED');
    expect(await codeOf(remove('order', options(), ports))).toBe('E_STAGE_UNKNOWN');
  });

  it('leaves an edited file', async () => {
    await addStage('extractor', 'returns', 'sql');
    edit('tests/unit/test_returns.py', (text) => `${text}# mine\n`);
    const { remarks } = await remove('returns', options(), ports);
    expect(remarks).toEqual([{ kind: 'kept', file: 'tests/unit/test_returns.py' }]);
    expect(read('tests/unit/test_returns.py')).toContain('# mine');
  });
});

describe('status and why', () => {
  it('say what waits, what is edited, what drifted, and where a file comes from', async () => {
    await addStage('extractor', 'returns', 'sql');
    edit('src/core/extractors/returns.py', (text) => `${text}# mine\n`);
    edit('config/config.yaml', (text) => text.replace('name: "Conversión"', 'name: "Otra"'));
    expect(await status('status', ports)).toMatchObject({ waiting: [{ stage: 'returns', group: 'extractors' }], drifted: ['docs/kpi.md'], edited: ['config/config.yaml', 'src/core/extractors/returns.py'] });
    expect(await why('src/core/extractors/returns.py', 'why', ports)).toMatchObject({ owner: 'seed', edited: true, from: 'extractors.returns' });
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
