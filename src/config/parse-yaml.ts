import type { ErrorCode as ParserCode, Node, YAMLMap } from 'yaml';
import { Composer, isMap, isScalar, isSeq } from 'yaml';
import { fail } from '../errors/failure.ts';
import type { SourceText } from './frame.ts';
import { whereOf } from './frame.ts';
import { scanYaml } from './scan-yaml.ts';
import type { YamlNode, YamlPair } from './yaml-tree.ts';

/** Why a text is not YAML. */
type YamlFault = 'escape' | 'indentation' | 'nested' | 'missing' | 'unexpected' | 'start' | 'key' | 'other';

/**
 * Reads YAML of any form that is allowed.
 * @throws Failure E_YAML_SYNTAX, and what `scanYaml` throws; whatever the library throws at a hostile text
 */
export function parseYaml(source: SourceText): YamlNode | null {
  const tokens = scanYaml(source);
  // Everything is a text to begin with: what an unquoted one means, `readPlainScalar` decides.
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
  const [document] = composer.compose(tokens, true, source.text.length);
  const error = document?.errors[0] ?? document?.warnings[0];
  if (error !== undefined) {
    const [start, end] = error.pos;
    fail('E_YAML_SYNTAX', { fault: faults[error.code] ?? 'other' }, whereOf(source, { start, end }));
  }
  return nodeOf(document?.contents ?? null);
}

const faults: { readonly [Code in ParserCode]?: YamlFault } = {
  BAD_DQ_ESCAPE: 'escape',
  BAD_INDENT: 'indentation',
  BLOCK_IN_FLOW: 'indentation',
  BLOCK_AS_IMPLICIT_KEY: 'nested',
  MISSING_CHAR: 'missing',
  UNEXPECTED_TOKEN: 'unexpected',
  BAD_SCALAR_START: 'start',
  MULTILINE_IMPLICIT_KEY: 'key',
  KEY_OVER_1024_CHARS: 'key',
};

function nodeOf(node: Node | null): YamlNode | null {
  const [start, end] = node?.range ?? [0, 1];
  if (isMap(node)) return { kind: 'map', start, end, flow: node.flow === true, pairs: pairsOf(node) };
  if (isSeq(node)) return { kind: 'list', start, end, flow: node.flow === true, items: node.items.map((each) => nodeOf(each as Node | null)) };
  if (!isScalar(node)) return null;
  const plain = node.type === 'PLAIN';
  return { kind: 'scalar', start, end, plain, text: plain ? (node.source ?? '') : String(node.value) };
}

function pairsOf({ items }: YAMLMap): YamlPair[] {
  return (items as { key: Node | null; value: Node | null }[]).map(({ key, value }) => ({ key: nodeOf(key), value: nodeOf(value) }));
}
