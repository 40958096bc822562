import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import type * as Published from '../../src/index.d.mts';
import { tell } from '../cli/command-line.ts';
import { packages } from '../e2e/own-checks.ts';
import { OwnTests } from '../generate/own-pytest.ts';
import { ruffFaults } from '../generate/own-ruff.ts';

/** Three kinds, each a declaration and a folder of templates: their texts by where they stand in this project. */
const kinds: Readonly<Record<string, string>> = {
  'generators/kinds/extractor/toy.ts': `import { defineKind } from '../../../src/generate/define-stage.ts';

export const kind = defineKind({
  rank: 9,
  label: { en: 'toy: nothing real', es: 'toy: nada real' },
  source: 'sql',
  keys: [
    { key: 'animal', label: { en: 'Animal', es: 'Animal' }, help: { en: 'Which one.', es: 'Cuál.' }, values: ['bear', 'fox'] },
    { key: 'heads', help: { en: 'How many.', es: 'Cuántas.' }, form: 'integer', least: 1, most: 9 },
  ],
  files: ({ name }) => [
    { template: 'stage/extractor/toy/extractor.py', path: \`src/core/extractors/\${name}.py\`, owner: 'seed' },
    { template: 'stage/extractor/toy/test_extractor.py', path: \`tests/unit/test_\${name}.py\`, owner: 'seed' },
  ],
  requirements: () => ['toy-driver>=1'],
  variables: () => [{ name: 'TOY_TOKEN', comment: { en: 'what opens the toy box', es: 'lo que abre la caja' } }],
});
`,
  'templates/stage/extractor/toy/extractor.py.hbs': `"""{{tr "Made up." "Inventado."}}"""

from datetime import date

import polars as pl

from core.settings import settings


def {{identifier stage.name}}(start: date, end: date) -> pl.DataFrame:
    """{{tr "The days from \`start\` up to, not including, \`end\`." "Los días desde \`start\` hasta antes de \`end\`."}}"""
    animal = settings().extractors["{{identifier stage.name}}"].animal
    days = pl.date_range(start, end, closed="left", eager=True)
    return pl.DataFrame({"day": days, "animal": [animal] * len(days)})
`,
  'templates/stage/extractor/toy/test_extractor.py.hbs': `from datetime import date

from core.extractors import {{identifier stage.name}}


def test_a_row_a_day() -> None:
    frame = {{identifier stage.name}}(date(2026, 1, 5), date(2026, 1, 7))
    assert frame["animal"].to_list() == ["{{stage.options.animal}}"] * 2
`,
  'generators/kinds/transformer/toy.ts': `import { defineKind } from '../../../src/generate/define-stage.ts';

export const kind = defineKind({
  rank: 9,
  label: { en: 'toy: nothing real', es: 'toy: nada real' },
  inputs: { least: 1, most: 1, of: 'extractor' },
  gives: 'records',
  keys: [{ key: 'copies', label: { en: 'Copies', es: 'Copias' }, help: { en: 'Of each row.', es: 'De cada fila.' }, form: 'integer', least: 1, most: 9, initial: 2 }],
  files: ({ name }) => [{ template: 'stage/transformer/toy/transformer.py', path: \`src/core/transformers/\${name}.py\`, owner: 'seed' }],
});
`,
  'templates/stage/transformer/toy/transformer.py.hbs': `"""{{tr "Copies rows." "Copia filas."}}"""

import polars as pl

from core.settings import settings


def {{identifier stage.name}}(frame: pl.DataFrame) -> pl.DataFrame:
    """{{tr "Each row as often as config.yaml says." "Cada fila, las veces que diga config.yaml."}}"""
    copies = settings().transformers["{{identifier stage.name}}"].copies
    return pl.concat([frame] * (copies or {{stage.options.copies}}))
`,
  'generators/kinds/loader/toy.ts': `import { defineKind } from '../../../src/generate/define-stage.ts';

export const kind = defineKind({
  rank: 9,
  label: { en: 'toy: nothing real', es: 'toy: nada real' },
  inputs: { least: 1, most: 1, of: 'any' },
  keys: [
    { key: 'shelf', label: { en: 'Shelf', es: 'Estante' }, help: { en: 'Where it is put.', es: 'Dónde se pone.' }, required: true, pattern: '^[a-z]+$' },
    { key: 'dusty', label: { en: 'Dusty', es: 'Con polvo' }, help: { en: 'Whether it is.', es: 'Si lo está.' }, form: 'boolean', initial: false },
  ],
  files: ({ name }) => [{ template: 'stage/loader/toy/loader.py', path: \`src/core/loaders/\${name}.py\`, owner: 'seed' }],
});
`,
  'templates/stage/loader/toy/loader.py.hbs': `"""{{tr "Puts away." "Guarda."}}"""

import polars as pl

from core.settings import settings


def {{identifier stage.name}}(frame: pl.DataFrame) -> int:
    """{{tr "How many rows are on the shelf." "Cuántas filas hay en el estante."}}"""
    return frame.height if settings().loaders["{{identifier stage.name}}"].shelf else 0
`,
};
const env = { ...process.env, KPI_FLOW_LOCALE: 'en', NO_COLOR: '1' };

let folder: string;
let copy: string;
let repository: string;
/** Every text of the repository before anything was added. */
let start: Map<string, string>;

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
const node = (args: readonly string[], cwd: string) => execa(process.execPath, args, { cwd, reject: false, stdin: 'ignore', env });
const kpiFlow = (...args: string[]) => node([join(copy, 'dist/kpi-flow.mjs'), ...args], repository);
const plop = (...args: string[]) => node([join(copy, 'node_modules/plop/bin/plop.js'), '--plopfile', join(folder, 'plopfile.mjs'), '--dest', repository, ...args], repository);
const read = (path: string) => readFile(join(repository, path), 'utf8');

async function passes(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await kpiFlow(...args);
  expect(exitCode, `${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

async function textsOf(root: string): Promise<Map<string, string>> {
  const paths = (await readdir(root, { recursive: true, withFileTypes: true })).filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const texts = await Promise.all(paths.map(async (path) => [path.slice(root.length + 1).replaceAll('\\', '/'), await readFile(path, 'utf8')] as const));
  return new Map(texts.filter(([path]) => !path.startsWith('.kpi-flow/local/')).sort(([a], [b]) => (a < b ? -1 : 1)));
}

// A copy of this project with three more folders of templates and three more declarations: nothing that stands is touched.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-toy-'));
  copy = join(folder, 'project');
  repository = join(folder, 'kpi');
  await mkdir(copy);
  for (const part of ['src', 'generators', 'templates', 'package.json', 'package-lock.json', 'LICENSE']) await cp(resolve(part), join(copy, part), { recursive: true });
  await symlink(resolve('node_modules'), join(copy, 'node_modules'), 'junction');
  for (const [path, text] of Object.entries(kinds)) await write(join(copy, path), text);
  const built = await node(['src/build/bootstrap.mjs', 'docs'], copy);
  expect(built.exitCode, built.stderr + built.stdout).toBe(0);
  const { planProject } = (await import(pathToFileURL(join(copy, 'dist/index.mjs')).href)) as typeof Published;
  for (const { path, text } of planProject({ dir: 'kpi', name: 'Sales', id: 'sales', owner: 'ana', source: 'sql' })) await write(join(repository, path), text);
  await writeFile(join(folder, 'plopfile.mjs'), `export { default } from ${JSON.stringify(pathToFileURL(join(copy, 'dist/plop.mjs')).href)};\n`);
  start = await textsOf(repository);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a kind that is one folder of templates and one declaration', () => {
  test('is added by the command, with its own key, requirement and variable', async () => {
    await passes('add', 'extractor', 'bears', 'toy', '--animal', 'fox');
    await passes('add', 'transformer', 'twice', 'toy', '--inputs', 'bears');
    await passes('add', 'loader', 'kept', 'toy', '--inputs', 'twice', '--shelf', 'top');
    const config = await read('config/config.yaml');
    expect(config).toContain('  bears:\n    kind: toy\n    source: warehouse\n    animal: fox\n');
    expect(config).toContain('  twice:\n    kind: toy\n');
    expect(config).toContain('  kept:\n    kind: toy\n    shelf: "top"\n');
    expect(await read('pyproject.toml')).toContain('"toy-driver>=1"');
    expect(await read('.env.example')).toContain("# what opens the toy box\n# TOY_TOKEN=''\n");
    expect(await read('prefect_flows/tasks.py')).toMatch(/extractors\.bears,[^]*transformers\.twice,[^]*loaders\.kept,/);
    expect(await read('prefect_flows/sales_flow.py')).toMatch(/tasks\.bears\.submit[^]*tasks\.twice\([^]*tasks\.kept\(/);
  }, 120_000);

  test('leaves a repository that passes its own checks', async () => {
    const files = await textsOf(repository);
    const code = new Map([...files].filter(([path]) => !path.startsWith('.kpi-flow/')));
    expect(ruffFaults(code, () => true)).toEqual([]);
    if (process.platform === 'win32') return tell('toy kinds: the tests of the repository are not run, for this system has no fork');
    const own = await OwnTests.start((await sharedEnvironment(packages, '.cache')).python);
    try {
      expect(await own.run(code, ['tests/unit/test_bears.py', 'tests/unit/test_settings.py', 'tests/unit/test_pipeline.py'])).toBe('');
    } finally {
      await own.stop();
    }
  }, 300_000);

  test('is known to status and sync, also when its files and its entry in the lock are gone', async () => {
    expect(JSON.parse(await passes('status', '--json'))).toMatchObject({ drifted: [], edited: [] });
    const before = await textsOf(repository);
    const files = [...before.keys()].filter((path) => /\/(?:test_)?(?:bears|twice|kept)\.py$/.test(path));
    expect(files).toHaveLength(4);
    for (const path of files) await rm(join(repository, path));
    const lock = before.get('.kpi-flow/lock') ?? '';
    await write(join(repository, '.kpi-flow/lock'), lock.split('\n').filter((line) => !files.some((path) => line.endsWith(path))).join('\n'));
    await passes('sync');
    expect(await textsOf(repository)).toEqual(before);
  }, 120_000);

  test.each([
    ['a key that no stage has', '    animal: fox\n', '    animl: fox\n', /E_CONFIG_UNKNOWN_KEY[^]*animl[^]*animal/],
    ['a key of another kind', '    animal: fox\n', '    copies: 3\n', /E_CONFIG_UNKNOWN_KEY[^]*copies/],
    ['a value that its kind does not take', '    animal: fox\n', '    animal: wolf\n', /E_CONFIG_CHOICE[^]*wolf[^]*bear, fox/],
    ['a number out of its range', '    animal: fox\n', '    heads: 12\n', /E_CONFIG_RANGE/],
    ['no key that it needs', '    shelf: "top"\n', '', /E_CONFIG_MISSING_KEY[^]*shelf/],
    ['a kind that is none', '  twice:\n    kind: toy\n', '  twice:\n    kind: toi\n', /E_CONFIG_CHOICE[^]*toi[^]*toy/],
  ])('has its own keys in config.yaml and no others: %s', async (_, from, to, said) => {
    const config = await read('config/config.yaml');
    try {
      await write(join(repository, 'config/config.yaml'), config.replace(from, to));
      const { exitCode, stderr } = await kpiFlow('sync');
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(said)]);
    } finally {
      await write(join(repository, 'config/config.yaml'), config);
    }
  });

  test('is checked in the repository itself as in the tool', async () => {
    const config = await read('config/config.yaml');
    const { python } = await sharedEnvironment(packages, '.cache');
    const saying = async (text: string): Promise<string> => {
      await write(join(repository, 'other.yaml'), text);
      const code = 'import sys; from pathlib import Path; sys.path.insert(0, "src")\nfrom core.settings import read\nread(Path("other.yaml"))';
      const { all = '' } = await execa(python, ['-c', code], { cwd: repository, reject: false, all: true });
      return all;
    };
    expect(await saying(config)).toBe('');
    expect(await saying(config.replace('    animal: fox\n', '    animal: wolf\n'))).toMatch(/extractors\.bears\.animal/);
    expect(await saying(config.replace('  records:\n', '  records:\n    animal: fox\n'))).toMatch(/extractors\.records\.animal: this kind has no such key/);
    expect(await saying(config.replace('    shelf: "top"\n', ''))).toMatch(/loaders\.kept: shelf is missing/);
    await rm(join(repository, 'other.yaml'));
  }, 120_000);

  test('goes again without a trace', async () => {
    for (const name of ['kept', 'twice', 'bears']) await passes('remove', name);
    expect(await textsOf(repository)).toEqual(start);
  });

  test('refuses what is no value of its key, a key where another kind is asked for, and to do without one that it needs', async () => {
    const wrong = await kpiFlow('add', 'extractor', 'wolves', 'toy', '--animal', 'foxx');
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringMatching(/E_ANSWER_CHOICE.*fox/s)]);
    const foreign = await kpiFlow('add', 'extractor', 'wolves', 'sql', '--animal', 'fox');
    expect([foreign.exitCode, foreign.stderr]).toEqual([2, expect.stringContaining('E_OPTION_KIND')]);
    const missing = await kpiFlow('add', 'loader', 'kept', 'toy');
    expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringMatching(/E_ANSWERS_MISSING.*--shelf/s)]);
  });

  test('is listed, described, completed and documented, and editors know its keys', async () => {
    expect(await passes('list')).toContain('toy: nothing real');
    expect(await passes('describe', 'extractor')).toContain('--animal');
    expect(await passes('completion', 'bash')).toContain('--shelf');
    for (const locale of ['en', 'es']) {
      const page = await readFile(join(copy, `docs/${locale}/reference/generators/extractor.md`), 'utf8');
      expect([page.includes('| `toy` |'), page.includes('`--animal`')]).toEqual([true, true]);
      const keys = await readFile(join(copy, `docs/${locale}/reference/config.md`), 'utf8');
      expect(keys).toMatch(/`kind: toy`[^]*`animal` \| `bear`, `fox`[^]*`copies`[^]*`shelf`/);
    }
    const schema = JSON.stringify(JSON.parse(await read('config/config.schema.json')));
    expect(schema).toContain('"animal":{"type":"string","enum":["bear","fox"],"description":"Which one.","default":"bear"}');
  });

  test('comes through plop, by position and with its key by name', async () => {
    const { exitCode, stdout, stderr } = await plop('extractor', 'foxes', 'toy', '--', '--animal', 'fox');
    expect(exitCode, stdout + stderr).toBe(0);
    expect(await read('config/config.yaml')).toContain('  foxes:\n    kind: toy\n    source: warehouse\n    animal: fox\n');
  });
});
