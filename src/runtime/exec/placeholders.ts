import type { Json, JsonObject } from '../types.ts';

/** Who knows the variables and blocks of a server. */
export interface Readers {
  readVariable(name: string): Promise<Json | undefined>;
  readBlock(type: string, name: string): Promise<JsonObject | undefined>;
}

/** What `prefect.variables.x`, `prefect.blocks.type.name` and a key below a block stand for. */
export async function ofServer(reference: string, readers: Readers): Promise<Json | undefined> {
  const [, kind, first = '', second = '', ...path] = reference.split('.');
  if (kind === 'variables') return await readers.readVariable(first);
  const data = kind === 'blocks' ? await readers.readBlock(first, second) : undefined;
  return path.length === 0 && data?.['value'] !== undefined ? data['value'] : below(data, path);
}

/** What lies below a value, key by key. */
export function below(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((at, key) => (at as JsonObject | null | undefined)?.[key], value);
}

/** A placeholder that is somebody else's to fill. */
export const untouched = Symbol('untouched');

type Found = Json | typeof untouched | undefined;

/** What stands for a placeholder; undefined when nothing does. */
export type ValueOf = (reference: string) => Promise<Found> | Found;

/** `{{ step.output }}`, `{{ $NAME }}`, `{{ prefect.variables.x }}` */
const placeholder = /\{\{\s*([^{}]+?)\s*\}\}/g;
const nothing = Symbol('nothing');

/**
 * Fills placeholders as `prefect deploy` does: alone in a text, one keeps the type of its value; one that stands for
 * nothing takes its key with it.
 * @param onMissing hears the placeholders that stood for nothing
 */
export async function fillPlaceholders(value: Json, valueOf: ValueOf, onMissing: (reference: string) => void): Promise<Json> {
  const filled = await fill(value, valueOf, onMissing);
  return filled === nothing ? null : filled;
}

async function fill(value: Json, valueOf: ValueOf, onMissing: (reference: string) => void): Promise<Json | typeof nothing> {
  if (typeof value === 'string') return await fillText(value, valueOf, onMissing);
  if (Array.isArray(value)) {
    const items = await Promise.all((value as readonly Json[]).map((each) => fill(each, valueOf, onMissing)));
    return items.filter((each) => each !== nothing);
  }
  if (typeof value !== 'object' || value === null) return value;
  const pairs = await Promise.all(
    Object.entries(value as JsonObject).map(async ([key, each]) => [key, await fill(each, valueOf, onMissing)] as const),
  );
  return Object.fromEntries(pairs.filter((pair): pair is [string, Json] => pair[1] !== nothing));
}

async function fillText(text: string, valueOf: ValueOf, onMissing: (reference: string) => void): Promise<Json | typeof nothing> {
  const found = [...text.matchAll(placeholder)];
  const values = await Promise.all(found.map(([, reference = '']) => valueOf(reference)));
  found.forEach(([whole], index) => values[index] === undefined && onMissing(whole));
  const [only] = values;
  if (found.length === 1 && found[0]?.[0] === text.trim() && only !== untouched) return only ?? nothing;
  let index = 0;
  return text.replace(placeholder, (whole) => shown(values[index++], whole));
}

function shown(value: Found, whole: string): string {
  if (value === untouched) return whole;
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
