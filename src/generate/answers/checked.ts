import * as z from 'zod/mini';
import type { Refusal } from '../../config/names.ts';

export type { Refusal };

/** What a reader of one answer gives: the value, or why not. */
export type Checked<Value> = { readonly value: Value } | Refusal;

export function refuse(en: string, es: string, suggestion?: string): Refusal {
  return { reason: { en, es }, ...(suggestion !== undefined && { suggestion }) };
}

/** A zod schema around a reader: its refusal travels in the issue's `params`. */
export function checkedBy<Value>(read: (raw: unknown) => Checked<Value>) {
  return z.transform((raw: unknown, context) => {
    const result = read(raw);
    if ('value' in result) return result.value;
    context.issues.push({ code: 'custom', input: raw, params: { refusal: result }, message: result.reason.en });
    return z.NEVER;
  });
}

/** Text as it is, or a number or boolean that a YAML file gave where text was meant. */
export function asText(raw: unknown): string | undefined {
  if (typeof raw === 'string') return raw.trim();
  return typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : undefined;
}

/** `a, b` or `[a, b]` as a list of texts. */
export function asList(raw: unknown): string[] | undefined {
  if (Array.isArray(raw)) return raw.map((each) => String(each).trim());
  const text = asText(raw);
  return text === undefined ? undefined : text === '' ? [] : text.split(',').map((each) => each.trim());
}

export const notText = refuse('It must be a text.', 'Tiene que ser un texto.');
