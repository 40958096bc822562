import type { Where } from '../errors/failure.ts';
import { escapeCharacter, isBidi, isControl, widthOf } from './characters.ts';
import type { Span } from './secrets.ts';
import { findSecrets } from './secrets.ts';
import { mask } from './show-text.ts';

/** A text with its name, ready to say where something stands in it. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  /** The offset at which each line begins. */
  readonly lineStarts: readonly number[];
  /** What no frame may show, besides what looks like a secret in the text itself. */
  readonly hidden: Span[];
}

/** Makes a text ready for pointing at places in it. */
export function sourceText(file: string, text: string): SourceText {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { file, text, lineStarts, hidden: [] };
}

/** Where a part of a text stands: file, line and column (from 1, in characters), and the lines around it. */
export function whereOf(source: SourceText, span: Span): Where {
  return { ...placeOf(source, span), frame: drawFrame(source, span) };
}

/** The same without the lines: cheap enough for the thousandth problem of a file. */
export function placeOf(source: SourceText, span: Span): Where {
  const line = lineAt(source, span.start);
  const start = source.lineStarts[line] ?? 0;
  const column = Array.from(source.text.slice(start, span.start)).length + 1;
  return { file: source.file, line: line + 1, column };
}

function lineAt({ lineStarts }: SourceText, offset: number): number {
  let [low, high] = [0, lineStarts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Draws the line of a place with a caret under it, and the lines before and after it.
 * Tabs are expanded, wide characters take two columns, what cannot be seen is escaped, secrets are masked.
 */
export function drawFrame(source: SourceText, span: Span): string {
  const line = lineAt(source, span.start);
  const numbers = [line - 1, line, line + 1].filter((each) => isShown(source, each, line));
  const hidden = [...source.hidden, ...secretsNear(source, span)];
  const margin = String((numbers.at(-1) ?? 0) + 1).length;
  return numbers
    .flatMap((each) => {
      const cells = cellsOf(source, each, hidden);
      const left = leftEdge(cells, each === line ? span : undefined);
      const text = `${each === line ? '>' : ' '} ${String(each + 1).padStart(margin)} | ${cut(cells, left)}`.trimEnd();
      return each === line ? [text, `  ${' '.repeat(margin)} | ${caretLine(cells, left, span)}`] : [text];
    })
    .join('\n');
}

/** As far around as the longest secret that `findSecrets` knows, and the lines that are shown. */
const around = 8192;

function secretsNear({ text }: SourceText, { start }: Span): readonly Span[] {
  const from = Math.max(0, start - around);
  const found = findSecrets(text.slice(from, start + around));
  return found.map((each) => ({ start: each.start + from, end: each.end + from }));
}

/** Empty lines around a place say nothing. */
function isShown(source: SourceText, line: number, marked: number): boolean {
  return line >= 0 && line < source.lineStarts.length && (line === marked || lineSpan(source, line).text.trim() !== '');
}

function lineSpan(source: SourceText, line: number): { readonly start: number; readonly text: string } {
  const start = source.lineStarts[line] ?? 0;
  const end = source.lineStarts[line + 1] ?? source.text.length;
  return { start, text: source.text.slice(start, end).replace(/\r?\n$/, '') };
}

interface Cell {
  readonly offset: number;
  readonly column: number;
  readonly shown: string;
  readonly width: number;
}

const tabStop = 4;
const longestLine = 4096;
const shownColumns = 96;

function cellsOf(source: SourceText, line: number, secrets: readonly Span[]): readonly Cell[] {
  const { start, text } = lineSpan(source, line);
  const hidden = secrets.filter((each) => each.end > start && each.start < start + text.length);
  const cells: Cell[] = [];
  let [offset, column] = [start, 0];
  for (const character of text.slice(0, longestLine)) {
    const shown = hidden.some((each) => offset >= each.start && offset < each.end) ? mask : show(character, column);
    const width = [...shown].reduce((sum, each) => sum + widthOf(each), 0);
    cells.push({ offset, column, shown, width });
    offset += character.length;
    column += width;
  }
  return cells;
}

function show(character: string, column: number): string {
  if (character === '\t') return ' '.repeat(tabStop - (column % tabStop));
  return isControl(character) || isBidi(character) ? escapeCharacter(character) : character;
}

/** A long line is shown from a little before the place on. */
function leftEdge(cells: readonly Cell[], span: Span | undefined): number {
  const at = span === undefined ? 0 : columnAt(cells, span.start);
  return at < shownColumns - 16 ? 0 : at - 32;
}

function cut(cells: readonly Cell[], left: number): string {
  const shown = cells.filter(({ column, width }) => column >= left && column + width <= left + shownColumns);
  const more = (cells.at(-1)?.column ?? 0) > left + shownColumns;
  return shown.map((each) => each.shown).join('') + (more ? '…' : '');
}

function caretLine(cells: readonly Cell[], left: number, span: Span): string {
  const from = columnAt(cells, span.start) - left;
  const to = Math.min(columnAt(cells, span.end) - left, shownColumns);
  return ' '.repeat(from) + '^'.repeat(Math.max(1, to - from));
}

function columnAt(cells: readonly Cell[], offset: number): number {
  const cell = cells.find((each) => each.offset >= offset);
  const last = cells.at(-1);
  return cell?.column ?? (last === undefined ? 0 : last.column + last.width);
}
