import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readYaml } from '../../src/config/read-yaml.ts';
import { loadYamlParser } from '../../src/config/yaml-parser.ts';
import { Failure } from '../../src/errors/failure.ts';
import type { Problem } from '../../src/errors/failure.ts';
import { explain } from '../../src/messages/explain.ts';

await loadYamlParser();

function problemsOf(input: string | Uint8Array): readonly Problem[] {
  try {
    readYaml(input, 'f.yaml');
  } catch (error) {
    if (error instanceof Failure) return error.problems;
    throw error;
  }
  return [];
}

const runs = process.env['KPI_FLOW_LONG'] ? 50_000 : 600;

const codesOf = (input: string | Uint8Array) => problemsOf(input).map(({ code }) => code);

/** Parts of which YAML that is nearly right can be made. */
const yamlish = fc.array(
  fc.constantFrom(
    'a', 'key: v', ': ', '\n', '\n  ', '\n    ', '- ', '[', ']', '{', '}', ',', '"', "'", '|\n', '>-\n', '#', ' ', '&x ', '*x',
    '!t ', '%', '? ', '---\n', '...\n', 'no', '12:30', '\\', '@', '`', '\r\n', '<<: ', '1', '😀', '~', '\\x', '\\U00110000', '\\ud83d', '|9\n', '\t', '\0',
  ),
  { maxLength: 60 },
);

describe('YAML that is read', () => {
  it('gives plain values', () => {
    const text = 'a: text\nb: [1, -2.5, true, null, "quoted", \'it\'\'s\']\nc: {d: |\n    two\n    lines\n  , e: }\n';
    expect(readYaml('a: text\nb: [1, -2.5, true, null, "q", \'it\'\'s\']\nc:\n  d: |\n    two\n    lines\n  e:\n', 'f').value).toEqual({
      a: 'text',
      b: [1, -2.5, true, null, 'q', "it's"],
      c: { d: 'two\nlines\n', e: null },
    });
    expect(codesOf(text)).toEqual(['E_YAML_SYNTAX']);
  });

  it('takes a byte order mark, CRLF and one document start', () => {
    for (const text of ['\ufeffa: 1\n', 'a: 1\r\n', '---\na: 1\n', '# comment\n---\na: 1', '\n\n--- # x\na: 1']) {
      expect(readYaml(text, 'f').value, JSON.stringify(text)).toEqual({ a: 1 });
      expect(readYaml(new TextEncoder().encode(text), 'f').value).toEqual({ a: 1 });
    }
  });

  it('reads what JSON says', () => {
    const key = fc.stringMatching(/^[a-z]{1,8}$/);
    // JSON escapes of surrogates and of controls are refused; what is left is read to the same value.
    const text = fc.string({ unit: fc.constantFrom(...'abñ 名"\\/:#{}[],&*!|>\'%@`-?') });
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie('node'), { maxLength: 4 }), fc.dictionary(key, tie('node'), { maxKeys: 4 })),
    }));
    fc.assert(
      fc.property(tree.node, (value) => {
        expect(readYaml(JSON.stringify(value), 'f').value).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: runs / 2 },
    );
  });

  it('keeps a key that would be a prototype as a key', () => {
    const { value } = readYaml('__proto__:\n  polluted: true\nconstructor: 1\n', 'f');
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('YAML that is refused', () => {
  it.each<[string, string]>([
    ['a: &x 1', 'E_YAML_FEATURE'],
    ['a: *x', 'E_YAML_FEATURE'],
    ['&\u0001: 1', 'E_YAML_CHARACTER'],
    ['a: !!binary x', 'E_YAML_FEATURE'],
    ['%TAG ! x\n---\na: 1', 'E_YAML_FEATURE'],
    ['a: 1\n---\nb: 1', 'E_YAML_FEATURE'],
    ['---\na: 1\n---\nb: 1', 'E_YAML_FEATURE'],
    ['? a\n: b', 'E_YAML_FEATURE'],
    ['[a]: b', 'E_YAML_FEATURE'],
    ['<<: {a: 1}', 'E_YAML_FEATURE'],
    ['a: "\\uD83D\\uDE00"', 'E_YAML_FEATURE'],
    ['a: 1\na: 2', 'E_YAML_DUPLICATE'],
    ['{a: 1, "a": 2}', 'E_YAML_DUPLICATE'],
    ['a:\tb', 'E_YAML_TAB'],
    ['a: "\\0"', 'E_YAML_CHARACTER'],
    ['a: b\u0085c', 'E_YAML_CHARACTER'],
    ['a: "\\U00110000"', 'E_YAML_SYNTAX'],
    ['a: "\\q"', 'E_YAML_SYNTAX'],
    ['a: [', 'E_YAML_SYNTAX'],
    ['a: "b', 'E_YAML_SYNTAX'],
    ['a: b: c', 'E_YAML_SYNTAX'],
    ['a: @b', 'E_YAML_SYNTAX'],
    ['a: 9007199254740992', 'E_YAML_NUMBER'],
    ['a: -9007199254740992', 'E_YAML_NUMBER'],
    ['a: 0o17', 'E_YAML_AMBIGUOUS'],
    ['1: a', 'E_YAML_AMBIGUOUS'],
    ['yes: a', 'E_YAML_AMBIGUOUS'],
    ['a: [x, no]', 'E_YAML_AMBIGUOUS'],
  ])('%j: %s', (text, code) => {
    expect(codesOf(text)).toEqual([code]);
  });

  it('says of a line without its colon that it lacks one, where it stands', () => {
    const [found] = problemsOf('a: 1\nkpi\n  id: x\n');
    expect(found).toMatchObject({ code: 'E_YAML_SYNTAX', args: { fault: 'key' }, where: { line: 2 } });
    expect(explain(found!, 'es').what).toContain('faltan sus dos puntos');
  });

  it('takes an escaped backslash before a u for what it is', () => {
    expect(readYaml(String.raw`a: "\\ud83d"`, 'f').value).toEqual({ a: String.raw`\ud83d` });
  });

  it('says the quoted form', () => {
    expect(problemsOf('a: 12:30')[0]?.args).toEqual({ text: '12:30', quoted: '"12:30"' });
  });

  it('tells all single values at once, each with its place', () => {
    expect(problemsOf('a: no\nb:\n  c: 1e3\n  c: 2\nd: 012\n').map(({ code, where }) => [code, where?.line, where?.column])).toEqual([
      ['E_YAML_AMBIGUOUS', 1, 4],
      ['E_YAML_AMBIGUOUS', 3, 6],
      ['E_YAML_DUPLICATE', 4, 3],
      ['E_YAML_AMBIGUOUS', 5, 4],
    ]);
  });

  it('is refused by its size before anything else', () => {
    expect(codesOf('a'.repeat(256 * 1024 + 1))).toEqual(['E_YAML_SIZE']);
    expect(codesOf('ñ'.repeat(128 * 1024 + 1))).toEqual(['E_YAML_SIZE']);
    expect(codesOf(new Uint8Array(256 * 1024 + 1))).toEqual(['E_YAML_SIZE']);
    expect(codesOf(`# ${'a'.repeat(256 * 1024 - 10)}\na: 1`)).toEqual([]);
  });

  it('names the line whose bytes are no UTF-8', () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('a: ñ\nb: '), 0xf1, 0x0a]);
    expect(problemsOf(bytes)).toMatchObject([{ code: 'E_YAML_ENCODING', where: { file: 'f.yaml', line: 2 } }]);
  });

  it.each([
    ['[', ']', 64, 65],
    ['{a: ', '}', 64, 65],
    ['- ', '', 64, 65],
  ])('nested %j: %j', (open, close, deep, tooDeep) => {
    expect(codesOf(open.repeat(deep) + 'x' + close.repeat(deep))).toEqual([]);
    expect(codesOf(open.repeat(tooDeep) + 'x' + close.repeat(tooDeep))).toEqual(['E_YAML_DEPTH']);
  });

  it('survives documents that abort a process which parses them', () => {
    for (let turn = 0; turn < 5; turn += 1) {
      for (const open of ['[', '{a: ', '- ', '{', '[[{a']) expect(codesOf(open.repeat(50_000))).toEqual(['E_YAML_DEPTH']);
    }
  });

  it('refuses what has more entries than any configuration', () => {
    const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}: v\n`).join('');
    expect(codesOf(keys(2000))).toEqual([]);
    expect(codesOf(keys(2001))).toEqual(['E_YAML_ENTRIES']);
    expect(codesOf(`[${'a,'.repeat(2001)}]`)).toEqual(['E_YAML_ENTRIES']);
    expect(codesOf(`{${'a,'.repeat(100_000)}}`)).toEqual(['E_YAML_ENTRIES']);
    expect(codesOf('"'.repeat(200_000))).toEqual(['E_YAML_ENTRIES']);
  });
});

describe('any text at all', () => {
  const named = /^(?:f\.yaml)?$/;
  const filesOf = (input: string | Uint8Array) => [...new Set(problemsOf(input).map(({ where }) => where?.file ?? 'nowhere'))].join('');

  it('is read or refused with a place: bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void expect(filesOf(bytes)).toMatch(named)), { numRuns: runs });
  });

  it('is read or refused with a place: characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void expect(filesOf(text)).toMatch(named)), { numRuns: runs });
  });

  it('is read or refused with a place: nearly YAML', () => {
    fc.assert(fc.property(yamlish, (parts) => void expect(filesOf(parts.join(''))).toMatch(named)), { numRuns: runs });
  });

  it('has the same value in YAML 1.1 and in YAML 1.2, when it is read', () => {
    fc.assert(
      fc.property(yamlish, (parts) => {
        const text = parts.join('');
        if (problemsOf(text).length > 0) return;
        const { value } = readYaml(text, 'f');
        expect(parse(text, { version: '1.2' })).toEqual(value);
        expect(parse(text, { version: '1.1' })).toEqual(value);
      }),
      { numRuns: runs },
    );
  });
});

describe('places', () => {
  const text = 'version: 1\nkpi:\n  name: "x"\n  grain: [day, channel]\nloaders:\n  a:\n    keys:\n      - day\n';
  const { where, rangeOf, textOf } = readYaml(text, 'f');
  const at = (...path: (string | number)[]) => [where(path).line, where(path).column];

  it('are those of values', () => {
    expect(at('version')).toEqual([1, 10]);
    expect(at('kpi', 'name')).toEqual([3, 9]);
    expect(at('kpi', 'grain')).toEqual([4, 10]);
    expect(at('kpi', 'grain', 1)).toEqual([4, 16]);
    expect(at('loaders', 'a', 'keys', 0)).toEqual([8, 9]);
    expect(textOf(['kpi', 'grain', 1])).toBe('channel');
  });

  it('are those of keys, also for blocks below them', () => {
    expect([where(['kpi', 'name'], 'key').line, where(['kpi', 'name'], 'key').column]).toEqual([3, 3]);
    expect(at('kpi')).toEqual([2, 1]);
    expect(at('loaders', 'a', 'keys')).toEqual([7, 5]);
  });

  it('are those of the parent for what is not there', () => {
    expect(at('kpi', 'owner')).toEqual([2, 1]);
    expect(at('loaders', 'a', 'write')).toEqual([6, 3]);
    expect(at('flow')).toEqual([1, 1]);
  });

  it('are offsets in the text', () => {
    const { start, end } = rangeOf(['kpi', 'name']);
    expect(text.slice(start, end)).toBe('"x"');
  });
});
