import { readFile, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Plugin } from 'rolldown';
import type { Program } from '../generate/run-template.ts';
import { compileTemplate } from './compile-template.ts';

const resolved = '\0virtual:templates';
const suffix = '.hbs';

/** The text of one template file. */
export interface TemplateSource {
  /** Its path under templates/, with slashes, without `.hbs`. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/** Reads every template below a folder, sorted by name, with LF line ends whatever the checkout made of them. */
export async function readTemplates(folder: string): Promise<TemplateSource[]> {
  const paths = await readdir(folder, { recursive: true }).catch(() => []);
  const found = paths
    .filter((path) => path.endsWith(suffix))
    .map(async (path) => {
      const file = join(folder, path);
      const text = (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');
      return { name: path.slice(0, -suffix.length).split(sep).join('/'), file, text };
    });
  return (await Promise.all(found)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What stands for a template in the build: a text when it has no mustache, else its compiled form. */
export function compileSource({ name, text }: TemplateSource): string | Program {
  // A backslash before a mustache is an escape of Handlebars, so such a text is never plain.
  if (!text.includes('{{')) return text;
  try {
    return compileTemplate(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Error(`templates/${name}${suffix}: ${detail}`, { cause: error });
  }
}

/**
 * Gives `virtual:templates` to rolldown and to vitest: compiled at build, so that no compiler ships.
 * @param asFile where a bundle keeps them, as data beside the code; without it they stand in the module
 */
export function templatesPlugin(root: string, asFile?: string): Plugin {
  return {
    name: 'kpi-flow:templates',
    resolveId: { filter: { id: /^virtual:templates$/ }, handler: () => resolved },
    load: {
      filter: { id: /^\0virtual:templates$/ },
      async handler() {
        const sources = await readTemplates(join(root, 'templates'));
        for (const { file } of sources) this.addWatchFile(file);
        const json = jsonOf(sources);
        const emit = (fileName: string): string => this.emitFile({ type: 'asset', fileName, source: json });
        const code = asFile === undefined ? inlined(json) : readingOf(emit(asFile));
        return { code, moduleType: 'js', moduleSideEffects: false };
      },
    },
  };
}

/** One byte a character, which is the quickest to read and to parse. */
function jsonOf(sources: readonly TemplateSource[]): string {
  const json = JSON.stringify(Object.fromEntries(sources.map((source) => [source.name, compileSource(source)])));
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function inlined(json: string): string {
  return `export const templates = JSON.parse(${JSON.stringify(json)});`;
}

function readingOf(reference: string): string {
  return [
    "import { readFileSync } from 'node:fs';",
    `export const templates = JSON.parse(readFileSync(new URL(import.meta.ROLLUP_FILE_URL_${reference}), 'latin1'));`,
  ].join('\n');
}
