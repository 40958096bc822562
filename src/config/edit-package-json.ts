import { fail } from '../errors/failure.ts';

const file = 'package.json';

/**
 * Adds packages to `dependencies`, and packages of types to `devDependencies`, where neither has them yet: a whole line
 * above the first one that comes later by name, as npm keeps them. Every other byte stays.
 * @param packages as `pg@^8.23.1`
 * @throws Failure E_EDIT_UNCERTAIN when there is no such list
 */
export function addPackages(text: string, packages: readonly string[]): string {
  return packages.reduce(addPackage, text);
}

/** A package as the file has it, in the form of `addPackages`; nothing when it has none, or when there is no such list. */
export function packageIn(text: string, name: string): string | undefined {
  const found = ['dependencies', 'devDependencies'].flatMap((list) => entriesOf(text, list)?.items ?? []).find((each) => each.name === name);
  return found === undefined ? undefined : `${name}@${found.version}`;
}

/**
 * Takes out a package that stands as adding it would write it.
 * @returns nothing when it stands otherwise: somebody moved it, or asks for another version
 */
export function removePackage(text: string, added: string): string | undefined {
  const { name, list } = readPackage(added);
  const entry = packageIn(text, name) === added ? entriesOf(text, list)?.items.find((each) => each.name === name) : undefined;
  if (entry === undefined) return undefined;
  const { start, end } = entry;
  const before = text.slice(0, start).trimEnd().length;
  const after = end + (/^,\s*/.exec(text.slice(end))?.[0].length ?? 0);
  // With the comma behind it, or, being the last one, with the comma before it.
  const ranges = [[start, after], [before - 1, end], [before, end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0)]] as const;
  return ranges.map(([from, to]) => text.slice(0, from) + text.slice(to)).find((each) => entriesOf(each, list) !== undefined && packageIn(each, name) === undefined && addPackage(each, added) === text);
}

/** The name of a package, apart from its version. */
export function npmName(added: string): string {
  return readPackage(added).name;
}

function addPackage(text: string, added: string): string {
  const { name, version, list } = readPackage(added);
  if (packageIn(text, name) !== undefined) return text;
  const found = entriesOf(text, list) ?? fail('E_EDIT_UNCERTAIN', { file, what: added }, { file });
  const line = `${JSON.stringify(name)}: ${JSON.stringify(version)}`;
  const later = found.items.find((each) => each.name > name);
  if (later !== undefined) return `${text.slice(0, later.start)}${line},${gapBefore(text, later.start)}${text.slice(later.start)}`;
  const last = found.items.at(-1);
  if (last !== undefined) return `${text.slice(0, last.end)},${gapBefore(text, last.start)}${line}${text.slice(last.end)}`;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return `${text.slice(0, found.open)}${eol}${found.indent.repeat(2)}${line}${eol}${found.indent}${text.slice(found.close)}`;
}

function readPackage(added: string): { readonly name: string; readonly version: string; readonly list: string } {
  const [, name = added, version = '*'] = /^(@?[^@]+)@(.+)$/.exec(added) ?? [];
  return { name, version, list: name.startsWith('@types/') ? 'devDependencies' : 'dependencies' };
}

/** What parts an entry from what stands before it. */
function gapBefore(text: string, start: number): string {
  const gap = /\s*$/.exec(text.slice(0, start))?.[0] ?? '';
  return gap === '' ? ' ' : gap;
}

interface Entry {
  readonly name: string;
  readonly version: string;
  readonly start: number;
  readonly end: number;
}

interface Entries {
  readonly items: readonly Entry[];
  readonly open: number;
  readonly close: number;
  readonly indent: string;
}

/** A list of the outermost object; nothing where the text is no JSON, or the list is not as JSON reads it. */
function entriesOf(text: string, list: string): Entries | undefined {
  const parsed = parse(text)?.[list];
  const head = new RegExp(`^([ \\t]*)"${list}"\\s*:\\s*\\{`, 'm').exec(text) ?? new RegExp(`[{,]([ \\t]*)"${list}"\\s*:\\s*\\{`).exec(text);
  if (head === null || typeof parsed !== 'object' || parsed === null) return undefined;
  const open = head.index + head[0].length;
  const close = text.indexOf('}', open);
  const items = [...text.slice(open, close).matchAll(/"([^"\\]*)"\s*:\s*"([^"\\]*)"/g)].map(({ 0: whole, 1: name = '', 2: version = '', index }): Entry => ({ name, version, start: open + index, end: open + index + whole.length }));
  // The names of another object could read the same.
  const isSame = JSON.stringify(Object.fromEntries(items.map(({ name, version }) => [name, version]))) === JSON.stringify(parsed);
  return isSame ? { items, open, close, indent: head[1] ?? '' } : undefined;
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
