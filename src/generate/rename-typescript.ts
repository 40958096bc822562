import { fail } from '../errors/failure.ts';
import type { Replacement } from '../python/replace-ranges.ts';
import { replaceRanges } from '../python/replace-ranges.ts';
import type { Renaming } from '../python/rename-stage.ts';
import { NotPlain } from '../python/plain-node.ts';
import type { ModuleRenaming } from '../typescript/rename-module.ts';
import { definitionsIn, referencesIn, textsIn } from '../typescript/rename-module.ts';
import { camel, pascal, upper } from './emitters/words.ts';
import { flowLines } from './rename-own.ts';
import { placesOf } from './rename-mentions.ts';
import type { RepositoryState } from './repository-state.ts';
import { moduleOf } from './stage-files.ts';

/** What a stage is called in TypeScript: its function, the type of its rows, the columns that an extractor reads. */
export function moduleRenaming({ group, name, next }: Renaming, { config }: RepositoryState): ModuleRenaming {
  const module = moduleOf(group as 'loaders', name, config, 'typescript');
  // `A` would be a type and columns at once, and no longer be told apart.
  if (group === 'extractors' && pascal(name) === upper(name)) fail('E_EDIT_UNCERTAIN', { file: module, what: next }, { file: module });
  return {
    name,
    next,
    module,
    words: new Map([[camel(name), camel(next)], [pascal(name), pascal(next)], [upper(name), upper(next)]]),
    gathered: ['prefect_flows/tasks.ts', module.replace(/[^/]+$/, 'index.ts')],
    isStep: group === 'transformers',
  };
}

/** The text of a stage's own module or test under its new name. */
export function renameOwnTypescript(path: string, text: string, { edited, keepsTable }: { readonly edited: boolean; readonly keepsTable: boolean }, renaming: ModuleRenaming, { parse }: RepositoryState): string {
  const certain = inPlain(path, renaming, () => [...(path === renaming.module ? definitionsIn(path, text, renaming) : []), ...referencesIn(path, text, renaming)]);
  const ours = edited ? [] : ownTexts(path, text, renaming, keepsTable);
  return replaceRanges(text, [...certain, ...ours], path, parse);
}

/** Another module, with where it changes for certain. */
export function renameInTypescript(path: string, text: string, edited: boolean, renaming: ModuleRenaming, { parse }: RepositoryState): { readonly after: string; readonly places: readonly string[] } {
  const words = [renaming.name, ...renaming.words.keys()];
  if (!words.some((word) => text.includes(word))) return { after: text, places: [] };
  const certain = inPlain(path, renaming, () => referencesIn(path, text, renaming));
  const ours = edited ? [] : ownTexts(path, text, renaming, false);
  return { after: replaceRanges(text, [...certain, ...ours], path, parse), places: placesOf(path, text, certain) };
}

/** What cannot be read for certain is not changed, and then nothing is. */
export function inPlain(path: string, { next }: Pick<ModuleRenaming, 'next'>, work: () => Replacement[]): Replacement[] {
  try {
    return work();
  } catch (error) {
    if (error instanceof NotPlain) return fail('E_EDIT_UNCERTAIN', { file: path, what: next }, { file: path });
    throw error;
  }
}

/** Texts that name a stage in a file as it was generated. In what people wrote a text may be a table or a column. */
function ownTexts(path: string, text: string, { name, next, module }: ModuleRenaming, keepsTable: boolean): Replacement[] {
  const isOurs = ({ bracket, callee }: { bracket: string; callee: string }): boolean => {
    if (path === 'src/core/sample.ts' || path === 'tests/unit/sample.test.ts') return true;
    if (path.startsWith('tests/flows/')) return bracket === '[';
    // The records of a system that is replaced keep the names that they were recorded under.
    return path.startsWith('tests/') && !path.startsWith('tests/equivalence/') && callee === 'records';
  };
  const texts = textsIn(path, text, name).filter(isOurs).map(({ token }) => ({ start: token.start + 1, end: token.end - 1, text: next }));
  // In the sample each extractor has a table of its name, which its test makes as well.
  const hasTable = path === `tests/unit/${name}.test.ts` && module.includes('/extractors/') && !keepsTable;
  const words = [...(path === 'src/core/sample.ts' ? [`(?<=SHARES\\b.*[{,] )${name}(?=: )`] : []), ...(hasTable ? [`(?<=\\b(?:table|into|from) )${name}(?!\\w)`] : [])];
  const found = words.flatMap((word) => [...text.matchAll(new RegExp(word, 'g'))].map(({ index }) => ({ start: index, end: index + name.length, text: next })));
  return [...texts, ...found, ...flowLines(text, name, next)];
}
