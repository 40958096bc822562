import type { Node } from './parse-python.ts';

/** A text of another form than the plain one that a reader of ours knows. */
export class NotPlain extends Error {}

let count = 0;

/** A node of a text that one of our own readers read. */
export class PlainNode implements Node {
  readonly id = (count += 1);
  readonly hasError: boolean = false;
  readonly isError: boolean = false;
  readonly isMissing = false;
  parent: PlainNode | null = null;
  readonly #source: string;
  readonly #fields: Readonly<Record<string, PlainNode>>;
  #said: string | undefined;
  readonly type: string;
  startIndex: number;
  readonly endIndex: number;
  readonly namedChildren: PlainNode[];

  constructor(source: string, type: string, [startIndex, endIndex]: readonly [number, number], namedChildren: PlainNode[], fields: Readonly<Record<string, PlainNode>>) {
    this.#source = source;
    this.type = type;
    this.startIndex = startIndex;
    this.endIndex = endIndex;
    this.namedChildren = namedChildren;
    this.#fields = fields;
    for (const child of namedChildren) child.parent = this;
  }

  get text(): string {
    return this.#said ?? this.#source.slice(this.startIndex, this.endIndex);
  }

  get startPosition(): { readonly row: number } {
    return { row: rowOf(this.#source, this.startIndex) };
  }

  get endPosition(): { readonly row: number } {
    return { row: rowOf(this.#source, this.endIndex) };
  }

  get nextNamedSibling(): PlainNode | null {
    const siblings = this.parent?.namedChildren ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }

  /** The same node, whose text is taken for another than stands there. */
  saying(text: string | undefined): this {
    this.#said = text;
    return this;
  }

  /** The same node with what stands before it: `await` belongs to a call. */
  from(startIndex: number): this {
    this.startIndex = startIndex;
    return this;
  }

  childForFieldName(name: string): PlainNode | null {
    return this.#fields[name] ?? null;
  }

  descendantsOfType(types: string | string[]): PlainNode[] {
    const below = this.namedChildren.flatMap((child) => child.descendantsOfType(types));
    return [types].flat().includes(this.type) ? [this, ...below] : below;
  }
}

function rowOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length - 1;
}
