import type { Node } from 'web-tree-sitter';
import { Language, Parser } from 'web-tree-sitter';

export type { Node } from 'web-tree-sitter';

/** The two programs that parsing takes; reading them from the disk is the edge's work. */
export interface PythonGrammar {
  readonly runtime: Uint8Array;
  readonly grammar: Uint8Array;
}

/** Gives the syntax tree of a text of Python. Offsets are those of the text. */
export type ParsePython = (text: string) => Node;

let loading: Promise<Parser> | undefined;

/** Makes the parser; once a process, whoever asks. */
export async function loadPython(grammar: PythonGrammar): Promise<ParsePython> {
  loading ??= makeParser(grammar);
  const parser = await loading;
  return (text) => {
    const tree = parser.parse(text);
    if (tree === null) throw new TypeError('the parser has no language');
    return tree.rootNode;
  };
}

async function makeParser({ runtime, grammar }: PythonGrammar): Promise<Parser> {
  await Parser.init({ wasmBinary: runtime });
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return parser;
}

/** How many places of a text are no Python: an edit must not make more of them. */
export function countErrors(node: Node): number {
  if (!node.hasError) return 0;
  return (node.isError || node.isMissing ? 1 : 0) + childrenOf(node).reduce((sum, child) => sum + countErrors(child), 0);
}

/** The children that are there; the type allows for gaps. */
export function childrenOf(node: Node): Node[] {
  return node.namedChildren.filter((child) => child !== null);
}

/** Every node below one, itself included, in the order of the text. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child);
}
