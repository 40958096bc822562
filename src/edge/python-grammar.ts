import { setFlagsFromString } from 'node:v8';
import { brotliDecompressSync } from 'node:zlib';

/** The two programs that parsing Python takes. They ship inside a module of their own, loaded only when needed. */
export async function readPythonGrammar(): Promise<{ readonly runtime: Uint8Array; readonly grammar: Uint8Array }> {
  // A few files are parsed once: making the parser faster would take longer than it ever saves.
  setFlagsFromString('--liftoff-only');
  const packed = await import('virtual:python-grammar');
  return { runtime: unpack(packed.runtime), grammar: unpack(packed.grammar) };
}

function unpack(text: string): Uint8Array {
  return new Uint8Array(brotliDecompressSync(Buffer.from(text, 'base64')));
}
