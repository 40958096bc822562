import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';
import { evaluate } from './evaluate.ts';
import { declaredJson, stageKindsJson, stageKindsPlugin } from './declarations.ts';

const load: Record<string, (root: string) => Promise<string>> = {
  // A text is read at once; an object of its size would be compiled.
  'virtual:declared': async (root) => `export const declared = JSON.parse(${JSON.stringify(await declaredJson(root))});`,
  'virtual:stage-kinds': async (root) => `export const stageKinds = JSON.parse(${JSON.stringify(await stageKindsJson(root))});`,
  // Node's own list takes 10 ms to open, a quarter of what `create` may cost.
  'virtual:timezones': async () =>
    `export const timezones = ${JSON.stringify(['UTC', ...Intl.supportedValuesOf('timeZone')])};`,
  'virtual:version': async (root) => `export const version = ${JSON.stringify(await versionOf(root))};`,
};

const grammarModule = 'virtual:python-grammar';
const schemaModule = 'virtual:config-schema';

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
async function schemaTexts(root: string): Promise<Readonly<Record<'en' | 'es', string>>> {
  const file = 'src/config/json-schema.ts';
  const { configSchemaJson } = await evaluate<{ configSchemaJson: (locale: string) => string }>(root, file, [stageKindsPlugin(root)]);
  return { en: configSchemaJson('en'), es: configSchemaJson('es') };
}

/** A command needs one of the two, if any: as a file beside the code it is read then, and never parsed as code. */
function readingSchemas(places: Readonly<Record<'en' | 'es', string>>): string {
  const getters = Object.entries(places).map(([locale, place]) => `get ${locale}() { return readFileSync(${place}, 'utf8'); }`);
  return `import { readFileSync } from 'node:fs';\nexport const configSchemas = { ${getters.join(', ')} };`;
}

async function versionOf(root: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/**
 * Gives the modules of plain data that are made while building.
 * @param folder where a bundle keeps what is data as files beside the code; without it the parser of Python stays where it is,
 * and the schemas stand in the module
 */
export function embeddedPlugin(root: string, folder?: string): Plugin {
  return {
    name: 'kpi-flow:embedded',
    resolveId: { filter: { id: /^virtual:/ }, handler: (id) => (id in load || id === grammarModule || id === schemaModule ? `\0${id}` : null) },
    load: {
      filter: { id: /^\0virtual:/ },
      async handler(id) {
        const emitted = (fileName: string, source: string | Uint8Array): string => `new URL(import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'asset', fileName, source })})`;
        const made = async (): Promise<string | undefined> => {
          if (id === `\0${grammarModule}`) return readingPrograms(root, async (name, file) => (folder === undefined ? JSON.stringify(file) : emitted(`${folder}/${name}.wasm`, await readFile(file))));
          if (id !== `\0${schemaModule}`) return load[id.slice(1)]?.(root);
          const { en, es } = await schemaTexts(root);
          // The English one is also what the package publishes for editors.
          return folder === undefined ? `export const configSchemas = ${JSON.stringify({ en, es })};` : readingSchemas({ en: emitted('config.schema.json', en), es: emitted(`${folder}/config.schema.es.json`, es) });
        };
        const code = await made();
        return code === undefined ? null : { code, moduleType: 'js', moduleSideEffects: false };
      },
    },
  };
}
