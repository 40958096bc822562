import { expect, test } from 'vitest';
import { replaceImports } from '../../src/build/builtins.ts';

test('imports of Node become constants, whatever their form', () => {
  const code =
    "import { readFileSync as r, rmSync } from 'node:fs';\nimport * as p from 'node:path';\nimport u from 'node:util';\nr(rmSync, p, u);";
  expect(replaceImports(code, 'a.mjs')).toBe(
    [
      'const r = process.getBuiltinModule("node:fs").readFileSync;',
      'const rmSync = process.getBuiltinModule("node:fs").rmSync;',
      'const p = process.getBuiltinModule("node:path");',
      'const u = process.getBuiltinModule("node:util");',
      'r(rmSync, p, u);',
    ].join('\n'),
  );
});

test('other imports stay, and so does text that only looks like one', () => {
  const code = "import { a } from './a.mjs';\nconst text = \"import x from 'node:fs'\";\nimport('node:fs');";
  expect(replaceImports(code, 'a.mjs')).toBe(code);
});
