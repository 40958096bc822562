import type { QuestionContext, RawAnswer, RawAnswers } from '../generate/define-generator.ts';
import { fillDefaults } from '../generate/define-generator.ts';
import type { Questions } from './create-answers.ts';
import { fieldOf, showAnswer } from './create-answers.ts';

/** A command to copy, and whether every shell reads it the same way. */
export interface CommandLine {
  readonly text: string;
  /** Sh, bash and zsh read it; PowerShell would read some quotes differently. */
  readonly posixOnly: boolean;
}

/** Two machines that agree on nothing: a default that both give depends on no machine. */
const machines: readonly QuestionContext[] = [
  { locale: 'en', timezone: 'Pacific/Apia', owner: 'A' },
  { locale: 'es', timezone: 'Asia/Kathmandu', owner: 'B' },
];

/**
 * The one line that makes the same repository again, anywhere: it states every answer that is not what any
 * machine would take by itself.
 */
export function replayCommand(generator: Questions, answers: RawAnswers, version: string): CommandLine {
  const kept = neededAnswers(generator, answers);
  const folder = showAnswer(answers['dir']);
  const words = ['npx', `create-kpi-flow@${version}`, ...positional(folder), ...flagsOf(generator, kept), '--yes'];
  return { text: words.map(quote).join(' '), posixOnly: words.some((word) => !isPlain(word) && /['"\n\\]/.test(word)) };
}

/** A folder that begins with a hyphen would be read as a flag. */
function positional(folder: string): string[] {
  return folder.startsWith('-') ? [`--dir=${folder}`] : [folder];
}

function neededAnswers(generator: Questions, answers: RawAnswers): RawAnswers {
  const kept: Record<string, RawAnswer | undefined> = { ...answers };
  for (const key of Object.keys(generator.fields)) {
    const without = { ...kept, [key]: undefined };
    if (machines.every((machine) => sameAnswers(fillDefaults(generator, without, machine), answers)))
      kept[key] = undefined;
  }
  return kept;
}

function sameAnswers(a: RawAnswers, b: RawAnswers): boolean {
  return Object.keys(b).every((key) => showAnswer(a[key]) === showAnswer(b[key]));
}

function flagsOf({ fields }: Questions, answers: RawAnswers): string[] {
  return Object.keys(fields).flatMap((key) => {
    const { flag, meta } = fieldOf(fields, key);
    const value = answers[key];
    if (value === undefined || meta.positional === true) return [];
    if (meta.boolean === true) return [isYes(value) ? flag : flag.replace('--', '--no-')];
    const shown = showAnswer(value);
    return shown.startsWith('-') ? [`${flag}=${shown}`] : [flag, shown];
  });
}

function isYes(value: RawAnswer): boolean {
  return ['true', 'yes', '1'].includes(showAnswer(value).toLowerCase());
}

/** What no shell touches. A leading `@` or a comma means something to PowerShell. */
function isPlain(word: string): boolean {
  return /^[A-Za-z0-9_./-][A-Za-z0-9_./:=@-]*$/.test(word);
}

/** One word of a command line, as sh reads it; without quotes inside it is the same in PowerShell. */
export function quote(word: string): string {
  if (isPlain(word)) return word;
  if (!word.includes('\n')) return `'${word.replaceAll("'", `'\\''`)}'`;
  // A line break would cut the line in two for whoever copies it.
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll("'", `'\\''`);
  return `"$(printf %b '${escaped}')"`;
}
