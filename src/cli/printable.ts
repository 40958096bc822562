import { escapeCharacter, isBidi, isControl } from '../config/characters.ts';

/** Names and texts of others may carry escapes that would act on the terminal. */
export function printable(text: string): string {
  return [...text]
    .map((each) => ((isControl(each) && each !== '\n') || isBidi(each) ? escapeCharacter(each) : each))
    .join('');
}
