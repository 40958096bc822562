import * as z from 'zod/mini';
import type { Bilingual } from '../errors/bilingual.ts';
import type { ErrorArgs, ErrorCode } from '../errors/catalogue.ts';
import type { Refusal } from './names.ts';
import { checkEntryName, checkLine, checkParagraph, longestId, tableName } from './names.ts';
import { readReferences } from './references.ts';
import type { DeclaredKind, KindKey, StageGroup } from './stage-kinds.ts';
import { isImplied, kindsIn, mergeKeys } from './stage-kinds.ts';
import { checkTimezone } from './timezone.ts';

// A command reads one file or two: making code for it would take longer than it saves.
z.config({ jitless: true });

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

/** What any stage may say for itself: one set of schemas for all groups, as making one takes its time. */
const stage = {
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
};
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

function checkReferences(value: string): FoundProblem | undefined {
  const references = readReferences(value);
  return typeof references === 'string' ? found('E_CONFIG_REFERENCE', { fault: references }) : undefined;
}

const formed = (form: RegExp, en: string, es: string) =>
  z.string().check(checking((value: string) => (form.test(value) ? undefined : found('E_CONFIG_TEXT', { reason: { en, es } }))));
/** A variable and nothing around it, nor a value to fall back to. */
const wholeReference = /^\$\{[A-Za-z_][A-Za-z0-9_]*(?::-|:\?[^}]*)?\}$/;

const address = (isUrl: boolean) => line(2000).check(checking((value: string) => checkAddress(value, isUrl)));

const sql = z.strictObject({
  kind: z.literal('sql'),
  url: noted(
    address(true),
    'An SQLAlchemy address: ${VAR}, ${VAR:-default} or ${VAR:?message} come from the environment, then from .env.',
    'Una dirección de SQLAlchemy: ${VAR}, ${VAR:-por defecto} o ${VAR:?mensaje} salen del entorno y, si no, de .env.',
  ),
});
/** What a lake is opened with: a reference, or a text that is no secret. */
const lakeText = (en: string, es: string) => z.optional(noted(line(2000).check(checking(checkReferences)), en, es));
const lakeSecret = (en: string, es: string) =>
  z.optional(noted(formed(wholeReference, 'It is a secret: write ${NAME} here and its value in .env.', 'Es un secreto: pon aquí ${NOMBRE} y su valor en .env.'), en, es, { pattern: wholeReference.source }));

const datalake = z.strictObject({
  kind: z.literal('datalake'),
  uri: noted(
    address(false),
    'A folder, or s3://bucket/path, gs://bucket/path, az://container/path; ${VAR}, ${VAR:-default} and ${VAR:?message} as in a url.',
    'Una carpeta, o s3://bucket/ruta, gs://bucket/ruta, az://contenedor/ruta; ${VAR}, ${VAR:-por defecto} y ${VAR:?mensaje} como en una url.',
  ),
  aws_region: lakeText('S3: its region, such as eu-west-1.', 'S3: su región, como eu-west-1.'),
  aws_endpoint_url: lakeText('S3: the server, when it is not Amazon’s.', 'S3: el servidor, si no es el de Amazon.'),
  aws_access_key_id: lakeText('S3: the id of the access key. Without it what the machine is let in with.', 'S3: el id de la clave de acceso. Sin él, el acceso que tenga la máquina.'),
  aws_secret_access_key: lakeSecret('S3: the secret of the access key.', 'S3: el secreto de la clave de acceso.'),
  aws_session_token: lakeSecret('S3: the token of a temporary access key.', 'S3: el token de una clave de acceso temporal.'),
  azure_storage_account_name: lakeText('Azure: the storage account.', 'Azure: la cuenta de almacenamiento.'),
  azure_storage_endpoint: lakeText('Azure: the server, when it is not Azure’s own.', 'Azure: el servidor, si no es el de Azure.'),
  azure_storage_account_key: lakeSecret('Azure: the key of the account.', 'Azure: la clave de la cuenta.'),
  azure_storage_sas_token: lakeSecret('Azure: a shared access signature.', 'Azure: una firma de acceso compartido.'),
  azure_storage_tenant_id: lakeText('Azure: the tenant of a service principal.', 'Azure: el inquilino de una entidad de servicio.'),
  azure_storage_client_id: lakeText('Azure: the id of a service principal.', 'Azure: el id de una entidad de servicio.'),
  azure_storage_client_secret: lakeSecret('Azure: the secret of a service principal.', 'Azure: el secreto de una entidad de servicio.'),
  google_service_account: lakeText('Google Cloud: the path of the file of a service account.', 'Google Cloud: la ruta del archivo de una cuenta de servicio.'),
  google_service_account_key: lakeSecret('Google Cloud: what that file says, in one line.', 'Google Cloud: lo que dice ese archivo, en una línea.'),
});

/** What every source has that speaks HTTP. */
const http = {
  auth: z.optional(
    noted(
      z.enum(['bearer', 'api_key', 'http_basic', 'oauth2_client_credentials']),
      'How it lets in. The secrets are variables that begin with the name of the source: SHOP_TOKEN for shop.',
      'Cómo da acceso. Los secretos son variables que empiezan por el nombre del origen: SHOP_TOKEN para shop.',
    ),
  ),
  rate_limit: z.optional(
    noted(between(1, 1000), 'The most requests a second.', 'El máximo de peticiones por segundo.', { minimum: 1, maximum: 1000 }),
  ),
};

const api = z.strictObject({
  kind: z.literal('api'),
  url: noted(
    address(true),
    'Where the API begins, such as https://api.example.com/v1; references as in the url of a database.',
    'Donde empieza la API, como https://api.example.com/v1; admite referencias como la url de una base de datos.',
  ),
  ...http,
});

const sapClient = /^[0-9]{3}$/;
const sapLanguage = /^[A-Z]{2}$/;

const sap = z.strictObject({
  kind: z.literal('sap'),
  url: noted(
    address(true),
    'The root of an OData service, V2 or V4, such as https://host/sap/opu/odata/sap/API_SALES_ORDER_SRV; references as in the url of a database.',
    'La raíz de un servicio OData, V2 o V4, como https://servidor/sap/opu/odata/sap/API_SALES_ORDER_SRV; admite referencias como la url de una base de datos.',
  ),
  ...http,
  client: z.optional(
    noted(formed(sapClient, 'It is not three digits in quotes, such as "100".', 'No son tres cifras entre comillas, como "100".'), 'The client of the SAP system, as "100"; without it the system’s own.', 'El mandante del sistema SAP, como "100"; sin él, el propio del sistema.', { pattern: sapClient.source }),
  ),
  language: z.optional(
    noted(formed(sapLanguage, 'It is not two capitals, such as EN.', 'No son dos mayúsculas, como ES.'), 'The language of texts, as EN; without it the user’s own.', 'El idioma de los textos, como ES; sin él, el del usuario.', { pattern: sapLanguage.source }),
  ),
});

/** What a key of a kind can be. */
function keySchema(each: KindKey): z.ZodMiniType {
  const { values, form, pattern, least = 0, most = Number.MAX_SAFE_INTEGER, help, initial } = each;
  const shown = initial === undefined ? {} : { default: initial };
  if (values !== undefined) return noted(z.enum(values as readonly [string, ...string[]]), help.en, help.es, shown);
  if (form === 'columns') return noted(columns(), help.en, help.es, { minItems: 1, maxItems: 20, uniqueItems: true });
  if (form === 'table') return noted(table(), help.en, help.es, { pattern: tableName.source });
  if (form === 'integer') return noted(between(least, most), help.en, help.es, { minimum: least, maximum: most, ...shown });
  if (form === 'boolean') return noted(z.boolean(), help.en, help.es, shown);
  if (pattern === undefined) return noted(line(200), help.en, help.es, { maxLength: 200, ...shown });
  return noted(formed(new RegExp(pattern), `It does not have the form ${pattern}.`, `No tiene la forma ${pattern}.`), help.en, help.es, { pattern, ...shown });
}

const table = () => z.string().check(checking((value: string) => (tableName.test(value) ? undefined : found('E_CONFIG_TABLE', {}))));

function keyShape(keys: readonly KindKey[]): Record<string, z.ZodMiniType> {
  return Object.fromEntries(keys.map((each) => [each.key, each.required ? keySchema(each) : z.optional(keySchema(each))]));
}

/** One shape of an entry: that of the kinds that its source tells, or that of kinds that it names itself. */
export interface StageShape {
  /** The values of `kind`; none where the source tells it. */
  readonly kinds: readonly string[];
  readonly schema: z.ZodMiniType;
  readonly keys: readonly string[];
}

function shapeOf(group: StageGroup, kinds: readonly DeclaredKind[]): StageShape {
  const said = kinds.filter((each) => !isImplied(each));
  const shape = {
    ...(said.length > 0 && { kind: kindSchema(group, said) }),
    ...(kinds.some(({ source }) => source !== undefined) && { source: sourceName() }),
    ...keyShape(mergeKeys(kinds)),
    ...stage,
    ...(group !== 'loaders' && { cache: cache() }),
  };
  return { kinds: said.map(({ value }) => value), schema: z.strictObject(shape), keys: Object.keys(shape) };
}

function kindSchema(group: StageGroup, kinds: readonly DeclaredKind[]): z.ZodMiniType {
  const [first, ...others] = kinds as readonly [DeclaredKind, ...DeclaredKind[]];
  if (group === 'transformers') return noted(z.enum(kinds.map(({ value }) => value)), 'What it does to the data.', 'Qué hace con los datos.');
  const says = (locale: 'en' | 'es'): string => sentence(first.label[locale].replace(`${first.value}: `, ''));
  if (others.length === 0) return noted(z.literal(first.value), says('en'), says('es'));
  return noted(z.enum(kinds.map(({ value }) => value)), 'What it is, where its source does not tell.', 'Qué es, si no lo dice su origen.');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Kinds that take the same keys share a shape. */
function shapesOf(group: StageGroup): readonly StageShape[] {
  const kinds = kindsIn(group);
  const bySource = kinds.filter(isImplied);
  const said = kinds.filter((each) => !isImplied(each));
  const plain = said.filter(({ keys, source }) => keys.length === 0 && source === undefined);
  const others = said.filter((each) => !plain.includes(each)).map((each) => [each]);
  return [bySource, plain, ...others].filter((each) => each.length > 0).map((each) => shapeOf(group, each));
}

/** The shapes that the entries of each group can have. */
export const stageShapes: Readonly<Record<StageGroup, readonly StageShape[]>> = {
  extractors: shapesOf('extractors'),
  transformers: shapesOf('transformers'),
  loaders: shapesOf('loaders'),
};

function stageSchema(group: StageGroup): z.ZodMiniType {
  const [first, ...others] = stageShapes[group].map(({ schema }) => schema);
  if (first === undefined) return z.strictObject({});
  return others.length === 0 ? first : z.union([first, ...others]);
}

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
  sources: byName(z.discriminatedUnion('kind', [sql, datalake, api, sap]), 'Where data lies.', 'Dónde están los datos.'),
  extractors: byName(stageSchema('extractors'), 'What is read.', 'Qué se lee.'),
  transformers: byName(stageSchema('transformers'), 'What is done to the data.', 'Qué se hace con los datos.'),
  loaders: byName(stageSchema('loaders'), 'What is written.', 'Qué se escribe.'),
  flow: noted(flow, 'What holds for every stage that does not say otherwise.', 'Lo que vale para toda etapa que no diga otra cosa.'),
});

/** The keys that a group of keys can have, by where it stands. */
export const keysOf = {
  top: Object.keys(configSchema.shape),
  kpi: Object.keys(kpi.shape),
  flow: Object.keys(flow.shape),
  sql: Object.keys(sql.shape),
  datalake: Object.keys(datalake.shape),
  api: Object.keys(api.shape),
  sap: Object.keys(sap.shape),
} as const;
