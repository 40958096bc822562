import type { Config } from '../config/config.ts';
import type { Renaming } from '../python/rename-stage.ts';
import type { RepositorySettings } from './config-view.ts';
import { viewConfig } from './config-view.ts';
import type { SettingChanges } from './lock-changes.ts';
import type { RepositoryState } from './repository-state.ts';
import { inputsIn, nothing } from './repository-state.ts';

/** The settings of the lock after a renaming, and what changes of them. */
export interface RenamedSettings {
  readonly after: ReadonlyMap<string, string>;
  readonly changes: SettingChanges;
}

/** Renames a stage wherever the lock says what a stage takes. What `create` made and says nothing of is written down. */
export function renameSettings({ name, next }: Renaming, config: Config, { lock, config: before, settings }: RepositoryState): RenamedSettings {
  const swap = (each: string): string => (each === name ? next : each);
  const takes = [...lock.settings].filter(([key]) => /^(?:inputs|takes|option)\./.test(key));
  const swapped = takes.map(([key, value]) => {
    const [head = '', stage = '', ...rest] = key.split('.');
    // An option is said of a source, in words of its own.
    return [[head, swap(stage), ...rest].join('.'), head === 'option' ? value : value.split(',').map(swap).join(',')] as const;
  });
  const gone = Object.fromEntries(takes.map(([key]) => [key, undefined]));
  const kept = [...lock.settings].filter(([key]) => !(key in gone));
  const told = inputsIn(new Map(swapped));
  const lost = lostTakes(rowsOf(before, settings), rowsOf(config, { ...settings, inputs: told }), swap);
  const changes = { ...gone, ...Object.fromEntries([...swapped, ...lost.map(([stage, inputs]) => [`takes.${stage}`, inputs] as const)]) };
  return { after: new Map([...kept, ...swapped, ...lost.map(([stage, inputs]) => [`takes.${stage}`, inputs] as const)]), changes };
}

/** What stages take that nobody could tell by their names any more. */
function lostTakes(before: readonly Row[], after: readonly Row[], swap: (name: string) => string): [string, string][] {
  const now = new Map(after);
  return before.flatMap(([stage, inputs]): [string, string][] => {
    const expected = inputs.map(swap).join(',');
    return now.get(swap(stage))?.join(',') === expected ? [] : [[swap(stage), expected === '' ? nothing : expected]];
  });
}

type Row = readonly [stage: string, inputs: readonly string[]];

function rowsOf(config: Config, settings: RepositorySettings): Row[] {
  return viewConfig(config, settings).graph.rows.map(({ name, inputs }) => [name, inputs]);
}
