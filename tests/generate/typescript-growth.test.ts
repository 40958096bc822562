import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import * as YAML from 'yaml';
import { lockPath } from '../../src/config/lock.ts';
import { add } from '../../src/jobs/add.ts';
import { own } from '../../src/jobs/own.ts';
import { status } from '../../src/jobs/status.ts';
import { sync } from '../../src/jobs/sync.ts';
import { undo } from '../../src/jobs/undo.ts';
import { why } from '../../src/jobs/why.ts';
import { additions } from '../../generators/index.ts';
import type { Problem } from '../../src/errors/failure.ts';
import { Failure } from '../../src/errors/failure.ts';
import { explain } from '../../src/messages/explain.ts';
import { isStageGenerator } from '../../src/generate/define-stage.ts';
import { planRemove } from '../../src/generate/plan-remove.ts';
import { planSync } from '../../src/generate/plan-sync.ts';
import { compile } from '../templates/own-compiler.ts';
import type { Files } from './grown.ts';
import { addTo, apply, startFiles, stateOf } from './grown.ts';
import { memoryPorts } from './memory-repository.ts';

const flow = 'prefect_flows/rate_flow.ts';

function problemsOf(work: () => unknown): readonly Problem[] {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error.problems;
    throw error;
  }
  return [];
}

const start = (answers: object = {}): Files => startFiles({ dir: 'kpi', owner: 'Ana', language: 'typescript', id: 'rate', type: 'ratio', grain: 'week,region', ...answers });
const textOf = (files: Files, path = flow): string => files.get(path) ?? '';

/** Everything of a chain but its loader: nothing of it runs yet. */
function startChain(files: Files): void {
  addTo(files, 'extractor', { name: 'orders', kind: 'sql' });
  addTo(files, 'transformer', { name: 'clean_orders', kind: 'cleaning', inputs: 'orders' });
  addTo(files, 'transformer', { name: 'order_parts', kind: 'calculation', inputs: 'clean_orders,clean_numerator' });
  addTo(files, 'transformer', { name: 'orders_by_week', kind: 'aggregation', inputs: 'order_parts' });
}

/** The lines that a text has more than another, in its order. */
function added(before: string, after: string): string[] {
  const lines = after.split('\n');
  let at = 0;
  for (const line of before.split('\n')) {
    const found = lines.indexOf(line, at);
    expect(found, `gone: ${line}`).toBeGreaterThanOrEqual(at);
    lines.splice(found, 1);
    at = found;
  }
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

const chain = [
  'const orders = tasks.orders.submit(...days);',
  'const cleanOrders = await tasks.cleanOrders(await orders.result());',
  'const orderParts = await tasks.orderParts(cleanOrders, await tasks.cleanNumerator(await numerator.result()));',
  'const ordersByWeek = await tasks.ordersByWeek(orderParts);',
  'await tasks.ordersWeekly(ordersByWeek);',
];

describe('a TypeScript repository', () => {
  test.each([
    ['oracle+oracledb://kpi@host:1521/', /script when it is installed/],
    ['${WAREHOUSE_URL:-oracle://kpi@host:1521/}', /script when it is installed/],
    ['snowflake://kpi@host/', /begins with duckdb:|begins with sqlite:/],
  ])('takes nothing, and is not synchronised, while a source is %s', (address, why) => {
    const files = start();
    const path = 'config/config.yaml';
    files.set(path, textOf(files, path).replace(/url: .*/, `url: ${JSON.stringify(address)}`));
    for (const grow of [() => addTo(files, 'extractor', { name: 'orders', kind: 'sql' }), () => planSync(Object.values(additions).filter(isStageGenerator), stateOf(files))]) {
      const [refusal] = problemsOf(grow);
      expect(refusal).toMatchObject({ code: 'E_CONFIG_DATABASE', where: { file: path } });
      expect(explain(refusal as Problem, 'en').why).toMatch(why);
    }
  });

  test.each(['postgresql+psycopg://kpi@host/db', 'MSSQL://kpi@host/db', '${WAREHOUSE_URL}', 'duckdb:///a.duckdb'])('may have a source at %s', (address) => {
    const files = start();
    files.set('config/config.yaml', textOf(files, 'config/config.yaml').replace(/url: .*/, `url: ${JSON.stringify(address)}`));
    expect(problemsOf(() => stateOf(files))).toEqual([]);
  });

  test('takes stages that wait, and runs the whole chain when something keeps what it makes', () => {
    const files = start();
    const before = textOf(files);
    startChain(files);
    expect(textOf(files)).toBe(before);
    const { remarks } = addTo(files, 'loader', { name: 'orders_weekly', kind: 'sql', inputs: 'orders_by_week' });
    expect(added(before, textOf(files))).toEqual(chain);
    expect(remarks).toContainEqual({ kind: 'joined', stages: ['orders', 'clean_orders', 'order_parts', 'orders_by_week', 'orders_weekly'], file: flow });
  });

  test('has code, test and task for each stage, and the modules that they share, once', () => {
    const files = start();
    startChain(files);
    addTo(files, 'loader', { name: 'orders_weekly', kind: 'sql', inputs: 'orders_by_week' });
    addTo(files, 'loader', { name: 'orders_page', kind: 'artifact', inputs: 'orders_by_week' });
    for (const path of ['src/core/extractors/orders.sql', 'src/core/transformers/order_parts.ts', 'tests/unit/orders_weekly.test.ts', 'tests/flows/orders_page.test.ts', 'src/core/sums.ts', '.kpi-flow/base/src/core/table-like.ts.base'])
      expect(files.has(path), path).toBe(true);
    expect([...files.keys()].filter((path) => path.endsWith('.py'))).toEqual(['prefect_flows/rate_flow.py']);
    expect(textOf(files, 'prefect_flows/tasks.ts')).toContain("export const orderParts = stage(transformers.orderParts, 'order_parts', 'transform');");
    expect(textOf(files, 'config/config.yaml')).toContain('orders_weekly:\n    source: warehouse\n    write: merge\n    keys: [week, region]');
  });

  test.each([
    ['comments, other names and other code', (text: string) => text.replace('const byWeek', '// ours\n    const weekly').replaceAll('(byWeek)', '(weekly)').replace('    await tasks.publishRate', '    if (weekly.length === 0) throw new Error(`nothing in ${days.join()}`);\n    await tasks.publishRate')],
    ['another indentation', (text: string) => text.replaceAll('\n    ', '\n\t\t')],
    ['Windows line ends and a byte order mark', (text: string) => `\ufeff${text.replaceAll('\n', '\r\n')}`],
    ['no semicolons', (text: string) => text.replaceAll(/;$/gm, '')],
  ])('keeps every byte of a flow with %s', (_, edit) => {
    const files = start();
    startChain(files);
    const before = edit(textOf(files));
    files.set(flow, before);
    addTo(files, 'loader', { name: 'orders_weekly', kind: 'sql', inputs: 'orders_by_week' });
    expect(added(before, textOf(files))).toEqual(chain);
    const eol = before.includes('\r\n') ? '\r\n' : '\n';
    expect(textOf(files).split('\n').length).toBe(before.split('\n').length + chain.length + 1);
    expect(textOf(files).split(eol).join('').includes('\n')).toBe(false);
  });

  test.each([
    ['code that has no plain form', (text: string) => text.replace('const days', 'switch (start) { default: break; }\n    const days')],
    ['a return in the middle', (text: string) => text.replace('    await tasks.publishRate(byWeek);', '    if (byWeek.length === 0) { await tasks.publishRate(byWeek); return; }')],
    ['no flow any more', () => 'export const nothing = 1;\n'],
  ])('gives the lines and edits nothing where a flow has %s', (_, edit) => {
    const files = start();
    startChain(files);
    const before = edit(textOf(files));
    files.set(flow, before);
    const { remarks } = addTo(files, 'loader', { name: 'orders_weekly', kind: 'sql', inputs: 'orders_by_week' });
    expect(textOf(files)).toBe(before);
    const paste = remarks.find((each) => each.kind === 'paste');
    expect(paste).toMatchObject({ file: flow });
    expect(paste?.kind === 'paste' && paste.lines.at(-1)?.trim()).toMatch(/^await tasks\.ordersWeekly\(/);
    expect(files.has('src/core/loaders/orders_weekly.ts')).toBe(true);
  });

  test('is the same whichever of two loaders came first', () => {
    const [one, other] = [start(), start()];
    const [orders, page] = [{ name: 'orders_weekly', kind: 'sql', inputs: 'orders_by_week' }, { name: 'sheet', kind: 'artifact', inputs: 'order_parts' }];
    [one, other].forEach(startChain);
    for (const each of [orders, page]) addTo(one, 'loader', each);
    for (const each of [page, orders]) addTo(other, 'loader', each);
    expect(new Map([...one].toSorted())).toEqual(new Map([...other].toSorted()));
  });

  test('is what it was once a loader is gone again', () => {
    const files = start();
    startChain(files);
    const before = new Map(files);
    addTo(files, 'loader', { name: 'orders_weekly', kind: 'sql', inputs: 'orders_by_week' });
    const { plan } = planRemove('orders_weekly', stateOf(files), false, Object.values(additions).filter(isStageGenerator));
    apply(files, plan.ops);
    expect(new Map([...files].toSorted())).toEqual(new Map([...before].toSorted()));
  });

  test('tells of every use of a stage that should go', () => {
    const files = start();
    startChain(files);
    const remove = (name: string) => planRemove(name, stateOf(files), false, Object.values(additions).filter(isStageGenerator));
    expect(() => remove('clean_orders')).toThrow(/E_STAGE_USED.*src\/core\/transformers\/order_parts\.ts:2/);
    expect(() => remove('numerator')).toThrow(/prefect_flows\/rate_flow\.ts:27/);
  });

  test('gets from its config.yaml what somebody wrote there by hand', () => {
    const files = start();
    files.set('config/config.yaml', textOf(files, 'config/config.yaml').replace('transformers:\n', '  orders:\n    source: warehouse\ntransformers:\n'));
    const sync = () => planSync(Object.values(additions).filter(isStageGenerator), stateOf(files));
    apply(files, sync().plan.ops);
    expect(textOf(files, 'src/core/extractors/orders.ts')).toContain('export async function orders(');
    expect(textOf(files, 'prefect_flows/tasks.ts')).toContain("stage(extractors.orders, 'orders', 'extract')");
    expect(sync().plan.ops).toEqual([]);
  });

  test('takes a pipeline with its flow, tests and deployment, loaders into that flow, and gives all of it back', () => {
    const files = start();
    startChain(files);
    const before = new Map(files);
    const { remarks } = addTo(files, 'pipeline', { name: 'orders_alone', inputs: 'orders_by_week', schedule: '0 3 * * *' });
    expect(remarks).toEqual([{ kind: 'next', step: 'deploy', command: 'prefect --no-prompt deploy --all' }]);
    const pipeline = textOf(files, 'src/core/pipelines/orders_alone.ts');
    expect(pipeline).toContain('const orderParts = await steps.orderParts(cleanOrders, cleanNumerator);\n  return await steps.ordersByWeek(orderParts);');
    const { deployments } = YAML.parse(textOf(files, 'prefect.yaml')) as { deployments: { name: string; entrypoint: string; work_pool: { job_variables: object } }[] };
    expect(deployments[1]).toMatchObject({
      name: 'orders-alone',
      entrypoint: 'prefect_flows/orders_alone_flow.py:orders_alone_flow',
      work_pool: { job_variables: { command: 'node node_modules/@kpi-flow/runtime/exec.mjs dist/prefect_flows/orders_alone_flow.js#ordersAloneFlow', working_dir: '{{ here.stdout }}' } },
    });
    const added = new Map(files);
    addTo(files, 'loader', { name: 'orders_weekly', kind: 'sql', inputs: 'orders_by_week', flow: 'orders_alone' });
    expect(textOf(files, 'prefect_flows/orders_alone_flow.ts')).toContain('    await tasks.ordersWeekly(result);\n');
    const remove = (name: string) => apply(files, planRemove(name, stateOf(files), false, Object.values(additions).filter(isStageGenerator)).plan.ops);
    remove('orders_weekly');
    expect(files).toEqual(added);
    addTo(files, 'deployment', { name: 'orders-cloned', flow: 'orders_alone', git: 'https://git.example.com/kpi.git' });
    remove('orders_alone');
    expect(files).toEqual(before);
  });

  test('reads conversions some days longer than what they follow, in every flow', () => {
    const files = start({ type: 'conversion', inputs: 'visits,orders', grain: 'day' });
    addTo(files, 'pipeline', { name: 'again', inputs: 'rate_by_day' });
    for (const path of [flow, 'prefect_flows/again_flow.ts']) {
      expect(textOf(files, path)).toContain('const visits = tasks.visits.submit(...days);');
      expect(textOf(files, path)).toContain('const orders = tasks.orders.submit(days[0], addDays(days[1], CONVERSION_DAYS));');
    }
  });

  test('takes deployments of its flows, as an image too', () => {
    const files = start();
    addTo(files, 'deployment', { name: 'nightly', schedule: '0 3 * * *', parameters: 'start=2026-01-01', work_pool_type: 'docker' });
    const { deployments } = YAML.parse(textOf(files, 'prefect.yaml')) as { deployments: object[] };
    expect(deployments[1]).toMatchObject({
      entrypoint: 'prefect_flows/rate_flow.py:rate_flow',
      parameters: { start: '2026-01-01' },
      pull: [{ 'prefect.deployments.steps.set_working_directory': { directory: '/app' } }],
      work_pool: { job_variables: { command: expect.stringContaining('dist/prefect_flows/rate_flow.js#rateFlow') as string, image: 'kpi-rate:0.1.0' } },
    });
    expect(textOf(files, 'Dockerfile')).toContain('npm run build');
    expect(textOf(files, '.dockerignore')).toContain('!vendor');
  });

  test('carries the runtime of the version that keeps it: whole, and never over what somebody wrote without being told to', () => {
    const files = start();
    const before = new Map(files);
    const folder = 'vendor/kpi-flow-runtime/';
    const [exec, engine, gone] = [`${folder}exec.mjs`, `${folder}chunks/engine.mjs`, `${folder}chunks/of-old.mjs`];
    const planned = (force = false) => planSync(Object.values(additions).filter(isStageGenerator), stateOf(files), force).plan.ops;
    expect(planned()).toEqual([]);
    // As an earlier one had it: other code, and a file that there is no more.
    const lines: string[] = [];
    for (const [path, text] of [[engine, '// earlier\n'], [gone, '// earlier\n']] as const) {
      files.set(path, text);
      lines.push(`generated ${createHash('sha256').update(text).digest('hex')} ${path}`);
    }
    const lock = textOf(files, lockPath).split('\n').filter((line) => !line.endsWith(` ${engine}`));
    files.set(lockPath, [...lock.filter((line) => line !== ''), ...lines, ''].join('\n'));
    files.delete(exec);
    expect(planned().map(({ kind, path }) => [kind, path]).filter(([, path]) => path !== lockPath).toSorted()).toEqual([['create', exec], ['delete', gone], ['modify', engine]]);
    apply(files, planned());
    expect(files).toEqual(before);
    files.set(engine, `${textOf(files, engine)}// somebody's\n`);
    expect(problemsOf(() => planned())).toMatchObject([{ code: 'E_GENERATED_EDITED', args: { paths: [engine] } }]);
    apply(files, planned(true));
    expect(files).toEqual(before);
  });

  test.each(['failed', 'crashed', 'late', 'missed'])('takes a notification of kind %s, which the runtime switches on', (kind) => {
    const files = start();
    const { plan, remarks } = addTo(files, 'notification', { name: 'on-call', kind, channel: 'slack', block: 'on-call' });
    expect(plan.ops.map(({ path }) => path)).toEqual(['automations/on-call.yaml', lockPath]);
    expect(remarks).toEqual([{ kind: 'next', step: 'automation', command: 'node node_modules/@kpi-flow/runtime/automations.mjs' }]);
    const { automations } = YAML.parse(textOf(files, 'automations/on-call.yaml')) as { automations: object[] };
    expect(automations).toMatchObject([{ name: 'rate: on-call', actions: [{ block_document_id: 'slack-webhook/on-call' }] }]);
    expect(files.get('vendor/kpi-flow-runtime/automations.mjs')).toContain('node automations.mjs');
  });

  test('opens another database as long as a stage is of it, and is what it was when the last one is gone', () => {
    const files = start();
    const before = new Map(files);
    const remove = (name: string) => apply(files, planRemove(name, stateOf(files), false, Object.values(additions).filter(isStageGenerator)).plan.ops);
    const { remarks } = addTo(files, 'extractor', { name: 'orders', kind: 'sql', source: 'shop', database: 'postgresql' });
    expect(remarks).toContainEqual({ kind: 'next', step: 'packages', command: 'npm install' });
    expect(remarks).toContainEqual(expect.objectContaining({ kind: 'variable', name: 'SHOP_URL', form: 'postgresql://user:<password>@host:5432/database' }));
    const { dependencies, devDependencies } = JSON.parse(textOf(files, 'package.json')) as Record<string, Record<string, string>>;
    expect([dependencies?.['pg'], devDependencies?.['@types/pg']]).toEqual(['^8.23.1', '^8.23.1']);
    expect(textOf(files, 'src/core/databases.ts')).toContain("  postgresql: async () => (await import('./sql-postgresql.ts')).postgresql,\n");
    const one = new Map(files);
    addTo(files, 'extractor', { name: 'returns', kind: 'sql', source: 'shop' });
    addTo(files, 'loader', { name: 'stored', kind: 'sql', source: 'mart', database: 'mysql' });
    expect(textOf(files, 'src/core/databases.ts')).toMatch(/duckdb,\n {2}mariadb: .*\.mariadb,\n {2}mysql: .*\.mariadb,\n {2}postgres: .*\.postgresql,\n {2}postgresql: .*\.postgresql,\n}/);
    remove('stored');
    remove('returns');
    expect(files).toEqual(one);
    remove('orders');
    expect(files).toEqual(before);
  });

  test('that was made for a database keeps what it needs when a stage of it that was added goes', () => {
    const files = start({ database: 'mariadb' });
    const before = new Map(files);
    expect(textOf(files, 'package.json')).toContain('"mysql2": "^3');
    addTo(files, 'loader', { name: 'stored', kind: 'sql' });
    apply(files, planRemove('stored', stateOf(files), false, Object.values(additions).filter(isStageGenerator)).plan.ops);
    // What stages share besides came with it, and goes with it.
    expect(files).toEqual(before);
  });

  test('gets what another database needs from a stage that was written into config.yaml by hand', () => {
    const files = start();
    files.set('config/config.yaml', textOf(files, 'config/config.yaml').replace('sources:\n', 'sources:\n  shop:\n    kind: sql\n    url: "${SHOP_URL:-postgresql://here/shop}"\n').replace('transformers:\n', '  orders:\n    source: shop\ntransformers:\n'));
    const sync = () => planSync(Object.values(additions).filter(isStageGenerator), stateOf(files));
    apply(files, sync().plan.ops);
    expect(textOf(files, 'src/core/databases.ts')).toContain('.postgresql,');
    expect(textOf(files, 'package.json')).toContain('"pg": "^8');
    expect(sync().plan.ops).toEqual([]);
  });

  test('is looked at and taken back as a Python one is', async () => {
    const files = start();
    const ports = memoryPorts(files);
    const options = { command: 'kpi-flow', dryRun: false, force: false };
    const before = new Map(files);
    await add('extractor', { name: 'orders', kind: 'sql' }, options, ports);
    await add('loader', { name: 'orders_page', kind: 'artifact', inputs: 'orders' }, options, ports);
    expect((await status('', ports)).waiting).toEqual([]);
    await undo(options, ports);
    expect(await status('', ports)).toMatchObject({ drifted: [], edited: [], waiting: [{ stage: 'orders', group: 'extractors' }] });
    expect(await why('src/core/extractors/orders.ts', '', ports)).toMatchObject({ owner: 'seed', edited: false, from: 'extractors.orders' });
    expect(await why('tests/unit/orders.test.ts', '', ports)).toMatchObject({ from: 'extractors.orders' });
    expect(await why('src/core/sql.ts', '', ports)).toMatchObject({ owner: 'merged', from: 'kpi' });
    await undo(options, ports);
    expect(files).toEqual(before);

    const tasks = 'prefect_flows/tasks.ts';
    files.set(tasks, `${textOf(files, tasks)}// mine\n`);
    expect(await status('', ports)).toMatchObject({ drifted: [tasks], edited: [tasks] });
    await expect(sync(options, ports)).rejects.toThrow(`E_GENERATED_EDITED {"paths":["${tasks}"]}`);
    await own(tasks, options, ports);
    expect((await sync(options, ports)).plan.ops.filter(({ path }) => path !== lockPath)).toEqual([]);
    expect(textOf(files, tasks)).toMatch(/\/\/ mine\n$/);
  });

  test('checks what a transformer returns: words, modules and tasks come with the first one, and go with the last', () => {
    const files = start();
    startChain(files);
    const before = new Map(files);
    addTo(files, 'extractor', { name: 'returns', kind: 'sql' });
    const unchecked = textOf(files, 'prefect_flows/tasks.ts');
    addTo(files, 'transformer', { name: 'clean_returns', kind: 'cleaning', inputs: 'returns', on_failure: 'quarantine', checks: `not_null(record_id, amount), accepted_values(region, it's, "3", a\\b), range(amount, -1, 2.5), row_count(1), freshness(occurred_at, 26h)` });
    expect(textOf(files, 'src/core/transformers/clean_returns.ts')).toContain(`checked(
  cleanReturns,
  [
    notNull('record_id', 'amount'),
    acceptedValues('region', 'it\\'s', '3', 'a\\\\b'),
    inRange('amount', { least: -1, most: 2.5 }),
    rowCount({ least: 1 }),
    freshness('occurred_at', { hours: 26 }),
  ],
  'quarantine',
);
`);
    expect(textOf(files, 'prefect_flows/tasks.ts')).toContain("export const cleanNumerator = checkedStage(transformers.cleanNumerator, 'clean_numerator', 'transform');");
    expect(textOf(files, '.env.example')).toContain('folder of rejected rows');
    for (const path of ['src/core/checks.ts', 'src/core/quarantine.ts', 'prefect_flows/checks.ts', 'tests/unit/checks.test.ts', '.kpi-flow/base/src/core/checks.ts.base']) expect(files.has(path), path).toBe(true);
    // A test is theirs from the start: nothing is merged into it.
    expect(files.has('.kpi-flow/base/tests/unit/checks.test.ts.base')).toBe(false);
    const remove = (name: string) => apply(files, planRemove(name, stateOf(files), false, Object.values(additions).filter(isStageGenerator)).plan.ops);
    remove('clean_returns');
    expect(textOf(files, 'prefect_flows/tasks.ts')).toBe(unchecked);
    remove('returns');
    expect(new Map([...files].toSorted())).toEqual(new Map([...before].toSorted()));
  });

  test('tells of data that is not fresh: what looks at it comes along, with the lines to write where nobody has', async () => {
    const files = start();
    const { remarks } = addTo(files, 'notification', { name: 'old', kind: 'stale' });
    const file = 'src/core/transformers/clean_numerator.ts';
    expect(remarks[0]).toEqual({ kind: 'fresh', file, lines: ["import { checked, freshness } from '../checks.ts';", '', "checked(cleanNumerator, [freshness('occurred_at', { days: 1 })], 'warn');"] });
    expect(textOf(files, 'automations/old.yaml')).toContain('kpi.check.freshness');
    expect(textOf(files, 'prefect_flows/tasks.ts')).toContain('checkedStage');
    const lines = remarks[0]?.kind === 'fresh' ? remarks[0].lines : [];
    files.set(file, `${lines[0]}\n${textOf(files, file)}\n${lines.at(-1)}\n`);
    expect(addTo(files, 'notification', { name: 'others', kind: 'stale' }).remarks.map(({ kind }) => kind)).toEqual(['next']);
    expect(await compile([...files].map(([path, text]) => ({ path, text })))).toBe('');
  });

  test('keeps the columns of records with the types that their extractor declares, also while they are empty', () => {
    const files = start();
    startChain(files);
    const call = (name: string, inputs: string): string => {
      addTo(files, 'loader', { name, kind: 'sql', inputs, write_disposition: 'replace' });
      return /(?<=columnsFor\('\w+', TABLE, ).*(?=\))/.exec(textOf(files, `src/core/loaders/${name}.ts`))?.[0] ?? '';
    };
    expect([call('raw_kept', 'orders'), call('clean_kept', 'clean_orders'), call('own_kept', 'clean_numerator'), call('counted_kept', 'order_parts'), call('last_kept', 'orders_by_week')]).toEqual([
      'rows, ORDERS', 'rows, ORDERS', 'rows, NUMERATOR', 'rows', 'rows',
    ]);
    addTo(files, 'extractor', { name: 'a', kind: 'sql' });
    // `A` is the type of its rows as well.
    expect(call('a_kept', 'a')).toBe('rows');
  });

  test('goes on where a run left off with the first extractor that does, and no more with the last', () => {
    const files = start();
    const before = new Map(files);
    addTo(files, 'extractor', { name: 'returns', kind: 'sql', initial: '2026-01-05', lag: '3' });
    expect(textOf(files, 'src/core/extractors/returns.ts')).toContain("\nincremental(returns, { initial: '2026-01-05', lagDays: 3 });\n");
    expect(textOf(files, 'prefect_flows/tasks.ts')).toContain("export const numerator = incrementalStage(extractors.numerator, 'numerator', 'extract');");
    for (const path of ['src/core/incremental.ts', 'prefect_flows/incremental.ts', 'tests/unit/incremental.test.ts']) expect(files.has(path), path).toBe(true);
    apply(files, planRemove('returns', stateOf(files), false, Object.values(additions).filter(isStageGenerator)).plan.ops);
    expect(new Map([...files].toSorted())).toEqual(new Map([...before].toSorted()));
  });

  test.each([
    ['loader', { name: 'stored', kind: 'sql', write_disposition: 'append', merge_strategy: 'upsert' }, 'E_ANSWER_REFUSED'],
    ['loader', { name: 'stored', kind: 'sql', database: 'oracle' }, 'E_ANSWER_REFUSED'],
    ['loader', { name: 'save', kind: 'sql' }, 'E_ANSWER_REFUSED'],
    // Its own test, or its module, has a function of that name.
    ['loader', { name: 'kept', kind: 'sql' }, 'E_ANSWER_REFUSED'],
    ['loader', { name: 'rows_of', kind: 'sql' }, 'E_ANSWER_REFUSED'],
    ['loader', { name: 'send', kind: 'sql' }, 'E_ANSWER_REFUSED'],
    ['loader', { name: 'batches', kind: 'sql' }, 'E_ANSWER_REFUSED'],
    ['loader', { name: 'values', kind: 'sql' }, 'E_ANSWER_REFUSED'],
    ['extractor', { name: 'stock', kind: 'datalake', format: 'delta' }, 'E_ANSWER_REFUSED'],
    ['extractor', { name: 'stock', kind: 'api', initial: '2026-02-30' }, 'E_ANSWER_REFUSED'],
    ['extractor', { name: 'stock', kind: 'sql', lag: '3' }, 'E_ANSWER_REFUSED'],
    ['transformer', { name: 'sum', kind: 'aggregation', inputs: 'rate' }, 'E_ANSWER_REFUSED'],
    ['transformer', { name: 'unique', kind: 'aggregation', inputs: 'rate' }, 'E_ANSWER_REFUSED'],
    ['transformer', { name: 'by_place', kind: 'aggregation', inputs: 'rate', checks: 'not_nul(a)' }, 'E_ANSWER_REFUSED'],
    ['extractor', { name: 'numerator_', kind: 'sql' }, 'E_ANSWER_REFUSED'],
    ['extractor', { name: 'NUMERATOR', kind: 'sql' }, 'E_ANSWER_REFUSED'],
    ['transformer', { name: 'a', kind: 'cleaning', inputs: 'nothing' }, 'E_INPUT_UNKNOWN'],
    ['pipeline', { name: 'weekly', task_runner: 'dask' }, 'E_ANSWER_REFUSED'],
    ['pipeline', { name: 'rate' }, 'E_STAGE_EXISTS'],
    ['deployment', { name: 'cloned', git: 'https://git.example.com/kpi.git', work_pool_type: 'docker' }, 'E_ANSWER_REFUSED'],
    ['deployment', { name: 'odd', parameters: 'strat=2026-01-01' }, 'E_ANSWER_REFUSED'],
    ['deployment', { name: 'rate' }, 'E_DEPLOYMENT_EXISTS'],
  ])('refuses %s %j with %s, and nothing has happened', (name, given, code) => {
    const files = start();
    const before = new Map(files);
    expect(() => addTo(files, name, given)).toThrow(code);
    expect(files).toEqual(before);
  });

  test.each([
    { type: 'conversion', locale: 'es', grain: 'day' },
    { type: 'simple', locale: 'en', grain: 'month,zone' },
  ])('is typed strictly after it grew: $type, $locale', async (answers) => {
    const files = start(answers);
    const [input = ''] = [...textOf(files, 'config/config.yaml').matchAll(/^extractors:\n {2}(\w+):/gm)].map(([, name]) => name);
    const period = answers.grain.split(',')[0] ?? '';
    addTo(files, 'extractor', { name: 'orders', kind: 'sql', source: 'shop' });
    addTo(files, 'transformer', { name: 'clean_orders', kind: 'cleaning', inputs: 'orders' });
    addTo(files, 'transformer', { name: 'parts', kind: 'calculation', inputs: `clean_orders,${input}`, checks: 'row_count(, 9)', on_failure: 'warn' });
    addTo(files, 'transformer', { name: 'one_part', kind: 'calculation', inputs: 'clean_orders', checks: 'unique(record_id)' });
    addTo(files, 'transformer', { name: 'by_period', kind: 'aggregation', inputs: 'parts' });
    addTo(files, 'transformer', { name: 'raw_by_period', kind: 'aggregation', inputs: 'orders', checks: 'unique(day, month)' });
    addTo(files, 'transformer', { name: 'again', kind: 'calculation', inputs: `by_period,rate_by_${period}` });
    addTo(files, 'transformer', { name: 'again_by_period', kind: 'aggregation', inputs: 'again' });
    for (const input of ['by_period', 'raw_by_period', 'again_by_period']) addTo(files, 'loader', { name: `kept_${input}`, kind: 'sql', inputs: input });
    addTo(files, 'loader', { name: 'clean_kept', kind: 'sql', inputs: 'clean_orders' });
    addTo(files, 'loader', { name: 'sheet', kind: 'artifact', inputs: 'again_by_period' });
    for (const database of ['postgresql', 'mariadb', 'mysql']) addTo(files, 'loader', { name: `to_${database}`, kind: 'sql', inputs: 'by_period', source: `in_${database}`, database });
    addTo(files, 'extractor', { name: 'tickets', kind: 'api', source: 'desk', auth: 'oauth2_client_credentials', paginator: 'offset', contract: 'freeze', cursor: 'updated_at', initial: '2026-01-05', lag: '3' });
    addTo(files, 'extractor', { name: 'changed', kind: 'sql', cursor: 'updated_at', initial: '2026-01-05', contract: 'evolve' });
    addTo(files, 'transformer', { name: 'clean_changed', kind: 'cleaning', inputs: 'changed' });
    for (const format of ['parquet', 'csv', 'json']) {
      addTo(files, 'extractor', { name: `filed_${format}`, kind: 'datalake', format, cursor: format === 'csv' ? 'seen_at' : '', initial: format === 'json' ? '' : '2026-01-05' });
      addTo(files, 'loader', { name: `written_${format}`, kind: 'datalake', format, inputs: 'by_period' });
      const store = { parquet: 's3', csv: 'azure', json: 'gcs' }[format] ?? '';
      addTo(files, 'extractor', { name: `fetched_${format}`, kind: 'datalake', format, source: `in_${store}`, store, contract: format === 'csv' ? 'freeze' : 'none' });
      addTo(files, 'loader', { name: `sent_${format}`, kind: 'datalake', format, source: `in_${store}`, inputs: 'by_period' });
    }
    for (const form of ['table', 'markdown', 'link']) addTo(files, 'loader', { name: `shown_as_${form}`, kind: 'artifact', form, inputs: 'by_period' });
    addTo(files, 'loader', { name: 'told', kind: 'api', source: 'desk', inputs: 'by_period' });
    addTo(files, 'transformer', { name: 'clean_tickets', kind: 'cleaning', inputs: 'tickets' });
    for (const contract of ['none', 'evolve']) addTo(files, 'extractor', { name: `entities_${contract}`, kind: 'sap', source: 'erp', auth: 'http_basic', client: '100', contract, cursor: contract === 'none' ? '' : 'changed_at', initial: contract === 'none' ? '' : '2026-01-05' });
    for (const [kind, source] of [['api', 'desk'], ['sap', 'erp'], ['sql', 'shop'], ['datalake', 'lake']] as const) for (const contract of ['none', 'evolve']) addTo(files, 'extractor', { name: `staged_${kind}_${contract}`, kind, source, contract, batch_rows: '1000' });
    for (const [format, contract] of [['csv', 'none'], ['json', 'none'], ['json', 'freeze']] as const) addTo(files, 'extractor', { name: `staged_${format}_${contract}`, kind: 'datalake', source: 'lake', format, contract, batch_rows: '1000' });
    addTo(files, 'extractor', { name: 'copied', kind: 'sap', source: 'erp', read: 'delta' });
    addTo(files, 'transformer', { name: 'clean_copied', kind: 'cleaning', inputs: 'copied' });
    for (const [write, strategy] of [['append', ''], ['replace', ''], ['replace_partitions', ''], ['merge', 'upsert'], ['merge', 'insert-only'], ['merge', 'scd2']])
      addTo(files, 'loader', { name: `all_${write}_${strategy}`.replaceAll('-', '_').replace(/_$/, ''), kind: 'sql', inputs: 'by_period', write_disposition: write, merge_strategy: strategy, publish: strategy === 'upsert' || write === 'append' ? 'audit' : 'direct' });
    addTo(files, 'pipeline', { name: 'more', inputs: 'again_by_period,sheet' });
    addTo(files, 'pipeline', { name: 'raw_data', inputs: 'raw_by_period', schedule: '0 3 * * *' });
    expect(await compile([...files].map(([path, text]) => ({ path, text })))).toBe('');
  }, 120_000);
});
