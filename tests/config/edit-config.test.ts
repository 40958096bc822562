import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { insertEntry, removeEntry, renameEntry } from '../../src/config/edit-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { loadYamlParser } from '../../src/config/yaml-parser.ts';
import { Failure } from '../../src/errors/failure.ts';

await loadYamlParser();

const plain = `# yaml-language-server: $schema=./config.schema.json
version: 1
kpi:
  id: conversion
  name: "Conversión 🙂"
  owner: 'ana@example.com'
  type: ratio
  unit: ratio
  grain: [day, channel]   # two
  direction: higher_is_better
  target: 0.031
sources:
  ventas:
    kind: sql
    # the sample
    url: "\${VENTAS_URL:-sqlite:///.data/sample.sqlite}"
extractors:
  orders:
    source: ventas  # why
    # a note on orders

# about the next group
transformers:
  clean_orders: { kind: cleaning }
  conversion:
    kind: calculation
loaders:
  kept:
    source: ventas
    write: merge
    keys:
      - day
      - channel
flow:
  retries: 3
  timeout_seconds: 900
  timezone: Europe/Madrid
`;
const source = [{ key: 'source', value: 'ventas' }];
const kind = [{ key: 'kind', value: 'cleaning' }];

function inserted(before: string, after: string): string {
  let start = 0;
  while (before[start] === after[start] && start < before.length) start += 1;
  let end = 0;
  while (end < before.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  expect(before.slice(0, start) + before.slice(before.length - end)).toBe(before);
  return after.slice(start, after.length - end);
}

describe('an entry is inserted', () => {
  it('after the last one of its group and the comments about it, and nothing else changes', () => {
    const after = insertEntry(plain, 'extractors', 'returns', source);
    expect(after).toContain('    # a note on orders\n  returns:\n    source: ventas\n\n# about the next group\n');
    expect(inserted(plain, after)).toContain('returns:');
    expect(parseConfig(after).config.extractors).toEqual({ orders: { source: 'ventas' }, returns: { source: 'ventas' } });
  });

  it('below an entry in one line, and below a list', () => {
    expect(insertEntry(plain, 'transformers', 'net', kind)).toContain('    kind: calculation\n  net:\n    kind: cleaning\nloaders:');
    const kept = [...source, { key: 'write', value: 'merge' }, { key: 'keys', value: ['day'] }];
    expect(insertEntry(plain, 'loaders', 'other', kept)).toContain('      - channel\n  other:\n    source: ventas\n    write: merge\n    keys: [day]\nflow:');
  });

  it('with the indentation, the line ends and the mark of the file', () => {
    const windows = `\ufeff${plain.replace(/^( +)/gm, '$1$1').replaceAll('\n', '\r\n')}`;
    const after = insertEntry(windows, 'extractors', 'returns', source);
    expect(after).toContain('\r\n    returns:\r\n        source: ventas\r\n');
    expect(inserted(windows, after)).not.toMatch(/[^\r]\n/);
  });

  it('into a group in braces, and into an empty one', () => {
    const braces = plain.replace(/extractors:\n(.*\n){3}/, 'extractors: {orders: {source: ventas}}\n');
    expect(insertEntry(braces, 'extractors', 'returns', source)).toContain('extractors: {orders: {source: ventas}, returns: {source: ventas}}\n');
    const empty = plain.replace(/extractors:\n(.*\n){3}/, 'extractors: {}\n');
    expect(insertEntry(empty, 'extractors', 'returns', source)).toContain('extractors: {returns: {source: ventas}}\n');
  });

  it('at the end of a file without a last line end', () => {
    const last = plain.replace(/flow:\n(.*\n){3}/, '').replace('version: 1\n', 'version: 1\nflow: {retries: 3, timeout_seconds: 900, timezone: UTC}\n').trimEnd();
    expect(insertEntry(last, 'loaders', 'page', [{ key: 'kind', value: 'artifact' }])).toMatch(/- channel\n {2}page:\n {4}kind: artifact\n$/);
  });

  it('among those added before it by name, and never above the others', () => {
    const added = new Set(['a_one', 'm_two', 'z_three']);
    const orders = [['a_one', 'm_two', 'z_three'], ['z_three', 'a_one', 'm_two'], ['m_two', 'z_three', 'a_one']];
    const texts = orders.map((names) => names.reduce((text, name) => insertEntry(text, 'extractors', name, source, added), plain));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toMatch(/orders:[^]*a_one:[^]*m_two:[^]*z_three:/);
  });

  it('quotes an address', () => {
    const url = { key: 'url', value: '${A_URL:-sqlite:///.data/sample.sqlite}', quoted: true } as const;
    expect(insertEntry(plain, 'sources', 'a', [{ key: 'kind', value: 'sql' }, url])).toContain('    url: "${A_URL:-sqlite:///.data/sample.sqlite}"\nextractors:');
  });

  it('nowhere when the place is not certain', () => {
    const gone = plain.replace(/extractors:\n(.*\n){3}/, '');
    expect(() => insertEntry(gone, 'extractors', 'returns', source)).toThrow(Failure);
    expect(() => insertEntry('{version: 1}\n', 'extractors', 'returns', source)).toThrow(Failure);
  });
});

describe('an entry is taken out', () => {
  it('with its own lines only, and putting it in first is taken back', () => {
    expect(removeEntry(plain, 'transformers', 'clean_orders')).toBe(plain.replace('  clean_orders: { kind: cleaning }\n', ''));
    expect(removeEntry(insertEntry(plain, 'extractors', 'returns', source), 'extractors', 'returns')).toBe(plain);
  });

  it('and leaves a group that says it is empty', () => {
    expect(removeEntry(plain, 'extractors', 'orders')).toContain('extractors: {}\n    # a note on orders\n');
  });
});

describe('an entry is renamed', () => {
  it('in its key only', () => {
    expect(renameEntry(plain, 'extractors', 'orders', 'sales')).toBe(plain.replace('  orders:\n', '  sales:\n'));
  });
});

it('any file that somebody wrote keeps every byte around the entry', () => {
  const comment = fc.constantFrom('', '\n', '# a\n', '  # b\n', '      # ñ 🙂\n', '\n\n');
  fc.assert(
    fc.property(fc.array(comment, { minLength: 40, maxLength: 40 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), fc.constantFrom('sources', 'extractors', 'transformers', 'loaders'), (between, eol, mark, group) => {
      const lines = plain.split('\n').slice(0, -1);
      const text = (mark ? '\ufeff' : '') + lines.map((line, at) => `${line}\n${between[at] ?? ''}`).join('').replaceAll('\n', eol);
      const fields = { sources: [{ key: 'kind', value: 'sql' }], extractors: source, transformers: kind, loaders: source }[group];
      const after = insertEntry(text, group, 'brand_new', fields);
      expect(inserted(text, after).replaceAll('\r\n', '\n')).toMatch(/brand_new:\n/);
      expect(after.split(eol).filter((line) => !text.split(eol).includes(line)).length).toBeLessThanOrEqual(2);
      expect(removeEntry(after, group, 'brand_new')).toBe(text);
    }),
    { numRuns: process.env['KPI_FLOW_LONG'] ? 1000 : 30 },
  );
});
