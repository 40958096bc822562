import { demandText, escapeTroublesome, hex, oneLine } from './characters.ts';

const shortUnicode = (codePoint: number): string =>
  codePoint <= 0xffff ? `\\u${hex(codePoint, 4)}` : `\\U${hex(codePoint, 8)}`;

function doubleQuoted(text: string): string {
  return `"${escapeTroublesome(text.replaceAll('\\', '\\\\').replaceAll('"', '\\"'), shortUnicode)}"`;
}

/** A TOML basic string, quotes included. */
export function tomlString(value: unknown): string {
  return doubleQuoted(demandText(value, 'tomlString'));
}

/** A YAML scalar, always double-quoted: the same value to YAML 1.1 and 1.2 readers. */
export function yamlScalar(value: unknown): string {
  return doubleQuoted(demandText(value, 'yamlScalar'));
}

/** A JSON string, quotes included. */
export function jsonString(value: unknown): string {
  const text = JSON.stringify(demandText(value, 'jsonString'));
  return escapeTroublesome(text, (codePoint) => `\\u${hex(codePoint, 4)}`);
}

/** A JavaScript string literal, safe also inside a page's script element. */
export function jsString(value: unknown): string {
  return jsonString(value).replaceAll('</', '<\\/');
}

/** A TypeScript string literal in the quotes that the code of repositories has. */
export function tsString(value: unknown): string {
  return `'${jsonString(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A value of a `.env` file: single-quoted, so that nothing in it is expanded. */
export function envValue(value: unknown): string {
  const text = demandText(value, 'envValue');
  if (/['\r\n]/.test(text)) throw new TypeError('envValue: a line end or a single quote cannot be written in .env');
  return `'${text}'`;
}

/** Inline text of a Markdown document: nothing in it becomes markup. */
export function markdownText(value: unknown): string {
  const text = oneLine(demandText(value, 'markdownText'));
  return text.replace(/[\\`*_{}[\]<>|#~$&]/g, (character) => `\\${character}`).replace(/^([-+=]|\d+[.)])/, '\\$1');
}
