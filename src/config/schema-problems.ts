import type * as z from 'zod/mini';
import type { ValueKind } from '../errors/catalogue.ts';
import type { PlacedProblem } from './placed-problem.ts';
import { placed, showPath } from './placed-problem.ts';
import type { YamlPath } from './read-yaml.ts';
import type { FoundProblem, StageShape } from './schema.ts';
import { keysOf, stageShapes } from './schema.ts';
import { showText } from './show-text.ts';
import { sourceKinds } from './source-kinds.ts';
import type { StageGroup } from './stage-kinds.ts';
import { suggest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** Unknown keys of one group that are told: a suggestion for each takes its time. */
const mostKeys = 100;

/** Turns what zod found into problems of the catalogue; zod's own words never reach a person. */
export function readIssues(issues: readonly Issue[], root: unknown): readonly PlacedProblem[] {
  const read = new Set<string>();
  return issues.flatMap((issue) => {
    const [group, name] = issue.path.map(String);
    const hasShapes = group !== undefined && name !== undefined && Object.hasOwn(stageShapes, group) && stageShapes[group as StageGroup].length > 1;
    if (!hasShapes) return readIssue(issue, root);
    const place = `${group}.${name}`;
    const isNews = !read.has(place);
    read.add(place);
    return isNews ? readEntry(group as StageGroup, name, root) : [];
  });
}

function readIssue(issue: Issue, root: unknown, above: YamlPath = []): readonly PlacedProblem[] {
  const path = [...above, ...(issue.path as YamlPath)];
  const value = valueAt(root, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, mostKeys).map((key) => unknownKey(path, key, value));
    case 'invalid_type':
      return [value === undefined ? missing(path) : wrongType(path, kindsOf[issue.expected] ?? 'text', value)];
    case 'invalid_value':
      return [value === undefined ? missing(path) : wrongChoice(path, issue.values.map(String), value)];
    case 'invalid_union':
      return readUnion(issue, root, path);
    case 'custom':
      return [located((issue.params as { problem: FoundProblem }).problem, path)];
    default:
      return [placed('E_CONFIG_TYPE', { path: showPath(path), expected: 'text', found: kindOf(value) }, path)];
  }
}

function located({ code, args, entry }: FoundProblem, path: YamlPath): PlacedProblem {
  return { code, args: { path: showPath(path), ...args }, path: entry === undefined ? path : [...path, entry], part: 'value' };
}

function valueAt(root: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>((value, step) => {
    const own = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
    return own ? (value as Record<string | number, unknown>)[step] : undefined;
  }, root);
}

/** Two sources are told apart by their kind. */
function readUnion(issue: Extract<Issue, { code: 'invalid_union' }>, root: unknown, path: YamlPath): readonly PlacedProblem[] {
  const value = valueAt(root, path);
  if (issue.errors.length === 0) return readKind(path, value, valueAt(root, path.slice(0, -1)));
  return [wrongType(path, 'map', value)];
}

/** Of several shapes zod may tell of one that was not meant: the entry's own is asked again. */
function readEntry(group: StageGroup, name: string, root: unknown): readonly PlacedProblem[] {
  const path = [group, name];
  const value = valueAt(root, path);
  if (kindOf(value) !== 'map') return [wrongType(path, 'map', value)];
  const { kind } = value as { kind?: unknown };
  const shape = shapeFor(group, kind);
  if (shape === undefined) return [kind === undefined ? missing([...path, 'kind']) : wrongChoice([...path, 'kind'], stageShapes[group].flatMap(({ kinds }) => kinds), kind)];
  return shape.schema.safeParse(value).error?.issues.flatMap((each) => readIssue(each, root, path)) ?? [];
}

/** The shape of an entry by its kind, or by its having none. */
function shapeFor(group: StageGroup, kind: unknown): StageShape | undefined {
  return stageShapes[group].find(({ kinds }) => (kind === undefined ? kinds.length === 0 : kinds.includes(String(kind))));
}

/** Without a kind zod looks no further; a mistyped `kind` is the commonest reason for that. */
function readKind(path: YamlPath, kind: unknown, source: unknown): readonly PlacedProblem[] {
  if (kind !== undefined) return [wrongChoice(path, Object.keys(sourceKinds), kind)];
  const unknown = Object.keys(source as object).filter((key) => !anySourceKey.includes(key));
  return [missing(path), ...unknown.slice(0, mostKeys).map((key) => unknownKey(path.slice(0, -1), key, source))];
}

const anySourceKey: readonly string[] = [...new Set([...keysOf.sql, ...keysOf.datalake, ...keysOf.api])];

function missing(path: YamlPath): PlacedProblem {
  const [parent, key] = [path.slice(0, -1), path.at(-1)];
  // Only the grain is a list whose first entry is asked for.
  if (typeof key === 'number') return placed('E_CONFIG_COUNT', { path: showPath(parent), least: 1, most: 11 }, parent);
  return placed('E_CONFIG_MISSING_KEY', { path: showPath(parent), key: key ?? '' }, parent, 'key');
}

function wrongType(path: YamlPath, expected: ValueKind, value: unknown): PlacedProblem {
  return placed('E_CONFIG_TYPE', { path: showPath(path), expected, found: kindOf(value) }, path);
}

function wrongChoice(path: YamlPath, choices: readonly string[], value: unknown): PlacedProblem {
  if (kindOf(value) === 'map' || kindOf(value) === 'list' || value === null) return wrongType(path, 'text', value);
  if (showPath(path) === 'version') return placed('E_CONFIG_VERSION', { version: showText(JSON.stringify(value)) }, path);
  const suggestion = suggest(String(value), choices);
  return placed(
    'E_CONFIG_CHOICE',
    { path: showPath(path), value: showText(String(value)), choices, ...(suggestion !== undefined && { suggestion }) },
    path,
  );
}

function unknownKey(path: YamlPath, key: string, value: unknown): PlacedProblem {
  const allowed = allowedKeys(path, value);
  const suggestion = suggest(key, allowed);
  return placed(
    'E_CONFIG_UNKNOWN_KEY',
    { path: showPath(path), key: showText(key), allowed, ...(suggestion !== undefined && { suggestion }) },
    [...path, key],
    'key',
  );
}

function allowedKeys([first, second]: YamlPath, value: unknown): readonly string[] {
  if (first === undefined) return keysOf.top;
  const { kind, source } = value as { kind?: unknown; source?: unknown };
  if (first === 'sources') return Object.hasOwn(sourceKinds, String(kind)) ? keysOf[kind as keyof typeof sourceKinds] : anySourceKey;
  if (second !== undefined && Object.hasOwn(stageShapes, first)) return keysOfEntry(first as StageGroup, kind, source);
  if (first === 'kpi' || first === 'flow') return keysOf[first];
  return keysOf.top;
}

/** Whoever says neither a kind nor a source may have forgotten either. */
function keysOfEntry(group: StageGroup, kind: unknown, source: unknown): readonly string[] {
  const shapes = stageShapes[group];
  const own = shapeFor(group, kind) ?? shapes.find(({ kinds }) => kinds.length > 0) ?? shapes[0];
  const mayName = kind === undefined && source === undefined && own?.kinds.length === 0 && shapes.length > 1;
  return [...(mayName ? ['kind'] : []), ...(own?.keys ?? [])];
}

const kindsOf: Readonly<Record<string, ValueKind>> = {
  string: 'text',
  number: 'number',
  int: 'integer',
  object: 'map',
  record: 'map',
  array: 'list',
  tuple: 'list',
};

/** What a value is, in the words of messages. */
export function kindOf(value: unknown): ValueKind {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'map';
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'number' : 'boolean';
}
