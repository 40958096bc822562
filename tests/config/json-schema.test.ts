import { describe, expect, it } from 'vitest';
import { configSchemaJson } from '../../src/config/json-schema.ts';
import { loadYamlParser } from '../../src/config/yaml-parser.ts';

await loadYamlParser();

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly const?: unknown;
}

const schemaOf = (locale: 'en' | 'es') => JSON.parse(configSchemaJson(locale)) as Schema & Record<string, unknown>;

/** The schema and every schema inside it, with its path. */
function partsOf(schema: Schema, path = ''): readonly (readonly [string, Schema])[] {
  const inside = [
    ...Object.entries(schema.properties ?? {}),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map((each, index) => [`<${index}>`, each] as const),
    ...(typeof schema.additionalProperties === 'object' ? [['*', schema.additionalProperties] as const] : []),
  ];
  return [[path, schema], ...inside.flatMap(([key, each]) => partsOf(each, `${path}/${key}`))];
}

describe('the JSON Schema of config.yaml', () => {
  it('is the same text every time, and ends with a line end', () => {
    for (const locale of ['en', 'es'] as const) {
      expect(configSchemaJson(locale)).toBe(configSchemaJson(locale));
      expect(configSchemaJson(locale).endsWith('}\n')).toBe(true);
    }
  });

  it('is one that editors read, and closed at every level', () => {
    const schema = schemaOf('en');
    expect(schema['$schema']).toBe('http://json-schema.org/draft-07/schema#');
    for (const [path, part] of partsOf(schema)) {
      if (part.properties !== undefined) expect(part.additionalProperties, path).toBe(false);
    }
  });

  it('explains every key in both languages', () => {
    const [en, es] = [partsOf(schemaOf('en')), partsOf(schemaOf('es'))];
    expect(es.map(([path]) => path)).toEqual(en.map(([path]) => path));
    for (const [index, [path, part]] of en.entries()) {
      const explained = /\/[a-z_]+$/.test(path) && !['sql', 'datalake', 'api', 'sap'].includes(String(part.const));
      if (explained) expect([part.description, es[index]?.[1].description], path).not.toContain(undefined);
    }
    expect(en[1]?.[1].description).not.toBe(es[1]?.[1].description);
  });

  it('asks for what parseConfig asks for', () => {
    expect(schemaOf('en').required).toEqual(['version', 'kpi', 'sources', 'extractors', 'transformers', 'loaders', 'flow']);
    expect(schemaOf('en').properties?.['kpi']?.required).not.toContain('warning');
  });
});
