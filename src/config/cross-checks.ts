import { checkEntryName } from './names.ts';
import type { PlacedProblem } from './placed-problem.ts';
import { placed, showPath } from './placed-problem.ts';
import type { YamlPath, YamlReading } from './read-yaml.ts';
import { showText } from './show-text.ts';
import { suggest } from './suggest.ts';

type Group = Readonly<Record<string, unknown>>;
type Card = Group;

const stageGroups = ['extractors', 'transformers', 'loaders'] as const;
const mostEntries = 200;

/**
 * What several values say together, and what zod cannot see. It looks at the raw document, so that these
 * problems show up beside those of the schema; what has the wrong shape is passed over, zod tells it.
 */
export function crossCheck({ value, textOf }: YamlReading): readonly PlacedProblem[] {
  const root = asGroup(value);
  return [
    ...['sources', ...stageGroups].flatMap((group) => checkNames(root, group)),
    ...checkStagesOnce(root),
    ...checkSources(root),
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
    return Object.hasOwn(known, source)
      ? checkWrite([group, name], stage, asGroup(known[source]))
      : [unknownSource([group, name, 'source'], source, Object.keys(known))];
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

/** How a source of each kind is written to. */
const fittingWrites: Readonly<Record<string, string>> = { sql: 'merge', datalake: 'replace_partitions' };

function checkWrite(stage: YamlPath, { write }: Group, { kind }: Group): readonly PlacedProblem[] {
  const fitting = typeof kind === 'string' && Object.hasOwn(fittingWrites, kind) ? fittingWrites[kind] : undefined;
  const known = Object.values(fittingWrites).includes(write as string);
  if (fitting === undefined || !known || write === fitting) return [];
  const path = [...stage, 'write'];
  return [placed('E_CONFIG_WRITE', { path: showPath(path), write: String(write), kind: String(kind), fitting }, path)];
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
