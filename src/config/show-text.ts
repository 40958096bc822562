import { escapeCharacter, isBidi, isControl } from './characters.ts';
import { findSecrets } from './secrets.ts';

/** What stands for each character of a secret. */
export const mask = '•';

const longestShown = 60;

/**
 * A text of somebody else's file as a message may show it: secrets masked, what cannot be seen escaped,
 * and not longer than a line.
 */
export function showText(text: string): string {
  const characters = [...hideSecrets(text.slice(0, 4096))];
  const shown = characters.map((each) => (isControl(each) || isBidi(each) ? escapeCharacter(each) : each));
  return shown.length > longestShown ? `${shown.slice(0, longestShown).join('')}…` : shown.join('');
}

function hideSecrets(text: string): string {
  return findSecrets(text).reduce(
    (hidden, { start, end }) => hidden.slice(0, start) + mask.repeat(end - start) + hidden.slice(end),
    text,
  );
}
