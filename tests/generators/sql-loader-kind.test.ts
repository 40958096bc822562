import { describe, expect, it } from 'vitest';
import { stages } from '../../generators/index.ts';
import { planRemove } from '../../src/generate/plan-remove.ts';
import { planSync } from '../../src/generate/plan-sync.ts';
import { ruffFaults } from '../generate/own-ruff.ts';
import type { Files } from '../generate/grown.ts';
import { apply, grow, startFiles, stateOf } from '../generate/grown.ts';

const answers = { dir: 'kpi', name: 'Índice', id: 'on_time', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: 0.5, warning: 0.4 };
const ways = ['append', 'replace', 'replace_partitions', 'delete-insert', 'upsert', 'insert-only', 'scd2'];
const optionsOf = (way: string) => (way.includes('-') || way === 'upsert' || way === 'scd2' ? { write_disposition: 'merge', merge_strategy: way } : { write_disposition: way });
const core = (files: Files): string[] => [...files.keys()].filter((path) => path.startsWith('src/core/sql') && !/sql_(?:errors|moments|postgresql)\.py$/.test(path)).sort();

describe.each(['en', 'es'])('loaders of tables in a repository in %s', (locale) => {
  it('leave nothing for ruff, whatever becomes of the rows, audited or not', () => {
    const files = startFiles({ ...answers, locale });
    for (const way of ways) {
      const name = way.replace('-', '_');
      grow(files, 'loader', { name: `kept_${name}`, kind: 'sql', options: optionsOf(way) });
      grow(files, 'loader', { name: `seen_${name}`, kind: 'sql', options: { ...optionsOf(way), publish: 'audit' } });
    }
    const own = new Map([...files].filter(([path]) => !path.startsWith('.kpi-flow/')));
    expect(ruffFaults(own, () => true)).toEqual([]);
  });

  it('bring the code of their own way, and of no other', () => {
    const files = startFiles({ ...answers, locale, destination: 'datalake' });
    expect(core(files)).toEqual(['src/core/sql.py']);
    grow(files, 'loader', { name: 'kept', kind: 'sql', options: optionsOf('upsert') });
    expect(core(files)).toEqual(['src/core/sql.py', 'src/core/sql_load.py', 'src/core/sql_upsert.py', 'src/core/sql_zones.py']);
    grow(files, 'loader', { name: 'kept_too', kind: 'sql', options: { ...optionsOf('upsert'), publish: 'audit' } });
    expect(core(files)).toEqual(['src/core/sql.py', 'src/core/sql_audit.py', 'src/core/sql_load.py', 'src/core/sql_upsert.py', 'src/core/sql_zones.py']);
  });

  it('say in config.yaml how they write', () => {
    const files = startFiles({ ...answers, locale });
    for (const way of ['upsert', 'append', 'replace']) grow(files, 'loader', { name: `kept_${way}`, kind: 'sql', options: optionsOf(way) });
    const config = files.get('config/config.yaml') ?? '';
    expect(config).toContain('  kept_upsert:\n    source: warehouse\n    write: merge\n    strategy: upsert\n    keys: [day, channel]\n');
    expect(config).toContain('  kept_append:\n    source: warehouse\n    write: append\n    keys: [day]\n');
    expect(config).toContain('  kept_replace:\n    source: warehouse\n    write: replace\n');
  });
});

it('refuse a strategy where nothing is merged', () => {
  const files = startFiles(answers);
  expect(() => grow(files, 'loader', { name: 'kept', kind: 'sql', options: { write_disposition: 'append', merge_strategy: 'upsert' } })).toThrow(/--merge-strategy/);
});

it('come with their code when somebody writes them into config.yaml by hand', () => {
  const files = startFiles({ ...answers, destination: 'datalake' });
  const entry = (name: string, lines: readonly string[]) => `  ${name}:\n    source: warehouse\n${lines.map((line) => `    ${line}\n`).join('')}`;
  const config = (files.get('config/config.yaml') ?? '').replace('\nloaders:\n', `\nloaders:\n${entry('kept', ['write: merge', 'strategy: scd2', 'keys: [day]'])}${entry('log', ['write: append', 'keys: [day]'])}`);
  files.set('config/config.yaml', config);
  apply(files, planSync(Object.values(stages), stateOf(files)).plan.ops);
  expect(files.get('src/core/loaders/kept.py')).toContain('from core.sql_scd2 import scd2, with_validity');
  expect(files.get('src/core/loaders/log.py')).toContain('from core.sql_append import append');
  expect(core(files)).toEqual(['src/core/sql.py', 'src/core/sql_append.py', 'src/core/sql_load.py', 'src/core/sql_scd2.py', 'src/core/sql_zones.py']);
});

it('take the code of their way with them when nobody else writes so', () => {
  const files = startFiles({ ...answers, destination: 'datalake' });
  for (const name of ['kept', 'kept_too']) grow(files, 'loader', { name, kind: 'sql', options: optionsOf('upsert') });
  const before = core(files);
  const remove = (name: string) => apply(files, planRemove(name, stateOf(files), false, Object.values(stages)).plan.ops);
  remove('kept_too');
  expect(core(files)).toEqual(before);
  remove('kept');
  expect(core(files)).toEqual(['src/core/sql.py']);
});
