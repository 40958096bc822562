import { demandText, escapeTroublesome, hex, oneLine } from './characters.ts';
import { number } from './words.ts';

function pythonEscape(codePoint: number): string {
  if (codePoint === 0x0a) return '\\n';
  if (codePoint === 0x0d) return '\\r';
  if (codePoint === 0x09) return '\\t';
  if (codePoint <= 0xff) return `\\x${hex(codePoint, 2)}`;
  return codePoint <= 0xffff ? `\\u${hex(codePoint, 4)}` : `\\U${hex(codePoint, 8)}`;
}

/** A Python string literal, quotes included, as ruff format would quote it. */
export function pyString(value: unknown): string {
  const text = demandText(value, 'pyString');
  // ruff prefers double quotes unless single ones need fewer escapes
  const quote = count(text, '"') > count(text, "'") ? "'" : '"';
  const escaped = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
  return quote + escapeTroublesome(escaped, pythonEscape) + quote;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

/**
 * Text for the inside of a normal triple-quoted literal. It stays on one line, and neither quotes nor a backslash
 * in it can touch the literal's own quotes.
 */
export function pyDocstring(value: unknown): string {
  const text = oneLine(demandText(value, 'pyDocstring'));
  return text.replaceAll('\\', '\\\\').replace(/^"|"{3,}|"+$/g, (quotes) => '\\"'.repeat(quotes.length));
}

/** Text for one comment line, after `# `. */
export function pyComment(value: unknown): string {
  return oneLine(demandText(value, 'pyComment'));
}

/** A finite number as ruff format prints it: without a plus in the exponent. */
export function pyNumber(value: unknown): string {
  return number(value).replace('e+', 'e');
}

/** The line length that ruff keeps in a generated repository. */
const lineLength = 88;

/** Several names of one module, in the order given, as ruff format prints them. */
export function pyImports(module: unknown, ...names: readonly unknown[]): string {
  const from = demandText(module, 'pyImports');
  const each = names.map((name) => demandText(name, 'pyImports'));
  const line = `from ${from} import ${each.join(', ')}`;
  return line.length <= lineLength ? line : `from ${from} import (\n${each.map((name) => `    ${name},\n`).join('')})`;
}

/** One import statement as ruff format prints it: in parentheses when it does not fit on a line. */
export function pyImport(module: unknown, name: unknown, alias?: unknown): string {
  const from = demandText(module, 'pyImport');
  const what = demandText(name, 'pyImport') + (typeof alias === 'string' ? ` as ${alias}` : '');
  const line = `from ${from} import ${what}`;
  return line.length <= lineLength ? line : `from ${from} import (\n    ${what},\n)`;
}
