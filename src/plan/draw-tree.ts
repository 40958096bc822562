import { comparePaths } from './tree.ts';

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: string[];
}

/**
 * Draws paths as a tree, one line each, folders first, as people know it from `tree`.
 * @param root what stands on the first line
 */
export function drawTree(root: string, paths: Iterable<string>): string[] {
  const top = emptyFolder();
  for (const path of paths) place(top, path.split('/'));
  return [root, ...drawFolder(top, '')];
}

function emptyFolder(): Folder {
  return { folders: new Map(), files: [] };
}

function place(folder: Folder, [first = '', ...rest]: string[]): void {
  if (rest.length === 0) {
    folder.files.push(first);
    return;
  }
  const inner = folder.folders.get(first) ?? emptyFolder();
  folder.folders.set(first, inner);
  place(inner, rest);
}

function drawFolder(folder: Folder, indent: string): string[] {
  const folders = [...folder.folders].sort(([a], [b]) => comparePaths(a, b));
  const count = folders.length + folder.files.length;
  const lead = (index: number) => (index === count - 1 ? ['└── ', '    '] : ['├── ', '│   ']);
  const inner = folders.flatMap(([name, each], index) => {
    const [branch, space] = lead(index);
    return [`${indent}${branch}${name}/`, ...drawFolder(each, indent + space)];
  });
  const files = folder.files
    .sort(comparePaths)
    .map((name, index) => `${indent}${lead(folders.length + index)[0]}${name}`);
  return [...inner, ...files];
}
