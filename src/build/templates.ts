import { readFile, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Plugin } from 'rolldown';
import { compileTemplate, parts } from './compile-template.ts';

const resolved = '\0virtual:templates';
const suffix = '.hbs';

/** What compiled templates call, relative to the project. */
const partsFile = 'src/generate/template-parts.ts';

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

/** The JavaScript expression that stands for a template: a string, or a function that makes its compiled form. */
export function expressionOf({ name, text }: TemplateSource): string {
  // A backslash before a mustache is an escape of Handlebars, so such a text is never plain.
  if (!text.includes('{{')) return JSON.stringify(text);
  try {
    return compileTemplate(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Error(`templates/${name}${suffix}: ${detail}`, { cause: error });
  }
}

/** Gives `virtual:templates` to rolldown and to vitest: compiled at build, so that no compiler ships. */
export function templatesPlugin(root: string): Plugin {
  return {
    name: 'kpi-flow:templates',
    resolveId: { filter: { id: /^virtual:templates$/ }, handler: () => resolved },
    load: {
      filter: { id: /^\0virtual:templates$/ },
      async handler() {
        const sources = await readTemplates(join(root, 'templates'));
        for (const { file } of sources) this.addWatchFile(file);
        return { code: moduleOf(sources, join(root, partsFile)), moduleType: 'js', moduleSideEffects: false };
      },
    },
  };
}

function moduleOf(sources: readonly TemplateSource[], partsPath: string): string {
  const names = Object.entries(parts).map(([name, letter]) => `${name} as ${letter}`);
  const entries = sources.map((source) => `${JSON.stringify(source.name)}: ${expressionOf(source)}`);
  return [
    `import { ${names.join(', ')} } from ${JSON.stringify(partsPath.split(sep).join('/'))};`,
    `export const templates = {\n${entries.join(',\n')}\n};\n`,
  ].join('\n');
}
