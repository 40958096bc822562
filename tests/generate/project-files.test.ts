import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { additions, stages } from '../../generators/index.ts';
import { sourceKinds } from '../../src/config/source-kinds.ts';
import { projectFiles } from '../../src/generate/project-files.ts';
import { switchModule } from '../../src/generate/plan-notification.ts';
import type { ProjectInput } from '../../src/generate/project-input.ts';
import { rolesOf } from '../../src/generate/project-input.ts';
import { viewProject } from '../../src/generate/project-view.ts';
import { hasTemplate } from '../../src/generate/render.ts';

const facts = { version: '0.1.0', today: '2026-01-02', hash: () => '' };
const base: Omit<ProjectInput, 'type' | 'inputs' | 'source' | 'destination' | 'locale'> = {
  dir: 'kpi', name: 'Stock cover', id: 'stock_cover', description: 'Days.', owner: 'ana', unit: 'days',
  grain: { time: 'day', dimensions: [] }, direction: 'higher_is_better',
  database: 'sqlite', store: 'folder', target: 1, warning: 1, language: 'python', frames: 'polars',
  schedule: null, timezone: 'UTC', task_runner: 'threads', pool: 'kpi-pool', plop: true, git: true, install: true,
};

const inTypescript = (['en', 'es'] as const).flatMap((locale) =>
  Object.entries(rolesOf).flatMap(([type, roles]) =>
    projectFiles(viewProject({ ...base, language: 'typescript', locale, source: 'sql', destination: 'sql', type: type as ProjectInput['type'], inputs: roles.map(({ name }) => name) }, facts)),
  ),
);

const rules = (['en', 'es'] as const).flatMap((locale) =>
  (['sql', 'datalake'] as const).flatMap((source) =>
    (['sql', 'datalake'] as const).flatMap((destination) =>
      (['polars', 'pandas'] as const).flatMap((frames) =>
        Object.entries(rolesOf).flatMap(([type, roles]) =>
          projectFiles(viewProject({ ...base, locale, source, destination, frames, type: type as ProjectInput['type'], inputs: roles.map(({ name }) => name) }, facts)),
        ),
      ),
    ),
  ),
);

// What brings modules that no single choice does.
const shares: readonly Readonly<Record<string, string>>[] = [{ checks: 'row_count(1)' }, { initial: '2026-01-05' }, { batch_rows: '1000' }, { batch_rows: '1000', contract: 'evolve' }, { format: 'json', contract: 'evolve' }, { format: 'delta', contract: 'evolve' }];
const added = Object.values(stages).flatMap(({ kinds }) =>
  kinds.flatMap(({ value, files, options = [] }) => {
    const given = [{}, ...options.flatMap(({ key, choices = [] }) => choices.map((each) => ({ [key]: each.value })))];
    return given.flatMap((each) => files({ name: 'x', kind: value, inputs: [], options: each }));
  }),
);
const addedInTypescript = Object.values(stages).flatMap(({ kinds }) =>
  kinds.flatMap(({ value, typescript }) => {
    const given = [{}, ...shares, ...(typescript?.options ?? []).flatMap(({ key, choices = [] }) => choices.map((each) => ({ [key]: each.value })))];
    return given.flatMap((options) => {
      const item = { name: 'x', kind: value, inputs: [], options };
      return typescript === undefined ? [] : [...typescript.files(item), ...(typescript.modules?.(item) ?? []).map((path) => ({ template: `typescript/${path}` }))];
    });
  }),
);
const modules = Object.values(sourceKinds).flatMap((each) => each.modules.map((name) => ({ template: `python/src/core/${name}` })));
// What stages share comes with the first one that needs it: whichever choice of its kind, and with checks.
const shared = Object.values(stages).flatMap(({ kinds }) =>
  kinds.flatMap(({ value, modules: needed, options = [] }) => {
    const given = [{}, ...shares, ...options.flatMap(({ key, choices = [] }) => choices.map((each) => ({ [key]: each.value })))];
    return given.flatMap((each) => needed?.({ name: 'x', kind: value, inputs: [], options: each }) ?? []).map((path) => ({ template: `python/${path}` }));
  }),
);
const names = [...new Set([...rules, ...inTypescript, ...added, ...addedInTypescript, ...modules, ...shared, { template: `python/${switchModule}` }].map(({ template }) => template))];

describe('the files of a repository', () => {
  test('come from templates that are there', () => {
    expect(names.filter((name) => !hasTemplate(name))).toEqual([]);
  });

  test('use every template', () => {
    const used = new Set(names);
    const all = readdirSync('templates', { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
    const spare = all.filter((path) => path.endsWith('.hbs') && !path.startsWith('partials/')).map((path) => path.slice(0, -4));
    // What is no stage has a folder of its own, and a test that adds each of its kinds.
    const others = Object.keys(additions).filter((name) => !(name in stages));
    expect(spare.filter((name) => !used.has(name) && !others.includes(name.split('/')[0] ?? ''))).toEqual([]);
  });
});
