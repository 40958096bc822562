import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { FileSpec } from '../../src/plan/tree.ts';
import { planProject } from '../../src/generate/plan-project.ts';
import type { ProjectInput } from '../../src/generate/project-input.ts';
import { arbitraryProject } from './arbitrary-project.ts';

const runs = process.env['KPI_FLOW_LONG'] ? 20_000 : 500;
const minutes = 60_000;
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const facts = { version: '0.1.0', today: '2026-01-02', hash };
const inputs = fc.sample(arbitraryProject, { numRuns: runs, seed: 7 });
const perCall = 250;

const byEnding = (files: Iterable<FileSpec>, ending: string) => [...files].filter(({ path }) => path.endsWith(ending));

/** Parses many texts in one Python process, and gives what went wrong by path. */
function readInPython(parse: string, texts: readonly (readonly [string, string])[]): string[] {
  const script = `import ast, json, sys, tomllib
wrong = []
for path, text in json.loads(sys.stdin.read()):
    try:
        ${parse}
    except Exception as error:
        wrong.append(f"{path}: {error}")
print(json.dumps(wrong))`;
  const result = spawnSync('python3', ['-I', '-c', script], { input: JSON.stringify(texts), encoding: 'utf8', maxBuffer: 1 << 28 });
  expect(result.stderr).toBe('');
  return JSON.parse(result.stdout) as string[];
}

describe(`${runs} repositories of hostile answers`, () => {
  for (let start = 0; start < runs; start += perCall) {
    const chunk = inputs.slice(start, start + perCall);
    test(`${start + 1} to ${start + chunk.length}: every file parses, to the values given`, () => {
      const python: [string, string][] = [];
      const toml: [string, string][] = [];
      for (const input of chunk) {
        const files = planProject(input, facts).values();
        for (const file of files) {
          if (file.path.endsWith('.py')) python.push([`${input.id} ${file.path}`, file.text]);
          if (file.path.endsWith('.toml')) toml.push([input.name, file.text]);
          if (/\.ya?ml$/.test(file.path)) readYaml(file);
          if (file.path.endsWith('.json')) JSON.parse(file.text);
          expect(file.text, file.path).not.toMatch(/\r|[^\S\n]\n(?!")|\n\n\n\n/);
          expect(file.text === '' || file.text.endsWith('\n'), file.path).toBe(true);
        }
      }
      expect(readInPython('ast.parse(text)', python)).toEqual([]);
      expect(readInPython('assert path == tomllib.loads(text)["project"]["description"], text', toml)).toEqual([]);
    }, 5 * minutes);
  }

  test('config.yaml says what was answered, to both versions of YAML', () => {
    for (const input of inputs) {
      const text = planProject(input, facts).get('config/config.yaml')?.text ?? '';
      for (const version of ['1.1', '1.2'] as const) expect(parseYaml(text, { version }).kpi).toEqual(cardOf(input));
    }
  }, 20 * minutes);
});

function readYaml({ path, text }: FileSpec): void {
  const [old, current] = [parseYaml(text, { version: '1.1' }), parseYaml(text, { version: '1.2' })];
  expect(old, path).toEqual(current);
}

function cardOf({ id, name, description, owner, type, unit, grain, direction, target, warning }: ProjectInput) {
  const zero = (value: number) => (value === 0 ? 0 : value);
  return { id, name, description, owner, type, unit, grain: [grain.time, ...grain.dimensions], direction, target: zero(target), warning: zero(warning) };
}

test('the same answers give the same bytes, and another day changes only the dated record', () => {
  for (const input of inputs.slice(0, 20)) {
    const texts = (today: string) => new Map([...planProject(input, { ...facts, today })].map(([path, { text }]) => [path, text]));
    expect(texts('2026-01-02')).toEqual(texts('2026-01-02'));
    const [one, other] = [texts('2026-01-02'), texts('2027-12-31')];
    const differing = [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path));
    expect(differing.filter((path) => !path.startsWith('docs/adr/refactor_') && path !== '.kpi-flow/lock')).toEqual([]);
  }
});

test('no word of another domain is left in a repository', () => {
  for (const input of inputs.slice(0, 50)) {
    for (const { path, text } of planProject({ ...input, id: 'stock_cover', inputs: input.inputs }, facts).values()) {
      expect(text, path).not.toMatch(/\b(orders|sales|ventas|pedidos|sessions|flights|vuelos)\b/i);
    }
  }
});

test('every path is kept by an owner, and generated files are few', () => {
  const files = [...planProject(inputs[0] as ProjectInput, facts).values()];
  const generated = files.filter(({ owner, path }) => owner === 'generated' && !path.startsWith('.kpi-flow/'));
  expect(generated.map(({ path }) => path)).toEqual([
    'config/config.schema.json',
    'docs/kpi.md',
    'prefect_flows/artifacts/__init__.py',
    'prefect_flows/tasks.py',
    'src/core/extractors/__init__.py',
    'src/core/loaders/__init__.py',
    'src/core/sources.py',
    'src/core/transformers/__init__.py',
  ]);
  expect(byEnding(files, '.py').length).toBeGreaterThan(30);
});
