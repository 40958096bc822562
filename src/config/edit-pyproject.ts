import { fail } from '../errors/failure.ts';

const file = 'pyproject.toml';

/**
 * Adds requirements to `[project].dependencies` where they are not there yet, as whole lines above the first one that
 * comes later by name, else before the closing bracket: it does not matter which came first. Every other byte stays, except a comma behind the last one when it had none.
 * @throws Failure E_EDIT_UNCERTAIN when there is no such list
 */
export function addRequirements(text: string, requirements: readonly string[]): string {
  return requirements.reduce(addRequirement, text);
}

function addRequirement(text: string, requirement: string): string {
  const list = findList(text);
  if (list === undefined) return fail('E_EDIT_UNCERTAIN', { file, what: requirement }, { file });
  if (list.items.some((item) => packageName(item.text) === packageName(requirement))) return text;
  const later = list.items.find((item) => packageName(item.text) > packageName(requirement));
  if (later !== undefined) return insertAbove(text, later, requirement);
  const last = list.items.at(-1);
  const quoted = `"${requirement}"`;
  const bracketLine = text.lastIndexOf('\n', list.close) + 1;
  if (last === undefined || bracketLine <= last.end) return text.slice(0, list.close) + (last && !list.comma ? `, ${quoted}` : quoted) + text.slice(list.close);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const indent = /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', last.start) + 1))?.[0] ?? '    ';
  const head = list.comma ? text.slice(0, bracketLine) : `${text.slice(0, last.end)},${text.slice(last.end, bracketLine)}`;
  return `${head}${indent}${quoted},${eol}${text.slice(bracketLine)}`;
}

/** The requirement of a package, as the list has it; nothing when it has none, or when there is no such list. */
export function requirementOf(text: string, name: string): string | undefined {
  return findList(text)?.items.find((item) => packageName(item.text) === name)?.text;
}

/**
 * Takes out a requirement that stands as adding it would write it.
 * @returns nothing when it stands otherwise: somebody moved it, or wrote something beside it
 */
export function removeRequirement(text: string, requirement: string): string | undefined {
  const item = findList(text)?.items.find((each) => each.text === requirement);
  if (item === undefined) return undefined;
  const { start, end } = item;
  const line = text.lastIndexOf('\n', start) + 1;
  const next = text.indexOf('\n', end) + 1;
  const ranges = [[line, next], [text.lastIndexOf(',', start), end], [start, end + 2], [start, end]] as const;
  return ranges.map(([from, to]) => text.slice(0, from) + text.slice(to)).find((each) => findList(each) !== undefined && addRequirement(each, requirement) === text);
}

/** On a line of its own when the other has one, above the comments that belong to it. */
function insertAbove(text: string, { start }: Item, requirement: string): string {
  const line = text.lastIndexOf('\n', start) + 1;
  const indent = text.slice(line, start);
  if (indent.trim() !== '') return `${text.slice(0, start)}"${requirement}", ${text.slice(start)}`;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const above = /(?:^[ \t]*#[^\n]*\n)+$/m.exec(text.slice(0, line));
  const at = above !== null && above.index + above[0].length === line ? above.index : line;
  return `${text.slice(0, at)}${indent}"${requirement}",${eol}${text.slice(at)}`;
}

interface Item {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface List {
  readonly items: readonly Item[];
  readonly close: number;
  /** Whether a comma follows the last item. */
  readonly comma: boolean;
}

function findList(text: string): List | undefined {
  const table = /^\ufeff?\[project\][ \t]*(?:#.*)?\r?$/m.exec(text);
  if (table === null) return undefined;
  const from = table.index + table[0].length;
  const next = /^\[/m.exec(text.slice(from));
  const end = next === null ? text.length : from + next.index;
  const key = /^dependencies[ \t]*=[ \t]*\[/m.exec(text.slice(from, end));
  return key === null ? undefined : readList(text, from + key.index + key[0].length);
}

/** Strings, commas and comments up to the closing bracket; anything else is not such a list. */
function readList(text: string, from: number): List | undefined {
  const items: Item[] = [];
  let comma = false;
  const token = /\s+|#.*|,|\]|"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*'/gy;
  token.lastIndex = from;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [part] = found;
    if (part === ']') return { items, close: found.index, comma };
    if (part === ',') comma = true;
    if (/^["']/.test(part)) {
      items.push({ start: found.index, end: found.index + part.length, text: part.slice(1, -1) });
      comma = false;
    }
  }
  return undefined;
}

/** The name of a package, as indexes compare it. */
export function packageName(requirement: string): string {
  const [name = ''] = /^[A-Za-z0-9._-]+/.exec(requirement.trim()) ?? [];
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
