import { deriveId } from '../config/names.ts';
import { fail } from '../errors/failure.ts';
import { viewConfig } from './config-view.ts';
import type { AddFacts } from './define-addition.ts';
import { lockOps } from './lock-changes.ts';
import { planNewFile } from './new-file.ts';
import type { Growth } from './plan-add.ts';
import type { RepositoryState } from './repository-state.ts';

export interface AdrInput {
  readonly title: string;
}

const folder = 'docs/adr';

/**
 * Plans a decision record under the next number.
 * @throws Failure E_FILE_EXISTS when one of the same title is there, whatever its number
 */
export function planAdr({ title }: AdrInput, state: RepositoryState, { today }: AddFacts): Growth {
  const slug = slugOf(title);
  const names = state.list(folder);
  const same = names.find((name) => name.replace(/^\d+-/, '').toLowerCase() === `${slug}.md`);
  if (same !== undefined) fail('E_FILE_EXISTS', { path: `${folder}/${same}` });
  const number = 1 + Math.max(0, ...names.map((name) => Number(/^(\d+)-/.exec(name)?.[1] ?? 0)));
  const path = `${folder}/${String(number).padStart(4, '0')}-${slug}.md`;
  const rule = { template: `adr/adr.${state.settings.locale}.md`, path, owner: 'seed', data: { adr: { number, title }, today } } as const;
  const op = planNewFile(rule, viewConfig(state.config, state.settings), state);
  return { plan: { ops: [op, ...lockOps(state, [op])] }, remarks: [] };
}

/** A title as part of a file's name. A checked title has a letter or a digit that Latin letters can stand for. */
export function slugOf(title: string): string {
  return (deriveId(title) ?? '').replaceAll('_', '-');
}
