import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { BuildOptions, Plugin } from 'rolldown';
import { builtinsPlugin } from './builtins.ts';
import { embeddedPlugin } from './embedded.ts';
import { kindsPlugin } from './kinds.ts';
import { templatesPlugin, toAscii } from './templates.ts';
import { vendorPlugin } from './vendor.ts';
import { runtimeGroups } from './vendor/runtime-groups.ts';

/** What the package ships: two commands and two modules to import. They load what they give out, as code that V8 may keep. */
const shippedEntries = {
  'create-kpi-flow': 'src/cli/create-kpi-flow.ts',
  'kpi-flow': 'src/cli/kpi-flow.ts',
  index: 'src/cli/import-index.ts',
  plop: 'src/cli/import-plop.ts',
};

/** What those four load by name. */
const loadedEntries = { main: 'src/cli/main.ts', index: 'src/index.ts', plop: 'src/plop.ts' };

/**
 * Each file that Node loads costs about half a millisecond, and each kilobyte that is not needed its part of another, so
 * what is loaded together stands together, with all that it imports and that no group above it has: help
 * and completion, which need neither zod nor templates; what every command runs in; what making and growing share;
 * the parser of YAML; growing; and `create`.
 */
const groups = [
  { name: 'words', test: /src[\\/]cli[\\/]run-(help|completion)\.ts$/, priority: 6 },
  { name: 'run', test: /src[\\/]cli[\\/]run\.ts$/, priority: 5 },
  {
    name: 'render',
    test: /src[\\/]generate[\\/](define-generator|manifest|project-view|project-files|stage-files|pandas-stage|render|vendored)\.ts$|src[\\/]generate[\\/]answers[\\/](texts|schedule)\.ts$|src[\\/]edge[\\/](environment|disk-problem)\.ts$|src[\\/]config[\\/](edit-env|edit-pyproject|edit-package-json|lock|timezone|typescript-words)\.ts$|generators[\\/]databases\.ts$|src[\\/]plan[\\/]tree\.ts$|src[\\/]cli[\\/]printable\.ts$|virtual:(?:config-schema|vendor)/,
    priority: 4,
  },
  { name: 'read-yaml', test: /src[\\/]config[\\/](read-yaml|secret-values|problem-order)\.ts$/, priority: 3 },
  { name: 'parse-yaml', test: /src[\\/]config[\\/]parse-yaml\.ts$/, priority: 3 },
  { name: 'grow', test: /src[\\/]cli[\\/](add-command|plop-add)\.ts$/, priority: 2 },
  { name: 'create', test: /src[\\/]cli[\\/]create-command\.ts$/, priority: 1 },
];

/** Files that ship as they are. */
const copies = { 'index.d.mts': 'src/index.d.mts', 'plop.d.mts': 'src/plop.d.mts' };

/** What `node src/build/bootstrap.mjs <name>` may run after a build. */
const jobEntries = {
  'build/bench': 'src/build/bench.ts',
  'build/demo': 'src/build/demo.ts',
  'build/docs': 'src/build/docs.ts',
  'build/test': 'src/build/test.ts',
};

/** The runtime that TypeScript repositories carry with them: readable, with its source maps. */
const runtimeEntries = {
  'runtime/index': 'src/runtime/index.ts',
  'runtime/testing': 'src/runtime/testing/index.ts',
  'runtime/exec': 'src/runtime/exec/exec.ts',
};

/** What is published, minified and whole; the runtime; and our own jobs, which may lean on node_modules. */
export default function bundles(root: string, dir: string): BuildOptions[] {
  const plugins = [templatesPlugin(root, 'chunks/templates.lines'), vendorPlugin(root, 'chunks/vendor.br'), kindsPlugin(root), embeddedPlugin(root, 'chunks')];
  const shipped: BuildOptions = {
    input: existing(root, loadedEntries),
    platform: 'node',
    checks: { bundlerTimings: false },
    // The entry of yaml for browsers is the same API as ES modules: smaller, and quicker to load.
    resolve: { alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') } },
    plugins: [bareBuiltins, ...plugins, assetsPlugin(root), leanPlugin, asciiPlugin],
    // The version is a text of six characters: no file has to be opened for it.
    optimization: { inlineConst: true },
    onLog: dropEval,
    output: {
      dir,
      // Node keeps what V8 compiled of scripts, not of modules: src/edge/load-code.ts loads these.
      format: 'cjs',
      exports: 'named',
      minify: true,
      codeSplitting: { groups },
      chunkFileNames: 'chunks/[name].cjs',
      entryFileNames: 'chunks/[name].cjs',
    },
  };
  // Each stands alone: a file more to open takes longer than what they share.
  const entries = Object.entries(existing(root, shippedEntries)).map(([name, file]): BuildOptions => ({
    input: { [name]: file },
    platform: 'node',
    checks: { bundlerTimings: false },
    plugins: [embeddedPlugin(root), builtinsPlugin()],
    optimization: { inlineConst: true },
    output: { dir, format: 'esm', minify: true, entryFileNames: '[name].mjs', banner: shebang },
  }));
  const jobs: BuildOptions = {
    input: existing(root, jobEntries),
    platform: 'node',
    checks: { bundlerTimings: false },
    external: isPackage,
    plugins,
    onLog: dropEval,
    output: { dir, format: 'esm', chunkFileNames: 'build/chunks/[name].mjs', entryFileNames: '[name].mjs' },
  };
  const runtime: BuildOptions = {
    input: existing(root, runtimeEntries),
    platform: 'node',
    checks: { bundlerTimings: false },
    output: {
      dir,
      format: 'esm',
      sourcemap: true,
      codeSplitting: { groups: runtimeGroups },
      chunkFileNames: 'runtime/chunks/[name].mjs',
      entryFileNames: '[name].mjs',
    },
  };
  return [shipped, ...entries, runtime, jobs].filter(({ input }) => Object.keys(input as object).length > 0);
}

/** web-tree-sitter's runtime has an `eval` for macros that no grammar of ours uses. */
const dropEval: NonNullable<BuildOptions['onLog']> = (level, log, handle) => {
  if (log.code !== 'EVAL') handle(level, log);
};

/** web-tree-sitter names Node's modules as packages are named: what ships says that they are Node's. */
const bareBuiltins: Plugin = {
  name: 'kpi-flow:bare-builtins',
  resolveId: { filter: { id: /^(?:module|fs\/promises)$/ }, handler: (id) => ({ id: `node:${id}`, external: true }) },
};

/**
 * One character beyond Latin 1 makes Node keep a whole file at two bytes a character, and read it at half the pace: what
 * ships is written with escapes. They mean the same in texts and in expressions, which is where such characters stand.
 */
const asciiPlugin: Plugin = {
  name: 'kpi-flow:ascii',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk') chunk.code = toAscii(chunk.code);
  },
};

/**
 * A file that another one stands for, as the version does that is written out where it is used, is loaded all the same. None
 * of ours does anything by being loaded.
 */
const leanPlugin: Plugin = {
  name: 'kpi-flow:lean',
  generateBundle(_, bundle) {
    const chunks = Object.values(bundle).filter((each) => each.type === 'chunk');
    for (const chunk of chunks) chunk.code = chunk.code.replace(/,require\("\.\/[\w-]+\.cjs"\)(?=;)/g, '').replace(/(?<=;)require\("\.\/[\w-]+\.cjs"\);/g, '');
  },
};

function existing(root: string, entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(join(root, file))));
}

function shebang(chunk: { name: string; isEntry: boolean }): string {
  return chunk.isEntry && chunk.name.endsWith('kpi-flow') ? '#!/usr/bin/env node' : '';
}

function isPackage(id: string): boolean {
  return !id.startsWith('.') && !id.startsWith('virtual:') && !id.startsWith('\0') && !isAbsolute(id);
}

/** Puts the published types beside the code. */
function assetsPlugin(root: string): Plugin {
  return {
    name: 'kpi-flow:assets',
    async generateBundle() {
      for (const [fileName, source] of Object.entries(copies)) {
        this.emitFile({ type: 'asset', fileName, source: await readFile(join(root, source), 'utf8') });
      }
    },
  };
}
