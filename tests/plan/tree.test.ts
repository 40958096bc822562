import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/errors/failure.ts';
import { drawTree } from '../../src/plan/draw-tree.ts';
import { planCreation } from '../../src/plan/plan.ts';
import type { FileSpec } from '../../src/plan/tree.ts';
import { makeTree } from '../../src/plan/tree.ts';

const seed = (path: string, text = ''): FileSpec => ({ path, text, owner: 'seed' });

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return error instanceof Failure ? error.problems[0]?.code : String(error);
  }
  return undefined;
}

describe('a tree', () => {
  test('holds its files sorted by path, whatever the order they came in', () => {
    const tree = makeTree([seed('b.md'), seed('a/z.py'), seed('a/B.py')]);
    expect([...tree.keys()]).toEqual(['a/B.py', 'a/z.py', 'b.md']);
  });

  test.each([
    ['../outside', 'E_PATH_UNSAFE'],
    ['a/../../b', 'E_PATH_UNSAFE'],
    ['/etc/passwd', 'E_PATH_UNSAFE'],
    ['C:/x', 'E_PATH_UNSAFE'],
    ['a\\..\\b', 'E_PATH_UNSAFE'],
    ['a//b', 'E_PATH_UNSAFE'],
    ['', 'E_PATH_UNSAFE'],
    ['src/con.py', 'E_PATH_UNSAFE'],
    ['src/LPT1', 'E_PATH_UNSAFE'],
    ['src/name. ', 'E_PATH_UNSAFE'],
    ['src/a\u0000b', 'E_PATH_UNSAFE'],
    ['src/\u202egnp.py', 'E_PATH_UNSAFE'],
    [`${'ñ'.repeat(200)}.py`, 'E_PATH_UNSAFE'],
  ])('refuses the path %j', (path, code) => {
    expect(codeOf(() => makeTree([seed(path)]))).toBe(code);
  });

  test.each([
    ['README.md', 'readme.md'],
    ['caf\u00e9.py', 'cafe\u0301.py'],
  ])('refuses %j beside %j, one file on some disks', (one, other) => {
    expect(codeOf(() => makeTree([seed(one), seed(other)]))).toBe('E_PATH_COLLISION');
  });

  test('no path that it accepts leaves the root', () => {
    const part = fc.constantFrom('..', '.', '', 'a', 'src', 'ñ', 'con', 'x.py', '/', '\\', 'C:');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/')), (path) => {
        if (codeOf(() => makeTree([seed(path)])) === 'E_PATH_UNSAFE') return;
        const inside = new URL(path, 'file:///root/of/it/');
        expect(inside.href.startsWith('file:///root/of/it/')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

test('a tree is drawn with folders first', () => {
  expect(drawTree('kpi/', ['README.md', 'src/core/a.py', 'src/b.py'])).toEqual([
    'kpi/',
    '├── src/',
    '│   ├── core/',
    '│   │   └── a.py',
    '│   └── b.py',
    '└── README.md',
  ]);
});

test('creating a tree is one operation a file, in the order of the paths', () => {
  const plan = planCreation(makeTree([seed('b', '2'), { ...seed('a', '1'), executable: true }]));
  expect(plan.ops).toEqual([
    { kind: 'create', path: 'a', owner: 'seed', after: '1', executable: true },
    { kind: 'create', path: 'b', owner: 'seed', after: '2', executable: false },
  ]);
});
