import type { Problem } from '../../errors/failure.ts';
import { Failure } from '../../errors/failure.ts';
import type { Locale } from '../../errors/bilingual.ts';
import { parseConfig } from '../../config/parse-config.ts';
import type { Config } from '../../config/config.ts';
import { explain } from '../../messages/explain.ts';
import { loadYamlParser } from '../../config/yaml-parser.ts';

export type { Config, Extractor, KpiCard, Loader, Source, Transformer } from '../../config/config.ts';
export { readReferences } from '../../config/references.ts';
export type { Reference, ReferenceFault } from '../../config/references.ts';
export { suggest } from '../../config/suggest.ts';

// A flow reads its settings without waiting, whatever form config.yaml has.
await loadYamlParser();

/** config.yaml has mistakes: each with its line, what is wrong, and how to fix it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(message: string) {
    super(message);
    // What is wrong stands in the file: where this process came to read it would only bury that.
    this.stack = `ConfigError: ${message}`;
  }
}

/**
 * Reads the text of a config.yaml by the schema that create-kpi-flow itself reads it by.
 * @param file the name that mistakes show
 * @param locale the language that they are told in
 * @throws ConfigError with all mistakes at once
 */
export function readConfig(text: string | Uint8Array, file = 'config/config.yaml', locale: Locale = 'en'): Config {
  try {
    return parseConfig(text, file, 'typescript').config;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new ConfigError(error.problems.map((each) => tell(each, locale)).join('\n'));
  }
}

function tell(problem: Problem, locale: Locale): string {
  const { what, fix } = explain(problem, locale);
  const { file = '', line = 0, column = 0 } = problem.where ?? {};
  return `${[file, line, column].filter(Boolean).join(':')}: ${what} ${fix}`;
}
