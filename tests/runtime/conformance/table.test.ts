import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cases, remarks } from './cases.ts';

const root = 'tests/runtime';
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.test.ts'))
  .sort();
const texts = files.map((file) => [file, readFileSync(join(root, file), 'utf8')] as const);

/** The file that has a test of that name. */
function fileOf(name: string): string | undefined {
  return texts.find(([, text]) => text.includes(`test('${name}'`))?.[0];
}

test('the table of conformance says what the tests say', async () => {
  const groups = Object.entries(cases).map(([group, names]) => [group, names.split(' ')] as const);
  const all = groups.flatMap(([, names]) => names);
  expect(all).toHaveLength(111);
  expect(new Set(all).size).toBe(111);
  const tested = all.filter((name) => fileOf(name) !== undefined);
  const rows = groups.flatMap(([group, names]) => [
    `\n## ${group}\n`,
    '| case | held by | remark |',
    '|---|---|---|',
    ...names.map(row),
  ]);
  const head = [
    '# How far the runtime behaves as Prefect',
    '',
    "Cases of Prefect's own test suite, by their names there, and the test of ours that bears the same name (in `tests/runtime`).",
    'Made by `tests/runtime/conformance/table.test.ts`; `npx vitest run -u` on that file writes it anew.',
    '',
    `${tested.length} of ${all.length} cases have a test.`,
  ];
  await expect(`${[...head, ...rows].join('\n')}\n`).toMatchFileSnapshot('../../../docs/runtime/conformance.md');
});

function row(name: string): string {
  const file = fileOf(name);
  return `| ${name} | ${file ? `\`${file}\`` : '—'} | ${file ? (remarks[name] ?? '') : 'no test of that name yet'} |`;
}
