import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cases, groupsInSpanish, remarks } from './cases.ts';

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
  for (const locale of ['en', 'es'] as const) {
    const { head, columns, titleOf, file } = words[locale];
    const rows = groups.flatMap(([group, names]) => [`\n## ${titleOf(group)}\n`, columns, '|---|---|---|', ...names.map((name) => row(name, locale))]);
    await expect(`${[...head(tested.length, all.length), ...rows].join('\n')}\n`).toMatchFileSnapshot(`../../../docs/runtime/${file}`);
  }
});

const words = {
  en: {
    file: 'conformance.md',
    columns: '| case | held by | remark |',
    missing: 'no test of that name yet',
    titleOf: (group: string) => group,
    head: (tested: number, all: number) => [
      '# How far the runtime behaves as Prefect',
      '',
      "Cases of Prefect's own test suite, by their names there, and the test of ours that bears the same name (in `tests/runtime`).",
      'Made by `tests/runtime/conformance/table.test.ts`; `npx vitest run -u` on that file writes it anew.',
      '',
      `${tested} of ${all} cases have a test.`,
    ],
  },
  es: {
    file: 'conformance.es.md',
    columns: '| caso | lo comprueba | nota |',
    missing: 'aún no hay una prueba con ese nombre',
    titleOf: (group: string) => groupsInSpanish[group] ?? expect.unreachable(`${group} has no title in Spanish`),
    head: (tested: number, all: number) => [
      '# Hasta dónde se comporta el runtime como Prefect',
      '',
      'Casos de la propia suite de Prefect, con el nombre que tienen allí, y la prueba nuestra que lleva el mismo nombre (en `tests/runtime`).',
      'Lo escribe `tests/runtime/conformance/table.test.ts`; `npx vitest run -u` con ese archivo lo vuelve a escribir.',
      '',
      `${tested} de ${all} casos tienen una prueba.`,
    ],
  },
} as const;

function row(name: string, locale: 'en' | 'es'): string {
  const file = fileOf(name);
  return `| ${name} | ${file ? `\`${file}\`` : '—'} | ${file ? (remarks[name]?.[locale] ?? '') : words[locale].missing} |`;
}
