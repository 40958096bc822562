import type { PlacedProblem } from './placed-problem.ts';
import { placed, showPath } from './placed-problem.ts';
import type { YamlPath } from './read-yaml.ts';
import { findSecrets } from './secrets.ts';

/** Finds the texts of a document in which somebody typed a secret. */
export function findSecretValues(value: unknown, path: YamlPath = []): readonly PlacedProblem[] {
  if (typeof value === 'string') {
    const [secret] = findSecrets(value);
    return secret === undefined ? [] : [placed('E_CONFIG_SECRET', { path: showPath(path), kind: secret.kind }, path)];
  }
  if (Array.isArray(value)) return value.flatMap((each, index) => findSecretValues(each, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => findSecretValues(each, [...path, key]));
}
