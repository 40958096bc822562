import type { Problem, Where } from '../errors/failure.ts';
import { problem } from '../errors/failure.ts';
import type { SourceText } from './frame.ts';
import { placeOf, whereOf } from './frame.ts';
import { readPlainScalar } from './plain-scalar.ts';
import type { YamlPath } from './read-yaml.ts';
import type { Span } from './secrets.ts';
import { findSecrets } from './secrets.ts';
import { showText } from './show-text.ts';
import type { YamlMap, YamlNode, YamlScalar } from './yaml-tree.ts';

/** How far a document has been read. */
export interface NodeReading {
  readonly source: SourceText;
  readonly spans: Map<string, { readonly key: Span | undefined; readonly value: Span }>;
  readonly problems: Problem[];
  readonly unread: YamlPath[];
}

/** One reading a document. */
export function startReading(source: SourceText): NodeReading {
  return { source, spans: new Map(), problems: [], unread: [] };
}

/** Nobody reads more frames than that; and what is beyond the last number is a hostile file. */
const mostFrames = 100;
const mostProblems = 1000;

/** Turns a node into a plain value and remembers where it stands. What is wrong with it is noted, not thrown. */
export function readNode(reading: NodeReading, node: YamlNode | null, path: YamlPath, key?: Span): unknown {
  const value = spanOf(node, key);
  reading.spans.set(JSON.stringify(path), { key, value });
  if (node === null) return null;
  if (node.kind === 'map') return readMap(reading, node, path);
  if (node.kind === 'list') return node.items.map((item, index) => readNode(reading, item, [...path, index]));
  return readScalar(reading, node, path, value);
}

/** A block of lines begins below its key: the key is what a person looks for. */
function spanOf(node: YamlNode | null, key: Span | undefined): Span {
  const { start, end } = node ?? { start: 0, end: 1 };
  if (key !== undefined && (end === start || (node !== null && node.kind !== 'scalar' && !node.flow))) return key;
  return { start, end };
}

function readMap(reading: NodeReading, map: YamlMap, path: YamlPath): object {
  const entries = new Map<string, unknown>();
  const first = new Map<string, Span>();
  for (const { key, value } of map.pairs) {
    const at = spanOf(key, undefined);
    const name = readKey(reading, key, path, at);
    if (name === undefined) continue;
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, at);
      entries.set(name, readNode(reading, value, [...path, name], at));
    } else note(reading, problem('E_YAML_DUPLICATE', { key: showText(name), line: placeOf(reading.source, before).line ?? 1 }, where(reading, at)));
  }
  return Object.fromEntries(entries);
}

function readKey(reading: NodeReading, key: YamlNode | null, path: YamlPath, at: Span): string | undefined {
  const here = () => where(reading, at);
  if (key?.kind !== 'scalar') return note(reading, problem('E_YAML_FEATURE', { feature: 'complex-key' }, here()));
  if (key.plain && key.text === '<<') return note(reading, problem('E_YAML_FEATURE', { feature: 'merge' }, here()));
  // A number or a boolean would stay one in Python and become a text in JavaScript.
  const read = key.plain ? readPlainScalar(key.text) : undefined;
  if (read !== undefined && !(read.kind === 'value' && typeof read.value === 'string')) return note(reading, ambiguity(reading, key, at));
  return readText(reading, key.text, path, at);
}

function readScalar(reading: NodeReading, node: YamlScalar, path: YamlPath, at: Span): unknown {
  if (!node.plain) return readText(reading, node.text, path, at);
  const plain = readPlainScalar(node.text);
  if (plain.kind === 'ambiguous') return noteValue(reading, ambiguity(reading, node, at), path, node.text);
  if (plain.kind === 'value') return typeof plain.value === 'string' ? readText(reading, plain.value, path, at) : plain.value;
  return noteValue(reading, problem('E_YAML_NUMBER', { text: showText(node.text) }, where(reading, at)), path, node.text);
}

function readText(reading: NodeReading, text: string, path: YamlPath, at: Span): string {
  // An escape may hide a secret from a search over the raw text, but not from the reader of a frame.
  if (findSecrets(text).length > 0) reading.source.hidden.push(at);
  if (!text.includes('\0')) return text;
  return noteValue(reading, problem('E_YAML_CHARACTER', { character: 'U+0000' }, where(reading, at)), path, text);
}

function ambiguity(reading: NodeReading, node: YamlScalar, at: Span): Problem {
  const text = showText(node.text);
  return problem('E_YAML_AMBIGUOUS', { text, quoted: `"${text}"` }, where(reading, at));
}

function where({ source, problems }: NodeReading, at: Span): Where {
  if (problems.length >= mostProblems) return { file: source.file };
  return problems.length < mostFrames ? whereOf(source, at) : placeOf(source, at);
}

function note({ problems }: NodeReading, found: Problem): undefined {
  if (problems.length < mostProblems) problems.push(found);
}

/** What is there in some form is not missing: its text stands in for the value. */
function noteValue(reading: NodeReading, found: Problem, path: YamlPath, text = ''): string {
  note(reading, found);
  reading.unread.push(path);
  return text;
}

/** Where a value or its key stands; of what is not there, the key of what should hold it. */
export function spanAt(reading: NodeReading, path: YamlPath, part: 'key' | 'value'): Span {
  for (let length = path.length; length >= 0; length -= 1) {
    const spans = reading.spans.get(JSON.stringify(path.slice(0, length)));
    if (spans === undefined) continue;
    return length === path.length && part === 'value' ? spans.value : (spans.key ?? spans.value);
  }
  return { start: 0, end: 1 };
}
