import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sourceText } from '../../src/config/frame.ts';
import { parseYaml } from '../../src/config/parse-yaml.ts';
import { readPlainYaml } from '../../src/config/plain-yaml.ts';
import type { YamlNode } from '../../src/config/yaml-tree.ts';
import { planProject } from '../../src/index.ts';

/** A tree without the ends of blocks, which only the parser tells. */
function factsOf(node: YamlNode | null | undefined): unknown {
  if (!node) return node;
  if (node.kind === 'scalar') return node;
  const { kind, flow, start } = node;
  const place = { kind, flow, start, ...(flow && { end: node.end }) };
  return node.kind === 'list' ? { ...place, items: node.items.map(factsOf) } : { ...place, pairs: node.pairs.map(({ key, value }) => [factsOf(key), factsOf(value)]) };
}

/** What the parser makes of it; it throws at a text that it refuses. */
function parsed(text: string): unknown {
  return factsOf(parseYaml(sourceText('a.yaml', text)));
}

const configs = ['sql', 'datalake'].flatMap((source) => {
  const answers = { dir: 'x', name: 'Calcular Ñ: a # b', id: 'net', source, git: 'false', install: 'false' };
  return planProject(answers, { today: '2026-01-05' }).filter(({ path }) => ['config/config.yaml', 'prefect.yaml'].includes(path)).map(({ text }) => text);
});

test.each(configs)('a new config.yaml or prefect.yaml is read without the parser, to the same tree', (text) => {
  const found = readPlainYaml(text);
  expect(found).toBeDefined();
  expect(factsOf(found)).toEqual(parsed(text));
});

/** Now and then what is not plain, or is so only nearly. */
const mostly = <Value>(usual: readonly Value[], odd: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
const value = mostly(
  ['word', 'two words', '"a: b # c"', "'x, [y]'", '[]', '[a]', '[ a , b c ]', '1', '0.5', 'null', 'yes', '2026-01-05', '"año 🙂"', '1e3', 'a/b', 'x.y:z', '["a", "b: c"]', ''],
  ['-1', '~', '{}', '"\\n"', "'it''s'", 'a: b', 'a #b', 'x:y', '|', '&a b', '*a', '!t x', '- a', '[a, [b]]', '[a b', '"open', 'ñ', 'a,b', 'a, b', '/x', '@x', '+1', 'a]', '--- x', '...'],
);
const row = fc
  .tuple(mostly([0, 2, 4], [1, 3, 6]), mostly(['a', 'bc', 'd_e', 'no', 'x.y', '- a', '- b'], ['A', '"q"', '1', '-', 'a b', '-  a', '- - a']), mostly([': ', ':  '], [':', ' : ']), value, mostly(['', ' ', '  # note'], [' #', '#x', ' #x: y']))
  .map(([indent, key, colon, text, end]) => `${' '.repeat(indent)}${key}${colon}${text}${end}`);
const other = mostly(['', '  ', '# note', '    # note'], ['---', '...', '%YAML 1.2', '  continued', '\t# tab']);
const texts = fc.tuple(fc.array(fc.oneof({ weight: 9, arbitrary: row }, other), { maxLength: 5 }), fc.constantFrom('', '\n', '\n\n')).map(([lines, end]) => lines.join('\n') + end);

test('what it reads at all, it reads as the parser does', () => {
  let read = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const found = readPlainYaml(text);
      if (found === undefined) return;
      read += 1;
      expect(factsOf(found)).toEqual(parsed(text));
    }),
    { numRuns: process.env['KPI_FLOW_LONG'] ? 2_000_000 : 20_000 },
  );
  expect(read).toBeGreaterThan(200);
});

test.each(['a: b\r\n', 'a: |\n  b\n', 'a: {b: c}\n', 'a:\nb: c\n', '- a\n', 'a: b\n  c\n', ' a: b\n', 'a: &x b\n', '"a": b\n', 'a: "\\u0041"\n', ''])('%j is left to the parser', (text) => {
  expect(readPlainYaml(text)).toBeUndefined();
});
