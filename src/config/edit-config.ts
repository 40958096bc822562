import { fail } from '../errors/failure.ts';
import { readYaml } from './read-yaml.ts';
import type { YamlMap, YamlNode, YamlPair } from './yaml-tree.ts';

/** The groups of config.yaml that stages and sources are added to. */
export type ConfigGroup = 'sources' | 'extractors' | 'transformers' | 'loaders';

/** A key of an entry with its value: a word, a text that is quoted, a number, a truth value, or a list of words. */
export interface ConfigField {
  readonly key: string;
  readonly value: string | number | boolean | readonly string[];
  readonly quoted?: true;
}

const file = 'config/config.yaml';

/**
 * Adds an entry after the last one of its group; among those that were added before, in the order of their names, so
 * that it does not matter which came first. Every other byte of the text stays: comments, order, quotes,
 * line ends, byte order mark; the indentation is the file's own. The result is read again to prove it.
 * @throws Failure E_EDIT_UNCERTAIN when the text is written in a way that has no certain place
 */
export function insertEntry(text: string, group: ConfigGroup, name: string, fields: readonly ConfigField[], added: ReadonlySet<string> = new Set()): string {
  const layout = readLayout(text);
  const entries = entriesOf(layout, group);
  const before = entries === undefined ? undefined : placeAmong(entries.pairs, name, added);
  const entry = { name, fields, before };
  const after = entries?.kind === 'flow' ? insertFlow(layout, entries, entry) : insertBlock(layout, group, entries, entry);
  const value = Object.fromEntries(fields.map((each) => [each.key, each.value]));
  prove(text, after, (config) => ({ ...config, [group]: withEntry(groupOf(config, group), name, value, before && keyOf(before)) }));
  return after;
}

interface NewEntry {
  readonly name: string;
  readonly fields: readonly ConfigField[];
  /** The entry that it goes behind. */
  readonly before: YamlPair | undefined;
}

/** Behind the last entry, or further up among those at the end that were added and come later by name. */
function placeAmong(pairs: readonly YamlPair[], name: string, added: ReadonlySet<string>): YamlPair | undefined {
  let at = pairs.length - 1;
  while (at > 0 && added.has(keyOf(pairs[at] as YamlPair) ?? '') && name < (keyOf(pairs[at] as YamlPair) ?? '')) at -= 1;
  return pairs[at];
}

function withEntry(group: Group, name: string, value: unknown, after: string | undefined): Group {
  const entries = Object.entries(group);
  const at = entries.findIndex(([key]) => key === after) + 1;
  return Object.fromEntries([...entries.slice(0, at), [name, value], ...entries.slice(at)]);
}

/**
 * Takes an entry out, whole lines of it; what stands around it stays.
 * @throws Failure E_EDIT_UNCERTAIN when it shares its lines with something else
 */
export function removeEntry(text: string, group: ConfigGroup, name: string): string {
  const layout = readLayout(text);
  const entries = entriesOf(layout, group);
  const index = entries?.pairs.findIndex((pair) => keyOf(pair) === name) ?? -1;
  const pair = entries?.pairs[index];
  if (entries === undefined || pair === undefined || entries.kind === 'flow') return uncertain(name);
  const only = entries.pairs.length === 1;
  const [start, end] = [lineStart(layout.text, startOf(pair)), lineEnd(layout.text, endOf(pair))];
  const rest = layout.text.slice(0, start) + layout.text.slice(end);
  const at = keyEnd(layout, group);
  const after = layout.mark + (only ? `${rest.slice(0, at)} {}${rest.slice(at)}` : rest);
  prove(text, after, (config) => ({ ...config, [group]: without(groupOf(config, group), name) }));
  return after;
}

/** The lines of an entry with the comments right above and below: what tells whether somebody wrote there. */
export function entryLines(text: string, group: ConfigGroup, name: string): string | undefined {
  const layout = readLayout(text);
  const entries = entriesOf(layout, group);
  const pair = entries?.pairs.find((each) => keyOf(each) === name);
  if (entries === undefined || pair === undefined || entries.kind === 'flow') return undefined;
  let start = lineStart(layout.text, startOf(pair));
  while (start > 0 && layout.text.slice(lineStart(layout.text, start - 1), start).trimStart().startsWith('#')) start = lineStart(layout.text, start - 1);
  return layout.text.slice(start, afterComments(layout.text, lineEnd(layout.text, endOf(pair)), indentAt(layout.text, startOf(pair)).length));
}

/**
 * Gives an entry another name; its fields and its place stay.
 * @throws Failure E_EDIT_UNCERTAIN when there is no such entry
 */
export function renameEntry(text: string, group: ConfigGroup, name: string, next: string): string {
  const layout = readLayout(text);
  const pair = entriesOf(layout, group)?.pairs.find((each) => keyOf(each) === name);
  if (pair === undefined) return uncertain(name);
  const [start, end] = rangeOf(pair.key);
  const after = layout.mark + layout.text.slice(0, start) + next + layout.text.slice(end);
  prove(text, after, (config) => ({ ...config, [group]: renamed(groupOf(config, group), name, next) }));
  return after;
}

/** A text taken apart as far as an edit needs it. */
interface Layout {
  readonly mark: string;
  readonly text: string;
  readonly eol: string;
  readonly root: YamlMap;
}

interface Entries {
  readonly kind: 'block' | 'flow';
  readonly map: YamlMap;
  readonly pairs: readonly YamlPair[];
}

function readLayout(input: string): Layout {
  const { root } = readYaml(input, file);
  const mark = input.startsWith('\ufeff') ? '\ufeff' : '';
  const text = input.slice(mark.length);
  if (root?.kind !== 'map' || root.flow) return uncertain('{}');
  return { mark, text, eol: text.includes('\r\n') ? '\r\n' : '\n', root };
}

function entriesOf({ root }: Layout, group: ConfigGroup): Entries | undefined {
  const found = pairOf(root, group)?.value;
  if (found?.kind !== 'map') return undefined;
  return { kind: found.flow ? 'flow' : 'block', map: found, pairs: found.pairs };
}

function pairOf(map: YamlMap, key: string): YamlPair | undefined {
  return map.pairs.find((pair) => keyOf(pair) === key);
}

function keyOf(pair: YamlPair): string | undefined {
  return pair.key?.kind === 'scalar' ? pair.key.text : undefined;
}

function insertBlock(layout: Layout, group: ConfigGroup, entries: Entries | undefined, { name, fields, before: last }: NewEntry): string {
  const { text, eol, mark } = layout;
  const { outer, inner } = indentsOf(layout, entries);
  const lines = [`${outer}${name}:`, ...fields.map((each) => `${outer}${inner}${each.key}: ${valueText(each)}`)];
  const at = last === undefined ? afterKey(layout, group) : afterComments(text, lineEnd(text, endOf(last)), outer.length);
  const lead = at > 0 && text[at - 1] !== '\n' ? eol : '';
  return `${mark}${text.slice(0, at)}${lead}${lines.map((line) => line + eol).join('')}${text.slice(at)}`;
}

/** Where the lines below a key without entries go. */
function afterKey(layout: Layout, group: ConfigGroup): number {
  const pair = pairOf(layout.root, group);
  // A group that is not there at all would need a place among the others: whoever removed it knows where.
  return pair === undefined ? uncertain(group) : lineEnd(layout.text, rangeOf(pair.key)[1]);
}

/** Comments right below an entry, as deep as the entries or deeper, are about it. */
function afterComments(text: string, at: number, depth: number): number {
  const end = nextLine(text, at);
  const line = text.slice(at, end);
  const indent = line.length - line.trimStart().length;
  return line.trimStart().startsWith('#') && indent >= depth && end > at ? afterComments(text, end, depth) : at;
}

function indentsOf({ text, root }: Layout, entries: Entries | undefined): { outer: string; inner: string } {
  const groups = root.pairs.map(({ value }) => value).filter(isBlock);
  const own = entries?.pairs[0] ?? groups[0]?.pairs[0];
  const outer = own === undefined ? '  ' : indentAt(text, startOf(own));
  const all = [...(entries?.pairs ?? []), ...groups.flatMap(({ pairs }) => pairs)];
  const nested = all.map((pair) => ({ pair, child: isBlock(pair.value) ? pair.value.pairs[0] : undefined }));
  const example = nested.find(({ child }) => child !== undefined);
  const step = example?.child === undefined ? outer : indentAt(text, startOf(example.child)).slice(indentAt(text, startOf(example.pair)).length);
  return { outer, inner: step === '' ? '  ' : step };
}

function indentAt(text: string, at: number): string {
  return text.slice(lineStart(text, at), at);
}

function insertFlow({ text, mark }: Layout, { map }: Entries, { name, fields, before: last }: NewEntry): string {
  const entry = `${name}: {${fields.map((each) => `${each.key}: ${valueText(each)}`).join(', ')}}`;
  const at = last === undefined ? map.start + 1 : endOf(last);
  return `${mark}${text.slice(0, at)}${last === undefined ? '' : ', '}${entry}${text.slice(at)}`;
}

function valueText({ value, quoted }: ConfigField): string {
  if (typeof value === 'object') return `[${value.join(', ')}]`;
  return quoted ? JSON.stringify(value) : String(value);
}

/** Nothing but the intended change may be in the new text: read again, it must say just that. */
function prove(before: string, after: string, change: (config: Group) => Group): void {
  const expected = change(readYaml(before, file).value as Group);
  const found = readYaml(after, file).value;
  if (JSON.stringify(found) !== JSON.stringify(expected)) uncertain(file);
}

type Group = Readonly<Record<string, unknown>>;

function groupOf(config: Group, group: ConfigGroup): Group {
  return (config[group] ?? {}) as Group;
}

function without(group: Group, name: string): Group {
  return Object.fromEntries(Object.entries(group).filter(([key]) => key !== name));
}

function renamed(group: Group, name: string, next: string): Group {
  return Object.fromEntries(Object.entries(group).map(([key, value]) => [key === name ? next : key, value]));
}

function startOf({ key }: YamlPair): number {
  return rangeOf(key)[0];
}

/** Where the last character of an entry's own content stands, without comments behind it. */
function endOf({ key, value }: YamlPair): number {
  if (isBlock(value)) return endOf(value.pairs.at(-1) as YamlPair);
  const [start, end] = rangeOf(value);
  return end > start ? Math.max(end, rangeOf(key)[1]) : rangeOf(key)[1];
}

function rangeOf(node: YamlNode | null): readonly [number, number] {
  return node === null ? [0, 0] : [node.start, node.end];
}

/** A group of keys that has some, in lines of its own. */
function isBlock(node: YamlNode | null): node is YamlMap {
  return node?.kind === 'map' && !node.flow && node.pairs.length > 0;
}

function keyEnd({ root }: Layout, group: ConfigGroup): number {
  const pair = pairOf(root, group);
  return pair === undefined ? uncertain(group) : rangeOf(pair.key)[1] + 1;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Behind the line end, or the end of the text. */
function lineEnd(text: string, at: number): number {
  // A value may end at the start of the next line already, as block scalars do.
  return at > 0 && text[at - 1] === '\n' ? at : nextLine(text, at);
}

function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

function uncertain(what: string): never {
  return fail('E_EDIT_UNCERTAIN', { file, what }, { file });
}
