import type * as z from 'zod/mini';
import type { Problem } from '../errors/failure.ts';
import { Failure, problem } from '../errors/failure.ts';
import type { Config } from './config.ts';
import { crossCheck } from './cross-checks.ts';
import type { PlacedProblem } from './placed-problem.ts';
import { firstOf, inOrder } from './problem-order.ts';
import type { YamlReading, YamlText } from './read-yaml.ts';
import { inspectYaml } from './read-yaml.ts';
import { configSchema } from './schema.ts';
import { readIssues } from './schema-problems.ts';
import { findSecretValues } from './secret-values.ts';

/** Enough to count in a message: a hostile file has a hundred thousand. */
const mostPlaced = 500;

/** A checked config with the way back to its text. */
export interface ParsedConfig {
  readonly config: Config;
  readonly yaml: YamlText;
}

/**
 * Reads config.yaml.
 * @param input its text or its bytes
 * @param file the name that problems show
 * @param language the repository's: some databases are not for every one
 * @throws Failure with all problems at once, in the order of the file, the first 20 and a count
 */
export function parseConfig(input: string | Uint8Array, file = 'config/config.yaml', language: 'python' | 'typescript' = 'python'): ParsedConfig {
  const yaml = inspectYaml(input, file);
  const parsed = configSchema.safeParse(yaml.value);
  const placed = [...findSecretValues(yaml.value), ...issuesOf(parsed, yaml.value), ...crossCheck(yaml, language)];
  const problems = [...yaml.problems, ...place(placed, yaml)];
  if (!parsed.success || problems.length > 0) throw new Failure(firstOf(inOrder(problems)));
  return { config: parsed.data as Config, yaml };
}

function issuesOf(parsed: z.core.util.SafeParseResult<unknown>, value: unknown): readonly PlacedProblem[] {
  return parsed.success ? [] : readIssues(parsed.error.issues, value);
}

/** What could not be read, or must not be shown, needs no second complaint. */
function place(found: readonly PlacedProblem[], yaml: YamlReading): Problem[] {
  const settled = new Set(yaml.unread.map((path) => JSON.stringify(path)));
  return found
    .filter(({ path, code }) => {
      const key = JSON.stringify(path);
      const news = !settled.has(key);
      if (code === 'E_CONFIG_SECRET') settled.add(key);
      return news;
    })
    .toSorted((a, b) => yaml.rangeOf(a.path, a.part).start - yaml.rangeOf(b.path, b.part).start)
    .slice(0, mostPlaced)
    .map(({ code, args, path, part }) => problem(code, args as never, yaml.where(path, part)));
}
