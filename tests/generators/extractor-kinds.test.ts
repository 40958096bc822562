import { describe, expect, it } from 'vitest';
import { ruffFaults } from '../generate/own-ruff.ts';
import type { Files } from '../generate/grown.ts';
import { addTo, apply, grow, startFiles, stateOf } from '../generate/grown.ts';
import { stages } from '../../generators/index.ts';
import { Failure } from '../../src/errors/failure.ts';
import { planRemove } from '../../src/generate/plan-remove.ts';

const answers = { dir: 'kpi', name: 'Índice', id: 'on_time', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', target: 0.5, warning: 0.4 };
const contracts = ['evolve', 'freeze', 'discard_row', 'discard_value'];

const coreOf = (files: Files): string[] => [...files.keys()].filter((path) => /^src\/core\/[a-z_]+\.py$/.test(path));

describe.each(['en', 'es'])('an extractor of a database in a repository in %s', (locale) => {
  it('brings nothing of what it was not asked for', () => {
    const files = startFiles({ ...answers, locale });
    const before = coreOf(files);
    grow(files, 'extractor', { name: 'refunds', kind: 'sql', source: 'erp' });
    expect(coreOf(files)).toEqual(before);
  });

  it('says its contract in its call, and leaves nothing for ruff', () => {
    const files = startFiles({ ...answers, locale });
    for (const contract of contracts) grow(files, 'extractor', { name: `by_${contract}`, kind: 'sql', source: 'erp', options: { contract } });
    grow(files, 'extractor', { name: 'a'.repeat(40), kind: 'sql', source: 'erp', options: { contract: 'discard_value' } });
    for (const contract of contracts) expect(files.get(`src/core/extractors/by_${contract}.py`)).toContain(`        contract="${contract}",\n`);
    expect(coreOf(files)).toEqual(expect.arrayContaining(['src/core/contract.py', 'src/core/sql_contract.py']));
    const own = new Map([...files].filter(([path]) => !path.startsWith('.kpi-flow/')));
    expect(ruffFaults(own, () => true)).toEqual([]);
  });
});

describe.each(['sql', 'api', 'sap', 'datalake'])('an extractor of kind %s of more rows than fit in memory', (kind) => {
  const staged = kind === 'datalake' ? 'staged_lake(\n        PARQUET' : `staged_${kind}(\n        "refunds"`;

  it.each(['en', 'es'])('reads them in batches, and leaves nothing for ruff, in %s', (locale) => {
    for (const frames of ['polars', 'pandas']) {
      const files = startFiles({ ...answers, locale, frames });
      grow(files, 'extractor', { name: 'refunds', kind, source: 'erp', options: { batch_rows: '50000' } });
      grow(files, 'extractor', { name: 'a'.repeat(40), kind, source: 'erp', options: { batch_rows: '1', contract: 'discard_value', cursor: 'updated_at', initial: '2026-01-05' } });
      expect(files.get('src/core/extractors/refunds.py')).toContain('BATCH_ROWS = 50000\n');
      expect(files.get('src/core/extractors/refunds.py')).toContain(`    with ${staged},\n`);
      expect([...files.keys()]).not.toContain('src/core/sql_contract.py');
      const own = new Map([...files].filter(([path]) => !path.startsWith('.kpi-flow/')));
      expect(ruffFaults(own, () => true)).toEqual([]);
    }
  });

  it('takes what reads in batches away with the last one that does', () => {
    const files = startFiles({ ...answers, locale: 'en' });
    grow(files, 'extractor', { name: 'others', kind, source: 'erp' });
    const before = coreOf(files).sort();
    grow(files, 'extractor', { name: 'refunds', kind, source: 'erp', options: { batch_rows: '50000' } });
    apply(files, planRemove('refunds', stateOf(files), false, Object.values(stages)).plan.ops);
    expect(coreOf(files).sort()).toEqual(before);
  });

  it('refuses a batch without a size', () => {
    const files = startFiles({ ...answers, locale: 'en' });
    for (const batch_rows of ['0', '-1', '1.5', 'many', '10000000']) expect(() => addTo(files, 'extractor', { name: 'refunds', kind, source: 'erp', batch_rows })).toThrow(Failure);
  });
});

describe.each(['polars', 'pandas'])('an extractor of a lake by a contract, in a repository of %s', (frames) => {
  it.each(['parquet', 'csv', 'json', 'delta'])('brings what reads %s by it and leaves nothing for ruff, and takes that away again', (format) => {
    for (const locale of ['en', 'es']) {
      const files = startFiles({ ...answers, locale, frames });
      grow(files, 'extractor', { name: 'others', kind: 'datalake', source: 'lake' });
      const before = coreOf(files).sort();
      grow(files, 'extractor', { name: 'held', kind: 'datalake', source: 'lake', options: { format, contract: 'discard_value' } });
      expect(files.get('src/core/extractors/held.py')).toContain(`    return read_${format}_by_contract(\n        "held",`);
      const own = new Map([...files].filter(([path]) => !path.startsWith('.kpi-flow/')));
      expect(ruffFaults(own, () => true)).toEqual([]);
      apply(files, planRemove('held', stateOf(files), false, Object.values(stages)).plan.ops);
      expect(coreOf(files).sort()).toEqual(before);
    }
  });
});

const kinds = ['sql', 'datalake', 'api', 'sap'] as const;

describe.each(kinds)('an extractor of kind %s with a cursor', (kind) => {
  const options = { cursor: 'updated_at', initial: '2025-01-31', lag: '3' };

  it.each(['en', 'es'])('goes by it, says where it begins, and leaves nothing for ruff in %s', (locale) => {
    for (const type of ['simple', 'conversion']) {
      const files = startFiles({ ...answers, type, inputs: type === 'simple' ? 'orders' : 'orders,sessions', locale });
      grow(files, 'extractor', { name: 'tickets', kind, source: 'shop', options });
      grow(files, 'extractor', { name: 'a'.repeat(40), kind, source: 'shop', options: { cursor: 'b'.repeat(30), contract: 'discard_value', ...(kind === 'api' && { auth: 'none' }) } });
      const code = files.get('src/core/extractors/tickets.py') ?? '';
      expect(code).toContain('@incremental(\n    initial=date(2025, 1, 31),\n    lag=timedelta(days=3),\n)\ndef tickets(');
      expect(code).toContain('"updated_at": pl.Datetime("us")');
      const asked = kind === 'sql' ? files.get('src/core/extractors/tickets.sql') : code;
      expect(asked).toContain(kind === 'sql' ? 'where updated_at >= :start\n    and updated_at < :end' : 'cursor="updated_at"');
      const own = new Map([...files].filter(([path]) => !path.startsWith('.kpi-flow/')));
      expect(ruffFaults(own, () => true)).toEqual([]);
    }
  });

  it('makes tasks that go on while an extractor declares it, and no longer', () => {
    const files = startFiles({ ...answers, locale: 'en' });
    const before = new Map(files);
    grow(files, 'extractor', { name: 'tickets', kind, source: 'shop', options });
    expect(files.get('prefect_flows/tasks.py')).toContain('tickets = incremental_stage(\n    extractors.tickets,');
    apply(files, planRemove('tickets', stateOf(files), false, Object.values(stages)).plan.ops);
    expect(files.get('prefect_flows/tasks.py')).toBe(before.get('prefect_flows/tasks.py'));
    expect([...files.keys()].filter((path) => path.includes('incremental'))).toEqual([]);
  });

  it.each([
    [{ lag: '3' }, /--lag/],
    [{ cursor: 'amount' }, /--cursor/],
    [{ cursor: 'channel' }, /--cursor/],
    ...(kind === 'sap' ? ([[{ cursor: 'updated_at', read: 'delta' }, /--cursor/], [{ batch_rows: '1000', read: 'delta' }, /--batch-rows/]] as const) : []),
  ] as const)('refuses %j', (given, flag) => {
    const files = startFiles({ ...answers, locale: 'en' });
    expect(failureOf(() => grow(files, 'extractor', { name: 'tickets', kind, source: 'shop', options: given }))).toMatch(flag);
  });

  it.each([
    { initial: '2026-02-30' },
    { initial: 'yesterday' },
    { lag: '-1', initial: '2026-01-01' },
    { cursor: 'Updated At' },
  ])('refuses %j at every door', (given) => {
    const files = startFiles({ ...answers, locale: 'en' });
    expect(() => addTo(files, 'extractor', { name: 'tickets', kind, source: 'shop', ...given })).toThrow(Failure);
  });
});

function failureOf(run: () => void): string {
  try {
    run();
  } catch (error) {
    return error instanceof Failure ? JSON.stringify(error.problems ?? error) : String(error);
  }
  return 'was done';
}

describe.each(['api', 'sap', 'datalake'])('an extractor of kind %s', (kind) => {
  it('says its contract in its call', () => {
    const files = startFiles({ ...answers, locale: 'en' });
    grow(files, 'extractor', { name: 'tickets', kind, source: 'shop', options: { contract: 'freeze' } });
    expect(files.get('src/core/extractors/tickets.py')).toContain('        contract="freeze",\n    )\n');
    const own = new Map([...files].filter(([path]) => !path.startsWith('.kpi-flow/')));
    expect(ruffFaults(own, () => true)).toEqual([]);
  });
});
