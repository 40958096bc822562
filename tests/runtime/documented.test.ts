import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { expect, test } from 'vitest';

type Node = ReturnType<typeof parseSync>['program']['body'][number];
type Exported = Extract<Node, { type: 'ExportNamedDeclaration' }>;

/** The names that a module gives and that have no comment above their declaration, as `file: name`. */
function undocumented(file: string, wanted?: ReadonlySet<string>): string[] {
  const text = readFileSync(file, 'utf8');
  const { program, comments } = parseSync(file, text);
  return program.body.flatMap((node) => {
    if (node.type === 'ExportAllDeclaration') return undocumented(join(dirname(file), node.source.value));
    if (node.type !== 'ExportNamedDeclaration') return [];
    if (node.source) return undocumented(join(dirname(file), node.source.value), new Set(node.specifiers.map(({ local }) => (local as { name: string }).name)));
    const names = namesOf(node).filter((name) => wanted === undefined || wanted.has(name));
    // Overloads follow one another: the comment stands above the first.
    const before = text.slice(0, node.start).trimEnd();
    const isSaid = comments.some((each) => each.type === 'Block' && each.value.startsWith('*') && each.end === before.length);
    return isSaid || isOverload(node, program.body) ? [] : names.map((name) => `${file}: ${name}`);
  });
}

function namesOf({ declaration }: Exported): string[] {
  if (!declaration) return [];
  if (declaration.type === 'VariableDeclaration') return declaration.declarations.map(({ id }) => (id as { name: string }).name);
  return 'id' in declaration && declaration.id ? [(declaration.id as { name: string }).name] : [];
}

function isOverload(node: Exported, body: readonly Node[]): boolean {
  const before = body[body.indexOf(node) - 1];
  return before?.type === 'ExportNamedDeclaration' && namesOf(before).some((name) => namesOf(node).includes(name));
}

test.each(['src/runtime/index.ts', 'src/runtime/testing/index.ts'])('every name that %s gives says what it is for', (entry) => {
  expect(undocumented(entry)).toEqual([]);
});
