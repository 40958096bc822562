import { describe, expect, test } from 'vitest';
import { stages } from '../../generators/index.ts';
import type { Growth } from '../../src/generate/plan-add.ts';
import { planRemove } from '../../src/generate/plan-remove.ts';
import { planSync } from '../../src/generate/plan-sync.ts';
import type { Files } from './grown.ts';
import { addTo, apply, codeOf, startFiles, stateOf } from './grown.ts';

const generators = Object.values(stages);
const start = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day', owner: 'ana', source: 'sql', inputs: 'orders' });
const lake = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day', owner: 'ana', source: 'datalake', inputs: 'orders' });

function remove(files: Files, name: string): Growth {
  const growth = planRemove(name, stateOf(files), false, generators);
  apply(files, growth.plan.ops);
  return growth;
}
const changed = (before: Files, after: Files) => [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
const edit = (files: Files, path: string, from: string | RegExp, to: string) => {
  const before = files.get(path) ?? '';
  expect(before).toMatch(from);
  files.set(path, before.replace(from, to));
};
const kept = (growth: Growth) => growth.remarks.flatMap((remark) => (remark.kind === 'kept' ? [remark.part ?? remark.file] : []));

const shop = { kind: 'api', source: 'shop', auth: 'bearer' };
const postgresql = { kind: 'sql', source: 'ware', database: 'postgresql' };

describe('adding a stage and removing it gives the same bytes', () => {
  test.each([
    ['an extractor of a source that is there', start, 'extractor', { name: 'returns', kind: 'sql' }],
    ['an extractor of a new database', start, 'extractor', { name: 'returns', ...postgresql }],
    ['an extractor that says which database a source is', start, 'extractor', { name: 'returns', kind: 'sql', database: 'mariadb' }],
    ['an extractor of an API', start, 'extractor', { name: 'returns', ...shop }],
    ['an extractor of an API with several secrets', start, 'extractor', { name: 'returns', ...shop, auth: 'oauth2_client_credentials' }],
    ['an extractor of SAP', start, 'extractor', { name: 'returns', kind: 'sap', source: 'erp', auth: 'http_basic', client: '100' }],
    ['an extractor of what changed in SAP', start, 'extractor', { name: 'returns', kind: 'sap', source: 'erp', read: 'delta' }],
    ['an extractor of a table in a first lake', start, 'extractor', { name: 'returns', kind: 'datalake', format: 'delta' }],
    ['an extractor of a first lake', start, 'extractor', { name: 'returns', kind: 'datalake' }],
    ['an extractor of a first database', lake, 'extractor', { name: 'returns', ...postgresql }],
    ['a loader of a new database', start, 'loader', { name: 'kept', ...postgresql }],
    ['a loader of a first lake', start, 'loader', { name: 'kept', kind: 'datalake' }],
    ['a loader that publishes', start, 'loader', { name: 'shown', kind: 'artifact' }],
    ['a transformer with checks', start, 'transformer', { name: 'net', kind: 'calculation', inputs: 'orders', checks: 'not_null(occurred_at), unique(record_id)' }],
    ['a transformer that sets rows aside', start, 'transformer', { name: 'net', kind: 'cleaning', inputs: 'orders', checks: 'not_null(occurred_at)', on_failure: 'quarantine' }],
    ['a transformer', start, 'transformer', { name: 'net', kind: 'calculation', inputs: 'orders' }],
  ] as const)('%s', (_, from, generator, answers) => {
    const files = new Map(from);
    addTo(files, generator, answers);
    expect(changed(from, files)).not.toEqual([]);
    expect(kept(remove(files, answers.name))).toEqual([]);
    expect(changed(from, files)).toEqual([]);
  });

  test('whatever was added in between', () => {
    const alone = new Map(start);
    addTo(alone, 'extractor', { name: 'visits', kind: 'sql' });
    const both = new Map(start);
    addTo(both, 'extractor', { name: 'returns', ...shop });
    addTo(both, 'extractor', { name: 'visits', kind: 'sql' });
    remove(both, 'returns');
    expect(changed(alone, both)).toEqual([]);
  });

  test('on Windows line ends', () => {
    const windows = new Map([...start].map(([path, text]) => [path, ['pyproject.toml', '.env.example', 'config/config.yaml'].includes(path) ? text.replaceAll('\n', '\r\n') : text]));
    const files = new Map(windows);
    addTo(files, 'extractor', { name: 'returns', ...shop });
    remove(files, 'returns');
    expect(changed(windows, files)).toEqual([]);
  });
});

test('a stage on the database that create was told of needs no word about it, and another one is refused', () => {
  const from = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day', owner: 'ana', source: 'sql', inputs: 'orders', database: 'mariadb' });
  const files = new Map(from);
  addTo(files, 'extractor', { name: 'returns', kind: 'sql' });
  expect([from, files].map((each) => each.get('pyproject.toml')?.match(/"pymysql[^"]*"/g))).toEqual([['"pymysql>=1.1"'], ['"pymysql>=1.1"']]);
  expect(codeOf(() => addTo(files, 'extractor', { name: 'visits', kind: 'sql', database: 'oracle' }))).toBe('E_ANSWER_FIXED');
  remove(files, 'returns');
  expect(changed(from, files)).toEqual([]);
});

describe('what another stage needs stays until that one goes', () => {
  test('a source, its variables, requirements and modules', () => {
    const files = new Map(start);
    addTo(files, 'extractor', { name: 'returns', ...shop });
    addTo(files, 'extractor', { name: 'tickets', kind: 'api', source: 'shop' });
    remove(files, 'returns');
    expect(files.get('config/config.yaml')).toContain('  shop:\n');
    expect(files.get('.env.example')).toMatch(/SHOP_TOKEN[\s\S]*SHOP_URL/);
    expect(files.get('pyproject.toml')).toContain('"httpx2>=2.13"');
    expect(files.has('src/core/api.py')).toBe(true);
    remove(files, 'tickets');
    expect(changed(start, files)).toEqual([]);
  });

  test('a module that the lake of a new TypeScript repository stands on, also when somebody edited it', () => {
    const files = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day', owner: 'ana', source: 'datalake', inputs: 'orders', language: 'typescript' });
    edit(files, 'src/core/lake.ts', "'.data/lake'", "'.data/pond'");
    const before = new Map(files);
    addTo(files, 'extractor', { name: 'returns', kind: 'datalake' });
    expect(kept(remove(files, 'returns'))).toEqual([]);
    expect(changed(before, files)).toEqual([]);
  });

  test('a driver, for who came to the source afterwards', () => {
    const files = new Map(start);
    addTo(files, 'extractor', { name: 'returns', ...postgresql });
    addTo(files, 'extractor', { name: 'tickets', kind: 'sql', source: 'ware' });
    remove(files, 'returns');
    expect(files.get('pyproject.toml')).toContain('"psycopg[binary]>=3.2"');
    remove(files, 'tickets');
    expect(changed(start, files)).toEqual([]);
  });

  test('a requirement that a person had listed before', () => {
    const files = new Map(start);
    edit(files, 'pyproject.toml', '    "polars', '    "httpx2>=2.13",\n    "polars');
    const before = new Map(files);
    addTo(files, 'extractor', { name: 'returns', ...shop });
    remove(files, 'returns');
    expect(changed(before, files)).toEqual([]);
  });

  test('modules that somebody imports', () => {
    const files = new Map(start);
    addTo(files, 'extractor', { name: 'returns', ...shop });
    files.set('src/core/mine.py', 'from core.paginators import Cursor\n');
    remove(files, 'returns');
    expect([files.has('src/core/api.py'), files.has('src/core/paginators.py')]).toEqual([false, true]);
  });

  test('what modules import that stay', () => {
    const files = new Map(start);
    addTo(files, 'extractor', { name: 'returns', ...shop });
    edit(files, 'src/core/api.py', /^/, '# mine\n');
    remove(files, 'returns');
    expect([files.has('src/core/http_client.py'), files.has('src/core/paginators.py')]).toEqual([true, true]);
  });

  test('a module that another kind of source has anyway', () => {
    const files = new Map(start);
    addTo(files, 'extractor', { name: 'returns', ...shop });
    const before = new Map(files);
    addTo(files, 'extractor', { name: 'visits', kind: 'sql', contract: 'freeze' });
    remove(files, 'visits');
    expect(changed(before, files)).toEqual([]);
    addTo(files, 'extractor', { name: 'visits', kind: 'sql', contract: 'freeze' });
    remove(files, 'returns');
    expect([files.has('src/core/api.py'), files.has('src/core/contract.py')]).toEqual([false, true]);
    remove(files, 'visits');
    expect(changed(start, files)).toEqual([]);
  });

  test('the test of a module that somebody edited', () => {
    const files = new Map(start);
    addTo(files, 'extractor', { name: 'visits', kind: 'sql', initial: '2026-01-05' });
    edit(files, 'src/core/incremental.py', /^/, '# mine\n');
    expect(kept(remove(files, 'visits'))).toEqual(['src/core/incremental.py']);
    expect(files.has('tests/unit/test_incremental.py')).toBe(true);
  });
});

describe('what somebody edited stays, and is told', () => {
  test.each([
    ['the address of the source', 'config/config.yaml', '${SHOP_URL:-sample://}', 'https://shop.example.com', 'sources.shop'],
    ['a key of the source', 'config/config.yaml', '    auth: bearer', '    auth: bearer\n    rate_limit: 5', 'sources.shop'],
    ['a comment at the source', 'config/config.yaml', '  shop:\n', '  # ours since May\n  shop:\n', 'sources.shop'],
    ['a pinned requirement', 'pyproject.toml', '"httpx2>=2.13"', '"httpx2==2.14"', 'httpx2==2.14'],
    ['a note beside a requirement', 'pyproject.toml', '"httpx2>=2.13",', '"httpx2>=2.13",  # the gateway', 'httpx2>=2.13'],
    ['a variable that was filled in', '.env.example', "# SHOP_TOKEN=''", "# SHOP_TOKEN='ask Ana'", 'SHOP_TOKEN'],
    ['the comment of a variable', '.env.example', /# token of the source shop/, '# the token of the shop, from Ana', 'SHOP_TOKEN'],
    ['a module', 'src/core/api.py', /^/, '# mine\n', 'src/core/api.py'],
  ] as const)('%s', (_, path, from, to, part) => {
    const files = new Map(start);
    addTo(files, 'extractor', { name: 'returns', ...shop });
    edit(files, path, from, to);
    const edited = files.get(path);
    expect(kept(remove(files, 'returns'))).toContain(part);
    expect(files.get(path)).toContain(to);
    if (path === 'src/core/api.py') expect(files.get(path)).toBe(edited);
    expect(planSync(generators, stateOf(files)).plan.ops).toEqual([]);
  });
});

describe('which database a source is', () => {
  const withAddress = (address: string) => {
    const files = new Map(start);
    edit(files, 'config/config.yaml', /url: .*/, `url: "${address}"`);
    return files;
  };
  const driver = (files: Files) => /"(psycopg|pymysql|duckdb-engine|oracledb)/.exec(files.get('pyproject.toml') ?? '')?.[1];

  test.each([
    ['the sample, while its variable is not set', '${WAREHOUSE_URL:-sqlite:///.data/sample.sqlite}', 'postgresql', 'psycopg'],
    ['the sample, when nobody says', '${WAREHOUSE_URL:-sqlite:///.data/sample.sqlite}', undefined, undefined],
    ['a variable without a default', '${WAREHOUSE_URL}', 'mariadb', 'pymysql'],
    ['a variable without a default, when nobody says', '${WAREHOUSE_URL:?ask the DBA}', undefined, undefined],
    ['an address in full', 'postgresql+psycopg://${DB_USER}:${DB_PASS}@db/sales', undefined, 'psycopg'],
    ['an address in full, said again', 'mariadb+pymysql://${DB_USER}@db/sales', 'mariadb', 'pymysql'],
    ['a file of DuckDB', 'duckdb:///sales.duckdb', undefined, 'duckdb-engine'],
    ['the default of a variable', '${WAREHOUSE_URL:-mysql+pymysql://db/sales}', undefined, 'pymysql'],
    ['a driver of somebody’s own', 'postgresql+asyncpg://db/sales', undefined, undefined],
    ['a file', 'sqlite:///real.sqlite', 'sqlite', undefined],
  ] as const)('%s', (_, address, database, expected) => {
    const files = withAddress(address);
    const before = new Map(files);
    addTo(files, 'extractor', { name: 'returns', kind: 'sql', ...(database !== undefined && { database }) });
    expect(driver(files)).toBe(expected);
    remove(files, 'returns');
    // The other stages of an address in full need its driver as well.
    expect(changed(before, files)).toEqual(address.startsWith('${WAREHOUSE_URL:-mysql') || (expected && !address.startsWith('${')) ? ['.kpi-flow/lock', 'pyproject.toml'] : []);
  });

  test.each([
    ['its address says another', 'postgresql+psycopg://db/sales', 'mariadb'],
    ['its address has a driver of somebody’s own', 'postgresql+asyncpg://db/sales', 'postgresql'],
    ['it is a file', 'sqlite:///real.sqlite', 'postgresql'],
  ] as const)('is refused where %s', (_, address, database) => {
    expect(codeOf(() => addTo(withAddress(address), 'extractor', { name: 'returns', kind: 'sql', database }))).toBe('E_ANSWER_FIXED');
  });

  test('is what the first stage said of it', () => {
    const files = new Map(start);
    addTo(files, 'extractor', { name: 'returns', kind: 'sql', database: 'postgresql' });
    expect(codeOf(() => addTo(files, 'extractor', { name: 'tickets', kind: 'sql', database: 'mariadb' }))).toBe('E_ANSWER_FIXED');
    expect(codeOf(() => addTo(files, 'extractor', { name: 'tickets', kind: 'sql', database: 'postgresql' }))).toBeUndefined();
  });

  test('how an API lets in is not said a second time in another way', () => {
    const files = new Map(start);
    addTo(files, 'extractor', { name: 'returns', ...shop });
    expect(codeOf(() => addTo(files, 'extractor', { name: 'tickets', ...shop, auth: 'api_key' }))).toBe('E_ANSWER_FIXED');
  });
});
