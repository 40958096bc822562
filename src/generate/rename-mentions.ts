import type { Node } from '../python/parse-python.ts';
import { nodesOf } from '../python/parse-python.ts';
import type { Replacement } from '../python/replace-ranges.ts';
import type { Renaming } from '../python/rename-stage.ts';
import { camel } from './emitters/words.ts';
import type { RepositoryState } from './repository-state.ts';

/** A file beside those of what gets another name. */
export interface OtherFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly edited: boolean;
  /** Where it changes for certain, as file:line. */
  readonly places: readonly string[];
}

/** The lines that replacements change, as file:line. */
export function placesOf(path: string, text: string, replacements: readonly Replacement[]): string[] {
  return placesAt(path, replacements.map(({ start }) => text.slice(0, start).split('\n').length));
}

function placesAt(path: string, lines: readonly number[]): string[] {
  return [...new Set(lines)].sort((a, b) => a - b).map((line) => `${path}:${line}`);
}

/** The lines that have any of some words, as file:line. */
export function placesWith(path: string, text: string, words: RegExp): string[] {
  return placesAt(path, linesWith(text, words));
}

/**
 * Places in what people wrote that may mean a stage, as file:line: nobody but them can tell. In code those are texts
 * that have its name as a word and members of its name; elsewhere every line that has it as a word. A query names
 * tables, and in the sample each stage has one of its own name.
 */
export function mentionsOf(path: string, text: string, { group, name }: Renaming, { config, parse }: RepositoryState): string[] {
  const lines = path.endsWith('.py') ? linesOfCode(text, group, name, parse) : path.endsWith('.ts') ? linesOfTypescript(text, group, name) : path.endsWith('.sql') ? linesWith(text, wordOf(name)) : linesOfProse(text, name, config.kpi.id);
  return placesAt(path, lines);
}

function linesOfCode(text: string, group: string, name: string, parse: RepositoryState['parse']): number[] {
  const texts = nodesOf(parse(text), 'string_content').filter((node) => !isDocstring(node)).flatMap((node) => linesWith(node.text, wordOf(name)).map((line) => node.startPosition.row + line));
  const words = new RegExp(`\\b(?:tasks|steps|${group})\\.${name}\\b|# FLOW:.*\\b${name}\\b|\\b(?:test_)?${name}\\.(?:py|sql)\\b`);
  return [...texts, ...linesWith(text, words)];
}

/** Texts that name it, its members, and its files. */
function linesOfTypescript(text: string, group: string, name: string): number[] {
  const called = camel(name);
  const words = new RegExp(`\\b(?:tasks|steps|${group})\\.${called}\\b|\\{[^}]*\\b${called}\\b[^}]*\\} = (?:tasks|steps|${group})\\b|# FLOW:.*\\b${name}\\b|['"\`](?:[^'"\`]*(?<!\\w))?${name}(?:(?!\\w)[^'"\`]*)?['"\`]`);
  return linesWith(text, words);
}

function linesOfProse(text: string, name: string, id: string): number[] {
  // The KPI's own name is on every page, and means the KPI.
  return linesWith(text, name === id ? new RegExp(`\\b${name}\\.(?:py|ts|sql)\\b`) : wordOf(name));
}

const wordOf = (name: string): RegExp => new RegExp(`(?<!\\w)${name}(?!\\w)`);

function isDocstring(node: Node): boolean {
  return node.parent?.parent?.type === 'expression_statement';
}

function linesWith(text: string, words: RegExp): number[] {
  return text.split('\n').flatMap((line, index) => (words.test(line) ? [index + 1] : []));
}
