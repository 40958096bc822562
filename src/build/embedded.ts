import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Plugin } from 'rolldown';
import { evaluate } from './evaluate.ts';

const load: Record<string, (root: string) => Promise<string>> = {
  'virtual:declared': async (root) => `export const declared = ${await declaredJson(root)};`,
  'virtual:config-schema': async (root) => `export const configSchemas = ${await schemasJson(root)};`,
  // Node's own list takes 10 ms to open, a quarter of what `create` may cost.
  'virtual:timezones': async () =>
    `export const timezones = ${JSON.stringify(['UTC', ...Intl.supportedValuesOf('timeZone')])};`,
  'virtual:python-grammar': async (root) => `export const runtime = ${await packed(join(root, runtimeFile))};\nexport const grammar = ${await packed(join(root, grammarFile))};`,
  'virtual:version': async (root) => `export const version = ${JSON.stringify(await versionOf(root))};`,
};

/** The parser of Python, and what it knows of the language. */
const runtimeFile = 'node_modules/web-tree-sitter/web-tree-sitter.wasm';
const grammarFile = 'node_modules/@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm';

/** A binary file as a text: packed, since it ships inside a module. */
async function packed(file: string): Promise<string> {
  const bytes = brotliCompressSync(await readFile(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  return JSON.stringify(bytes.toString('base64'));
}

/** What the generators declare, as JSON: help and completion read this and load neither zod nor the generators. */
async function declaredJson(root: string): Promise<string> {
  const { declareAll } = await evaluate<{ declareAll: () => unknown }>(join(root, 'generators/declared.ts'));
  return JSON.stringify(declareAll());
}

/** The JSON Schemas of config.yaml, as texts: zod's converter stays out of what ships. */
export async function schemasJson(root: string): Promise<string> {
  const file = join(root, 'src/config/json-schema.ts');
  const { configSchemaJson } = await evaluate<{ configSchemaJson: (locale: string) => string }>(file);
  return JSON.stringify({ en: configSchemaJson('en'), es: configSchemaJson('es') });
}

async function versionOf(root: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** Gives the modules of plain data that are made while building. */
export function embeddedPlugin(root: string): Plugin {
  return {
    name: 'kpi-flow:embedded',
    resolveId: { filter: { id: /^virtual:/ }, handler: (id) => (id in load ? `\0${id}` : null) },
    load: {
      filter: { id: /^\0virtual:/ },
      async handler(id) {
        const make = load[id.slice(1)];
        return make ? { code: await make(root), moduleType: 'js', moduleSideEffects: false } : null;
      },
    },
  };
}
