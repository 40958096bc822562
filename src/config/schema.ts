import * as z from 'zod/mini';
import type { Bilingual } from '../errors/bilingual.ts';
import type { ErrorArgs, ErrorCode } from '../errors/catalogue.ts';
import type { Refusal } from './names.ts';
import { checkEntryName, checkLine, checkParagraph, longestId } from './names.ts';
import { readReferences } from './references.ts';
import { checkTimezone } from './timezone.ts';

/** What a field means, and what only editors need to know of its form. */
export interface FieldNotes extends Bilingual {
  readonly json?: Readonly<Record<string, unknown>>;
}

/** The notes on each schema; `json-schema.ts` reads them. */
export const fieldNotes: z.core.$ZodRegistry<FieldNotes> = z.registry<FieldNotes>();

/** A problem as a check knows it: the place is added by who walks the issues. */
export interface FoundProblem<Code extends ErrorCode = ErrorCode> {
  readonly code: Code;
  readonly args: Omit<ErrorArgs[Code], 'path'>;
  /** Which entry of a list it is about. */
  readonly entry?: number;
}

function found<Code extends ErrorCode>(code: Code, args: Omit<ErrorArgs[Code], 'path'>): FoundProblem {
  return { code, args } as unknown as FoundProblem;
}

/** A column that stands twice in a list, if there is one. */
function findRepeated(names: readonly string[]): FoundProblem | undefined {
  const entry = names.findIndex((each, index) => names.indexOf(each) !== index);
  return entry < 0 ? undefined : { ...found('E_CONFIG_REPEATED', { value: names[entry] ?? '' }), entry };
}

function checking<Value>(check: (value: Value) => FoundProblem | undefined) {
  return z.check<Value>((context) => {
    const problem = check(context.value);
    if (problem !== undefined) context.issues.push({ code: 'custom', input: context.value, params: { problem } });
  });
}

function noted<Schema extends z.ZodMiniType>(schema: Schema, en: string, es: string, json?: FieldNotes['json']): Schema {
  fieldNotes.add(schema, { en, es, ...(json && { json }) });
  return schema;
}

const text = (check: (value: string) => Refusal | undefined) =>
  z.string().check(
    checking((value: string) => {
      const refusal = check(value);
      return refusal && found('E_CONFIG_TEXT', refusal);
    }),
  );
const line = (longest: number) => text((value) => checkLine(value, longest));

/** The form of names, for editors. */
export const namePattern = '^[a-z][a-z0-9]*(_[a-z0-9]+)*$';

const between = (least: number, most: number) =>
  z.int().check(
    checking((value: number) => (value < least || value > most ? found('E_CONFIG_RANGE', { least, most }) : undefined)),
  );
const retries = () =>
  noted(between(0, 100), 'How often a stage is tried again when it fails.', 'Cuántas veces se reintenta una etapa que falla.', {
    minimum: 0,
    maximum: 100,
  });
const timeout = () =>
  noted(between(1, 604_800), 'After how many seconds a stage is stopped.', 'Tras cuántos segundos se detiene una etapa.', {
    minimum: 1,
    maximum: 604_800,
  });

const columns = () =>
  z.array(column()).check(
    checking((value: string[]) => {
      if (value.length < 1 || value.length > 20) return found('E_CONFIG_COUNT', { least: 1, most: 20 });
      return findRepeated(value);
    }),
  );

const functionName = /^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*:[a-z_][a-z0-9_]*$/;

const column = () =>
  noted(text((value) => checkEntryName(value)), 'The name of a column.', 'El nombre de una columna.', { pattern: namePattern, maxLength: 63 });

/** What any stage may say for itself. */
const stage = () => ({
  function: z.optional(
    noted(
      z.string().check(checking((value: string) => (functionName.test(value) ? undefined : found('E_CONFIG_FUNCTION', {})))),
      'module:function, when it is not the one named like the stage.',
      'módulo:función, si no es la que se llama como la etapa.',
      { pattern: functionName.source },
    ),
  ),
  retries: z.optional(retries()),
  timeout_seconds: z.optional(timeout()),
});
const cache = () =>
  z.optional(
    noted(
      z.enum(['inputs']),
      'Keep the result as long as inputs and code stay the same. Without it nothing is kept.',
      'Guarda el resultado mientras no cambien las entradas ni el código. Sin esto no se guarda nada.',
    ),
  );
const sourceName = () => noted(z.string(), 'One of the sources above.', 'Uno de los orígenes de arriba.');

const kpi = z.strictObject({
  id: noted(
    text((value) => checkEntryName(value, longestId)),
    'Names the flow, the table and the column of the value.',
    'Da nombre al flow, a la tabla y a la columna del valor.',
    { pattern: namePattern, maxLength: longestId },
  ),
  name: noted(line(200), 'As people say it.', 'Como lo dice la gente.', { maxLength: 200 }),
  description: z.optional(
    noted(
      text((value) => checkParagraph(value, 2000)),
      'What it measures.',
      'Qué mide.',
      { maxLength: 2000 },
    ),
  ),
  owner: noted(line(200), 'Who answers for the figure.', 'Quién responde de la cifra.', { maxLength: 200 }),
  type: noted(
    z.enum(['simple', 'ratio', 'cumulative', 'derived', 'conversion']),
    'How the figure is made, in dbt’s words.',
    'Cómo se obtiene la cifra, con los nombres de dbt.',
  ),
  unit: noted(line(40), 'ratio, percent, count, EUR, hours …', 'ratio, percent, count, EUR, hours…', { maxLength: 40 }),
  grain: noted(
    z.tuple([z.enum(['hour', 'day', 'week', 'month', 'quarter', 'year'])], column()).check(
      checking((value: readonly string[]) => {
        if (value.length > 11) return found('E_CONFIG_COUNT', { least: 1, most: 11 });
        return findRepeated(value);
      }),
    ),
    'One value per … and …: a time grain, then columns.',
    'Un valor por … y …: un grano de tiempo y después columnas.',
    { maxItems: 11, uniqueItems: true },
  ),
  direction: noted(
    z.enum(['higher_is_better', 'lower_is_better', 'target_is_best']),
    'Which way is good.',
    'Hacia dónde mejora.',
  ),
  target: noted(z.number(), 'The number to reach.', 'El número que hay que alcanzar.'),
  warning: z.optional(
    noted(
      z.number(),
      'From here to the target the state is a warning. Where the target is best: as far from it as is still fine.',
      'De aquí al objetivo el estado es de aviso. Si lo mejor es el objetivo: lo más lejos de él que aún está bien.',
    ),
  ),
});

const beginsLikeUrl = /^[a-z][a-z0-9+.-]*:\/\//i;

function checkAddress(value: string, isUrl: boolean): FoundProblem | undefined {
  const references = readReferences(value);
  if (typeof references === 'string') return found('E_CONFIG_REFERENCE', { fault: references });
  const start = value.startsWith('${') ? references[0]?.default : value;
  const fits = start === undefined || start === '' ? value.startsWith('${') : !isUrl || beginsLikeUrl.test(start);
  return fits ? undefined : found('E_CONFIG_ADDRESS', {});
}

const address = (isUrl: boolean) => line(2000).check(checking((value: string) => checkAddress(value, isUrl)));

const sql = z.strictObject({
  kind: z.literal('sql'),
  url: noted(
    address(true),
    'An SQLAlchemy address: ${VAR}, ${VAR:-default} or ${VAR:?message} come from the environment, then from .env.',
    'Una dirección de SQLAlchemy: ${VAR}, ${VAR:-por defecto} o ${VAR:?mensaje} salen del entorno y, si no, de .env.',
  ),
});
const datalake = z.strictObject({
  kind: z.literal('datalake'),
  uri: noted(
    address(false),
    'A folder or the address of a bucket; ${VAR}, ${VAR:-default} and ${VAR:?message} as in a url.',
    'Una carpeta o la dirección de un bucket; ${VAR}, ${VAR:-por defecto} y ${VAR:?mensaje} como en una url.',
  ),
});

const extractor = z.strictObject({ source: sourceName(), ...stage(), cache: cache() });
const transformer = z.strictObject({
  kind: noted(
    z.enum(['cleaning', 'calculation', 'aggregation']),
    'What it does to the data.',
    'Qué hace con los datos.',
  ),
  ...stage(),
  cache: cache(),
});
const storeLoader = z.strictObject({
  source: sourceName(),
  write: noted(
    z.enum(['merge', 'replace_partitions']),
    'merge into a table of a sql source, replace_partitions of a datalake.',
    'merge en una tabla de un origen sql, replace_partitions en un datalake.',
  ),
  keys: noted(columns(), 'The columns that tell one row from another.', 'Las columnas que distinguen una fila de otra.', {
    minItems: 1,
    maxItems: 20,
    uniqueItems: true,
  }),
  ...stage(),
});
const artifactLoader = z.strictObject({
  kind: noted(z.literal('artifact'), 'Publishes to Prefect.', 'Publica en Prefect.'),
  ...stage(),
});

const flow = z.strictObject({
  timezone: noted(
    z.string().check(
      checking((value: string) => {
        const refusal = checkTimezone(value);
        return refusal && found('E_CONFIG_TIMEZONE', refusal);
      }),
    ),
    'The IANA time zone that says what day it is.',
    'La zona horaria IANA que decide qué día es.',
  ),
  retries: retries(),
  timeout_seconds: timeout(),
});

const byName = <Schema extends z.ZodMiniType>(schema: Schema, en: string, es: string) =>
  noted(z.record(z.string(), schema), en, es, { minProperties: 1, propertyNames: { pattern: namePattern, maxLength: 63 } });

/** The shape of config.yaml. What several of its values say together is checked in `cross-checks.ts`. */
export const configSchema = z.strictObject({
  version: noted(z.literal(1), 'The version of this file’s format.', 'La versión del formato de este archivo.'),
  kpi: noted(kpi, 'The card of the KPI.', 'La ficha del KPI.'),
  sources: byName(z.discriminatedUnion('kind', [sql, datalake]), 'Where data lies.', 'Dónde están los datos.'),
  extractors: byName(extractor, 'What is read.', 'Qué se lee.'),
  transformers: byName(transformer, 'What is done to the data.', 'Qué se hace con los datos.'),
  loaders: byName(z.union([storeLoader, artifactLoader]), 'What is written.', 'Qué se escribe.'),
  flow: noted(flow, 'What holds for every stage that does not say otherwise.', 'Lo que vale para toda etapa que no diga otra cosa.'),
});

/** The keys that a group of keys can have, by where it stands. */
export const keysOf = {
  top: Object.keys(configSchema.shape),
  kpi: Object.keys(kpi.shape),
  flow: Object.keys(flow.shape),
  sql: Object.keys(sql.shape),
  datalake: Object.keys(datalake.shape),
  extractors: Object.keys(extractor.shape),
  transformers: Object.keys(transformer.shape),
  store: Object.keys(storeLoader.shape),
  artifact: Object.keys(artifactLoader.shape),
} as const;
