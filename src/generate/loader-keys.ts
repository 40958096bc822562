import { fail } from '../errors/failure.ts';
import { checkEntryName } from '../config/names.ts';
import type { StageItem } from './define-stage.ts';
import type { KindOption } from './kind-options.ts';

/** What a loader needs keys for: to tell rows apart, to know what is there already, to replace a period, to make folders. */
export type KeyUse = 'rows' | 'loads' | 'periods' | 'folders';

/**
 * The columns that a loader knows its rows by, as they are in the data of its input.
 * @param grain the columns of one row a period, the period first
 * @throws Failure E_LOADER_KEYS when no column of the input can serve
 */
export function loaderKeys({ kind, inputs, options }: StageItem, grain: readonly string[], use: KeyUse): readonly string[] {
  const told = keysIn(options['keys'] ?? '');
  if (told.length > 0) return told;
  const [input] = inputs;
  const form = input?.form ?? 'unknown';
  // Of what nobody knows, somebody knows that it is a row a period.
  if (form === 'periods' || form === 'unknown') return use === 'rows' ? grain : grain.slice(0, 1);
  if (use === 'folders' || (use === 'rows' && form !== 'records')) return fail('E_LOADER_KEYS', { input: input?.name ?? '', kind, form, use });
  return use === 'periods' || form === 'counted' ? ['occurred_at'] : ['record_id'];
}

/** Asks for the keys of a loader, for data whose columns only its author knows. */
export const keysOption: KindOption = {
  key: 'keys',
  label: { en: 'Keys', es: 'Claves' },
  help: { en: 'The columns of its input that rows are known by: a,b', es: 'Las columnas de su entrada por las que se conocen las filas: a,b' },
  placeholder: 'a,b',
  initial: '',
  check: (text) => keysIn(text).map((key) => checkEntryName(key)).find((each) => each !== undefined),
};

function keysIn(text: string): readonly string[] {
  return text.split(',').map((each) => each.trim()).filter((each) => each !== '');
}
