import { Failure, problem } from '../errors/failure.ts';
import type { GrowOptions } from '../jobs/grow.ts';
import { stageKeys } from './declared-flags.ts';
import type { Session } from './run.ts';

/** A word that a command needs; `words` are all that it takes. */
export function positional({ parsed }: Session, index: number, words: readonly string[], choices?: readonly string[]): string {
  const found = parsed.positionals[index];
  if (found !== undefined) return found;
  const example = ['kpi-flow', parsed.command.name, ...words].join(' ');
  throw new Failure([problem('E_ANSWERS_MISSING', { flags: words.slice(parsed.positionals.length), example, haveDefaults: false, ...(choices && { choices }) })]);
}

/** How a job is run, as it was asked for. */
export function optionsOf({ parsed }: Session): GrowOptions {
  const { flags, positionals, command } = parsed;
  const isOn = (key: string): boolean => flags[key] === true;
  const said = Object.entries(flags).filter(([key]) => stageKeys.includes(key)).map(([key, value]) => `${flagName(key)} ${quoted(String(value))}`);
  return { command: [command.name, ...positionals.map(quoted), ...said].join(' '), dryRun: isOn('dry-run') || isOn('check'), force: isOn('force'), editReferences: isOn('edit-references') };
}

/** A word as a shell takes it. */
export function quoted(text: string): string {
  return /\s/.test(text) ? JSON.stringify(text) : text;
}

/** How a key is written as a flag. */
export const flagName = (key: string): string => `--${key.replaceAll('_', '-')}`;
