import { addPackages, npmName, packageIn, removePackage } from '../config/edit-package-json.ts';
import { addRequirements, packageName, removeRequirement, requirementOf } from '../config/edit-pyproject.ts';

/** The file that lists what a repository needs of others, and how its lines are edited. */
export interface Manifest {
  readonly file: string;
  /** The name of what is needed, apart from its version. */
  readonly nameOf: (needed: string) => string;
  readonly add: (text: string, needed: readonly string[]) => string;
  /** What stands in it under a name. */
  readonly find: (text: string, name: string) => string | undefined;
  /** Takes out what stands as adding it would write it; nothing where it stands otherwise. */
  readonly remove: (text: string, needed: string) => string | undefined;
  /** What makes an environment hold what it lists. */
  readonly install: (hasLock: (path: string) => boolean) => { readonly step: 'install' | 'packages'; readonly command: string };
}

const manifests: Readonly<Record<'python' | 'typescript', Manifest>> = {
  python: {
    file: 'pyproject.toml',
    nameOf: packageName,
    add: addRequirements,
    find: requirementOf,
    remove: removeRequirement,
    install: (hasLock) => ({ step: 'install', command: hasLock('uv.lock') ? 'uv sync' : '.venv/bin/python -m pip install --editable . --group dev' }),
  },
  typescript: {
    file: 'package.json',
    nameOf: npmName,
    add: addPackages,
    find: packageIn,
    remove: removePackage,
    install: () => ({ step: 'packages', command: 'npm install' }),
  },
};

/** The one of a repository's language. */
export function manifestOf(language: 'python' | 'typescript'): Manifest {
  return manifests[language];
}
