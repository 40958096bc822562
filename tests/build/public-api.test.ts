import { expect, test } from 'vitest';
import { project } from '../../generators/project.ts';
import type { ProjectAnswers } from '../../src/index.d.mts';
import type * as Published from '../../src/index.d.mts';
import * as api from '../../src/index.ts';

test('what is published is what there is, by name and by type', () => {
  const published: Record<keyof typeof Published, true> = {
    Failure: true,
    add: true,
    sync: true,
    createProject: true,
    planProject: true,
    version: true,
  };
  expect(Object.keys(api).toSorted()).toEqual(Object.keys(published).toSorted());
  // The compiler does the rest: it refuses this line when a type that we publish is not what the code has.
  const asPublished: typeof Published = api;
  expect(asPublished).toBe(api);
});

test('every question of create is an answer that a program may give', () => {
  const keys: Record<keyof ProjectAnswers, true> = {
    dir: true,
    name: true,
    id: true,
    type: true,
    inputs: true,
    grain: true,
    description: true,
    owner: true,
    unit: true,
    direction: true,
    target: true,
    warning: true,
    locale: true,
    language: true,
    source: true,
    destination: true,
    schedule: true,
    timezone: true,
    pool: true,
    plop: true,
    git: true,
    install: true,
  };
  expect(Object.keys(keys).toSorted()).toEqual(Object.keys(project.fields).toSorted());
});

test('a plan is made without touching anything, and names its problems', () => {
  const files = api.planProject({ dir: 'x', name: 'On-time arrivals', type: 'ratio' }, { today: '2026-01-31' });
  expect(files.map(({ path }) => path)).toContain('docs/adr/refactor_2026-01-31.md');
  expect(() => api.planProject({ dir: 'x', type: 'nonsense' })).toThrow(api.Failure);
});
