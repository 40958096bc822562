/**
 * Characters that change the order in which a line is read. A person who reviews a text with one of
 * them sees something else than what a program reads.
 */
const bidiCharacters = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Controls, line separators of other alphabets, byte order marks, and code points that are no characters. */
// oxlint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]/u;

// Letters and digits written twice as wide, and pictures.
const wideCharacters =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
// oxlint-disable-next-line no-misleading-character-class
const widthless = /[\p{M}\u200b-\u200d\u2060\ufe00-\ufe0f\u{e0000}-\u{e0fff}]/u;

/** Whether the character changes the direction of reading. */
export function isBidi(character: string): boolean {
  return bidiCharacters.test(character);
}

/** Whether the character is one that no text for people holds, besides line ends. */
export function isControl(character: string): boolean {
  return controlCharacters.test(character);
}

/** How many columns of a terminal the character takes. */
export function widthOf(character: string): 0 | 1 | 2 {
  if (widthless.test(character)) return 0;
  return wideCharacters.test(character) ? 2 : 1;
}

/** A character as `U+202E`, the way people look one up. */
export function codePointName(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A character that cannot be shown as it is, as the escape that a programmer would type. */
export function escapeCharacter(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  return codePoint <= 0xff ? `\\x${codePoint.toString(16).padStart(2, '0')}` : `\\u${codePoint.toString(16).padStart(4, '0')}`;
}
