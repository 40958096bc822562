import type { Bilingual, Locale } from '../../errors/bilingual.ts';
import type { Addition } from '../../generate/define-addition.ts';
import type { StageKind } from '../../generate/define-stage.ts';
import { isStageGenerator } from '../../generate/define-stage.ts';
import { optionsOfKind } from '../../generate/kind-options.ts';
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
    onlyOf: (kind: string) => `Of ${kind}`,
  },
  es: {
    title: (name: string) => `Añadir: ${code(name)}`,
    doors: 'Desde dentro de un repositorio, por posición o con opciones; las dos líneas dan los mismos bytes.',
    kinds: 'Tipos',
    kindHead: ['Tipo', 'Qué es', 'Origen', 'Entradas'],
    asked: 'Respuestas',
    askedHead: ['Opción', 'Qué es'],
    onlyOf: (kind: string) => `De ${kind}`,
  },
} as const;

/** The page of a generator that adds to a repository: its kinds and what it asks. */
export function additionPage(generator: Addition, locale: Locale): Page {
  const say = words[locale];
  const { name, summary, fields } = generator;
  const positions = Object.values(fields).filter(({ meta }) => meta.positional).map(({ key }) => `<${key}>`).join(' ');
  const text = page(
    madeBy[locale],
    `# ${say.title(name)}`,
    `${prose(summary[locale])}.`,
    say.doors,
    `\`\`\`sh\nnpx create-kpi-flow add ${name} ${positions}\nnpx plop ${name} ${positions}\n\`\`\``,
    ...kindSection(generator, locale),
    `## ${say.asked}`,
    table(say.askedHead, Object.values(fields).map(({ key, flag, meta }) => [code(flag), `**${prose(meta.label[locale])}.** ${prose(meta.help[locale])}${kindsWith(stageKinds(generator), key, locale)}`])),
  );
  return { path: referencePath(locale, `generators/${name}`), text };
}

function kindSection(generator: Addition, locale: Locale): string[] {
  const { kinds: title, kindHead } = words[locale];
  const stages = stageKinds(generator);
  if (stages.length > 0) {
    const rows = stages.map(({ value, label, source, inputs }) => [code(value), prose(meaningOf(value, label, locale)), source === undefined ? '' : code(source), countOf(inputs)]);
    return [`## ${title}`, table(kindHead, rows)];
  }
  const rows = generator.kinds.map(({ value, label }) => [code(value), prose(meaningOf(value, label, locale))]);
  return rows.length === 0 ? [] : [`## ${title}`, table(kindHead.slice(0, 2), rows)];
}

function stageKinds(generator: Addition): readonly StageKind[] {
  return isStageGenerator(generator) ? generator.kinds : [];
}

/** Which kinds have an option, and what it can be. */
function kindsWith(kinds: readonly StageKind[], key: string, locale: Locale): string {
  const having = kinds.flatMap((kind) => optionsOfKind(kind).filter((each) => each.key === key).map(({ choices = [] }) => ({ value: kind.value, choices })));
  return having.map(({ value, choices }) => ` ${words[locale].onlyOf(code(value))}${choices.length === 0 ? '' : `: ${choices.map((each) => code(each.value)).join(', ')}`}.`).join('');
}

function meaningOf(value: string, label: Bilingual, locale: Locale): string {
  return label[locale].replace(`${value}: `, '');
}

function countOf(inputs: StageKind['inputs']): string {
  if (inputs === undefined) return '';
  return inputs.least === inputs.most ? String(inputs.least) : `${inputs.least}–${inputs.most}`;
}
