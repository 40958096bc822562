import { helpText } from '../../cli/run-help.ts';
import type { Locale } from '../../errors/bilingual.ts';
import { code, page } from './markdown.ts';
import type { Page } from './page.ts';
import { madeBy, referencePath } from './page.ts';

const words = {
  en: {
    title: 'The command line',
    intro:
      'What `--help` prints, for the program and for each command. Where the package is installed, `kpi-flow` is the same program under a shorter name.',
  },
  es: {
    title: 'La línea de órdenes',
    intro:
      'Lo que escribe `--help`, del programa y de cada orden. Donde el paquete está instalado, `kpi-flow` es el mismo programa con un nombre más corto.',
  },
} as const;

const commands = [undefined, 'create', 'doctor', 'completion'] as const;

/** The help of every command, as it reads on a terminal. */
export function commandLinePage(locale: Locale): Page {
  const { title, intro } = words[locale];
  const sections = commands.flatMap((command) => [
    `## ${code(command ?? 'create-kpi-flow')}`,
    `\`\`\`text\n${withoutVersion(helpText(command, locale))}\n\`\`\``,
  ]);
  return { path: referencePath(locale, 'command-line'), text: page(madeBy[locale], `# ${title}`, intro, ...sections) };
}

/** A release changes the version, and would change the page for nothing. */
function withoutVersion(text: string): string {
  return text.replace(/^(create-kpi-flow) \d+\.\d+\.\d+\S*?:/, '$1:');
}
