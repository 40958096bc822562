import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { project } from '../../generators/project.ts';
import type { Node } from '../../src/python/parse-python.ts';
import { NotPlain, parsePlainPython } from '../../src/python/plain-python.ts';
import { addTo, startFiles } from '../generate/grown.ts';
import { flowText, parse } from './parsed.ts';

const fields = ['name', 'alias', 'module_name', 'definition', 'parameters', 'return_type', 'body', 'left', 'right', 'object', 'attribute', 'function', 'arguments', 'value', 'type', 'condition', 'consequence', 'subscript'];

/** All that can be seen of a tree, without its nodes' own identities. */
function seen(node: Node): unknown {
  const children = node.namedChildren.flatMap((child) => (child === null ? [] : [child]));
  const place = (child: Node | null) => (child === null ? undefined : children.findIndex(({ id }) => id === child.id));
  return {
    type: node.type,
    text: node.text,
    range: [node.startIndex, node.endIndex, node.startPosition.row, node.endPosition.row],
    error: node.hasError || node.isError || node.isMissing,
    fields: fields.map((field) => place(node.childForFieldName(field))),
    children: children.map((child) => [child.parent?.id === node.id, seen(child)]),
    next: children.map((child) => place(child.nextNamedSibling)),
  };
}

function plain(text: string): Node | undefined {
  try {
    return parsePlainPython(text);
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

const types = project.fields['type']?.meta.choices?.map(({ value }) => value) ?? [];
const repositories = types.flatMap((type) =>
  ['en', 'es'].flatMap((locale) => [
    [`${type}, ${locale}`, startFiles({ dir: 'kpi', name: 'Tasa de Año', id: 'rate', type, grain: 'month,channel', owner: 'ana', target: 0.5, warning: 0.4, locale })] as const,
  ]),
);

describe('the plain form of Python', () => {
  test.each(repositories)('is that of the flow and the pipeline of a new repository: %s', (_, files) => {
    for (const path of ['prefect_flows/rate_flow.py', 'src/core/pipelines/rate.py']) {
      const text = files.get(path) ?? '';
      const tree = plain(text);
      expect(tree && seen(tree), path).toEqual(seen(parse(text)));
    }
  });

  test('and of one that grew, with further pipelines', () => {
    const files = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day', owner: 'ana', inputs: 'orders' });
    addTo(files, 'extractor', { name: 'returns', kind: 'sql' });
    addTo(files, 'transformer', { name: 'net', kind: 'calculation', inputs: 'orders,returns' });
    addTo(files, 'loader', { name: 'kept', kind: 'sql', inputs: 'net', keys: 'record_id' });
    addTo(files, 'pipeline', { name: 'weekly', inputs: 'sales' });
    const paths = [...files.keys()].filter((path) => /^prefect_flows\/\w+_flow\.py$|^src\/core\/pipelines\/[a-z]\w*\.py$/.test(path));
    expect(paths.length).toBeGreaterThanOrEqual(4);
    for (const path of paths) expect(plain(files.get(path) ?? ''), path).toBeDefined();
  });

  test('gives the grammar’s tree of any module, or none', () => {
    const modules = repositories.flatMap(([, files]) => [...files].filter(([path]) => path.endsWith('.py')));
    const read = modules.flatMap(([path, text]) => {
      const tree = plain(text);
      return tree === undefined ? [] : [{ path, ours: seen(tree), theirs: seen(parse(text)) }];
    });
    for (const { path, ours, theirs } of read) expect(ours, path).toEqual(theirs);
    expect(read.length).toBeGreaterThan(30);
  });

  test.each([
    ['a comment', '# mine\nx = 1\n'],
    ['a comment at the end of a block', 'def f():\n    g()\n    # mine\n'],
    ['a comment at the start of a block', 'def f():\n    # mine\n    g()\n'],
    ['a comment behind a line', 'x = f()  # mine\n'],
    ['a string with an escape', 'x = "a\\n"\n'],
    ['a string with a prefix', 'x = f"{y}"\n'],
    ['two strings side by side', 'x = ("a" "b")\n'],
    ['two targets', 'x, y = f()\n'],
    ['a block of another kind', 'for x in y:\n    f(x)\n'],
    ['an else', 'if x:\n    f()\nelse:\n    g()\n'],
    ['two statements on a line', 'x = 1; y = 2\n'],
    ['Windows line ends', 'x = 1\r\ny = 2\r\n'],
    ['a byte order mark', '\ufeffx = 1\n'],
    ['a tab', 'def f():\n\treturn 1\n'],
    ['a word that is one only sometimes', 'match = 1\n'],
    ['no line end at the end', 'x = 1'],
    ['an empty text', ''],
    ['a line that goes on', 'x = 1 + \\\n    2\n'],
    ['no Python', 'def f(:\n    return\n'],
    ['an indent that nothing opened', 'x = 1\n    y = 2\n'],
    ['a block without lines', 'def f():\nx = 1\n'],
  ])('is not %s', (_, text) => {
    expect(plain(text)).toBeUndefined();
  });

  test('is never another tree than the grammar’s, whatever is cut out, put in or doubled', () => {
    const texts = [flowText, ...repositories.flatMap(([, files]) => [files.get('prefect_flows/rate_flow.py') ?? '', files.get('src/core/pipelines/rate.py') ?? ''])];
    const pieces = ['\n', ' ', '    ', '(', ')', ',', '.', '=', '==', '"', '"""', '*', '|', ':', '@', '->', 'x', 'return', 'if', 'as', 'None', '1', ' = f(a)\n', '\n\n'];
    let accepted = 0;
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 12 }), fc.constantFrom('', ...pieces)), { minLength: 1, maxLength: 3 }), (text, changes) => {
        const changed = changes.reduce((all, [at, length, piece]) => {
          const start = at % (all.length + 1);
          return all.slice(0, start) + piece + all.slice(start + length);
        }, text);
        const tree = plain(changed);
        if (tree === undefined) return;
        accepted += 1;
        expect(seen(tree)).toEqual(seen(parse(changed)));
      }),
      { numRuns: process.env['KPI_FLOW_LONG'] ? 20_000 : 1500 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
