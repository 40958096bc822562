import type { Config } from '../config/config.ts';
import type { Node } from '../python/parse-python.ts';
import { nodesOf } from '../python/parse-python.ts';
import { importsOf } from '../python/read-module.ts';
import type { Replacement } from '../python/replace-ranges.ts';
import type { Renaming } from '../python/rename-stage.ts';
import { literalsOf } from '../python/rename-stage.ts';

/**
 * Texts that name a stage in a file as it was generated. In what people wrote a text may be a table or a column;
 * of our own templates we know which is which.
 * @param keepsTable whether somebody edited the stage's query: then its table is theirs, also in its test
 */
export function renameOwnLiterals(module: Node, path: string, text: string, { group, name, next }: Renaming, keepsTable: boolean): Replacement[] {
  const imports = importsOf(module);
  const from = (core: string): boolean => imports.some((each) => each.module === core);
  const isLake = /\blake\b/.test(text);
  const hasTable = group === 'extractors' && !keepsTable;
  const literals = literalsOf(module, name).filter((node) => isOurs(node, path, { usesSample: from('core.sample'), isLake, hasTable, name }));
  const folders = imports.some((each) => each.module.startsWith('core.lake')) && path === `src/core/extractors/${name}.py` ? lakeFolders(module, name) : [];
  return [...literals.map(({ startIndex, endIndex }) => ({ start: startIndex, end: endIndex, text: next })), ...folders.map((start) => ({ start, end: start + name.length, text: next })), ...flowLines(text, name, next)];
}

/** Where `FILES = "orders/**"` begins with the folder of a stage, or `TABLE = "orders"` is it. */
function lakeFolders(module: Node, name: string): number[] {
  return nodesOf(module, 'string_content').filter((node) => (node.text.startsWith(`${name}/`) && isIn(node, 'FILES')) || (node.text === name && isIn(node, 'TABLE'))).map(({ startIndex }) => startIndex);
}

interface Known {
  readonly usesSample: boolean;
  readonly isLake: boolean;
  /** Whether its table in the sample has its name, and its query reads that. */
  readonly hasTable: boolean;
  readonly name: string;
}

function isOurs(node: Node, path: string, { usesSample, isLake, hasTable, name }: Known): boolean {
  const literal = node.parent;
  const around = literal?.parent ?? null;
  if (path === 'src/core/sample.py') return isIn(node, 'SHARES') || around?.type === 'comparison_operator';
  if (path === 'tests/unit/test_sample.py') return isIn(node, 'INPUTS');
  if (path.startsWith('tests/flows/')) return around?.type === 'set' || around?.type === 'list';
  // The folder of a lake has the name of the stage.
  if (path === `tests/unit/test_${name}.py` && !isLake) return hasTable && isIn(node, 'TABLE');
  if (path === `tests/unit/test_${name}.py`) return isLake && around?.type === 'binary_operator';
  // The records of a system that is replaced keep the names that they were recorded under.
  return path.startsWith('tests/') && !path.startsWith('tests/equivalence/') && usesSample && around?.type === 'argument_list' && ['_raw', 'records'].includes(around.parent?.childForFieldName('function')?.text ?? '');
}

function isIn(node: Node, variable: string): boolean {
  for (let at = node.parent; at !== null; at = at.parent) if (at.type === 'assignment') return at.childForFieldName('left')?.text === variable;
  return false;
}

/** `# FLOW: extract(orders)→clean` in a docstring. */
export function flowLines(text: string, name: string, next: string): Replacement[] {
  return [...text.matchAll(/# FLOW:.*/g)].flatMap((line) => [...line[0].matchAll(new RegExp(`(?<=\\()${name}(?=\\))`, 'g'))].map((found) => {
    const start = line.index + found.index;
    return { start, end: start + name.length, text: next };
  }));
}

/** The pages and files beside the code, as they were generated: paths, names in code spans, nodes of a picture. */
export function renameOwnProse(path: string, text: string, { group, name, next }: Renaming, config: Config): string {
  // A record says what was so on its day.
  if (!/^(?:README|AGENTS|docs\/(?!adr\/)).*\.md$/.test(path)) return text;
  const files = text
    .replace(new RegExp(`\\b((?:${group}|artifacts)/)${name}(?=\\.(?:py|ts|sql)\\b)`, 'g'), `$1${next}`)
    .replace(new RegExp(`\\b(test_)${name}(?=\\.py\\b)`, 'g'), `$1${next}`)
    .replace(new RegExp(`\\b${name}(?=\\.test\\.ts\\b)`, 'g'), next)
    .replace(new RegExp(`(\`)${name}(?=\\.sql\`)`, 'g'), `$1${next}`);
  const isMore = name === config.kpi.id || group === 'loaders';
  return isMore ? files : files.replace(new RegExp(`\`${name}\``, 'g'), `\`${next}\``).replace(new RegExp(`\\bs_${name}\\b`, 'g'), `s_${next}`).replace(new RegExp(`(\\[")${name}(?="\\])`, 'g'), `$1${next}`);
}
