import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { BuildOptions, Plugin } from 'rolldown';
import { builtinsPlugin } from './builtins.ts';
import { embeddedPlugin, schemasJson } from './embedded.ts';
import { templatesPlugin } from './templates.ts';

/** What the package ships: two commands and two modules to import. */
const shippedEntries = {
  'create-kpi-flow': 'src/cli/create-kpi-flow.ts',
  'kpi-flow': 'src/cli/kpi-flow.ts',
  index: 'src/index.ts',
  plop: 'src/plop.ts',
};

/**
 * Each file that Node loads costs about half a millisecond, so what is loaded together stands together, with all
 * that it imports: the version; help and completion, which need neither zod nor templates; and `create`.
 */
const groups = [
  { name: 'main', test: /src[\\/]cli[\\/]main\.ts$|virtual:version/, priority: 3 },
  { name: 'words', test: /src[\\/]cli[\\/]run-(help|completion)\.ts$/, priority: 2 },
  { name: 'create', test: /src[\\/]cli[\\/](run|create-command)\.ts$/, priority: 1 },
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

/** The two builds: what is published, minified and whole, and our own jobs, which may lean on node_modules. */
export default function bundles(root: string, dir: string): BuildOptions[] {
  const plugins = [templatesPlugin(root, 'chunks/templates.json'), embeddedPlugin(root)];
  const shipped: BuildOptions = {
    input: existing(root, shippedEntries),
    platform: 'node',
    checks: { bundlerTimings: false },
    // The entry of yaml for browsers is the same API as ES modules: smaller, and quicker to load.
    resolve: { alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') } },
    plugins: [bareBuiltins, ...plugins, builtinsPlugin(), assetsPlugin(root)],
    onLog: dropEval,
    output: {
      dir,
      format: 'esm',
      minify: true,
      codeSplitting: { groups },
      chunkFileNames: 'chunks/[name].mjs',
      entryFileNames: '[name].mjs',
      banner: shebang,
    },
  };
  const jobs: BuildOptions = {
    input: existing(root, jobEntries),
    platform: 'node',
    checks: { bundlerTimings: false },
    external: isPackage,
    plugins,
    onLog: dropEval,
    output: { dir, format: 'esm', chunkFileNames: 'build/chunks/[name].mjs', entryFileNames: '[name].mjs' },
  };
  return [shipped, jobs].filter(({ input }) => Object.keys(input as object).length > 0);
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

function existing(root: string, entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(join(root, file))));
}

function shebang(chunk: { name: string; isEntry: boolean }): string {
  return chunk.isEntry && chunk.name.endsWith('kpi-flow') ? '#!/usr/bin/env node' : '';
}

function isPackage(id: string): boolean {
  return !id.startsWith('.') && !id.startsWith('virtual:') && !id.startsWith('\0') && !isAbsolute(id);
}

/** Puts the published types and the JSON Schema of config.yaml beside the code. */
function assetsPlugin(root: string): Plugin {
  return {
    name: 'kpi-flow:assets',
    async generateBundle() {
      for (const [fileName, source] of Object.entries(copies)) {
        this.emitFile({ type: 'asset', fileName, source: await readFile(join(root, source), 'utf8') });
      }
      const { en } = JSON.parse(await schemasJson(root)) as { en: string };
      this.emitFile({ type: 'asset', fileName: 'config.schema.json', source: en });
    },
  };
}
