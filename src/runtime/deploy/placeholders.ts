import type { Json, JsonObject } from '../types.ts';

/** What stands for a placeholder; undefined when nothing does. */
export type ValueOf = (reference: string) => Promise<Json | undefined> | Json | undefined;

/** `{{ step.output }}`, `{{ $NAME }}`, `{{ prefect.variables.x }}`; `{{ ctx.x }}` is the worker's, when it starts a run. */
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
  const found = [...text.matchAll(placeholder)].filter(([, reference = '']) => !reference.startsWith('ctx.'));
  const values = await Promise.all(found.map(([, reference = '']) => valueOf(reference)));
  found.forEach(([whole], index) => values[index] === undefined && onMissing(whole));
  if (found.length === 1 && found[0]?.[0] === text.trim()) return values[0] ?? nothing;
  return found.reduce((filled, [whole], index) => filled.replace(whole, () => shown(values[index])), text);
}

function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
