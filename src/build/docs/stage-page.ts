import type { Bilingual, Locale } from '../../errors/bilingual.ts';
import type { StageGenerator } from '../../generate/define-stage.ts';
import { code, page, prose, table } from './markdown.ts';
import type { Page } from './page.ts';
import { madeBy, referencePath } from './page.ts';

const words = {
  en: {
    title: (name: string) => `Adding: ${code(name)}`,
    doors: 'From inside a repository, by position or by flag; both lines give the same bytes.',
    kinds: 'Kinds',
    kindHead: ['Kind', 'What it is', 'Source', 'Inputs'],
    asked: 'Answers',
    askedHead: ['Flag', 'What it is'],
  },
  es: {
    title: (name: string) => `Añadir: ${code(name)}`,
    doors: 'Desde dentro de un repositorio, por posición o con opciones; las dos líneas dan los mismos bytes.',
    kinds: 'Tipos',
    kindHead: ['Tipo', 'Qué es', 'Origen', 'Entradas'],
    asked: 'Respuestas',
    askedHead: ['Opción', 'Qué es'],
  },
} as const;

/** The page of a generator that adds a stage: its kinds and what it asks. */
export function stagePage({ name, summary, kinds, fields }: StageGenerator, locale: Locale): Page {
  const say = words[locale];
  const positions = Object.keys(fields).map((key) => `<${key}>`).join(' ');
  const text = page(
    madeBy[locale],
    `# ${say.title(name)}`,
    `${prose(summary[locale])}.`,
    say.doors,
    `\`\`\`sh\nnpx create-kpi-flow add ${name} ${positions}\nnpx plop ${name} ${positions}\n\`\`\``,
    `## ${say.kinds}`,
    table(say.kindHead, kinds.map(({ value, label, source, inputs }) => [code(value), prose(meaningOf(value, label, locale)), source === undefined ? '' : code(source), countOf(inputs)])),
    `## ${say.asked}`,
    table(say.askedHead, Object.values(fields).map(({ flag, meta }) => [code(flag), `**${prose(meta.label[locale])}.** ${prose(meta.help[locale])}`])),
  );
  return { path: referencePath(locale, `generators/${name}`), text };
}

function meaningOf(value: string, label: Bilingual, locale: Locale): string {
  return label[locale].replace(`${value}: `, '');
}

function countOf(inputs: StageGenerator['kinds'][number]['inputs']): string {
  if (inputs === undefined) return '';
  return inputs.least === inputs.most ? String(inputs.least) : `${inputs.least}–${inputs.most}`;
}
