import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { generators } from '../generators/index.ts';
import { readSources } from './build/source-facts.ts';

/** Which rooms a room may import, besides itself. Imports point down only; a room that is not listed may not exist. */
const below: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  messages: ['errors'],
  runtime: [],
  plan: ['errors'],
  config: ['plan', 'errors'],
  python: ['plan', 'errors'],
  typescript: ['python', 'plan', 'errors'],
  generate: ['config', 'typescript', 'python', 'plan', 'errors'],
  check: ['config', 'python', 'plan', 'errors'],
  migrate: ['check', 'config', 'python', 'generate', 'plan', 'errors'],
  generators: ['generate', 'config', 'plan', 'errors'],
  jobs: ['generators', 'migrate', 'check', 'generate', 'config', 'python', 'plan', 'messages', 'errors'],
  edge: ['plan', 'messages', 'errors'],
};
/** These wire the others together, so they may import all of them. */
const above = new Set(['cli', 'build', 'doors']);
/** The only rooms that touch files, processes, the network, the clock or randomness: edge, cli, build, and the doors that wire them. */
const worldly = new Set(['edge', 'cli', 'build', 'doors', 'runtime']);
/** The one file of the jobs that the edge may know: the types it implements. */
const ports = 'src/jobs/ports.ts';

const sources = readSources();

describe('the rooms of the house', () => {
  test('import only the rooms below them', () => {
    const faults = sources.flatMap(({ file, room, ours }) =>
      ours.filter((to) => !mayImport(room, to.file)).map((to) => `${file} -> ${to.file}`),
    );
    expect(faults).toEqual([]);
  });

  test('have no cycle of imports at run time', () => {
    expect(findCycle()).toEqual([]);
  });

  test('leave the world to edge, cli and build', () => {
    const pure = sources.filter(({ room }) => !worldly.has(room));
    const faults = pure.flatMap(({ file, foreign, impure }) =>
      [...foreign.filter(isOfNode), ...impure].map((what) => `${file}: ${what}`),
    );
    expect(faults).toEqual([]);
  });

  test('only the edge and the command line talk to a terminal', () => {
    const faults = sources.filter(
      ({ room, foreign }) => !['edge', 'cli'].includes(room) && foreign.includes('@clack/prompts'),
    );
    expect(faults.map(({ file }) => file)).toEqual([]);
  });

  test('have no room for leftovers', () => {
    expect(
      sources.filter(({ file }) => /\/(utils?|helpers?|common|misc|shared)[./]/.test(file)).map(({ file }) => file),
    ).toEqual([]);
  });

  test('name files in kebab case', () => {
    expect(sources.filter(({ file }) => !/^[a-z0-9/.-]+$/.test(file)).map(({ file }) => file)).toEqual([]);
  });
});

describe.each(Object.keys(generators))('the generator %s', (name) => {
  test('has a test', () => {
    expect(existsSync(`tests/generators/${name}.test.ts`)).toBe(true);
  });

  test('has a page in the reference, in both languages', () => {
    for (const locale of ['en', 'es'])
      expect(existsSync(`docs/${locale}/reference/generators/${name}.md`), locale).toBe(true);
  });
});

function mayImport(room: string, file: string): boolean {
  const target = sources.find((each) => each.file === file)?.room;
  if (target === undefined || target === room || above.has(room)) return true;
  if (room === 'edge' && file === ports) return true;
  return below[room]?.includes(target) ?? false;
}

function isOfNode(name: string): boolean {
  return name.startsWith('node:') || name === 'execa';
}

/** The first cycle that a walk along the imports meets, as the files on it. */
function findCycle(): string[] {
  const next = new Map(
    sources.map(({ file, ours }) => [file, ours.filter(({ typeOnly }) => !typeOnly).map((each) => each.file)]),
  );
  const done = new Set<string>();
  function walk(file: string, path: readonly string[]): string[] {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const to of next.get(file) ?? []) {
      const cycle = walk(to, [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    done.add(file);
    return [];
  }
  return [...next.keys()].map((file) => walk(file, [])).find((cycle) => cycle.length > 0) ?? [];
}
