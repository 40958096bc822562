import { mkdir, mkdtemp, readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { parseSync } from 'rolldown/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTemplates } from '../../src/build/templates.ts';
import { manifest, npm } from './npm.ts';
import type { Registry } from './registry.ts';
import { serveRegistry } from './registry.ts';

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let home: string;
let packed: Packed;
let tarball: string;
let registry: Registry;

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'kpi-flow-package-')));
  const { stdout } = await npm(['pack', '--json', '--pack-destination', home], { cwd: '.', home });
  packed = (JSON.parse(stdout) as Packed[])[0] as Packed;
  tarball = join(home, packed.filename);
  registry = await serveRegistry(tarball, manifest);
});

afterAll(async () => {
  registry?.close();
  await rm(home, { recursive: true, force: true });
});

/** A new empty folder. */
async function folder(name: string): Promise<string> {
  await mkdir(join(home, name));
  return join(home, name);
}

describe('the package', () => {
  test('holds the bundles, their types and the schema, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path).filter((path) => !path.startsWith('dist/chunks/'));
    const doors = Object.values(manifest.exports).flatMap((each) =>
      typeof each === 'string' ? [each] : Object.values(each),
    );
    const expected = [...Object.values(manifest.bin), ...doors.map((path) => path.slice(2)), 'README.md', 'LICENSE'];
    expect(new Set(paths)).toEqual(new Set(expected));
  });

  test('carries every template', async () => {
    const carried = (await readFile('dist/chunks/templates.lines', 'utf8')).split('\n').map((line) => line.slice(0, line.indexOf(' ')));
    expect(carried).toEqual((await readTemplates('templates')).map(({ name }) => name));
  });

  // 165 kB of it are what a TypeScript repository carries with it, 190 the templates of both languages: ADR 8.
  test('is at most 900 kB', () => {
    expect(packed.size).toBeLessThanOrEqual(900_000);
  });

  test('needs no other package, neither in its manifest nor in its code', async () => {
    expect(manifest).not.toHaveProperty('dependencies');
    for (const path of shippedCode()) {
      const imported = importsOf(path, await readFile(path, 'utf8'));
      expect(
        imported.filter((name) => !name.startsWith('.') && !isBuiltin(name)),
        path,
      ).toEqual([]);
    }
  });

  test('has nothing of Handlebars: templates are functions by then', async () => {
    for (const path of shippedCode())
      expect(await readFile(path, 'utf8'), path).not.toMatch(/registerHelper|knownHelpersOnly/);
  });

  test('publishes no type that leans on a package: it would turn into "any" in silence', async () => {
    const types = packed.files.map(({ path }) => path).filter((path) => path.endsWith('.d.mts'));
    for (const path of types) expect(await readFile(path, 'utf8'), path).not.toMatch(/(from|import\()\s*['"][^.'"]/);
  });

  test('satisfies publint and attw', async () => {
    const publint = await execa(process.execPath, ['node_modules/publint/src/cli.js', tarball, '--strict'], {
      reject: false,
      all: true,
    });
    expect(publint.exitCode, publint.all).toBe(0);
    const attw = await execa(
      'node',
      ['node_modules/@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only'],
      { reject: false, all: true },
    );
    expect(attw.exitCode, attw.all).toBe(0);
  });
});

function importsOf(path: string, code: string): string[] {
  const { staticImports, staticExports, dynamicImports } = parseSync(path, code).module;
  const again = staticExports
    .flatMap(({ entries }) => entries)
    .flatMap(({ moduleRequest }) => moduleRequest?.value ?? []);
  const later = dynamicImports.map(({ moduleRequest: { start, end } }) => code.slice(start + 1, end - 1));
  const required = [...code.matchAll(/\brequire\(["'`]([^"'`]+)["'`]\)/g)].map(([, name = '']) => name);
  return [...staticImports.map(({ moduleRequest }) => moduleRequest.value), ...again, ...later, ...required];
}

function shippedCode(): string[] {
  return packed.files.map(({ path }) => path).filter((path) => /\.[cm]js$/.test(path));
}

describe('installed from the tarball, offline', () => {
  let project: string;

  beforeAll(async () => {
    project = await folder('installed');
    await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
    const { exitCode, stderr } = await npm(['install', '--offline', '--legacy-peer-deps', tarball], {
      cwd: project,
      home,
    });
    expect(exitCode, stderr).toBe(0);
  });

  test.each(Object.keys(manifest.bin))('%s says its version', async (bin) => {
    const { stdout } = await npm(['exec', '--offline', '--', bin, '--version'], { cwd: project, home });
    expect(stdout).toContain(manifest.version);
  });

  test('makes a repository', async () => {
    const { exitCode, stderr } = await npm(
      ['exec', '--offline', '--', 'create-kpi-flow', 'made', '--yes', '--no-install', '--no-git'],
      { cwd: project, home },
    );
    expect(exitCode, stderr).toBe(0);
    expect((await stat(join(project, 'made/config/config.yaml'))).isFile()).toBe(true);
  });

  test('each module that it exports loads', async () => {
    const doors = Object.keys(manifest.exports).filter((door) => !door.endsWith('.json'));
    const code = doors.map((door) => `await import(${JSON.stringify(door.replace('.', 'create-kpi-flow'))})`).join(';');
    const { exitCode, stderr } = await execa(process.execPath, ['--input-type=module', '-e', code], {
      cwd: project,
      reject: false,
    });
    expect(exitCode, stderr).toBe(0);
  });
});

describe('npm create kpi-flow@latest', () => {
  let round = 0;

  async function create(args: readonly string[], env: Record<string, string> = {}) {
    const cwd = await folder(`create-${round++}`);
    const given = ['create', '-y', '--registry', registry.url, 'kpi-flow@latest', ...args];
    return { ...(await npm(given, { cwd, home, env })), cwd };
  }

  test('makes the repository that its arguments name', async () => {
    const { cwd, exitCode, stderr } = await create(['my-kpi', '--', '--yes', '--no-install', '--no-git']);
    expect(exitCode, stderr).toBe(0);
    expect(await readdir(join(cwd, 'my-kpi'))).toContain('prefect.yaml');
  });

  // npm takes these for its own and hands them over as variables only. Its own --dry-run also keeps it from fetching
  // a package, so this works from the second call on; the docs say `-- --dry-run`.
  test('honours --dry-run although npm swallows it', async () => {
    const { cwd, exitCode, stdout, stderr } = await create(['my-kpi', '--dry-run', '--yes']);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('prefect.yaml');
    expect(await readdir(cwd)).toEqual([]);
  });

  test('honours --yes and --force although npm swallows them', async () => {
    const { cwd, exitCode, stderr } = await create(['my-kpi', '--yes', '--force', '--', '--no-install', '--no-git']);
    expect(exitCode, stderr).toBe(0);
    expect(await readdir(join(cwd, 'my-kpi'))).toContain('prefect.yaml');
  });

  test('passes its exit code on', async () => {
    const { exitCode, stderr } = await create(['my-kpi', '--', '--no-such-flag']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--no-such-flag');
  });

  test('says what to do about a value whose flag npm took away', async () => {
    const { exitCode, stderr } = await create(['my-kpi', '--type', 'ratio']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(' -- ');
  });
});
