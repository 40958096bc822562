import { fail } from '../errors/failure.ts';

const reservedNames = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?$/i;
// Control characters, what Windows refuses in a name, and marks that change the reading direction.
// oxlint-disable-next-line no-control-regex
const badCharacters = /[\u0000-\u001f\u007f-\u009f<>:"|?*\\\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const longestPart = 255;

/**
 * Checks a path inside a repository: relative, with `/`, that no operating system reads differently.
 * @returns the path itself
 * @throws Failure E_PATH_UNSAFE
 */
export function checkPath(path: string): string {
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) fail('E_PATH_UNSAFE', { path, reason: 'absolute' });
  if (path === '' || badCharacters.test(path) || !path.isWellFormed()) {
    fail('E_PATH_UNSAFE', { path, reason: 'characters' });
  }
  for (const part of path.split('/')) checkPart(path, part);
  return path;
}

function checkPart(path: string, part: string): void {
  if (part === '' || part === '.' || part === '..') fail('E_PATH_UNSAFE', { path, reason: 'escape' });
  if (reservedNames.test(part)) fail('E_PATH_UNSAFE', { path, reason: 'reserved' });
  if (/[. ]$/.test(part)) fail('E_PATH_UNSAFE', { path, reason: 'characters' });
  if (part.length * 3 > longestPart && new TextEncoder().encode(part).length > longestPart)
    fail('E_PATH_UNSAFE', { path, reason: 'length' });
}
