import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RolldownMagicString, rolldown } from 'rolldown';
import type { Plugin } from 'rolldown';
import { stageKindsPlugin } from '../declarations.ts';
import { bundleTypes } from './bundle-types.ts';
import { runtimeGroups } from './runtime-groups.ts';
import { unusedTexts } from './unused-texts.ts';

/** A file of the package that a TypeScript repository carries below vendor/. */
export interface VendorFile {
  readonly path: string;
  readonly text: string;
}

const entries = {
  index: 'runtime/index',
  testing: 'runtime/testing/index',
  exec: 'runtime/exec/exec',
  config: 'build/vendor/config',
  deploy: 'build/vendor/deploy',
  automations: 'build/vendor/automations',
} as const;

/** What a program imports of it; exec, deploy and automations are programs. */
const typed = ['index', 'testing', 'config'] as const;

/** Everything of the package but its manifest: code that can be read, its types, its licence. */
export async function vendorFiles(root: string): Promise<VendorFile[]> {
  const [code, types] = await Promise.all([bundleCode(root), bundleDeclarations(root)]);
  return [{ path: 'LICENSE', text: await readFile(join(root, 'LICENSE'), 'utf8') }, ...code, ...types];
}

/** zod and yaml are the repository's own: it uses them besides. Node has the list of time zones. */
const zones: Plugin = {
  name: 'kpi-flow:zones',
  resolveId: { filter: { id: /^virtual:timezones$/ }, handler: () => '\0zones' },
  load: {
    filter: { id: /^\0zones$/ },
    handler: () => "export const timezones = ['UTC', ...Intl.supportedValuesOf('timeZone')];",
  },
};

const ofConfig = /[\\/]src[\\/]config[\\/]/;
const late = { classes: ['Composer', 'Lexer', 'Parser'], functions: ['isMap', 'isScalar', 'isSeq'] };

/**
 * A config.yaml of the plain form needs no parser, and to load one takes longer than all else that a flow's settings
 * need: the first text that is of another form loads it, without waiting, as settings are read.
 */
const lateYaml: Plugin = {
  name: 'kpi-flow:late-yaml',
  resolveId: { filter: { id: /^yaml$/ }, handler: (_, importer = '') => (ofConfig.test(importer) ? '\0late-yaml' : null) },
  load: {
    filter: { id: /^\0late-yaml$/ },
    handler: () =>
      [
        "import { createRequire } from 'node:module';",
        'const require = createRequire(import.meta.url);',
        ...late.classes.map((name) => `export function ${name}(...given) {\n  return new (require('yaml').${name})(...given);\n}`),
        ...late.functions.map((name) => `export const ${name} = (...given) => require('yaml').${name}(...given);`),
      ].join('\n'),
  },
};

/** What a repository does not need of a bundle goes before its map is made, so that the map knows of it. */
const trimmed: Plugin = {
  name: 'kpi-flow:trimmed',
  renderChunk(code) {
    const text = new RolldownMagicString(code);
    for (const { start, end } of unusedTexts(code)) text.remove(start, end);
    return { code: text.toString(), map: text.generateMap().toString() };
  },
};

/** The reader of config.yaml has the sources of another program: its map alone would be a third of the package. */
const unmapped = 'config.mjs.map';

async function bundleCode(root: string): Promise<VendorFile[]> {
  const input = Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(root, 'src', `${file}.ts`)]));
  const bundle = await rolldown({ input, platform: 'node', external: (id, importer = '') => id === 'zod/mini' || (id === 'yaml' && !ofConfig.test(importer)), plugins: [zones, lateYaml, stageKindsPlugin(root), trimmed], checks: { bundlerTimings: false } });
  const { output } = await bundle.generate({ format: 'esm', sourcemap: true, sourcemapPathTransform: inSources, entryFileNames: '[name].mjs', chunkFileNames: 'chunks/[name].mjs', codeSplitting: { groups: runtimeGroups } });
  await bundle.close();
  return output
    .map((each) => ({ path: each.fileName, text: each.type === 'chunk' ? withoutRegions(each.code) : String(each.source) }))
    .filter(({ path }) => path !== unmapped)
    .map((file) => (`${file.path}.map` === unmapped ? { ...file, text: file.text.replace(/^\/\/# sourceMappingURL=.*\n?/m, '') } : file));
}

/** Where a file of ours would lie, wherever the bundle was made: the map carries its text. */
function inSources(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(?:\.\.\/)+(?:.*\/)?src\//, 'src/');
}

/** A bundler marks where each module begins and ends; the path says it well enough. No line comes or goes: the map counts them. */
function withoutRegions(code: string): string {
  return code.replace(/^\/\/#endregion$/gm, '').replace(/^\/\/#region (?:\.\.\/)*(?:src\/)?(\S+)$/gm, '// $1');
}

const flags = [
  '--ignoreConfig --declaration --emitDeclarationOnly --stripInternal --skipLibCheck --strict --exactOptionalPropertyTypes',
  '--noUncheckedIndexedAccess --allowImportingTsExtensions --module nodenext --target es2023 --lib es2023,es2024.string --types node',
].flatMap((line) => line.split(' '));

async function bundleDeclarations(root: string): Promise<VendorFile[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kpi-flow-types-'));
  try {
    const files = typed.map((name) => join(root, 'src', `${entries[name]}.ts`));
    const ambient = join(root, 'src/generate/virtual-declared.d.ts');
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await promisify(execFile)(process.execPath, [tsc, ...files, ambient, ...flags, '--rootDir', join(root, 'src'), '--outDir', folder], { cwd: root });
    const bundled = bundleTypes(Object.fromEntries(typed.map((name) => [name, join(folder, `${entries[name]}.d.ts`)])));
    const types = { path: 'types.d.mts', text: `${bundled.types}\n` };
    return [types, ...Object.entries(bundled.entries).map(([name, text]) => ({ path: `${name}.d.mts`, text }))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
