import { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-nodejs';
import type { Files } from './grown.ts';

/** What a repository's own ruff says of its Python; `formatted` says which files nobody but us has written. */
export function ruffFaults(files: Files, formatted: (path: string) => boolean): string[] {
  const pyproject = files.get('pyproject.toml') ?? '';
  return [...files].filter(([path]) => path.endsWith('.py')).flatMap(([path, text]) => {
    const folder = path.split('/')[0] ?? '';
    const key = `${folder}\n${formatted(path)}\n${text}`;
    const known = judged.get(key) ?? judge(linterOf(pyproject, folder), path, text, formatted(path));
    judged.set(key, known);
    return known;
  });
}

/** Many repositories share most of their files: each text is judged once. */
const judged = new Map<string, string[]>();
const linters = new Map<string, Workspace>();

function judge(linter: Workspace, path: string, text: string, isFormatted: boolean): string[] {
  // The program in the tests is given a text, not a file: the mark is no part of it.
  const found = linter.check(text.replace(/^\ufeff/, '')) as { code: string | null; message: string; start_location: { row: number } }[];
  const changed = isFormatted && linter.format(text) !== text;
  // Whoever puts imports in an order of their own has that to settle with ruff.
  const ours = found.filter(({ code }) => isFormatted || code !== 'I001');
  return [...ours.map(({ code, message, start_location }) => `${path}:${start_location.row}: ${code} ${message}`), ...(changed ? [`${path}: ruff format would change it:\n${text}`] : [])];
}

/** As [tool.ruff.lint] of the repository has it. */
function linterOf(pyproject: string, folder: string): Workspace {
  const known = linters.get(folder) ?? makeLinter(pyproject, folder === 'tests' ? ['D1', 'TID251'] : folder === 'src' ? [] : ['TID251']);
  linters.set(folder, known);
  return known;
}

function makeLinter(pyproject: string, ignore: readonly string[]): Workspace {
  const list = (key: string) => JSON.parse(new RegExp(`^${key} = (\\[.*\\])`, 'm').exec(pyproject)?.[1] ?? '[]') as string[];
  const banned = [...pyproject.matchAll(/^"?([\w.]+)"?\.msg = "(.*)"/gm)].map(([, name = '', msg]) => [name, { msg }]);
  return new Workspace(
    {
      'line-length': 88,
      'target-version': 'py311',
      lint: {
        select: list('select'),
        ignore,
        isort: { 'known-first-party': ['core', 'prefect_flows', 'tests'] },
        'flake8-tidy-imports': { 'banned-module-level-imports': list('banned-module-level-imports'), 'banned-api': Object.fromEntries(banned) },
      },
    },
    PositionEncoding.Utf16,
  );
}
