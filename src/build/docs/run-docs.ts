import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Page } from './page.ts';
import { locales, referencePages } from './reference.ts';

/** A page on disk that is not what the declarations say. */
export interface Difference {
  readonly path: string;
  readonly kind: 'missing' | 'differs' | 'left over';
}

/**
 * Writes the reference pages below `root`, or with `--check` only tells which of them are out of date.
 * @returns the exit code: 0, 1 when a check finds differences, 2 for an argument that there is not
 */
export async function runDocs(args: readonly string[], root: string, say: (line: string) => void): Promise<number> {
  const unknown = args.find((each) => each !== '--check');
  if (unknown !== undefined) {
    say(`docs: there is no flag ${unknown}; the only one is --check`);
    return 2;
  }
  const pages = referencePages();
  const differences = await compare(pages, root);
  differences.forEach(({ path, kind }) => say(`${kind}: ${path}`));
  if (args.includes('--check')) return closeCheck(differences, say);
  await write(pages, differences, root);
  say(`${pages.length} pages, ${differences.length} changed`);
  return 0;
}

function closeCheck(differences: readonly Difference[], say: (line: string) => void): number {
  say(differences.length === 0 ? 'The reference is up to date.' : 'The reference is out of date: run "npm run docs".');
  return differences.length === 0 ? 0 : 1;
}

async function compare(pages: readonly Page[], root: string): Promise<Difference[]> {
  const found = new Set(await listReference(root));
  const wanted = await Promise.all(
    pages.map(async ({ path, text }): Promise<Difference[]> => {
      if (!found.has(path)) return [{ path, kind: 'missing' }];
      return sameText(await readFile(join(root, path), 'utf8'), text) ? [] : [{ path, kind: 'differs' }];
    }),
  );
  const paths = new Set(pages.map(({ path }) => path));
  return [
    ...wanted.flat(),
    ...[...found].filter((path) => !paths.has(path)).map((path): Difference => ({ path, kind: 'left over' })),
  ];
}

/** A checkout on Windows may have turned the line ends. */
function sameText(found: string, wanted: string): boolean {
  return found.replaceAll('\r\n', '\n') === wanted;
}

async function listReference(root: string): Promise<string[]> {
  const folders = locales.map((locale) => join('docs', locale, 'reference'));
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
      return names.filter((name) => name.endsWith('.md')).map((name) => join(folder, name).split(sep).join('/'));
    }),
  );
  return lists.flat();
}

async function write(pages: readonly Page[], differences: readonly Difference[], root: string): Promise<void> {
  const changed = new Map(differences.map(({ path, kind }) => [path, kind]));
  for (const { path, text } of pages.filter(({ path }) => changed.has(path))) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const leftOver = differences.filter(({ kind }) => kind === 'left over');
  await Promise.all(leftOver.map(({ path }) => rm(join(root, path))));
}
