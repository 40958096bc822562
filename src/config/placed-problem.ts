import type { ErrorArgs, ErrorCode } from '../errors/catalogue.ts';
import type { YamlPath } from './read-yaml.ts';

/** A problem of a value at a path: the text around it is looked up when all are known. */
export interface PlacedProblem {
  readonly code: ErrorCode;
  readonly args: object;
  readonly path: YamlPath;
  readonly part: 'key' | 'value';
}

/** Makes a problem of the value, or of the key, at a path. */
export function placed<Code extends ErrorCode>(
  code: Code,
  args: ErrorArgs[Code],
  path: YamlPath,
  part: 'key' | 'value' = 'value',
): PlacedProblem {
  return { code, args, path, part };
}

/** A path as people write one: `kpi.grain[1]`. */
export function showPath(path: YamlPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}
