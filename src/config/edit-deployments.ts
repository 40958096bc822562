import { fail } from '../errors/failure.ts';
import { sourceText } from './frame.ts';
import { readYaml } from './read-yaml.ts';
import { yamlParser } from './yaml-parser.ts';
import type { YamlList, YamlNode } from './yaml-tree.ts';

export const deploymentsFile = 'prefect.yaml';

/** What we read of a deployment of prefect.yaml: it may hold anything that Prefect takes. */
export type ReadDeployment = Readonly<Record<string, unknown>>;

/** The deployments that a prefect.yaml lists. */
export function readDeployments(text: string): readonly ReadDeployment[] {
  const { value } = readYaml(text, deploymentsFile);
  const list = (value as ReadDeployment | null)?.['deployments'];
  return Array.isArray(list) ? list.filter((each): each is ReadDeployment => typeof each === 'object' && each !== null) : [];
}

/**
 * Adds a deployment behind the last one, or further up among those at the end that come later by name, so that it does
 * not matter which was added first; the first one stays the first. Every other byte of the text stays, and the result
 * is read again to prove it.
 * @param entry the deployment as YAML, `- name: …` and what is below it, with two spaces a level
 * @throws Failure E_EDIT_UNCERTAIN when the list is written in a way that has no certain place
 */
export function addDeployment(text: string, name: string, entry: string): string {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  const body = text.slice(mark.length);
  const index = indexFor(name, readDeployments(text));
  const { at, indent } = placeIn(body, name, index);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const lead = at > 0 && body[at - 1] !== '\n' ? eol : '';
  const lines = entry.trimEnd().split('\n').map((line) => (line === '' ? '' : indent + line) + eol);
  const after = mark + body.slice(0, at) + lead + lines.join('') + body.slice(at);
  prove(text, after, name, index);
  return after;
}

/**
 * Takes deployments out, whole lines of them; every other byte stays.
 * @throws Failure E_EDIT_UNCERTAIN when none would be left, or they share lines with something else
 */
export function removeDeployments(text: string, isGone: (deployment: ReadDeployment) => boolean, what: string): string {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  const all = readDeployments(text);
  const gone = all.flatMap((each, index) => (isGone(each) ? [index] : []));
  if (gone.length === 0) return text;
  const list = listOf(text.slice(mark.length));
  if (list === undefined || list.flow || list.items.length !== all.length || gone.length === all.length) return uncertain(what);
  const body = gone.toReversed().reduce((before, index) => withoutItem(before, list.items[index]), text.slice(mark.length));
  const expected = { ...(readYaml(text, deploymentsFile).value as object), deployments: all.filter((each) => !isGone(each)) };
  return JSON.stringify(readYaml(body, deploymentsFile).value) === JSON.stringify(expected) ? mark + body : uncertain(what);
}

/** The deployments with the lines of each, as they would stand without the indent of the list and with LF. */
export function deploymentsWithLines(text: string): readonly { readonly deployment: ReadDeployment; readonly lines: string }[] {
  const body = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  const items = listOf(body)?.items ?? [];
  return readDeployments(body).map((deployment, index) => {
    const { start, end, indent } = placeOf(body, items[index]);
    return { deployment, lines: body.slice(start, end).replaceAll(new RegExp(`^ {${indent}}`, 'gm'), '') };
  });
}

function withoutItem(text: string, item: YamlNode | null | undefined): string {
  const { start, end } = placeOf(text, item);
  return text.slice(0, start) + text.slice(end);
}

/** The whole lines of an entry, with the comments that are part of it. */
function placeOf(text: string, item: YamlNode | null | undefined): { readonly start: number; readonly end: number; readonly indent: number } {
  const { start: first, end: last } = item ?? { start: 0, end: 0 };
  const start = text.lastIndexOf('\n', first - 1) + 1;
  const indent = text.slice(start, first).indexOf('-');
  return { start, end: skipComments(text, contentEnd(text, last), indent + 1), indent };
}

/** Where in the list a name goes. */
function indexFor(name: string, deployments: readonly ReadDeployment[]): number {
  let index = deployments.length;
  while (index > 1 && name < String(deployments[index - 1]?.['name'])) index -= 1;
  return index;
}

/** Behind the last line of the entry before and the comments that are as deep as what it says. */
function placeIn(text: string, name: string, index: number): { readonly at: number; readonly indent: string } {
  const list = listOf(text);
  const last = list?.items[index - 1];
  if (list === undefined || list.flow || !last) return uncertain(name);
  const start = text.lastIndexOf('\n', last.start - 1) + 1;
  const dash = /^( *)-( +)/.exec(text.slice(start, last.start));
  if (dash === null) return uncertain(name);
  const [, indent = ''] = dash;
  return { at: skipComments(text, contentEnd(text, last.end), indent.length + 1), indent };
}

/** The list with where its entries end, which the reader of plain texts does not tell. */
function listOf(text: string): YamlList | undefined {
  const root = yamlParser()(sourceText(deploymentsFile, text));
  const pairs = root?.kind === 'map' ? root.pairs : [];
  const value = pairs.find(({ key }) => key?.kind === 'scalar' && key.text === 'deployments')?.value;
  return value?.kind === 'list' ? value : undefined;
}

/** The parser counts the empty lines and comments behind a value as part of it. */
function contentEnd(text: string, end: number): number {
  const lines = text.slice(0, end).split('\n');
  const partial = text[end - 1] !== '\n' ? text.slice(end).split('\n', 1)[0]?.length ?? 0 : 0;
  while (lines.length > 1 && /^\s*(?:#.*)?$/.test(lines.at(-1) ?? '')) lines.pop();
  const at = lines.join('\n').length;
  const next = text.indexOf('\n', at + (at === end ? partial : 0));
  return next < 0 ? text.length : next + 1;
}

function skipComments(text: string, at: number, depth: number): number {
  const next = text.indexOf('\n', at);
  const line = text.slice(at, next < 0 ? text.length : next);
  const deep = line.length - line.trimStart().length;
  if (!line.trimStart().startsWith('#') || deep < depth) return at;
  return next < 0 ? text.length : skipComments(text, next + 1, depth);
}

/** What was there says what it said, and the new one stands at its place. */
function prove(before: string, after: string, name: string, index: number): void {
  const old = readYaml(before, deploymentsFile).value as ReadDeployment;
  const now = readYaml(after, deploymentsFile).value as ReadDeployment;
  const [was, is] = [old['deployments'], now['deployments']] as readonly unknown[][];
  const same = JSON.stringify({ ...now, deployments: is?.toSpliced(index, 1) }) === JSON.stringify({ ...old, deployments: was });
  if (!same || (is?.[index] as ReadDeployment | undefined)?.['name'] !== name) uncertain(name);
}

function uncertain(what: string): never {
  return fail('E_EDIT_UNCERTAIN', { file: deploymentsFile, what }, { file: deploymentsFile });
}
