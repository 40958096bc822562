/** What an unquoted scalar of config.yaml is. */
export type PlainScalar =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'number-too-large' };

const canonicalInteger = /^-?(?:0|[1-9]\d*)$/;
const canonicalFraction = /^-?(?:0|[1-9]\d*)\.\d+(?:e[+-]\d+)?$/;

/**
 * What YAML 1.1 and YAML 1.2 do not read alike, or read as something that nobody means: `no` is false,
 * `12:30` is 750, `012` is 10, `1e3` is a text here and a number there, `=` is refused.
 */
const ambiguous = new RegExp(
  [
    '~|=|<<',
    '[yYnN]|[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF',
    'True|TRUE|False|FALSE|Null|NULL',
    '[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)',
    '[-+]?[0-9.][0-9_,.]*(?:[eE][-+]?[0-9]+)?',
    '[-+]?0[xXbBoO][0-9a-fA-F_]+',
    '[-+]?[0-9][0-9_]*(?::[0-9]{1,2})+(?:\\.[0-9_]*)?',
    '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \\t].*)?',
  ]
    .map((each) => `(?:${each})`)
    .join('|')
    .replace(/^/, '^(?:')
    .replace(/$/, ')$'),
  's',
);

/** Nothing that is meant as a number or a word of YAML is longer. */
const longestWord = 400;

/** Reads an unquoted scalar, strictly: a value that every YAML reader agrees on, or why it is none. */
export function readPlainScalar(source: string): PlainScalar {
  if (source === '' || source === 'null') return { kind: 'value', value: null };
  if (source === 'true' || source === 'false') return { kind: 'value', value: source === 'true' };
  if (canonicalInteger.test(source) || canonicalFraction.test(source)) return readNumber(source);
  const head = source.slice(0, longestWord);
  return ambiguous.test(head) ? { kind: 'ambiguous' } : { kind: 'value', value: source };
}

function readNumber(source: string): PlainScalar {
  const value = Number(source);
  const exact = canonicalFraction.test(source) ? Number.isFinite(value) : Number.isSafeInteger(value);
  if (source === '-0') return { kind: 'ambiguous' };
  return exact ? { kind: 'value', value } : { kind: 'number-too-large' };
}
