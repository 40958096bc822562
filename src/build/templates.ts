import { readFile, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import Handlebars from 'handlebars';
import type { Plugin } from 'rolldown';
import { emitterNames } from '../generate/emitter-names.ts';

const moduleName = 'virtual:templates';
const resolved = `\0${moduleName}`;
const suffix = '.hbs';

const options: PrecompileOptions = {
  strict: true,
  noEscape: true,
  knownHelpersOnly: true,
  knownHelpers: Object.fromEntries(emitterNames.map((name) => [name, true])),
};

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

/** The JavaScript expression that stands for a template: a string, or a function that returns what is precompiled. */
export function expressionOf({ name, text }: TemplateSource): string {
  // A backslash before a mustache is an escape of Handlebars, so such a text is never plain.
  if (!text.includes('{{')) return JSON.stringify(text);
  try {
    return `() => (${compact(Handlebars.precompile(text, options) as string)})`;
  } catch (error) {
    throw new Error(`templates/${name}${suffix}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Drops what Handlebars repeats in every block for runtimes older than the one that is bundled. */
function compact(code: string): string {
  return code
    .replace(
      /lookupProperty = container\.lookupProperty \|\| function\(parent, propertyName\) \{[^}]*\}\s*return undefined\s*\}/g,
      'lookupProperty = container.lookupProperty',
    )
    .replace(/\{"start":\{"line":(\d+),"column":(\d+)\},"end":\{"line":(\d+),"column":(\d+)\}\}/g, 'at($1,$2,$3,$4)');
}

const place =
  'const at = (line, column, endLine, endColumn) => ({ start: { line, column }, end: { line: endLine, column: endColumn } });';

/** Gives `virtual:templates` to rolldown and to vitest: precompiled at build, so that only Handlebars' runtime ships. */
export function templatesPlugin(folder: string): Plugin {
  return {
    name: 'kpi-flow:templates',
    resolveId: (id) => (id === moduleName ? resolved : null),
    async load(id) {
      if (id !== resolved) return null;
      const sources = await readTemplates(folder);
      for (const { file } of sources) this.addWatchFile(file);
      const entries = sources.map((source) => `${JSON.stringify(source.name)}: ${expressionOf(source)}`);
      return {
        code: `${place}\nexport const templates = {\n${entries.join(',\n')}\n};\n`,
        moduleType: 'js',
        moduleSideEffects: false,
      };
    },
  };
}
