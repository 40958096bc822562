/** A node of a syntax tree: what we ask of tree-sitter's, whose names these are. */
export interface Node {
  readonly id: number;
  readonly type: string;
  readonly text: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly startPosition: { readonly row: number };
  readonly endPosition: { readonly row: number };
  readonly hasError: boolean;
  readonly isError: boolean;
  readonly isMissing: boolean;
  readonly parent: Node | null;
  readonly namedChildren: readonly (Node | null)[];
  readonly nextNamedSibling: Node | null;
  childForFieldName(name: string): Node | null;
  descendantsOfType(types: string | string[]): readonly (Node | null)[];
}

/** Gives the syntax tree of a text of Python. Offsets are those of the text. */
export type ParsePython = (text: string) => Node;

/** Planning, joining and proving look at the same few modules again and again, and compare their nodes. */
export function remembering(parse: ParsePython): ParsePython {
  const recent: { readonly text: string; readonly root: Node }[] = [];
  return (text) => {
    const known = recent.find((each) => each.text === text)?.root;
    if (known !== undefined) return known;
    const root = parse(text);
    recent.push({ text, root });
    if (recent.length > 6) recent.shift();
    return root;
  };
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

/** The nodes below one, itself included, of some types, in the order of the text. Far quicker than to walk. */
export function nodesOf(node: Node, ...types: string[]): Node[] {
  return node.descendantsOfType(types).filter((each) => each !== null);
}

/** Every node below one, itself included, in the order of the text. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child);
}
