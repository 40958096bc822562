import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';
import { evaluate } from './evaluate.ts';
import { declaredJson, stageKindsJson, stageKindsPlugin } from './declarations.ts';

const load: Record<string, (root: string) => Promise<string>> = {
  // A text is read at once; an object of its size would be compiled.
  'virtual:declared': async (root) => `export const declared = JSON.parse(${JSON.stringify(await declaredJson(root))});`,
  'virtual:stage-kinds': async (root) => `export const stageKinds = JSON.parse(${JSON.stringify(await stageKindsJson(root))});`,
  'virtual:config-schema': async (root) => `export const configSchemas = ${await schemasJson(root)};`,
  // Node's own list takes 10 ms to open, a quarter of what `create` may cost.
  'virtual:timezones': async () =>
    `export const timezones = ${JSON.stringify(['UTC', ...Intl.supportedValuesOf('timeZone')])};`,
  'virtual:version': async (root) => `export const version = ${JSON.stringify(await versionOf(root))};`,
};

const grammarModule = 'virtual:python-grammar';

/** The parser of Python, and what it knows of the language. */
const grammarFiles = {
  runtime: 'node_modules/web-tree-sitter/web-tree-sitter.wasm',
  grammar: 'node_modules/@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm',
} as const;

/** Reads the two programs from where they are; `place` gives the expression of that place. */
async function readingPrograms(root: string, place: (name: string, file: string) => Promise<string>): Promise<string> {
  const reading = Object.entries(grammarFiles).map(async ([name, file]) => `export const ${name} = readFileSync(${await place(name, join(root, file))});`);
  return ["import { readFileSync } from 'node:fs';", ...(await Promise.all(reading))].join('\n');
}

/** The JSON Schemas of config.yaml, as texts: zod's converter stays out of what ships. */
export async function schemasJson(root: string): Promise<string> {
  const file = 'src/config/json-schema.ts';
  const { configSchemaJson } = await evaluate<{ configSchemaJson: (locale: string) => string }>(root, file, [stageKindsPlugin(root)]);
  return JSON.stringify({ en: configSchemaJson('en'), es: configSchemaJson('es') });
}

async function versionOf(root: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/**
 * Gives the modules of plain data that are made while building.
 * @param folder where a bundle keeps the parser of Python, as files beside the code; without it they stay where they are
 */
export function embeddedPlugin(root: string, folder?: string): Plugin {
  return {
    name: 'kpi-flow:embedded',
    resolveId: { filter: { id: /^virtual:/ }, handler: (id) => (id in load || id === grammarModule ? `\0${id}` : null) },
    load: {
      filter: { id: /^\0virtual:/ },
      async handler(id) {
        const emitted = async (name: string, file: string): Promise<string> => {
          const reference = this.emitFile({ type: 'asset', fileName: `${folder}/${name}.wasm`, source: await readFile(file) });
          return `new URL(import.meta.ROLLUP_FILE_URL_${reference})`;
        };
        const make = id === `\0${grammarModule}` ? (from: string) => readingPrograms(from, folder === undefined ? async (_, file) => JSON.stringify(file) : emitted) : load[id.slice(1)];
        return make ? { code: await make(root), moduleType: 'js', moduleSideEffects: false } : null;
      },
    },
  };
}
