import { Language, Parser } from 'web-tree-sitter';
import type { ParsePython } from './parse-python.ts';
import { remembering } from './parse-python.ts';

/** The two programs that parsing takes; reading them from the disk is the edge's work. */
export interface PythonGrammar {
  readonly runtime: Uint8Array;
  readonly grammar: Uint8Array;
}

let loading: Promise<Parser> | undefined;

/** Makes the parser; once a process, whoever asks. */
export async function loadPython(grammar: PythonGrammar): Promise<ParsePython> {
  loading ??= makeParser(grammar);
  return (parsing ??= remembering(parseWith(await loading)));
}

let parsing: ParsePython | undefined;

function parseWith(parser: Parser): ParsePython {
  return (text) => parser.parse(text)?.rootNode ?? noLanguage();
}

function noLanguage(): never {
  throw new TypeError('the parser has no language');
}

async function makeParser({ runtime, grammar }: PythonGrammar): Promise<Parser> {
  await Parser.init({ wasmBinary: runtime });
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return parser;
}
