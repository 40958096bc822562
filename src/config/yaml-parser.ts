import type { SourceText } from './frame.ts';
import type { YamlNode } from './yaml-tree.ts';

/** Reads YAML of any form. */
export type ParseYaml = (source: SourceText) => YamlNode | null;

/**
 * Some text is not of the plain form, and the parser that reads all forms is not there yet. Who catches it calls
 * `loadYamlParser` and begins again.
 */
export class NoYamlParser extends Error {}

let parse: ParseYaml | undefined;

/** Starting the parser takes longer than all else that a job on a plain repository reads, so it is there on demand. */
export async function loadYamlParser(): Promise<void> {
  parse ??= (await import('./parse-yaml.ts')).parseYaml;
}

/**
 * The parser, once somebody has loaded it.
 * @throws NoYamlParser
 */
export function yamlParser(): ParseYaml {
  if (parse === undefined) throw new NoYamlParser('loadYamlParser comes first');
  return parse;
}
