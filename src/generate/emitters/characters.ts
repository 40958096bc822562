/**
 * Characters that a program reads fine and a person does not see, or that some parser refuses:
 * C0 and C1 controls, zero-width and direction marks, line separators, the byte order mark, lone surrogates.
 */
// oxlint-disable-next-line no-control-regex
const troublesome = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]/gu;

/** Replaces each troublesome character by what `escape` makes of its code point. */
export function escapeTroublesome(text: string, escape: (codePoint: number) => string): string {
  return text.replace(troublesome, (character) => escape(character.codePointAt(0) ?? 0));
}

/** A code point in hexadecimal, at least `width` digits. */
export function hex(codePoint: number, width: number): string {
  return codePoint.toString(16).padStart(width, '0');
}

/** The text on one line, without any troublesome character: what a comment or a heading can carry. */
export function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(troublesome, '').trim();
}

/** Emitters refuse what is not well formed instead of writing a file that no parser reads. */
export function demandText(value: unknown, emitter: string): string {
  if (typeof value !== 'string') throw new TypeError(`${emitter}: expected a text, got ${typeof value}`);
  if (!value.isWellFormed()) throw new TypeError(`${emitter}: the text has half of a surrogate pair`);
  return value;
}
