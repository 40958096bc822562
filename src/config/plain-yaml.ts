import type { YamlList, YamlMap, YamlNode, YamlPair, YamlScalar } from './yaml-tree.ts';

/** More lines than that, or deeper, and the parser that knows its limits reads it. */
const mostLines = 1500;
const deepest = 8;

// A line of the form that this tool writes: a key, and a word, a quoted text without escapes, or a list of them.
const word = '[A-Za-z0-9](?:[A-Za-z0-9_./@+-]| (?=[A-Za-z0-9_./@+-]))*';
const words = '[A-Za-z0-9](?:[A-Za-z0-9_./@+-]|:(?=[A-Za-z0-9_./@+-])| (?=[A-Za-z0-9_./@+-]))*';
const entry = `(?:${word}|"[^"\\\\]*")`;
const line = new RegExp(`^( *)(- )?([a-z][a-z0-9_.]{0,63}):(?: +(?:("[^"\\\\]*")|('[^']*')|(\\[ *(?:${entry}(?: *, *${entry})*)? *\\])|(${words})))? *(?: #.*)?$`);
const empty = /^ *(?:#.*)?$/;
const item = new RegExp(entry, 'g');

/** A tree that grows line by line. */
type Growing = GrowingMap | GrowingList;
type GrowingMap = YamlMap & { readonly pairs: GrowingPair[] };
type GrowingList = YamlList & { readonly items: GrowingMap[] };
type GrowingPair = YamlPair & { value: YamlNode | null };

interface Open {
  readonly indent: number;
  readonly node: Growing;
}

/**
 * Reads the plain form of YAML that nearly every config.yaml has: blocks of keys and of entries, a line each. It gives the
 * tree that the parser would give, in a fraction of the time that a parser takes to start; the rest is left to that one.
 * @returns nothing when a line has another form
 */
export function readPlainYaml(text: string): YamlMap | undefined {
  const lines = text.split('\n');
  if (lines.length > mostLines) return undefined;
  const open: Open[] = [];
  /** A key that has no value yet: what is deeper belongs to it. */
  let waiting: GrowingPair | undefined;
  let root: GrowingMap | undefined;
  let offset = 0;
  for (const each of lines) {
    if (!empty.test(each)) {
      const found = line.exec(each);
      if (found === null) return undefined;
      const [, { length: indent } = '', dash] = found;
      if (root === undefined && indent === 0 && dash === undefined) {
        // Only the top is ever pointed at as a whole: it ends where the text does.
        root = { ...mapAt(offset), end: text.length };
        open.push({ indent: 0, node: root });
      }
      const map = mapFor(open, waiting, { indent, at: offset + indent, dash: dash !== undefined });
      if (map === undefined) return undefined;
      const pair = pairOf(found, offset);
      map.pairs.push(pair);
      waiting = pair.value === null ? pair : undefined;
    }
    offset += each.length + 1;
  }
  return waiting === undefined ? root : undefined;
}

interface Place {
  readonly indent: number;
  readonly at: number;
  readonly dash: boolean;
}

/** The map that a line belongs to; nothing where the lines before leave no place for it. */
function mapFor(open: Open[], waiting: GrowingPair | undefined, { indent, at, dash }: Place): GrowingMap | undefined {
  if (waiting === undefined) while ((open.at(-1)?.indent ?? -1) > indent) open.pop();
  else if (indent <= (open.at(-1)?.indent ?? 0) || open.length > deepest) return undefined;
  else {
    const node: Growing = dash ? { kind: 'list', start: at, end: at, flow: false, items: [] } : mapAt(at);
    waiting.value = node;
    open.push({ indent, node });
  }
  const top = open.at(-1);
  if (top?.indent !== indent || (top.node.kind === 'list') !== dash) return undefined;
  if (top.node.kind === 'map') return top.node;
  const map = mapAt(at + 2);
  top.node.items.push(map);
  open.push({ indent: indent + 2, node: map });
  return map;
}

function mapAt(at: number): GrowingMap {
  return { kind: 'map', start: at, end: at, flow: false, pairs: [] };
}

function pairOf([all, indent = '', dash = '', key = '', double, single, list, plain]: RegExpExecArray, offset: number): GrowingPair {
  const value = double ?? single ?? list ?? plain;
  const column = indent.length + dash.length;
  const name = scalarAt(key, offset + column);
  if (value === undefined) return { key: name, value: null };
  const at = offset + all.indexOf(value, column + key.length + 1);
  return { key: name, value: list === undefined ? scalarAt(value, at) : listAt(list, at) };
}

function listAt(text: string, start: number): YamlList {
  const items = [...text.matchAll(item)].map((found) => scalarAt(found[0], start + found.index));
  return { kind: 'list', start, end: start + text.length, flow: true, items };
}

function scalarAt(source: string, start: number): YamlScalar {
  const plain = source[0] !== '"' && source[0] !== "'";
  return { kind: 'scalar', start, end: start + source.length, plain, text: plain ? source : source.slice(1, -1) };
}
