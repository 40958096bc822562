import * as z from 'zod/mini';
import type { Locale } from '../errors/bilingual.ts';
import { configSchema, fieldNotes } from './schema.ts';

type Json = Record<string, unknown>;

const titles = {
  en: ['The configuration of a KPI', 'What there is, and what an operator changes. Read at run time.'],
  es: ['La configuración de un KPI', 'Qué hay y qué cambia quien lo opera. Se lee en cada ejecución.'],
} as const;

/**
 * The JSON Schema of config.yaml, so that editors complete and check it. Call it when building: what a
 * command of ours needs at run time is the text that comes out.
 * @returns JSON text that ends with a line end; the same for the same locale, always
 */
export function configSchemaJson(locale: Locale): string {
  const schema = z.toJSONSchema(configSchema, {
    // The version that the editors' YAML plugins read.
    target: 'draft-07',
    io: 'input',
    reused: 'inline',
    override: ({ zodSchema, jsonSchema }) => annotate(zodSchema, jsonSchema as Json, locale),
  });
  const { $schema, ...rest } = schema as Json;
  const [title, description] = titles[locale];
  return `${JSON.stringify({ $schema, title, description, ...rest }, undefined, 2)}\n`;
}

function annotate(schema: z.core.$ZodType, json: Json, locale: Locale): void {
  const notes = fieldNotes.get(schema);
  if (notes !== undefined) Object.assign(json, { description: notes[locale], ...notes.json });
  // Numbers are safe ones everywhere: the bounds that zod writes for that say nothing to a person.
  for (const [bound, limit] of [['minimum', Number.MIN_SAFE_INTEGER], ['maximum', Number.MAX_SAFE_INTEGER]] as const) {
    if (json[bound] === limit) delete json[bound];
  }
}
