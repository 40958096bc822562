import type { Problem, Where } from '../errors/failure.ts';
import { Failure, fail } from '../errors/failure.ts';
import type { SourceText } from './frame.ts';
import { sourceText, whereOf } from './frame.ts';
import { readPlainYaml } from './plain-yaml.ts';
import { readNode, spanAt, startReading } from './read-nodes.ts';
import { refuseCharacters } from './yaml-characters.ts';
import type { Span } from './secrets.ts';
import { NoYamlParser, yamlParser } from './yaml-parser.ts';
import type { YamlNode } from './yaml-tree.ts';

/** The steps from the top of a document to one of its values. */
export type YamlPath = readonly (string | number)[];

/** What a YAML text says, and where it says it. */
export interface YamlText {
  /** Maps as objects, lists as arrays; only texts, numbers, booleans and null in them. */
  readonly value: unknown;
  /** The offsets of a value, or of its key, in the text without its byte order mark. */
  readonly rangeOf: (path: YamlPath, part?: 'key' | 'value') => Span;
  /** The text of a value as it was written. */
  readonly textOf: (path: YamlPath) => string;
  /** The top of its syntax tree. */
  readonly root: YamlNode | null;
  /** Where that is: file, line, column and frame. Of what is not there: where that is what should hold it. */
  readonly where: (path: YamlPath, part?: 'key' | 'value') => Where;
}

/** A text whose single values may be wrong: the rest of it can still be checked. */
export interface YamlReading extends YamlText {
  readonly problems: readonly Problem[];
  /** The paths of the values that `problems` are about. */
  readonly unread: readonly YamlPath[];
}

const mostBytes = 256 * 1024;

/**
 * Reads YAML that somebody else wrote: small, shallow, without anchors, aliases, tags or a second document,
 * and only what every YAML reader takes for the same value.
 * @param input the text, or the bytes of the file
 * @param file the name that problems show
 * @throws Failure with every problem that was found; NoYamlParser for a text that is not plain, until it is loaded
 */
export function readYaml(input: string | Uint8Array, file: string): YamlText {
  const reading = inspectYaml(input, file);
  if (reading.problems.length > 0) throw new Failure(reading.problems);
  return reading;
}

/**
 * Like `readYaml`, but hands over the problems of single values, so that others can be found beside them.
 * @throws Failure when the text cannot be read at all; NoYamlParser for a text that is not plain, until it is loaded
 */
export function inspectYaml(input: string | Uint8Array, file: string): YamlReading {
  const text = decode(input, file).replace(/^\ufeff/, '');
  const known = recent.find((each) => each.text === text && each.file === file);
  if (known !== undefined) return known.reading;
  const source = sourceText(file, text);
  try {
    const reading = readSource(source);
    recent.push({ text, file, reading });
    if (recent.length > 3) recent.shift();
    return reading;
  } catch (error) {
    if (error instanceof Failure || error instanceof NoYamlParser) throw error;
    // The parser also throws plain errors and range errors; for who reads the message they are all one.
    return fail('E_YAML_SYNTAX', { fault: 'other' }, whereOf(source, { start: 0, end: 1 }));
  }
}

/** One job reads the same text several times: to check it, to edit it, to prove the edit. Once is enough. */
const recent: { readonly text: string; readonly file: string; readonly reading: YamlReading }[] = [];

function readSource(source: SourceText): YamlReading {
  const reading = startReading(source);
  const root = compose(source);
  const value = readNode(reading, root, []);
  return {
    root,
    value,
    rangeOf: (path, part = 'value') => spanAt(reading, path, part),
    textOf: (path) => {
      const { start, end } = spanAt(reading, path, 'value');
      return source.text.slice(start, end);
    },
    where: (path, part = 'value') => whereOf(source, spanAt(reading, path, part)),
    problems: reading.problems,
    unread: reading.unread,
  };
}

function compose(source: SourceText): YamlNode | null {
  refuseCharacters(source);
  return readPlainYaml(source.text) ?? yamlParser()(source);
}

function decode(input: string | Uint8Array, file: string): string {
  const bytes = typeof input === 'string' ? byteLength(input) : input.length;
  if (bytes > mostBytes) fail('E_YAML_SIZE', { bytes, limit: mostBytes }, { file });
  if (typeof input === 'string') return input;
  try {
    return decodeStrictly(input);
  } catch {
    return fail('E_YAML_ENCODING', {}, { file, line: undecodableLine(input) });
  }
}

function decodeStrictly(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function byteLength(text: string): number {
  return text.length > mostBytes ? text.length : new TextEncoder().encode(text).length;
}

/** Line by line: a line end is never a part of another character. */
function undecodableLine(bytes: Uint8Array): number {
  let [line, start] = [1, 0];
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    if (!isDecodable(bytes.subarray(start, end))) return line;
    [line, start] = [line + 1, end + 1];
  }
  return line;
}

function isDecodable(bytes: Uint8Array): boolean {
  try {
    decodeStrictly(bytes);
    return true;
  } catch {
    return false;
  }
}
