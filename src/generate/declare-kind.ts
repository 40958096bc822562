import { checkEntryName } from '../config/names.ts';
import type { DeclaredKind, KindKey, StageGroup } from '../config/stage-kinds.ts';
import type { StageKind } from './define-stage.ts';

/** What every stage has: a kind cannot mean something else by it. */
const everyStage = new Set(['kind', 'source', 'function', 'retries', 'timeout_seconds', 'cache']);

/**
 * A kind as plain data.
 * @throws TypeError for a key that every stage has, or that no config.yaml could have
 */
export function declareKind(group: StageGroup, { value, label, source, publishes, gives, keys = [] }: StageKind): DeclaredKind {
  keys.forEach(({ key }) => checkKey(key, `${group}/${value}`));
  return { group, value, label, ...(source && { source }), publishes: publishes === true, ...(gives && { gives }), keys: keys.map(plain) };
}

function checkKey(key: string, kind: string): void {
  if (everyStage.has(key) || checkEntryName(key) !== undefined) throw new TypeError(`${kind}: "${key}" cannot be a key of its own`);
}

/** A choice without a first word takes the first. */
function plain(key: KindKey): KindKey {
  const initial = key.initial ?? (key.required === undefined && key.label !== undefined ? key.values?.[0] : undefined);
  return { ...key, ...(initial !== undefined && { initial }) };
}
