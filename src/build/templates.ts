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
        const text = linesOf(sources);
        const emit = (fileName: string): string => this.emitFile({ type: 'asset', fileName, source: text });
        const code = asFile === undefined ? inlined(text) : readingOf(emit(asFile), text);
        return { code, moduleType: 'js', moduleSideEffects: false };
      },
    },
  };
}

/** A template a line, its name first, so that a command parses those that it renders and no others. */
function linesOf(sources: readonly TemplateSource[]): string {
  return sources.map((source) => toAscii(`${source.name} ${JSON.stringify(compileSource(source))}`)).join('\n');
}

/** One byte a character, which is the quickest to read and to parse: JSON, or code without such characters in its names. */
export function toAscii(code: string): string {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Looks like an object of all templates; what none has asked for is a place in a text. */
const lazy = `const read = {};
export const templates = new Proxy(places, { get: (_, name) => Object.hasOwn(places, name) ? (read[name] ??= JSON.parse(textAt(...places[name]))) : undefined });`;

/** Each template's name, and where in the text its form stands. */
function placesIn(text: string): string {
  let start = 0;
  const places = text.split('\n').filter((line) => line !== '').map((line) => {
    const [name, end] = [line.slice(0, line.indexOf(' ')), start + line.length + 1];
    const place = [name, [start + name.length + 1, line.length - name.length - 1]] as const;
    start = end;
    return place;
  });
  return `const places = JSON.parse(${JSON.stringify(JSON.stringify(Object.fromEntries(places)))});`;
}

function inlined(text: string): string {
  return [`const text = ${JSON.stringify(text)};`, 'const textAt = (start, length) => text.slice(start, start + length);', placesIn(text), lazy].join('\n');
}

/** The file is read once; a command renders some of hundreds, and only those become texts. */
function readingOf(reference: string, text: string): string {
  return [
    "import { readFileSync } from 'node:fs';",
    'let bytes;',
    `const textAt = (start, length) => (bytes ??= readFileSync(new URL(import.meta.ROLLUP_FILE_URL_${reference}))).latin1Slice(start, start + length);`,
    placesIn(text),
    lazy,
  ].join('\n');
}
