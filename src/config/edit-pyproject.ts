import { fail } from '../errors/failure.ts';

const file = 'pyproject.toml';

/**
 * Adds requirements to `[project].dependencies` where they are not there yet, as whole lines before the closing
 * bracket. Every other byte stays, except a comma behind the last one when it had none.
 * @throws Failure E_EDIT_UNCERTAIN when there is no such list
 */
export function addRequirements(text: string, requirements: readonly string[]): string {
  return requirements.reduce(addRequirement, text);
}

function addRequirement(text: string, requirement: string): string {
  const list = findList(text);
  if (list === undefined) return fail('E_EDIT_UNCERTAIN', { file, what: requirement }, { file });
  if (list.items.some((item) => nameOf(item.text) === nameOf(requirement))) return text;
  const last = list.items.at(-1);
  const quoted = `"${requirement}"`;
  const bracketLine = text.lastIndexOf('\n', list.close) + 1;
  if (last === undefined || bracketLine <= last.end) return text.slice(0, list.close) + (last && !list.comma ? `, ${quoted}` : quoted) + text.slice(list.close);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const indent = /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', last.start) + 1))?.[0] ?? '    ';
  const head = list.comma ? text.slice(0, bracketLine) : `${text.slice(0, last.end)},${text.slice(last.end, bracketLine)}`;
  return `${head}${indent}${quoted},${eol}${text.slice(bracketLine)}`;
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
function nameOf(requirement: string): string {
  const [name = ''] = /^[A-Za-z0-9._-]+/.exec(requirement.trim()) ?? [];
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
