import type { Config } from '../config/config.ts';
import { databaseModules } from '../config/databases.ts';
import { lakeStores, storeModule } from '../config/lake-stores.ts';
import type { Lock } from '../config/lock.ts';
import { toLf } from '../config/lock.ts';
import type { ParsePython } from '../python/parse-python.ts';
import type { RepositorySettings } from './config-view.ts';

/** What planning needs of the world: texts of the repository, a parser, a hash. Nothing here can write. */
export interface RepositoryTexts {
  readonly root: string;
  /** The text of a file as it is on the disk, byte order mark and line ends included; nothing when there is none. */
  readonly read: (path: string) => string | undefined;
  /** The names of what lies in a folder. */
  readonly list: (folder: string) => readonly string[];
  /** Every file that people may have written, beside those of the lock. */
  readonly written?: () => readonly string[];
  readonly hash: (text: string) => string;
  readonly parse: ParsePython;
}

/** A repository as it stands, read and checked. */
export interface RepositoryState extends RepositoryTexts {
  readonly config: Config;
  readonly configText: string;
  readonly lock: Lock;
  readonly settings: RepositorySettings;
  /** The file of the KPI's own flow. */
  readonly flowPath: string;
}

export const configPath = 'config/config.yaml';

/** Where it is, transformers may declare what their results have to hold. */
export const checksModule = { python: 'prefect_flows/checks.py', typescript: 'prefect_flows/checks.ts' } as const;

/** All that a repository needs to check anything. */
export const checkModules: Readonly<Record<RepositorySettings['language'], readonly string[]>> = {
  python: ['src/core/checks.py', checksModule.python, 'tests/unit/test_checks.py'],
  typescript: ['src/core/checks.ts', 'src/core/quarantine.ts', checksModule.typescript, 'tests/unit/checks.test.ts'],
};

/** Where it is, extractors may declare that they go on where the last run left off. */
export const incrementalModule = { python: 'prefect_flows/incremental.py', typescript: 'prefect_flows/incremental.ts' } as const;

/** Where it is, a TypeScript repository reads and writes lakes. */
const lakeModule = 'src/core/lake.ts';

/** The module by which a TypeScript repository reads and writes a database. */
export const databaseModule = (database: string): string => `src/core/sql-${database}.ts`;

/** The databases whose modules a repository has, in the order of their names. */
function databaseModulesIn(has: (path: string) => boolean): readonly string[] {
  return [...databaseModules.keys()].filter((each) => has(databaseModule(each)));
}

/** Whether a file that was generated is still there, as far as the lock knows. */
export function isThere({ files }: Lock, path: string): boolean {
  return (files.get(path)?.owner ?? 'deleted') !== 'deleted';
}

/** What the modules that a repository has let its stages do. */
export function abilitiesOf(language: RepositorySettings['language'], has: (path: string) => boolean): Pick<RepositorySettings, 'checks' | 'resumes' | 'databases' | 'lakes' | 'stores'> {
  const lakes = has(lakeModule);
  return {
    checks: has(checksModule[language]),
    resumes: has(incrementalModule[language]),
    databases: databaseModulesIn(has),
    lakes,
    stores: lakes ? Object.keys(lakeStores).filter((each) => has(storeModule(each))).toSorted() : [],
  };
}

/** The settings of a repository once it has these modules besides those that are there. */
export function settingsWith({ settings, lock }: Pick<RepositoryState, 'settings' | 'lock'>, comes: (path: string) => boolean): RepositorySettings {
  return { ...settings, ...abilitiesOf(settings.language, (path) => isThere(lock, path) || comes(path)) };
}

/** What a lock says of a stage that was added and takes nothing. */
export const nothing = '-';

/** What every stage takes that was added (`inputs.`), or whose name no longer tells it (`takes.`). */
export function inputsIn(settings: Lock['settings']): ReadonlyMap<string, readonly string[]> {
  const lines = ['inputs.', 'takes.'].flatMap((head) => [...settings].filter(([key]) => key.startsWith(head)).map(([key, value]) => [key.slice(head.length), value] as const));
  return new Map(lines.map(([stage, value]) => [stage, value === nothing ? [] : value.split(',')]));
}

/** Whether a file is as it was last written. */
export function isUnedited({ lock, hash }: Pick<RepositoryState, 'lock' | 'hash'>, path: string, text: string): boolean {
  return lock.files.get(path)?.hashes.includes(hash(toLf(text))) ?? false;
}

/** A text with LF in the form that a file has: its line ends and its byte order mark. */
export function likeBefore(before: string | undefined, text: string): string {
  if (before === undefined) return text;
  const mark = before.startsWith('\ufeff') ? '\ufeff' : '';
  return mark + (before.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text);
}

/** The kind and group of every stage, by name. */
export function stagesOf({ extractors, transformers, loaders }: Config): ReadonlyMap<string, 'extractors' | 'transformers' | 'loaders'> {
  const all = { extractors, transformers, loaders } as const;
  return new Map((['extractors', 'transformers', 'loaders'] as const).flatMap((group) => Object.keys(all[group]).map((name) => [name, group] as const)));
}
