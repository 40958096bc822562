import type { CST } from 'yaml';
import { Lexer, Parser } from 'yaml';
import { fail } from '../errors/failure.ts';
import type { SourceText } from './frame.ts';
import { whereOf } from './frame.ts';

/** What YAML can do and a file that two languages read does better without. */
export type YamlFeature = 'anchor' | 'alias' | 'tag' | 'directive' | 'documents' | 'complex-key' | 'merge' | 'surrogate';

/** How deep lists and groups of keys may lie in each other, and how many entries one may have. */
export const deepest = 64;
export const mostEntries = 2000;
/** Even a file of nothing but brackets is refused soon. */
const mostLexemes = 60_000;

/**
 * Takes a text apart into the tokens of its syntax, and stops at the first thing that is not allowed.
 * This happens before any parse: two deep documents are enough to abort a process that parses them
 * (a regular expression inside the parser cannot be compiled any more, which nothing can catch).
 * @throws Failure E_YAML_DEPTH, E_YAML_ENTRIES, E_YAML_FEATURE
 */
export function scanYaml(source: SourceText): readonly CST.Token[] {
  const parser = new Parser();
  const features = featureWatch(source);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(source.text)) {
    features(lexeme, parser.offset);
    tokens.push(...parser.next(lexeme));
    lexemes += 1;
    if (lexemes > mostLexemes) fail('E_YAML_ENTRIES', { limit: mostEntries }, at(source, parser.offset));
    refuseExcess(source, parser);
  }
  tokens.push(...parser.end());
  return tokens;
}

function refuseExcess(source: SourceText, { stack, offset }: Parser): void {
  const top = stack.at(-1);
  // The document is on the stack, too, and so may be a scalar.
  const isDeep = stack.length > deepest && stack.filter((each) => 'items' in each).length > deepest;
  if (isDeep) fail('E_YAML_DEPTH', { limit: deepest }, at(source, offset));
  if (top !== undefined && 'items' in top && top.items.length > mostEntries) {
    fail('E_YAML_ENTRIES', { limit: mostEntries }, at(source, offset));
  }
}

function at(source: SourceText, start: number, lexeme = ' ') {
  return whereOf(source, { start, end: start + lexeme.length });
}

/** The lexer's marks: the next lexeme is a scalar; a document begins; brackets were left open. */
const scalarMark = '\u001f';

/** Looks at each lexeme as it comes; the content of a scalar is no syntax. */
function featureWatch(source: SourceText): (lexeme: string, offset: number) => void {
  let [inScalar, documents] = [false, 0];
  return (lexeme, offset) => {
    if (inScalar) {
      inScalar = false;
      return;
    }
    if (lexeme === scalarMark) inScalar = true;
    if (lexeme === '---') documents += 1;
    const feature = documents > 1 || (documents === 1 && lexeme === '---' && offset > firstContent(source)) ? 'documents' : featureOf(lexeme);
    if (feature !== undefined) fail('E_YAML_FEATURE', { feature }, at(source, offset, lexeme.trimEnd() || ' '));
  };
}

/** Where something else than comments and empty lines begins. */
function firstContent({ text }: SourceText): number {
  return /^(?:[^\S\n]*(?:#[^\n]*)?(?:\n|$))*/.exec(text)?.[0].length ?? 0;
}

function featureOf(lexeme: string): YamlFeature | undefined {
  if (lexeme === '...') return 'documents';
  if (lexeme === '?') return 'complex-key';
  if (lexeme.startsWith('%')) return 'directive';
  if (lexeme.startsWith('&')) return 'anchor';
  if (lexeme.startsWith('*')) return 'alias';
  if (lexeme.startsWith('!')) return 'tag';
  return hasSurrogateEscape(lexeme) ? 'surrogate' : undefined;
}

/** JavaScript joins two of them to one character, Python keeps two. */
function hasSurrogateEscape(lexeme: string): boolean {
  return lexeme.startsWith('"') && [...lexeme.matchAll(/\\(?:u([0-9a-fA-F]{4})|[^])/g)].some(([, hex]) => /^d[89a-f]/i.test(hex ?? ''));
}
