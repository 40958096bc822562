import { fail } from '../errors/failure.ts';
import { checkPath } from '../plan/path.ts';
import type { Owner, Tree } from '../plan/tree.ts';
import { comparePaths } from '../plan/tree.ts';
import { showText } from './show-text.ts';

/** What the lock knows of one file. */
export interface LockedFile {
  readonly path: string;
  /** `deleted`: somebody deleted it, and it stays so. */
  readonly owner: Owner | 'deleted';
  /**
   * The hash of what was last written. After a merge in git there may be one from each side; the file is
   * unedited when it has any of them.
   */
  readonly hashes: readonly string[];
}

/** `.kpi-flow/lock`: what was last applied to a repository, and with which settings. */
export interface Lock {
  /** The version of create-kpi-flow stands under `template`. */
  readonly settings: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, LockedFile>;
}

/** Gives the SHA-256 of a text's UTF-8 as 64 hexadecimal digits; from outside, this room has no crypto. */
export type HashText = (text: string) => string;

/** Where the lock lies in a repository. */
export const lockPath = '.kpi-flow/lock';

/** Where the text of a file is kept that a later update merges with. Its ending keeps linters and editors from taking it for code. */
export function pristinePath(path: string): string {
  return `.kpi-flow/base/${path}.base`;
}

const owners: readonly string[] = ['generated', 'edited', 'merged', 'seed', 'deleted'] satisfies readonly (Owner | 'deleted')[];

/** The lock of a tree as it is written. Hashes are those of text with LF, whatever line ends a disk keeps. */
export function lockTree(tree: Tree, settings: Readonly<Record<string, string>>, hash: HashText): Lock {
  const files = [...tree.values()]
    .filter(({ path }) => path !== lockPath)
    .map(({ path, owner, text }): LockedFile => ({ path, owner, hashes: [hash(toLf(text))] }));
  return {
    settings: new Map(Object.entries(settings)),
    files: new Map(files.map((file) => [file.path, file])),
  };
}

/** A text without its byte order mark and with LF line ends: what hashes and merges work on. */
export function toLf(text: string): string {
  return text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
}

/** The lock as text: settings first, then a line a file, sorted, so that git merges it line by line. */
export function writeLock({ settings, files }: Lock): string {
  const head = [...settings].map(([key, value]) => `set ${key} ${value}`);
  const body = [...files.values()]
    .sort((a, b) => comparePaths(a.path, b.path))
    .flatMap(({ owner, hashes, path }) => [...hashes].sort(comparePaths).map((each) => `${owner} ${each} ${path}`));
  return [...new Set([...head.sort(comparePaths), ...body])].map((line) => `${line}\n`).join('');
}

/**
 * Reads a lock. Lines that a merge in git left twice, in another order or between conflict markers are fine.
 * @param own the version of create-kpi-flow that reads
 * @throws Failure E_LOCK_NEWER, E_LOCK_LINE, E_PATH_UNSAFE
 */
export function readLock(text: string, own: string): Lock {
  const settings = new Map<string, string>();
  const files = new Map<string, LockedFile>();
  toLf(text)
    .split('\n')
    .forEach((line, index) => readLine(line.trimEnd(), index + 1, settings, files));
  refuseNewer(settings.get('template'), own);
  return { settings, files };
}

/** What git puts around the two sides of a conflict. */
const conflictMarker = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/;

function readLine(line: string, number: number, settings: Map<string, string>, files: Map<string, LockedFile>): void {
  if (line === '' || conflictMarker.test(line)) return;
  const setting = /^set ([a-z][a-z0-9_.-]*) (.+)$/.exec(line);
  if (setting !== null) return addSetting(settings, setting[1] ?? '', setting[2] ?? '');
  const [, owner = '', hash = '', path = ''] = /^([a-z]+) ([0-9a-f]{64}) (.+)$/.exec(line) ?? [];
  if (!owners.includes(owner)) fail('E_LOCK_LINE', { line: showText(line) }, { file: lockPath, line: number });
  addFile(files, { path: checkPath(path), owner: owner as LockedFile['owner'], hashes: [hash] });
}

/** Two sides of a merge may come from two versions; the newer one wrote what is there. */
function addSetting(settings: Map<string, string>, key: string, value: string): void {
  const other = settings.get(key);
  const wins = other === undefined || (key === 'template' ? compareVersions(value, other) > 0 : value > other);
  if (wins) settings.set(key, value);
}

/** A file that one side deleted and the other wrote is there: git kept it, or asked. */
function addFile(files: Map<string, LockedFile>, file: LockedFile): void {
  const other = files.get(file.path);
  if (other === undefined || (other.owner === 'deleted' && file.owner !== 'deleted')) files.set(file.path, file);
  else if (other.owner === file.owner) files.set(file.path, { ...file, hashes: [...new Set([...other.hashes, ...file.hashes])] });
  else if (file.owner !== 'deleted') files.set(file.path, { ...other, hashes: [...new Set([...other.hashes, ...file.hashes])] });
}

function refuseNewer(version: string | undefined, own: string): void {
  if (version !== undefined && compareVersions(version, own) > 0) {
    fail('E_LOCK_NEWER', { version: showText(version), own }, { file: lockPath });
  }
}

/** Orders versions as semver does, as far as numbers and pre-releases go. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [versionParts(a), versionParts(b)];
  const at = left.numbers.findIndex((each, index) => each !== right.numbers[index]);
  if (at >= 0) return (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0);
  if (left.rest === right.rest) return 0;
  if (left.rest === '' || right.rest === '') return left.rest === '' ? 1 : -1;
  return comparePreReleases(left.rest.split('.'), right.rest.split('.'));
}

function versionParts(version: string): { readonly numbers: readonly number[]; readonly rest: string } {
  const [, major = '0', minor = '0', patch = '0', rest = ''] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([\w.-]+))?/.exec(version) ?? [];
  return { numbers: [major, minor, patch].map(Number), rest };
}

function comparePreReleases(left: readonly string[], right: readonly string[]): number {
  const at = left.findIndex((each, index) => each !== right[index]);
  if (at < 0) return left.length - right.length;
  const [a = '', b = ''] = [left[at], right[at]];
  if (right[at] === undefined) return 1;
  const numbers = /^\d+$/.test(a) && /^\d+$/.test(b);
  return numbers ? Number(a) - Number(b) : comparePaths(a, b);
}
