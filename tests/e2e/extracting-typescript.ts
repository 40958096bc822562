import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import { camel } from '../../src/generate/emitters/words.ts';
import type { Asked, Extracting, Found } from './extracting.ts';

type Row = Readonly<Record<string, string | number | null>>;
type Extract = (start: string, end: string) => Promise<readonly Row[]>;

/** Extracts in a TypeScript repository whatever it is asked for, in this process. */
export function extractingInTypescript(root: string): Extracting {
  return {
    extract: async (asked) => {
      const found: Found[] = [];
      for (const each of asked) found.push(await extract(root, each));
      return found;
    },
    stop: async () => {},
  };
}

async function extract(root: string, asked: Asked): Promise<Found> {
  for (const [name, value] of Object.entries(asked.env)) vi.stubEnv(name, value);
  try {
    const module = (await import(await variantOf(root, asked))) as Readonly<Record<string, Extract>>;
    const rows = (await module[camel(asked.stage)]?.(...asked.days)) ?? [];
    const columns = Object.keys(rows[0] ?? {}).toSorted();
    const amounts = rows.map((row) => row['amount']);
    return {
      rows: rows.length,
      first: JSON.stringify(columns.map((name) => rows[0]?.[name])),
      columns,
      amount: amounts.reduce((sum: number, amount) => sum + Number(amount), 0),
      nulls: amounts.filter((amount) => amount === null).length,
      channels: [...new Set(rows.map((row) => String(row['channel'])))].toSorted(),
    };
  } catch (error) {
    const { name, message } = error as Error;
    return { error: name, says: message };
  } finally {
    vi.unstubAllEnvs();
  }
}

let variants = 0;

/** The module of a stage, with other constants in it where they are asked for: those of a module cannot be set from outside. */
async function variantOf(root: string, { stage, constants = {}, given = {} }: Asked): Promise<string> {
  const path = join(root, `src/core/extractors/${stage}.ts`);
  if (Object.keys({ ...constants, ...given }).length === 0) return path;
  let text = await readFile(path, 'utf8');
  for (const [name, value] of Object.entries(constants)) text = typeof value === 'string' ? text.replace(new RegExp(`(?<=${name} = )'.*'`), `'${value}'`) : withEntries(text, name, value as object);
  for (const [name, value] of Object.entries(given)) text = text.replace(/(?<=const request = \{\n)/, `    ${camel(name)}: ${JSON.stringify(value)},\n`);
  const variant = path.replace('.ts', `_variant_${(variants += 1)}.ts`);
  await writeFile(variant, text);
  return variant;
}

function withEntries(text: string, name: string, entries: object): string {
  return text.replace(new RegExp(`(?<=const ${name} = \\{\\n)[^}]*`), (lines) => {
    const kept = lines.split('\n').filter((line) => !Object.keys(entries).some((key) => line.trim().startsWith(`${key}:`)));
    return [...Object.entries(entries).map(([key, value]) => `  ${key}: ${JSON.stringify(value)},`), ...kept].join('\n');
  });
}
