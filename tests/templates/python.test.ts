import { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-nodejs';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { project } from '../../generators/project.ts';
import type { RawAnswers } from '../../src/generate/define-generator.ts';
import { fillDefaults } from '../../src/generate/define-generator.ts';
import { planProject } from '../../src/generate/plan-project.ts';
import type { ProjectInput } from '../../src/generate/project-input.ts';
import { rolesOf } from '../../src/generate/project-input.ts';
import type { FileSpec, Tree } from '../../src/plan/tree.ts';
import { pairs } from './pairs.ts';

const facts = { version: '0.1.0', today: '2026-01-02', hash: (text: string) => createHash('sha256').update(text).digest('hex') };
const lineLength = 88;

/** Every kind of answer that a template looks at. */
const factors = {
  type: ['simple', 'ratio', 'cumulative', 'derived', 'conversion'],
  time: ['hour', 'day', 'week', 'month', 'quarter', 'year'],
  dimensions: [[], ['region'], ['region', 'channel'], ['region', 'product_line_of_the_catalogue', 'plant']],
  source: ['sql', 'datalake'],
  destination: ['sql', 'datalake'],
  frames: ['polars', 'pandas'],
  locale: ['en', 'es'],
  unit: ['ratio', 'percent', 'count', 'EUR'],
  direction: ['higher_is_better', 'lower_is_better', 'target_is_best'],
  target: [0.8, 80, 0, -12.5, 1e21, 1e-9],
  schedule: ['0 6 * * *', 'none'],
  id: ['x', 'on_time_rate', 'a_kpi_of_40_characters_xxxxxxxxxxxxxxxxx'],
  names: [undefined, ['a', 'b'], ['an_input_of_30_characters_aaaa', 'an_input_of_30_characters_bbbb'], ['b10', 'b9']],
} as const;
type Case = { readonly [Name in keyof typeof factors]: (typeof factors)[Name][number] };

function inputOf({ time, dimensions, names, target, ...rest }: Case): ProjectInput {
  const inputs = names === undefined ? {} : { inputs: names.slice(0, rolesOf[rest.type].length) };
  const given: RawAnswers = { dir: 'kpi', name: 'Tasa de «año»', description: 'Qué mide.', grain: [time, ...dimensions], target: String(target), ...inputs, ...rest };
  const reading = project.read(fillDefaults(project, given, { locale: 'en', timezone: 'Europe/Madrid' }));
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
  return reading.input;
}

const pythonOf = (tree: Tree): FileSpec[] => [...tree.values()].filter(({ path }) => path.endsWith('.py'));

/** The settings of the repository's own pyproject.toml; ruff cannot see files from here, so packages are named. */
function linter(ignore: readonly string[]): Workspace {
  const select = /^select = (\[.*\])$/m.exec(pyproject)?.[1] ?? '[]';
  const schedulers = /^banned-module-level-imports = (\[.*\])$/m.exec(pyproject)?.[1] ?? '[]';
  const banned = [...pyproject.matchAll(/^"?([\w.]+)"?\.msg = "(.*)"$/gm)].map(([, name = '', msg]) => [name, { msg }]);
  return new Workspace(
    {
      'line-length': lineLength,
      'target-version': 'py311',
      lint: {
        select: JSON.parse(select) as string[],
        ignore,
        isort: { 'known-first-party': ['core', 'prefect_flows', 'tests'] },
        'flake8-tidy-imports': { 'banned-module-level-imports': JSON.parse(schedulers) as string[], 'banned-api': Object.fromEntries(banned) },
      },
    },
    PositionEncoding.Utf16,
  );
}

const usual: Case = { type: 'ratio', time: 'day', dimensions: ['region'], source: 'sql', destination: 'sql', frames: 'polars', locale: 'en', unit: 'ratio', direction: 'higher_is_better', target: 0.8, schedule: 'none', id: 'on_time_rate', names: undefined };
const pyproject = planProject(inputOf(usual), facts).get('pyproject.toml')?.text ?? '';
// As [tool.ruff.lint.per-file-ignores] has it.
const linters = { 'src/': linter([]), 'prefect_flows/': linter(['TID251']), 'tests/': linter(['D1', 'TID251']) };

function faultsOf({ path, text }: FileSpec): string[] {
  const workspace = Object.entries(linters).find(([folder]) => path.startsWith(folder))?.[1];
  if (workspace === undefined) return [`${path}: in no folder that is linted`];
  const found = workspace.check(text) as { code: string | null; message: string; start_location: { row: number } }[];
  const formatted = workspace.format(text);
  const wide = text.split('\n').findIndex((line) => [...line].length > lineLength);
  // Ruff leaves private functions that nothing calls to pyright, which takes longer than all of this.
  const unused = [...text.matchAll(/^(?:async )?def (_\w+)/gm)].flatMap(([, name = '']) => (text.split(new RegExp(`\\b${name}\\b`)).length > 2 ? [] : [name]));
  return [
    ...found.map(({ code, message, start_location }) => `${path}:${start_location.row}: ${code} ${message}`),
    ...(formatted === text ? [] : [`${path}: ruff format would change it:\n${firstChange(text, formatted)}`]),
    ...unused.map((name) => `${path}: ${name} is not used`),
    ...(wide === -1 ? [] : [`${path}:${wide + 1}: wider than ${lineLength}`]),
  ];
}

function firstChange(before: string, after: string): string {
  const lines = after.split('\n');
  const at = before.split('\n').findIndex((line, index) => line !== lines[index]);
  return `${at + 1}: ${lines.slice(at, at + 3).join('\n')}`;
}

/** Many repositories share most of their files: each text is judged once. */
const judged = new Map<string, string[]>();

function faultsIn(tree: Tree): string[] {
  return pythonOf(tree).flatMap((file) => {
    const key = `${file.path.split('/')[0]}\n${file.text}`;
    const known = judged.get(key) ?? faultsOf(file);
    judged.set(key, known);
    return known;
  });
}

const cases = pairs(factors);

describe(`${cases.length} repositories in which each two answers meet`, () => {
  test.each(cases.map((each) => [`${each.type} by ${each.time}, ${each.source} to ${each.destination}, ${each.locale}, ${each.id}`, each] as const))(
    '%s',
    (_, each) => {
      expect(faultsIn(planProject(inputOf(each), facts))).toEqual([]);
    },
  );

  test('say in config.yaml which functions there are', () => {
    for (const each of cases) {
      const tree = planProject(inputOf(each), facts);
      const config = parseYaml(tree.get('config/config.yaml')?.text ?? '') as Record<string, Record<string, { kind?: string }>>;
      const tasks = tree.get('prefect_flows/tasks.py')?.text ?? '';
      for (const group of ['extractors', 'transformers', 'loaders']) {
        for (const [name, { kind }] of Object.entries(config[group] ?? {})) {
          const path = kind === 'artifact' ? `prefect_flows/artifacts/${name}.py` : `src/core/${group}/${name}.py`;
          expect(tree.get(path)?.text, path).toContain(`def ${name}(`);
          expect(tasks).toContain(`\n${name} = stage(\n`);
        }
      }
    }
  });
});

test('a repository knows one library of frames only', () => {
  const words = { polars: /polars|\bpl\./, pandas: /pandas|\bp[ad]\./ };
  for (const each of cases) {
    const input = inputOf(each);
    const foreign = words[input.frames === 'polars' ? 'pandas' : 'polars'];
    const files = [...planProject(input, facts).values()].filter(({ path }) => /\.(?:py|toml|md)$/.test(path) && !path.startsWith('.kpi-flow/'));
    expect(files.filter(({ text }) => foreign.test(text)).map(({ path }) => path)).toEqual([]);
  }
});

test('names of any length leave nothing for ruff to change', () => {
  const letters = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz');
  // Words nobody has reserved: no vowel stands in them.
  const word = (longest: number) => fc.integer({ min: 1, max: longest }).chain((length) => fc.array(letters, { minLength: length, maxLength: length }).map((all) => `q${all.join('').replace(/[aeiou]/g, 'z')}`.slice(0, length)));
  fc.assert(
    fc.property(
      fc.record({
        ...Object.fromEntries(Object.entries(factors).map(([name, values]) => [name, fc.constantFrom(...(values as readonly unknown[]))])),
        id: word(40),
        dimensions: fc.uniqueArray(word(63), { maxLength: 3 }),
        names: fc.uniqueArray(word(30), { minLength: 2, maxLength: 2 }),
      }) as unknown as fc.Arbitrary<Case>,
      (each) => {
        fc.pre(new Set([each.id, ...each.dimensions, ...(each.names ?? []), each.time]).size === each.dimensions.length + 4);
        expect(faultsIn(planProject(inputOf(each), facts))).toEqual([]);
      },
    ),
    { numRuns: process.env['KPI_FLOW_LONG'] ? 500 : 25, seed: 11 },
  );
}, 600_000);

describe('the linter of a repository refuses', () => {
  test.each(['prefect', 'apscheduler', 'schedule', 'celery', 'rq'])('%s in src/core', (module) => {
    const faults = faultsOf({ ...file, text: `"""Text."""\n\nimport ${module}\n\nUSED = ${module}\n` });
    expect(faults.join('\n')).toContain('TID251');
  });

  test('a lazy import of Prefect in src/core', () => {
    const text = '"""Text."""\n\n\ndef step() -> None:\n    """Do."""\n    from prefect import flow\n\n    flow()\n';
    expect(faultsOf({ ...file, text }).join('\n')).toContain('TID251');
  });

  test('a scheduler in prefect_flows, where Prefect is welcome', () => {
    const text = (module: string) => `"""Text."""\n\nimport ${module}\n\nUSED = ${module}\n`;
    expect(faultsOf({ ...file, path: 'prefect_flows/x.py', text: text('apscheduler') }).join('\n')).toContain('TID253');
    expect(faultsOf({ ...file, path: 'prefect_flows/x.py', text: text('prefect') })).toEqual([]);
  });

  const file: FileSpec = { path: 'src/core/x.py', owner: 'seed', text: '' };
});

test('comments and docstrings are in the language that was asked for', () => {
  const prose = (locale: 'en' | 'es') =>
    pythonOf(planProject(inputOf({ ...usual, locale }), facts)).flatMap(({ text }) => [...text.matchAll(/^\s*(?:# (?!FLOW: )|""")\w.*$/gm)].map(([line]) => line.trim()));
  const english = new Set(prose('en'));
  expect(english.size).toBeGreaterThan(50);
  expect(prose('es').filter((line) => english.has(line))).toEqual([]);
});
