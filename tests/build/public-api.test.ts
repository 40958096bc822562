import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { additions } from '../../generators/index.ts';
import { project } from '../../generators/project.ts';
import type { ProjectAnswers } from '../../src/index.d.mts';
import type * as Published from '../../src/index.d.mts';
import * as api from '../../src/index.ts';

test('what is published is what there is, by name and by type', () => {
  const published: Record<keyof typeof Published, true> = {
    Failure: true,
    add: true,
    rename: true,
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
    database: true,
    store: true,
    frames: true,
    schedule: true,
    timezone: true,
    task_runner: true,
    pool: true,
    plop: true,
    git: true,
    install: true,
  };
  expect(Object.keys(keys).toSorted()).toEqual(Object.keys(project.fields).toSorted());
});

test('every question of a generator that adds, and of its kinds, is an answer that a program may give', () => {
  const text = readFileSync('src/index.d.mts', 'utf8');
  const answers = /interface StageAnswers \{\n([^}]*)\}/.exec(text)?.[1] ?? '';
  const typed = [...answers.matchAll(/^ {2}readonly (\w+)\?/gm)].map(([, key]) => key);
  const asked = new Set(Object.values(additions).flatMap(({ fields }) => Object.keys(fields)));
  expect(typed.toSorted()).toEqual([...asked].toSorted());
});

test('a plan is made without touching anything, and names its problems', () => {
  const files = api.planProject({ dir: 'x', name: 'On-time arrivals', type: 'ratio' }, { today: '2026-01-31' });
  expect(files.map(({ path }) => path)).toContain('docs/adr/refactor_2026-01-31.md');
  expect(() => api.planProject({ dir: 'x', type: 'nonsense' })).toThrow(api.Failure);
});
