import { SerializationError } from '../errors.ts';
import { isPlain } from '../inputs.ts';
import type { Json, JsonObject } from '../types.ts';

/**
 * JSON of a result, only when reading it back gives the same value: a Date that comes back as text would break the task
 * that gets it from the cache, and not before.
 */
export function toJson(value: unknown, what: string): string {
  if (value === undefined) return 'null';
  refuse(value, what, '', []);
  return JSON.stringify(value);
}

function refuse(value: unknown, what: string, path: string, above: readonly object[]): void {
  const type = typeof value;
  if (value === null || type === 'string' || type === 'boolean') return;
  if (type === 'number') {
    if (!Number.isFinite(value)) fail(what, path, `${String(value)} has no form in JSON`);
    return;
  }
  if (typeof value !== 'object') return fail(what, path, `${type} has no form in JSON`);
  if (above.includes(value)) fail(what, path, 'it holds itself');
  const inside = [...above, value];
  if (Array.isArray(value)) value.forEach((each, index) => refuse(each, what, `${path}[${index}]`, inside));
  else if (!isPlain(value)) fail(what, path, `${value.constructor.name} would not come back as it is`);
  else
    for (const [key, each] of Object.entries(value))
      if (each !== undefined) refuse(each, what, `${path}.${key}`, inside);
}

function fail(what: string, path: string, why: string): never {
  throw new SerializationError(
    `${what} cannot be kept as JSON${path ? ` at ${path}` : ''}: ${why}. Return plain data, or do not persist it.`,
  );
}

export function parseRecord(text: string): unknown {
  return JSON.parse(text) as unknown;
}

/** Parameters for the server. What JSON cannot say becomes `<TypeName>`, as Prefect writes it. */
export function toParameters(values: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, shown(value, [])]));
}

function shown(value: unknown, above: readonly object[]): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object') return typeof value === 'bigint' ? String(value) : `<${typeof value}>`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '<Date>' : value.toISOString();
  if (above.includes(value)) return '<circular>';
  const inside = [...above, value];
  if (Array.isArray(value)) return value.map((each) => shown(each, inside));
  if (!isPlain(value)) return `<${value.constructor.name}>`;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shown(each, inside)]));
}
