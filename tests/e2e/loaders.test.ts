import { describe, expect, it } from 'vitest';
import { tell } from '../cli/command-line.ts';
import { grow, startFiles } from '../generate/grown.ts';
import { extractorPackages } from './extractor-packages.ts';
import { frames } from './frames.ts';
import { ways } from './loader-ways.ts';
import { databases, noPrograms, useDatabases } from './use-databases.ts';
import { expectOwnTestsToPass, useRepository } from './use-repository.ts';

const minutes = 60_000;
const everyOne = ['kept', 'seen'].flatMap((how) => Object.keys(ways).map((way) => `${how}_${way}`));
const few = ['kept_delete_insert', 'kept_upsert', 'kept_scd2', 'seen_upsert'];
const isLong = Boolean(process.env['KPI_FLOW_LONG']);

/** A usual run takes all of them in SQLite, and elsewhere those whose statements differ from one database to another. */
const chosen = (database: string): readonly string[] => (isLong || database === 'sqlite' ? everyOne : few);

const repository = useRepository(() => {
  const files = startFiles({ dir: 'kpi', name: 'Reclamaciones', id: 'complaints', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', target: 10, warning: 12, direction: 'lower_is_better', locale: 'en', timezone: 'Europe/Madrid', frames });
  for (const [way, options] of Object.entries(ways)) {
    grow(files, 'loader', { name: `kept_${way}`, kind: 'sql', source: 'archive', options });
    grow(files, 'loader', { name: `seen_${way}`, kind: 'sql', source: 'archive', options: { ...options, publish: 'audit' } });
  }
  return files;
}, extractorPackages);
const servers = useDatabases(repository);

describe.each(databases)('every loader of a table, in %s', (database) => {
  it('keeps what it is given, once, and all of it or nothing', { timeout: 5 * minutes }, async ({ skip }) => {
    const address = await servers.empty(database, 'loaders');
    if (address === undefined) return skip(noPrograms(database));
    const found = await repository.json<Record<string, readonly [held: readonly string[], fault: string]>>(['load_suite.py', ...chosen(database)], { ARCHIVE_URL: address });
    expect(Object.fromEntries(Object.entries(found).map(([name, [held, fault]]) => [name, fault === '' ? held.length : fault]))).toEqual(Object.fromEntries(chosen(database).map((name) => [name, 8])));
  });
});

/** A usual run kills one load of each way in SQLite, and elsewhere where the statements differ; a long one fifteen of each, audited ones too. */
describe.each(['sqlite', 'postgresql', 'mariadb'] as const)('a load that is killed, in %s', (database) => {
  it('leaves the old rows or the new ones, and the next one the new ones', { timeout: 60 * minutes }, async ({ skip }) => {
    const address = await servers.empty(database, 'killed');
    if (address === undefined) return skip(noPrograms(database));
    const names = isLong ? everyOne : database === 'sqlite' ? everyOne.slice(0, Object.keys(ways).length) : few;
    const found = await repository.json<Record<string, { readonly killed: number; readonly old: number; readonly new: number; readonly fault: string }>>(['load_killed.py', isLong ? '15' : '1', ...names], { ARCHIVE_URL: address });
    if (isLong) tell(`${database}: ${Object.entries(found).map(([name, each]) => `${name} ${each.killed} killed, ${each.old} old, ${each.new} new`).join('; ')}`);
    expect(Object.entries(found).map(([name, { fault }]) => [name, fault])).toEqual(names.map((name) => [name, '']));
    expect(Object.values(found).reduce((sum, each) => sum + each.killed, 0)).toBeGreaterThan(0);
  });
});

it('passes the tests that they came with', () => expectOwnTestsToPass(repository, everyOne.map((name) => `tests/unit/test_${name}.py`)), 2 * minutes);
