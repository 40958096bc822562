import { refusedInTypescript, typescriptSchemes } from './databases.ts';
import { checkEntryName } from './names.ts';
import type { PlacedProblem } from './placed-problem.ts';
import { placed, showPath } from './placed-problem.ts';
import type { YamlPath, YamlReading } from './read-yaml.ts';
import { showText } from './show-text.ts';
import { sourceKinds } from './source-kinds.ts';
import type { StageGroup } from './stage-kinds.ts';
import { isImplied, kindOfEntry, kindsIn, mergeKeys } from './stage-kinds.ts';
import { suggest } from './suggest.ts';

type Group = Readonly<Record<string, unknown>>;
type Card = Group;

const stageGroups = ['extractors', 'transformers', 'loaders'] as const;
const mostEntries = 200;

/**
 * What several values say together, and what zod cannot see. It looks at the raw document, so that these
 * problems show up beside those of the schema; what has the wrong shape is passed over, zod tells it.
 */
export function crossCheck({ value, textOf }: YamlReading, language: 'python' | 'typescript' = 'python'): readonly PlacedProblem[] {
  const root = asGroup(value);
  return [
    ...['sources', ...stageGroups].flatMap((group) => checkNames(root, group)),
    ...checkStagesOnce(root),
    ...checkSources(root),
    ...(language === 'typescript' ? checkDatabases(root) : []),
    ...checkLoaders(root),
    ...checkCard(asGroup(root['kpi'])),
    ...checkWholeNumbers(root, textOf),
  ];
}

function asGroup(value: unknown): Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Group) : {};
}

function entriesOf(root: Group, group: string): readonly (readonly [string, Group])[] {
  return Object.entries(asGroup(root[group])).map(([name, each]) => [name, asGroup(each)] as const);
}

function checkNames(root: Group, group: string): readonly PlacedProblem[] {
  if (typeof root[group] !== 'object' || root[group] === null || Array.isArray(root[group])) return [];
  const names = Object.keys(root[group]);
  if (names.length === 0 || names.length > mostEntries) {
    return [placed('E_CONFIG_COUNT', { path: group, least: 1, most: mostEntries }, [group], 'key')];
  }
  return names.flatMap((name) => {
    const refusal = checkEntryName(name);
    return refusal === undefined ? [] : [placed('E_CONFIG_TEXT', { path: `${group}.${showText(name)}`, ...refusal }, [group, name], 'key')];
  });
}

/** All stages become tasks of one module, and some disks and databases do not tell case apart. */
function checkStagesOnce(root: Group): readonly PlacedProblem[] {
  const seen = new Map<string, YamlPath>();
  const problems: PlacedProblem[] = [];
  for (const path of stageGroups.flatMap((group) => entriesOf(root, group).map(([name]) => [group, name] as const))) {
    const folded = path[1].normalize('NFC').toLowerCase();
    const other = seen.get(folded);
    if (other === undefined) seen.set(folded, path);
    else problems.push(placed('E_CONFIG_STAGE_TWICE', { name: showText(path[1]), path: showText(showPath(other)) }, path, 'key'));
  }
  return problems;
}

function checkSources(root: Group): readonly PlacedProblem[] {
  const known = asGroup(root['sources']);
  const users = (['extractors', 'loaders'] as const).flatMap((group) => entriesOf(root, group).map((entry) => [group, ...entry] as const));
  return users.flatMap(([group, name, stage]) => {
    const { source } = stage;
    if (typeof source !== 'string' || Object.keys(known).length === 0) return [];
    const fitting = Object.keys(known).filter((each) => mayBeSourceOf(group, stage, asGroup(known[each])));
    return fitting.includes(source)
      ? checkImplied(group, name, stage, asGroup(known[source]))
      : [unknownSource([group, name, 'source'], source, fitting)];
  });
}

/** Whether a stage of a group can be on a source. A kind of source that nobody knows is told by the schema. */
function mayBeSourceOf(group: StageGroup, stage: Group, { kind }: Group): boolean {
  if (!Object.hasOwn(sourceKinds, String(kind))) return true;
  if (stage['kind'] !== undefined) return (kindOfEntry(group, stage, () => undefined)?.source ?? kind) === kind;
  return kindOfEntry(group, { source: '' }, () => kind) !== undefined;
}

/** An address that stands there as it is, or that counts while nobody sets its variable; others are known only when they run. */
function checkDatabases(root: Group): readonly PlacedProblem[] {
  return entriesOf(root, 'sources').flatMap(([name, { kind, url }]) => {
    const scheme = kind === 'sql' && typeof url === 'string' ? /^(?:\$\{\w+:-)?([a-z]\w*)(?:\+\w+)?:\/\//i.exec(url)?.[1]?.toLowerCase() : undefined;
    if (scheme === undefined || typescriptSchemes.includes(scheme)) return [];
    const reason = refusedInTypescript[scheme]?.reason;
    return [placed('E_CONFIG_DATABASE', { path: `sources.${showText(name)}.url`, scheme, known: typescriptSchemes, ...(reason !== undefined && { reason }) }, ['sources', name, 'url'])];
  });
}

function unknownSource(path: YamlPath, name: string, known: readonly string[]): PlacedProblem {
  const suggestion = suggest(name, known);
  return placed(
    'E_CONFIG_SOURCE',
    {
      path: showPath(path),
      name: showText(name),
      known: known.slice(0, 10).map(showText),
      ...(suggestion !== undefined && { suggestion: showText(suggestion) }),
    },
    path,
  );
}

/** What the schema cannot see of a stage whose source tells its kind: it takes the keys of all such kinds. */
function checkImplied(group: StageGroup, name: string, stage: Group, { kind }: Group): readonly PlacedProblem[] {
  const found = stage['kind'] === undefined ? kindOfEntry(group, { source: '' }, () => kind) : undefined;
  if (found === undefined) return [];
  const all = mergeKeys(kindsIn(group).filter(isImplied));
  return all.flatMap(({ key, required, values }): PlacedProblem[] => {
    const own = found.keys.find((each) => each.key === key);
    const path = [group, name, key];
    if (stage[key] === undefined) return own?.required === true && required !== true ? [placed('E_CONFIG_MISSING_KEY', { path: `${group}.${showText(name)}`, key }, [group, name], 'key')] : [];
    if (own === undefined) return [placed('E_CONFIG_UNKNOWN_KEY', { path: `${group}.${showText(name)}`, key, allowed: found.keys.map((each) => each.key) }, path, 'key')];
    const value = String(stage[key]);
    const fitting = own.values ?? [];
    if (values?.includes(value) !== true || fitting.includes(value)) return [];
    return [key === 'write' ? placed('E_CONFIG_WRITE', { path: showPath(path), write: value, kind: String(kind), fitting }, path) : placed('E_CONFIG_CHOICE', { path: showPath(path), value, choices: fitting }, path)];
  });
}

function checkLoaders(root: Group): readonly PlacedProblem[] {
  const stores = entriesOf(root, 'loaders').filter(([, { source, kind }]) => typeof source === 'string' && (kind === undefined || takesWrite(kind)));
  return [...stores.flatMap(([name, each]) => checkStore(['loaders', name], each)), ...checkTables(root, stores)];
}

function takesWrite(kind: unknown): boolean {
  return kindsIn('loaders').some((each) => each.value === kind && each.keys.some(({ key }) => key === 'write'));
}

/** Only who replaces everything needs no keys, and only a merge has a strategy. */
function checkStore(path: YamlPath, { write, strategy, keys }: Group): readonly PlacedProblem[] {
  const noKeys = keys === undefined && typeof write === 'string' && write !== 'replace';
  const noMerge = strategy !== undefined && typeof write === 'string' && write !== 'merge';
  return [
    ...(noKeys ? [placed('E_CONFIG_MISSING_KEY', { path: showPath(path), key: 'keys' }, path, 'key')] : []),
    ...(noMerge ? [placed('E_CONFIG_STRATEGY', { path: showPath([...path, 'strategy']), write }, [...path, 'strategy'])] : []),
  ];
}

/** Two loaders of one table would each undo what the other wrote; two sources may be the same address. */
function checkTables(root: Group, stores: readonly (readonly [string, Group])[]): readonly PlacedProblem[] {
  const sources = asGroup(root['sources']);
  const seen = new Map<string, string>();
  return stores.flatMap(([name, { source, table = name }]) => {
    const { url, uri } = asGroup(sources[String(source)]);
    const target = JSON.stringify([url ?? uri ?? source, table]);
    const other = seen.get(target);
    seen.set(target, other ?? name);
    if (other === undefined) return [];
    return [placed('E_CONFIG_TABLE_TWICE', { path: `loaders.${showText(name)}`, table: showText(String(table)), other: `loaders.${showText(other)}` }, ['loaders', name], 'key')];
  });
}

function checkCard(card: Card): readonly PlacedProblem[] {
  return [...checkWarning(card), ...checkColumns(card)];
}

/** Where the target is best, the warning is a distance, and lies on either side. */
function checkWarning({ direction, target, warning }: Card): readonly PlacedProblem[] {
  if (typeof target !== 'number' || typeof warning !== 'number') return [];
  const above = direction === 'higher_is_better' && warning > target;
  const below = direction === 'lower_is_better' && warning < target;
  if (!above && !below) return [];
  return [placed('E_CONFIG_WARNING', { warning, target, side: above ? 'below' : 'above' }, ['kpi', 'warning'])];
}

function checkColumns({ id, grain }: Card): readonly PlacedProblem[] {
  if (typeof id !== 'string' || !Array.isArray(grain)) return [];
  const index = grain.indexOf(id);
  return index < 0 ? [] : [placed('E_CONFIG_COLUMN', { column: showText(id) }, ['kpi', 'grain', index])];
}

/** JavaScript does not tell 3.0 from 3; Python does, and refuses it where a whole number belongs. */
function checkWholeNumbers(root: Group, textOf: YamlReading['textOf']): readonly PlacedProblem[] {
  const stages = stageGroups.flatMap((group) => entriesOf(root, group).map(([name, stage]) => [[group, name], stage] as const));
  const paths = [...stages, [['flow'], asGroup(root['flow'])] as const].flatMap(([path, holder]) =>
    ['retries', 'timeout_seconds'].filter((key) => Number.isInteger(holder[key])).map((key) => [...path, key]),
  );
  return [...paths, ...(root['version'] === 1 ? [['version']] : [])]
    .filter((path) => textOf(path).includes('.'))
    .map((path) => placed('E_CONFIG_TYPE', { path: showPath(path), expected: 'integer', found: 'number' }, path));
}
