import type { FileSpec, Owner, Tree } from './tree.ts';

/** One thing that applying a plan does to one file. */
export type FileOp =
  | { readonly kind: 'create'; readonly path: string; readonly owner: Owner; readonly after: string; readonly executable: boolean }
  | { readonly kind: 'modify'; readonly path: string; readonly owner: Owner; readonly before: string; readonly after: string }
  | { readonly kind: 'delete'; readonly path: string; readonly owner: Owner; readonly before: string };

/** What a job is going to do. The preview prints it and the apply executes it: there is no second path. */
export interface Plan {
  readonly ops: readonly FileOp[];
}

/** The plan that makes a whole tree where nothing is yet. */
export function planCreation(tree: Tree): Plan {
  return { ops: [...tree.values()].map(creation) };
}

function creation(file: FileSpec): FileOp {
  return { kind: 'create', path: file.path, owner: file.owner, after: file.text, executable: file.executable ?? false };
}
