import { beforeEach, describe, expect, it } from 'vitest';
import type { RenameOptions } from '../../src/generate/plan-rename.ts';
import { planRename } from '../../src/generate/plan-rename.ts';
import type { Growth } from '../../src/generate/plan-add.ts';
import { planSync } from '../../src/generate/plan-sync.ts';
import { stages } from '../../generators/index.ts';
import { countErrors } from '../../src/python/parse-python.ts';
import type { Files } from './grown.ts';
import { apply, grow, parse, problemOf, startFiles, stateOf } from './grown.ts';

const answers = { dir: 'kpi', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: 0.03, warning: 0.02 };
const start = startFiles(answers);
const flowPath = 'prefect_flows/conversion_flow.py';
let files: Files;

beforeEach(() => {
  files = new Map(start);
});

function rename(name: string, next: string, options: Partial<RenameOptions> = {}): Growth {
  const growth = planRename(name, next, stateOf(files), { force: false, editReferences: false, ...options });
  apply(files, growth.plan.ops);
  return growth;
}
const edit = (path: string, change: (text: string) => string) => files.set(path, change(files.get(path) ?? ''));
const python = () => [...files].filter(([path]) => path.endsWith('.py'));
/** What no file may hold any more: a call or an import of the old name. */
const dangling = (name: string) =>
  python().flatMap(([path, text]) => (new RegExp(`\\b(?:tasks|steps|extractors|transformers|loaders|publish)\\.${name}\\b|^from core.(?!pipelines).* import .*\\b${name}$|def ${name}\\(`, 'm').test(path.includes('/pipelines/') ? text.replace(`def ${name}(`, '') : text) ? [path] : []));
function expectWhole(): void {
  for (const [path, text] of python()) expect(countErrors(parse(text)), path).toBe(0);
  expect(planSync(Object.values(stages), stateOf(files)).plan.ops).toEqual([]);
}
function addChain(): void {
  grow(files, 'extractor', { name: 'returns', kind: 'sql' });
  grow(files, 'transformer', { name: 'clean_returns', kind: 'cleaning', inputs: ['returns'] });
  grow(files, 'transformer', { name: 'net', kind: 'calculation', inputs: ['clean_orders', 'clean_returns'] });
  grow(files, 'transformer', { name: 'net_by_day', kind: 'aggregation', inputs: ['net'] });
  grow(files, 'loader', { name: 'net_daily', kind: 'sql', inputs: ['net_by_day'] });
}

/** Each kind with what it is when nobody says, and with each choice of each of its options. */
const everyKind = Object.entries(stages).flatMap(([generator, { kinds }]) =>
  kinds.map(({ value: kind, options = [] }) => ({
    generator: generator as keyof typeof stages,
    kind,
    options: [{}, ...options.flatMap(({ key, choices = [] }) => choices.slice(1).map(({ value }): Readonly<Record<string, string>> => ({ [key]: value })))],
  })),
);
/** The names of a table, a path and an artifact. */
const outside: Readonly<Partial<Record<keyof typeof stages, RegExp>>> = {
  extractor: /^src\/core\/extractors\/refunds\.py: PATH = "sent_back"$/,
  loader: /^src\/core\/loaders\/refunds\.py: (?:TABLE|PATH) = "sent_back"$|^(?:prefect_flows\/artifacts\/|tests\/flows\/test_)refunds\.py: NAME = "sent_back"$|^tests\/unit\/test_refunds\.py: .*\bfrom sent_back\b/,
};

describe('a stage that nobody edited', () => {
  it('leaves the records of the system that is replaced under the names that they have', () => {
    const golden = files.get('tests/equivalence/test_golden.py');
    rename('orders', 'pedidos');
    expect(files.get('tests/equivalence/test_golden.py')).toBe(golden);
    expect(files.has('tests/equivalence/cases/sample/orders.csv')).toBe(true);
  });

  it('is renamed with its files, entry, task, and everything that calls it', () => {
    const { remarks } = rename('orders', 'pedidos');
    expect([...files.keys()].filter((path) => /\/(?:test_)?(?:orders|pedidos)\.(?:py|sql)$/.test(path))).toEqual(['src/core/extractors/pedidos.py', 'src/core/extractors/pedidos.sql', 'tests/unit/test_pedidos.py']);
    expect(files.get('src/core/extractors/pedidos.py')).toContain('def pedidos(\n');
    expect(files.get('src/core/extractors/pedidos.py')).toContain('# FLOW: extract(pedidos)→clean');
    expect(files.get('src/core/extractors/pedidos.py')).toContain('        "pedidos",\n');
    expect(files.get('tests/unit/test_pedidos.py')).toContain('from core.extractors.pedidos import pedidos\n\nTABLE = "pedidos"');
    expect(files.get('config/config.yaml')).toContain('  pedidos:\n    source: warehouse\n');
    expect(files.get('prefect_flows/tasks.py')).toContain('pedidos = stage(\n    extractors.pedidos,\n    "pedidos",');
    expect(files.get(flowPath)).toContain('    orders = tasks.pedidos.submit(*days)\n');
    expect(files.get('tests/unit/test_clean_orders.py')).toContain('from core.extractors.pedidos import SCHEMA\n');
    expect(files.get('src/core/sample.py')).toContain('    "pedidos": TYPICAL,\n');
    expect(files.get('src/core/sample.py')).toContain('counts = name == "pedidos"');
    expect(files.get('tests/unit/test_pipeline.py')).toContain('orders=_raw("pedidos"),');
    expect(files.get('tests/flows/test_conversion_flow.py')).toContain('        "pedidos",\n        tasks.pedidos.with_options(retries=0),');
    expect(files.get('README.md')).toContain('`pedidos`');
    expect(remarks).toEqual([]);
    expect(dangling('orders')).toEqual([]);
    expectWhole();
  });

  it('keeps its table: only the stage is renamed', () => {
    addChain();
    rename('conversion_daily', 'kept_daily');
    rename('net_daily', 'net_kept');
    rename('returns', 'refunds');
    expect(files.get('src/core/loaders/kept_daily.py')).toContain('TABLE = Table(\n    "conversion_daily",');
    expect(files.get('src/core/loaders/kept_daily.py')).toContain('    return save(\n        "kept_daily",');
    expect(files.get('src/core/loaders/net_kept.py')).toContain('TABLE = "net_daily"');
    expect(files.get('src/core/loaders/net_kept.py')).toContain('    stage = "net_kept"');
    expect(files.get('src/core/extractors/refunds.sql')).toContain('from refunds');
    expect(files.get('tests/flows/test_conversion_flow.py')).toContain('        "kept_daily",\n');
    expectWhole();
  });

  it('of a lake reads and writes the folder of its new name, and says so', () => {
    grow(files, 'extractor', { name: 'returns', kind: 'datalake' });
    grow(files, 'loader', { name: 'copy_daily', kind: 'datalake' });
    const { remarks } = rename('copy_daily', 'kept_daily');
    expect(remarks).toEqual([{ kind: 'folder', stage: 'copy_daily', next: 'kept_daily' }]);
    expect(files.get('tests/unit/test_kept_daily.py')).toContain('lake / "kept_daily" /');
    rename('returns', 'refunds');
    expect(files.get('tests/unit/test_refunds.py')).toContain('"refunds" / "part.parquet"');
    expect(files.get('tests/unit/test_refunds.py')).not.toContain('"returns"');
    expect(files.get('src/core/extractors/refunds.py')).toContain('FILES = "refunds/**/*.parquet"');
    expectWhole();
  });

  it.each(everyKind)('of the kind $generator $kind keeps its old name only where other programs know it', ({ generator, kind, options }) => {
    const inputs = generator === 'extractor' ? [] : generator === 'loader' ? ['by_day'] : ['orders'];
    for (const chosen of options) {
      files = new Map(start);
      grow(files, generator, { name: 'sent_back', kind, inputs, options: chosen });
      rename('sent_back', 'refunds');
      const changed = [...files].filter(([path]) => start.get(path) !== files.get(path) && !path.startsWith('.kpi-flow/'));
      const left = changed.flatMap(([path, text]) => text.split('\n').filter((line) => line.includes('sent_back')).map((line) => `${path}: ${line.trim()}`));
      expect(left.filter((line) => !outside[generator]?.test(line)), JSON.stringify(chosen)).toEqual([]);
      expectWhole();
    }
  });

  it.each([['clean_orders', 'tidy'], ['conversion', 'counting'], ['conversion_by_day', 'rate_by_day'], ['sessions', 'visits'], ['publish_conversion', 'shown']])('%s leaves no call of its old name', (name, next) => {
    rename(name, next);
    expect(dangling(name)).toEqual([]);
    expect(files.get('src/core/pipelines/conversion.py')).toContain('def conversion(');
    expectWhole();
  });

  it('that publishes in Prefect keeps the key of its artifact', () => {
    grow(files, 'loader', { name: 'shown', kind: 'artifact', inputs: ['by_day'] });
    rename('shown', 'displayed');
    expect(files.get('prefect_flows/artifacts/displayed.py')).toContain('NAME = "shown"');
    expect(files.get('tests/flows/test_displayed.py')).toContain('NAME = "shown"');
    expect(files.get('tests/flows/test_displayed.py')).toContain('tasks.displayed(FRAME)');
    expect(files.get(flowPath)).toContain('    tasks.displayed(by_day)\n');
    expect(dangling('shown')).toEqual([]);
    expectWhole();
  });

  it('is what it was after it got its name back', () => {
    addChain();
    const before = new Map(files);
    for (const [name, next] of [['net', 'rest'], ['returns', 'refunds'], ['orders', 'pedidos'], ['net_daily', 'rest_daily']] as const) {
      rename(name, next);
      rename(next, name);
      const lock = (tree: Files) => tree.get('.kpi-flow/lock')?.split('\n').filter((line) => !line.startsWith('set takes.'));
      expect(lock(files)).toEqual(lock(before));
      for (const [path, text] of before) if (path !== '.kpi-flow/lock') expect(files.get(path), path).toBe(text);
      files = new Map(before);
    }
  });

  it('keeps what takes its data, in the lock and in the picture', () => {
    addChain();
    const edges = (text: string) => text.split('\n').filter((line) => line.includes('-->')).length;
    const before = edges(files.get('docs/kpi.md') ?? '');
    rename('net', 'rest');
    expect(files.get('.kpi-flow/lock')).toMatch(/^set inputs.rest clean_orders,clean_returns$/m);
    expect(files.get('.kpi-flow/lock')).toMatch(/^set inputs.net_by_day rest$/m);
    rename('orders', 'pedidos');
    expect(edges(files.get('docs/kpi.md') ?? '')).toBe(before);
  });
});

describe('a file that somebody edited', () => {
  it('moves with its stage, and only the certain names in it change', () => {
    grow(files, 'extractor', { name: 'returns', kind: 'sql' });
    const mine = '# returns is mine: "returns"\nALIASES = ["returns"]  # returns\n';
    edit('src/core/extractors/returns.py', (text) => `\ufeff${`${text}${mine}`.replaceAll('\n', '\r\n')}`);
    edit('src/core/extractors/returns.sql', (text) => text.replace('from returns', 'from shop.returns'));
    const before = files.get('src/core/extractors/returns.py') ?? '';
    const { remarks } = rename('returns', 'refunds');
    expect(files.get('src/core/extractors/refunds.py')).toBe(before.replace('def returns(', 'def refunds(').replace('        "returns",\r\n', '        "refunds",\r\n'));
    expect(files.get('src/core/extractors/refunds.sql')).toContain('from shop.returns');
    const lines = before.split('\r\n');
    const queryLine = (files.get('src/core/extractors/refunds.sql') ?? '').split('\n').indexOf('from shop.returns') + 1;
    // The test makes the table that the query reads.
    expect(files.get('tests/unit/test_refunds.py')).toContain('TABLE = "returns"');
    expect(remarks).toEqual([
      { kind: 'moved', file: 'src/core/extractors/refunds.py' },
      { kind: 'moved', file: 'src/core/extractors/refunds.sql' },
      { kind: 'mentions', stage: 'returns', places: [`src/core/extractors/refunds.py:${lines.findIndex((line) => line.includes('FLOW')) + 1}`, `src/core/extractors/refunds.py:${lines.length - 1}`, `src/core/extractors/refunds.sql:${queryLine}`] },
    ]);
    rename('refunds', 'returns');
    expect(files.get('src/core/extractors/returns.py')).toBe(before);
  });

  it('of a lake keeps its folder, and every text that may mean it is named', () => {
    grow(files, 'extractor', { name: 'returns', kind: 'datalake' });
    edit('src/core/extractors/returns.py', (text) => `${text}\n\nQUERY = """\nselect *\nfrom returns\n"""\n`);
    const { remarks } = rename('returns', 'refunds');
    const lines = (files.get('src/core/extractors/refunds.py') ?? '').split('\n');
    const at = (text: string) => `src/core/extractors/refunds.py:${lines.findIndex((line) => line.includes(text)) + 1}`;
    expect(remarks).toContainEqual({ kind: 'mentions', stage: 'returns', places: [at('FILES = "returns/**'), at('# FLOW: extract(returns)'), at('from returns')] });
  });

  it('still counts as edited afterwards: remove leaves it', async () => {
    const { planRemove } = await import('../../src/generate/plan-remove.ts');
    grow(files, 'extractor', { name: 'returns', kind: 'sql' });
    edit('tests/unit/test_returns.py', (text) => `${text}\n# mine\n`);
    rename('returns', 'refunds');
    const { remarks } = planRemove('refunds', stateOf(files));
    expect(remarks).toEqual([{ kind: 'outlived', file: 'tests/unit/test_refunds.py' }]);
  });

  it('that calls the stage stops the renaming, with every place, until somebody asks for it', () => {
    edit(flowPath, (text) => text.replace('    orders = tasks.orders', '    # tasks.orders, mine\n    pedidos = tasks.orders').replace('orders=orders', 'orders=pedidos'));
    const before = new Map(files);
    const line = (files.get(flowPath) ?? '').split('\n').findIndex((each) => each.includes('pedidos = tasks')) + 1;
    expect(problemOf(() => rename('orders', 'sales'))).toMatchObject({ code: 'E_STAGE_REFERRED', args: { name: 'orders', next: 'sales', places: [`${flowPath}:${line}`] } });
    expect(files).toEqual(before);
    const { remarks } = rename('orders', 'sales', { editReferences: true });
    expect(files.get(flowPath)).toBe((before.get(flowPath) ?? '').replace('= tasks.orders', '= tasks.sales'));
    expect(remarks).toEqual([{ kind: 'mentions', stage: 'orders', places: [`${flowPath}:${line - 1}`] }]);
    expectWhole();
  });

  it('of their own, that no lock knows, counts too', () => {
    files.set('tests/unit/test_mine.py', 'from core.extractors import orders\nfrom core.extractors.orders import SCHEMA\n\n\ndef test_mine() -> None:\n    assert orders\n    assert SCHEMA\n');
    files.set('scripts/look.py', 'import core.extractors.orders as o\nfrom core.extractors.orders import orders as read\n\norders = 1\nprint(o, read, orders)\n');
    files.set('docs/mine.md', 'orders\n');
    expect(problemOf(() => rename('orders', 'sales'))).toMatchObject({ code: 'E_STAGE_REFERRED', args: { places: ['scripts/look.py:1', 'scripts/look.py:2', 'tests/unit/test_mine.py:1', 'tests/unit/test_mine.py:2', 'tests/unit/test_mine.py:6'] } });
    const { remarks } = rename('orders', 'sales', { editReferences: true });
    expect(files.get('tests/unit/test_mine.py')).toBe('from core.extractors import sales\nfrom core.extractors.sales import SCHEMA\n\n\ndef test_mine() -> None:\n    assert sales\n    assert SCHEMA\n');
    expect(files.get('scripts/look.py')).toBe('import core.extractors.sales as o\nfrom core.extractors.sales import sales as read\n\norders = 1\nprint(o, read, orders)\n');
    expect(remarks).toEqual([{ kind: 'mentions', stage: 'orders', places: ['docs/mine.md:1'] }]);
  });
});

describe('a renaming is refused, and nothing changes', () => {
  it.each([
    ['order', 'sales', 'E_STAGE_UNKNOWN'],
    ['orders', 'sessions', 'E_STAGE_EXISTS'],
    ['orders', 'orders', 'E_STAGE_EXISTS'],
    ['orders', 'Sales', 'E_ANSWER_REFUSED'],
    ['orders', 'class', 'E_ANSWER_REFUSED'],
    ['orders', 'settings', 'E_ANSWER_REFUSED'],
    ['orders', 'a'.repeat(41), 'E_ANSWER_REFUSED'],
  ])('%s to %s: %s', (name, next, code) => {
    const before = new Map(files);
    expect(problemOf(() => rename(name, next))?.code).toBe(code);
    expect(files).toEqual(before);
  });

  it('when a file is in the way', () => {
    files.set('src/core/extractors/sales.sql', 'select 1\n');
    expect(problemOf(() => rename('orders', 'sales'))).toMatchObject({ code: 'E_FILE_EXISTS', args: { path: 'src/core/extractors/sales.sql' } });
  });
});
