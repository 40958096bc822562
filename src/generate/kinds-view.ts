import type { DeclaredKind, KindKey, StageGroup } from '../config/stage-kinds.ts';
import { isImplied, kindsIn, mergeKeys } from '../config/stage-kinds.ts';

/** What the settings module of a Python repository says of the kinds of stages, as lines that ruff leaves as they are. */
export interface KindsView {
  /** The attributes of a stage of each group: its kind, its source, and the keys that its kind takes. */
  readonly extractors: readonly string[];
  readonly transformers: readonly string[];
  readonly loaders: readonly string[];
  /** For each group whose kinds differ in that, the keys that a stage needs and those that it may have. */
  readonly own: readonly { readonly group: string; readonly lines: readonly string[] }[];
  /** How each kind of source is written to. */
  readonly writes: readonly string[];
}

const groups = ['extractors', 'transformers', 'loaders'] as const;

/** Lays the declarations of all kinds out for the templates. */
export function viewStageKinds(): KindsView {
  return {
    extractors: attributesOf('extractors'),
    transformers: attributesOf('transformers'),
    loaders: attributesOf('loaders'),
    own: groups.map((group) => ({ group, lines: ownLines(group) })).filter(({ lines }) => lines.length > 0),
    writes: kindsIn('loaders').filter(isImplied).map(writesLine),
  };
}

/** The kinds of a group whose source does not tell them. */
function saidIn(group: StageGroup): readonly DeclaredKind[] {
  return kindsIn(group).filter((each) => !isImplied(each));
}

/** Whether some stages of a group have a source and others have none. */
function mayLackSource(group: StageGroup): boolean {
  const kinds = kindsIn(group);
  return kinds.some(({ source }) => source === undefined) && kinds.some(({ source }) => source !== undefined);
}

function attributesOf(group: StageGroup): string[] {
  const kinds = kindsIn(group);
  const said = saidIn(group).map(({ value }) => value);
  const isAlwaysSaid = said.length === kinds.length;
  return [
    ...(said.length === 0 ? [] : [attribute('kind', literal(said), isAlwaysSaid ? '' : 'None')]),
    ...(kinds.every(({ source }) => source === undefined) ? [] : [attribute('source', 'str', mayLackSource(group) ? 'None' : '')]),
    ...mergeKeys(kinds).map((each) => attribute(each.key, typeOf(each), initialOf(each, kinds))),
  ];
}

/** A part of a Python expression: a text, or a bracket around others. */
type Part = string | { readonly open: string; readonly parts: readonly Part[]; readonly close: string };

const quote = (text: string): string => JSON.stringify(text);
const list = (texts: readonly string[]): Part => ({ open: '[', parts: texts.map(quote), close: ']' });
const literal = (values: readonly string[]): Part => ({ open: 'Literal[', parts: values.map(quote), close: ']' });

function typeOf({ values, form, pattern, least, most }: KindKey): Part {
  if (values !== undefined) return literal(values);
  if (form === 'boolean') return 'bool';
  if (form === 'columns') return 'Columns';
  if (form === 'table') return 'Annotated[str, Field(pattern=_TABLE)]';
  const bounds = [...(least === undefined ? ['ge=0'] : [`ge=${least}`]), ...(most === undefined ? [] : [`le=${most}`])];
  if (form === 'integer') return `Annotated[int, Field(${bounds.join(', ')})]`;
  return pattern === undefined ? 'Line' : `Annotated[str, Field(pattern=r${quote(pattern).replaceAll('\\\\', '\\')})]`;
}

/** What a stage that says nothing has; nothing for a key that every stage of the group must have. */
function initialOf({ key, initial }: KindKey, kinds: readonly DeclaredKind[]): string {
  const isNeeded = kinds.every(({ keys }) => keys.some((each) => each.key === key && each.required === true));
  if (isNeeded) return '';
  if (initial === undefined) return 'None';
  return typeof initial === 'boolean' ? (initial ? 'True' : 'False') : JSON.stringify(initial);
}

const longestLine = 88;

/** An attribute of a class, with its default where it has one. */
function attribute(name: string, type: Part, initial: string): string {
  const end = initial === '' ? '' : ` = ${initial}`;
  if (initial !== 'None') return layOut(`    ${name}: `, type, end);
  const short = `    ${name}: ${flat(type)} | None = None`;
  if (short.length <= longestLine) return short;
  const inside = `        ${flat(type)} | None`;
  const lines = inside.length <= longestLine ? inside : `${layOut('        ', type, '')}\n        | None`;
  return `    ${name}: (\n${lines}\n    ) = None`;
}

function flat(part: Part): string {
  return typeof part === 'string' ? part : part.open + part.parts.map(flat).join(', ') + part.close;
}

/** On one line where it fits, else with each part on its own, as ruff format does. */
function layOut(lead: string, part: Part, end: string): string {
  const line = lead + flat(part) + end;
  if (line.length <= longestLine || typeof part === 'string') return line;
  const indent = `${/^ */.exec(lead)?.[0] ?? ''}    `;
  return [lead + part.open, ...part.parts.map((each) => layOut(indent, each, ',')), indent.slice(4) + part.close + end].join('\n');
}

function ownLines(group: StageGroup): string[] {
  const hasSources = mayLackSource(group);
  const bySource = kindsIn(group).filter(isImplied);
  if (!hasSources && kindsIn(group).every(({ keys }) => keys.length === 0)) return [];
  return [...(bySource.length === 0 ? [] : [ownLine('None', bySource, hasSources)]), ...saidIn(group).map((each) => ownLine(quote(each.value), [each], hasSources))];
}

function ownLine(kind: string, kinds: readonly DeclaredKind[], hasSources: boolean): string {
  const keys = mergeKeys(kinds);
  const source = hasSources && kinds.some((each) => each.source !== undefined) ? ['source'] : [];
  const [needed, others] = [true, undefined].map((isNeeded) => keys.filter(({ required }) => required === isNeeded).map(({ key }) => key)) as [string[], string[]];
  return layOut(`        ${kind}: `, { open: '(', parts: [list([...source, ...needed]), list(others)], close: ')' }, ',');
}

function writesLine({ value, keys }: DeclaredKind): string {
  return layOut(`    ${quote(value)}: `, list(keys.find(({ key }) => key === 'write')?.values ?? []), ',');
}
