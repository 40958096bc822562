import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { stages } from '../../generators/index.ts';
import { projectFiles } from '../../src/generate/project-files.ts';
import type { ProjectInput } from '../../src/generate/project-input.ts';
import { rolesOf } from '../../src/generate/project-input.ts';
import { viewProject } from '../../src/generate/project-view.ts';
import { hasTemplate } from '../../src/generate/render.ts';

const facts = { version: '0.1.0', today: '2026-01-02', hash: () => '' };
const base: Omit<ProjectInput, 'type' | 'inputs' | 'source' | 'destination' | 'locale'> = {
  dir: 'kpi', name: 'Stock cover', id: 'stock_cover', description: 'Days.', owner: 'ana', unit: 'days',
  grain: { time: 'day', dimensions: [] }, direction: 'higher_is_better', target: 1, warning: 1, language: 'python',
  schedule: null, timezone: 'UTC', pool: 'kpi-pool', plop: true, git: true, install: true,
};

const rules = (['en', 'es'] as const).flatMap((locale) =>
  (['sql', 'datalake'] as const).flatMap((source) =>
    (['sql', 'datalake'] as const).flatMap((destination) =>
      Object.entries(rolesOf).flatMap(([type, roles]) =>
        projectFiles(viewProject({ ...base, locale, source, destination, type: type as ProjectInput['type'], inputs: roles.map(({ name }) => name) }, facts)),
      ),
    ),
  ),
);

const added = Object.values(stages).flatMap(({ kinds }) =>
  kinds.flatMap(({ value, files }) => files({ name: 'x', kind: value, inputs: [] })),
);
const names = [...new Set([...rules, ...added].map(({ template }) => template))];

describe('the files of a repository', () => {
  test('come from templates that are there', () => {
    expect(names.filter((name) => !hasTemplate(name))).toEqual([]);
  });

  test('use every template', () => {
    const used = new Set(names);
    const all = readdirSync('templates', { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
    const spare = all.filter((path) => path.endsWith('.hbs') && !path.startsWith('partials/')).map((path) => path.slice(0, -4));
    expect(spare.filter((name) => !used.has(name))).toEqual([]);
  });
});
