import { beforeEach, describe, expect, test } from 'vitest';
import { stages } from '../../generators/index.ts';
import type { Growth } from '../../src/generate/plan-add.ts';
import type { RenameOptions } from '../../src/generate/plan-rename.ts';
import { planRename } from '../../src/generate/plan-rename.ts';
import { planSync } from '../../src/generate/plan-sync.ts';
import { compile } from '../templates/own-compiler.ts';
import type { Files } from './grown.ts';
import { addTo, apply, startFiles, stateOf } from './grown.ts';

const flow = 'prefect_flows/rate_flow.ts';
const start = startFiles({ dir: 'kpi', owner: 'Ana', language: 'typescript', id: 'rate', type: 'ratio', inputs: 'orders,sessions', grain: 'week,region' });
let files: Files;

beforeEach(() => {
  files = new Map(start);
});

const textOf = (path: string): string => files.get(path) ?? '';

function rename(name: string, next: string, options: Partial<RenameOptions> = {}): Growth {
  const growth = planRename(name, next, stateOf(files), { force: false, editReferences: false, ...options });
  apply(files, growth.plan.ops);
  return growth;
}

function addChain(): void {
  addTo(files, 'extractor', { name: 'sent_back', kind: 'sql' });
  addTo(files, 'transformer', { name: 'clean_sent_back', kind: 'cleaning', inputs: 'sent_back' });
  addTo(files, 'transformer', { name: 'net', kind: 'calculation', inputs: 'clean_orders,clean_sent_back' });
  addTo(files, 'transformer', { name: 'net_by_week', kind: 'aggregation', inputs: 'net' });
  addTo(files, 'loader', { name: 'net_weekly', kind: 'sql', inputs: 'net_by_week' });
  addTo(files, 'loader', { name: 'net_page', kind: 'artifact', inputs: 'net_by_week' });
}

/** What nothing may hold any more: words of the old name, in code of ours. */
function dangling(words: RegExp): string[] {
  return [...files].filter(([path]) => path.endsWith('.ts') && !path.startsWith('vendor/')).flatMap(([path, text]) => text.split('\n').filter((line) => words.test(line)).map((line) => `${path}: ${line.trim()}`));
}

const nothingToSync = (): void => expect(planSync(Object.values(stages), stateOf(files)).plan.ops).toEqual([]);

describe('a stage of a TypeScript repository', () => {
  test('is renamed with its files, entry, task, and everything that calls it', () => {
    const { remarks } = rename('orders', 'pedidos');
    expect([...files.keys()].filter((path) => /\/(?:orders|pedidos)\.(?:test\.)?(?:ts|sql)$/.test(path))).toEqual(['src/core/extractors/pedidos.sql', 'src/core/extractors/pedidos.ts', 'tests/unit/pedidos.test.ts']);
    const extractor = textOf('src/core/extractors/pedidos.ts');
    expect(extractor).toContain('export const PEDIDOS = {');
    expect(extractor).toContain('export type Pedidos = Row<typeof PEDIDOS>;');
    expect(extractor).toContain('# FLOW: extract(pedidos)→clean');
    expect(extractor).toContain("return await readSql('pedidos', QUERY, PEDIDOS, start, end);");
    expect(extractor).toContain("'src/core/extractors/pedidos.sql'");
    expect(textOf('tests/unit/pedidos.test.ts')).toContain('create table pedidos (');
    expect(textOf('config/config.yaml')).toContain('  pedidos:\n    source: warehouse\n');
    expect(textOf(flow)).toContain('    const orders = tasks.pedidos.submit(...days);\n');
    expect(textOf('src/core/transformers/clean_orders.ts')).toContain("import type { Pedidos } from '../extractors/pedidos.ts';");
    expect(textOf('src/core/pipelines/rate.ts')).toContain('readonly orders: readonly Pedidos[];');
    expect(textOf('src/core/sample.ts')).toContain('{ pedidos: TYPICAL, sessions: 1 }');
    expect(textOf('src/core/sample.ts')).toContain("name === 'pedidos'");
    expect(textOf('tests/unit/pipeline.test.ts')).toContain("orders: records('pedidos', ...DAYS)");
    expect(textOf('README.md')).toContain('`pedidos`');
    expect(remarks).toEqual([]);
    nothingToSync();
  });

  test.each([
    ['clean_orders', 'tidy'],
    ['rate', 'counting'],
    ['rate_by_week', 'weeks'],
    ['rate_weekly', 'kept_weekly'],
    ['publish_rate', 'displayed'],
    ['sent_back', 'refunds'],
    ['clean_sent_back', 'refunds_clean'],
    ['net', 'rest'],
    ['net_by_week', 'weekly_net'],
    ['net_weekly', 'net_kept'],
    ['net_page', 'sheet'],
  ])('%s, renamed to %s, leaves no call of its old name, and gets it back', (name, next) => {
    addChain();
    const before = new Map(files);
    rename(name, next);
    const camel = name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    expect(dangling(new RegExp(`\\b(?:tasks|steps|transformers|loaders|extractors)\\.${camel}\\b|/${name}\\.ts'|function ${camel}\\(`)).filter((line) => name !== 'rate' || !line.includes('pipelines/rate'))).toEqual([]);
    nothingToSync();
    rename(next, name);
    const withoutTakes = (tree: Files) => [...tree].map(([path, text]) => [path, path === '.kpi-flow/lock' ? text.split('\n').filter((line) => !line.startsWith('set takes.')).join('\n') : text]);
    expect(withoutTakes(files).toSorted()).toEqual(withoutTakes(before).toSorted());
  });

  test('compiles, whichever of them got another name', async () => {
    addChain();
    for (const [name, next] of [['orders', 'pedidos'], ['clean_orders', 'tidy'], ['rate', 'counting'], ['rate_by_week', 'weeks'], ['rate_weekly', 'stored'], ['publish_rate', 'displayed'], ['sent_back', 'refunds'], ['net', 'rest'], ['net_by_week', 'net_weeks'], ['net_page', 'sheet']] as const) rename(name, next);
    expect(await compile([...files].map(([path, text]) => ({ path, text })))).toBe('');
  });
});

describe('a pipeline of a TypeScript repository', () => {
  const withPipeline = (name: string): Files => {
    files = new Map(start);
    addChain();
    addTo(files, 'pipeline', { name, inputs: 'net_by_week', schedule: '0 3 * * *' });
    return files;
  };

  test('that gets another name is what adding it under that name would have made, and gets its old one back', () => {
    const wanted = withPipeline('each_week');
    const before = new Map(withPipeline('net_alone'));
    const { remarks } = rename('net_alone', 'each_week');
    expect(remarks).toEqual([{ kind: 'next', step: 'deploy', command: 'prefect --no-prompt deploy --all' }]);
    expect([...files].toSorted()).toEqual([...wanted].toSorted());
    rename('each_week', 'net_alone');
    expect(files).toEqual(before);
  });

  test('that a file of somebody else calls is refused with every place, until it is asked for', () => {
    withPipeline('net_alone');
    const mine = "import { netAloneFlow } from '../../prefect_flows/net_alone_flow.ts';\n\nawait netAloneFlow({});\n";
    files.set('src/mine/all.ts', mine);
    expect(() => rename('net_alone', 'each_week')).toThrow(/E_STAGE_REFERRED.*src\/mine\/all\.ts:1.*all\.ts:3/);
    rename('net_alone', 'each_week', { editReferences: true });
    expect(textOf('src/mine/all.ts')).toBe(mine.replaceAll('netAloneFlow', 'eachWeekFlow').replace('net_alone_flow', 'each_week_flow'));
  });
});

describe('a file that somebody edited', () => {
  const edit = (path: string, change: (text: string) => string) => files.set(path, change(textOf(path)));

  test('moves with its stage, and only the certain names in it change', () => {
    addChain();
    const path = 'src/core/extractors/sent_back.ts';
    edit(path, (text) => `\ufeff${text}// sent_back is mine\nexport const tables = ['sent_back'];\nexport const all = { sentBack: 1 };\n`.replaceAll('\n', '\r\n'));
    const { remarks } = rename('sent_back', 'refunds');
    const moved = textOf('src/core/extractors/refunds.ts');
    expect(moved).toContain("\r\nexport async function refunds(start: string, end: string): Promise<Refunds[]> {\r\n  return await readSql('refunds', QUERY, REFUNDS, start, end);");
    expect(moved).toContain("// sent_back is mine\r\nexport const tables = ['sent_back'];\r\nexport const all = { sentBack: 1 };\r\n");
    expect(remarks).toContainEqual({ kind: 'moved', file: 'src/core/extractors/refunds.ts' });
    expect(remarks.find(({ kind }) => kind === 'mentions')).toMatchObject({ stage: 'sent_back' });
  });

  test('that calls it is refused with every place, until it is asked for', () => {
    addChain();
    const mine = "import { sentBack } from '../core/extractors/sent_back.ts';\nimport type { SentBack as Row } from '../core/extractors/sent_back.ts';\nimport * as tasks from '../../prefect_flows/tasks.ts';\n\nexport const rows = async (): Promise<Row[]> => await sentBack('a', 'b');\nexport const task = tasks.sentBack;\nexport const other = { sentBack: 1, own: rows.toString().replace(/sentBack/g, '') };\n";
    files.set('src/mine/report.ts', mine);
    const before = new Map(files);
    expect(() => rename('sent_back', 'refunds')).toThrow(/E_STAGE_REFERRED.*src\/mine\/report\.ts:1.*report\.ts:2.*report\.ts:5.*report\.ts:6/);
    expect(files).toEqual(before);
    rename('sent_back', 'refunds', { editReferences: true });
    expect(textOf('src/mine/report.ts')).toBe(mine.replace('{ sentBack }', '{ refunds }').replaceAll('/sent_back.ts', '/refunds.ts').replace('{ SentBack as', '{ Refunds as').replace("await sentBack('a'", "await refunds('a'").replace('tasks.sentBack', 'tasks.refunds'));
  });

  test.each([
    ['a shorthand property', 'export const all = { sentBack };'],
    ['the new name already', 'export const refunds = sentBack;'],
    ['it in a template', 'export const text = `${sentBack.name}`;'],
    ['a method of that name', 'export const all = { sentBack() { return 1; } };'],
  ])('that has %s keeps its own word for it', (_, line) => {
    addChain();
    files.set('src/mine/report.ts', `import { sentBack } from '../core/extractors/sent_back.ts';\n${line}\n`);
    rename('sent_back', 'refunds', { editReferences: true });
    expect(textOf('src/mine/report.ts')).toBe(`import { refunds as sentBack } from '../core/extractors/refunds.ts';\n${line}\n`);
  });

  test('whose own code has the new name already stops it, and nothing has changed', () => {
    const before = new Map(files);
    expect(() => rename('publish_rate', 'shown')).toThrow('E_EDIT_UNCERTAIN');
    expect(files).toEqual(before);
  });

  test('that cannot be read for certain stops it, and nothing has changed', () => {
    addChain();
    files.set('src/mine/report.ts', "export const odd = sentBack /* a comment\nthat goes on */ + 'x;\n");
    const before = new Map(files);
    expect(() => rename('sent_back', 'refunds', { editReferences: true })).toThrow('E_EDIT_UNCERTAIN');
    expect(files).toEqual(before);
  });
});
