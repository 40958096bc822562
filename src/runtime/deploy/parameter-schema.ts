import type { FlowSpec } from '../engine/flow-spec.ts';
import type { Json, JsonObject } from '../types.ts';
import { DeployError } from './deploy-error.ts';

/**
 * What the form of Prefect's dashboard is drawn from, in the shape that Prefect's Python gives it: a JSON Schema whose
 * properties have a title and a position.
 * @throws DeployError when the flow's schema has a type that JSON Schema cannot say
 */
export function parameterSchemaOf(spec: Pick<FlowSpec, 'name' | 'parameters' | 'parameterNames'>): JsonObject {
  const schema = spec.parameters === null ? untyped(spec.parameterNames) : jsonSchemaOf(spec);
  const { $schema: _dialect, $defs, definitions = $defs, properties = {}, required, ...rest } = schema;
  const named = Object.entries(properties as JsonObject).map(([name, each], position) => [
    name,
    { title: name, position, ...(each as JsonObject) },
  ]);
  return { title: 'Parameters', ...rest, type: 'object', properties: Object.fromEntries(named), ...unlessEmpty({ required, definitions }) } as JsonObject;
}

/** Prefect's Python leaves them out, so a deployment is the same whoever made it. */
function unlessEmpty(parts: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(parts).filter(([, each]) => Object.keys(each ?? {}).length > 0)) as JsonObject;
}

/** A function's parameters have names and no types; whether one may be left out, its source does not say for sure. */
function untyped(names: FlowSpec['parameterNames']): JsonObject {
  const known = names.filter((each): each is string => each !== null);
  return { properties: Object.fromEntries(known.map((name): [string, Json] => [name, {}])), required: [] };
}

function jsonSchemaOf({ name, parameters }: Pick<FlowSpec, 'name' | 'parameters'>): JsonObject {
  const say = parameters?.['~standard'].jsonSchema?.input;
  // A schema library that does not tell is no reason not to deploy: the form is then a field for JSON.
  if (say === undefined) return { properties: {}, additionalProperties: true };
  try {
    // Of the dialects that libraries know, this one refers to `definitions`, as Prefect does.
    return withoutNoise(say({ target: 'draft-07' }) as JsonObject) as JsonObject;
  } catch (error) {
    throw new DeployError('file', `the parameters of flow '${name}' cannot be shown as a form: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * What a person does not need: the expression that a library checks a format by, and the bounds that every whole number
 * of JavaScript has.
 */
function withoutNoise(schema: Json): Json {
  if (Array.isArray(schema)) return (schema as readonly Json[]).map(withoutNoise);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema as JsonObject).filter(([key, value]) => !isNoise(key, value, schema as JsonObject));
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutNoise(each)]));
}

function isNoise(key: string, value: Json, schema: JsonObject): boolean {
  if (key === 'pattern') return typeof value === 'string' && 'format' in schema;
  return (key === 'maximum' && value === Number.MAX_SAFE_INTEGER) || (key === 'minimum' && value === Number.MIN_SAFE_INTEGER);
}
