/** The two programs that parsing Python takes. They ship as files beside the code, read only when needed. */
export async function readPythonGrammar(): Promise<{ readonly runtime: Uint8Array; readonly grammar: Uint8Array }> {
  // A few files are parsed once: making the parser faster would take longer than it ever saves.
  const [{ setFlagsFromString }, { runtime, grammar }] = await Promise.all([import('node:v8'), import('virtual:python-grammar')]);
  setFlagsFromString('--liftoff-only');
  return { runtime, grammar };
}
