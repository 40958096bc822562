import { NotPlain } from '../python/plain-node.ts';

/** A word or a mark of TypeScript, with where it stands. */
export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'pattern' | 'mark' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly row: number;
}

const part =
  /[ \t\r]+|\n|\/\/[^\n]*|\/\*[^]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`|[A-Za-z_$][\w$]*|[0-9][\w.]*|=>|\.\.\.|\?\.(?![0-9])|[=!]==?|[<>]=|&&=?|\|\|=?|\?\?=?|\+\+|--|\*\*=?|[-+*/%&|^]=|[()[\]{},;:.?<>=+\-*/%!&|^~@]/y;

/**
 * The tokens of a text, comments left out.
 * @throws NotPlain for what only a real parser could tell apart, such as a regular expression
 */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let row = 0;
  for (let at = text.startsWith('\ufeff') ? 1 : 0; at < text.length; ) {
    part.lastIndex = at;
    const [found] = part.exec(text) ?? stop();
    const start = at;
    const isPattern = found.startsWith('/') && !isComment(found) && beginsPattern(tokens.at(-1));
    at = found === '`' ? endOfTemplate(text, at + 1) : isPattern ? endOfPattern(text, at + 1) : at + found.length;
    const whole = text.slice(start, at);
    const rows = whole.split('\n').length - 1;
    if (isComment(found)) {
      // A line that is put in below the code on its line would end inside it.
      if (rows > 0 && tokens.at(-1)?.row === row) stop();
    } else if (!/^\s/.test(found)) tokens.push({ kind: isPattern ? 'pattern' : kindOf(found), text: whole, start, end: at, row: row + (found === '`' ? rows : 0) });
    if (found === '/' && !isPattern && !isOperand(tokens.at(-2))) stop();
    row += rows;
  }
  return [...tokens, { kind: 'end', text: '', start: text.length, end: text.length, row }];
}

function isComment(text: string): boolean {
  return text.startsWith('//') || text.startsWith('/*');
}

function kindOf(text: string): Token['kind'] {
  if (/^[A-Za-z_$]/.test(text)) return 'name';
  if (/^['"`]/.test(text)) return 'string';
  return /^[0-9]/.test(text) ? 'number' : 'mark';
}

/** Whether a slash behind it divides, and begins no regular expression. */
function isOperand(token: Token | undefined): boolean {
  return token !== undefined && (token.kind !== 'mark' || token.text === ')' || token.text === ']');
}

/** Whether a slash behind it begins a regular expression: nothing stands there that could be divided. */
function beginsPattern(token: Token | undefined): boolean {
  if (token === undefined) return true;
  if (token.kind === 'name') return /^(?:return|typeof|case|in|of|await|void|delete|throw)$/.test(token.text);
  return token.kind === 'mark' && /^(?:[=(,:[!&|?{;+*~^%<>]|=>|\.\.\.|&&|\|\||\?\?|[=!]==?|[-+*/%&|^]=)$/.test(token.text);
}

function endOfPattern(text: string, at: number): number {
  let isInClass = false;
  for (let place = at; place < text.length && text[place] !== '\n'; place += 1) {
    const letter = text[place];
    if (letter === '\\') place += 1;
    else if (letter === '[') isInClass = true;
    else if (letter === ']') isInClass = false;
    else if (letter === '/' && !isInClass) return place + 1 + (/^[a-z]*/.exec(text.slice(place + 1))?.[0].length ?? 0);
  }
  return stop();
}

/** Where a template ends whose first backtick stands before `at`; what it fills in may hold templates of its own. */
function endOfTemplate(text: string, at: number): number {
  for (let place = at; place < text.length; place += 1) {
    const letter = text[place];
    if (letter === '\\') place += 1;
    else if (letter === '`') return place + 1;
    else if (letter === '$' && text[place + 1] === '{') place = endOfFilled(text, place + 2) - 1;
  }
  return stop();
}

function endOfFilled(text: string, at: number): number {
  let depth = 1;
  for (let place = at; place < text.length; place += 1) {
    const letter = text[place];
    if (letter === '`') place = endOfTemplate(text, place + 1) - 1;
    else if (letter === "'" || letter === '"') place = endOfString(text, place + 1, letter);
    else if (letter === '{') depth += 1;
    else if (letter === '}') depth -= 1;
    if (depth === 0) return place + 1;
  }
  return stop();
}

function endOfString(text: string, at: number, quote: string): number {
  for (let place = at; place < text.length; place += 1) {
    if (text[place] === '\\') place += 1;
    else if (text[place] === quote) return place;
  }
  return stop();
}

/** @throws NotPlain always */
export function stop(): never {
  throw new NotPlain();
}
