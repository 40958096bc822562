/** Why what looks like a reference is none. */
export type ReferenceFault = 'open' | 'name' | 'form' | 'nested';

/** `${NAME}`, `${NAME:-default}` or `${NAME:?message}`, as it was written. Nothing is ever resolved here. */
export interface Reference {
  readonly name: string;
  readonly default?: string;
  readonly message?: string;
}

/** Takes the references out of a text, in order; or says what is wrong with the first one that cannot be read. */
export function readReferences(text: string): readonly Reference[] | ReferenceFault {
  const references: Reference[] = [];
  for (let start = text.indexOf('${'); start >= 0; start = text.indexOf('${', start + 2)) {
    const end = text.indexOf('}', start);
    if (end < 0) return 'open';
    const reference = readReference(text.slice(start + 2, end));
    if (typeof reference === 'string') return reference;
    references.push(reference);
  }
  return references;
}

function readReference(inside: string): Reference | ReferenceFault {
  if (inside.includes('${')) return 'nested';
  const found = /^([A-Za-z_][A-Za-z0-9_]*)(.*)$/s.exec(inside);
  if (found === null) return 'name';
  const [, name = '', rest = ''] = found;
  if (rest === '') return { name };
  if (rest.startsWith(':-')) return { name, default: rest.slice(2) };
  return rest.startsWith(':?') ? { name, message: rest.slice(2) } : 'form';
}
