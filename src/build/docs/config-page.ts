import { configSchemaJson } from '../../config/json-schema.ts';
import type { Locale } from '../../errors/bilingual.ts';
import { code, page, prose, table } from './markdown.ts';
import type { Page } from './page.ts';
import { madeBy, referencePath } from './page.ts';

/** What we read of a JSON Schema. */
interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: string | number;
  readonly enum?: readonly string[];
  readonly items?: Schema | readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | false;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

const words = {
  en: {
    intro:
      'A key that is not here is an error, with a suggestion. Addresses may hold references: `${VAR}` is required, `${VAR:-default}` falls back, `${VAR:?message}` stops with the message. They are looked up in the environment, then in `.env`, then in a Prefect Secret block, when a task first needs them.',
    head: ['Key', 'Value', 'Required', 'Meaning'],
    yes: 'yes',
    no: 'no',
    named: (group: string) => `${group}, each under a name of its own`,
    when: (key: string, values: readonly string[]) => `With ${values.map((value) => code(`${key}: ${value}`)).join(', ')}:`,
    other: 'Otherwise:',
    kinds: {
      string: 'text',
      number: 'number',
      integer: 'whole number',
      array: 'list',
      object: 'group',
      boolean: 'true or false',
    },
    upTo: (most: number) => `up to ${most} characters`,
    between: (least: number, most: number) => `${least} to ${most}`,
  },
  es: {
    intro:
      'Una clave que no esté aquí es un error, con una sugerencia. Las direcciones admiten referencias: `${VAR}` es obligatoria, `${VAR:-por defecto}` tiene un valor de reserva, `${VAR:?mensaje}` se detiene con ese mensaje. Se buscan en el entorno, después en `.env` y después en un bloque Secret de Prefect, cuando una tarea las necesita por primera vez.',
    head: ['Clave', 'Valor', 'Obligatoria', 'Significado'],
    yes: 'sí',
    no: 'no',
    named: (group: string) => `${group}, cada uno con su nombre`,
    when: (key: string, values: readonly string[]) => `Con ${values.map((value) => code(`${key}: ${value}`)).join(', ')}:`,
    other: 'Si no:',
    kinds: {
      string: 'texto',
      number: 'número',
      integer: 'número entero',
      array: 'lista',
      object: 'grupo',
      boolean: 'true o false',
    },
    upTo: (most: number) => `hasta ${most} caracteres`,
    between: (least: number, most: number) => `de ${least} a ${most}`,
  },
} as const;

/** Every key of config.yaml, from the schema that checks it. */
export function configPage(locale: Locale): Page {
  const schema = JSON.parse(configSchemaJson(locale)) as Schema;
  const groups = Object.entries(schema.properties ?? {}).filter(([, each]) => each.type === 'object');
  const text = page(
    madeBy[locale],
    '# config.yaml',
    prose(schema.description ?? ''),
    words[locale].intro,
    keyTable(schema, locale),
    ...groups.flatMap(([name, group]) => groupSection(name, group, locale)),
  );
  return { path: referencePath(locale, 'config'), text };
}

function groupSection(name: string, group: Schema, locale: Locale): string[] {
  const meaning = (group.description ?? '').replace(/\.$/, '');
  const item = group.additionalProperties;
  if (item === undefined || item === false) return [`## ${code(name)}`, prose(`${meaning}.`), keyTable(group, locale)];
  return [`## ${code(name)}`, prose(`${words[locale].named(meaning)}.`), ...variants(item, locale)];
}

/** A group whose shape depends on one of its keys has a table for each shape. */
function variants(item: Schema, locale: Locale): string[] {
  const shapes = item.oneOf ?? item.anyOf;
  if (shapes === undefined) return [keyTable(item, locale)];
  const ordered = shapes.toSorted((a, b) => Number(fixedKey(a) === undefined) - Number(fixedKey(b) === undefined));
  return ordered.flatMap((shape) => [titleOf(shape, locale), keyTable(shape, locale)]);
}

function titleOf(shape: Schema, locale: Locale): string {
  const fixed = fixedKey(shape);
  return fixed === undefined ? words[locale].other : words[locale].when(...fixed);
}

/** The key whose value tells a shape from the others. */
function fixedKey({ properties = {} }: Schema): [key: string, values: readonly string[]] | undefined {
  const found = Object.entries(properties).find(([key, each]) => each.const !== undefined || (key === 'kind' && each.enum !== undefined));
  return found && [found[0], found[1].enum ?? [String(found[1].const)]];
}

function keyTable({ properties = {}, required = [] }: Schema, locale: Locale): string {
  const say = words[locale];
  const rows = Object.entries(properties).map(([key, schema]) => [
    code(key),
    valueOf(schema, locale),
    required.includes(key) ? say.yes : say.no,
    prose(schema.description ?? ''),
  ]);
  return table(say.head, rows);
}

function valueOf(schema: Schema, locale: Locale): string {
  const say = words[locale];
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  const kind = say.kinds[schema.type as keyof typeof say.kinds] ?? '';
  const limits = [
    schema.maxLength === undefined ? '' : say.upTo(schema.maxLength),
    schema.minimum === undefined || schema.maximum === undefined ? '' : say.between(schema.minimum, schema.maximum),
    firstItems(schema),
  ];
  return [kind, ...limits.filter((each) => each !== '')].join(', ');
}

/** A list that begins with one of a few words names them. */
function firstItems({ items }: Schema): string {
  const first = Array.isArray(items) ? (items as readonly Schema[])[0]?.enum : undefined;
  return first === undefined ? '' : first.map(code).join(' / ');
}
