/**
 * The syntax tree of a YAML text, as far as it is read here: what both readers give, the one of plain texts and the
 * library's. Offsets are those of the text.
 */
export type YamlNode = YamlMap | YamlList | YamlScalar;

interface Placed {
  readonly start: number;
  /** Behind its last character; of a block of the plain reader, which needs it nowhere, the start again. */
  readonly end: number;
}

export interface YamlMap extends Placed {
  readonly kind: 'map';
  /** In braces, and not in lines of its own. */
  readonly flow: boolean;
  readonly pairs: readonly YamlPair[];
}

export interface YamlPair {
  readonly key: YamlNode | null;
  readonly value: YamlNode | null;
}

export interface YamlList extends Placed {
  readonly kind: 'list';
  /** In brackets, and not in lines of its own. */
  readonly flow: boolean;
  readonly items: readonly (YamlNode | null)[];
}

export interface YamlScalar extends Placed {
  readonly kind: 'scalar';
  /** Without quotes, and no block: `readPlainScalar` decides what it means. */
  readonly plain: boolean;
  readonly text: string;
}
