import { Failure, problem } from '../errors/failure.ts';
import type { RawAnswers } from '../generate/define-generator.ts';
import type { Addition } from '../generate/define-addition.ts';
import { lacks } from '../generate/define-addition.ts';
import type { GrowOptions, GrowPorts, GrowResult, Status } from '../jobs/grow.ts';
import { add, changesFiles, generatorOf, history, own, remove, rename, status, sync, undo, why } from '../jobs/grow.ts';
import { uiOf } from '../messages/speak.ts';
import { stageKeys } from './declared-flags.ts';
import { growPorts } from './grow-ports.ts';
import { growData, growLines } from './grow-report.ts';
import { printable } from './printable.ts';
import type { Session } from './run.ts';

/** The commands that work on a repository that is there. */
export async function runCommand(session: Session): Promise<number> {
  const { parsed, terminal, locale } = session;
  const ports = growPorts(process.cwd(), ({ command }) => terminal.note(uiOf(locale).grow.finished(printable(command))));
  return (doers[parsed.command.name] ?? addStage)(session, ports);
}

type Doer = (session: Session, ports: GrowPorts) => Promise<number>;

const doers: Readonly<Record<string, Doer>> = {
  add: addStage,
  sync: syncRepository,
  remove: async (session, ports) => show(session, await remove(positional(session, 0, ['<stage>']), optionsOf(session), ports)),
  rename: renameStage,
  own: async (session, ports) => show(session, await own(positional(session, 0, ['<file>']), optionsOf(session), ports)),
  undo: async (session, ports) => show(session, await undo(optionsOf(session), ports)),
  history: showHistory,
  status: showStatus,
  why: showWhy,
  list: async (session, ports) => listGenerators(session, Object.values(ports.generators)),
  describe: async (session, ports) => listGenerators(session, [generatorOf(positional(session, 0, ['<generator>'], Object.keys(ports.generators)), ports.generators)], true),
};

async function renameStage(session: Session, ports: GrowPorts): Promise<number> {
  const [name, next] = [0, 1].map((index) => positional(session, index, ['<stage>', '<new>'])) as [string, string];
  return show(session, await rename(name, next, optionsOf(session), ports));
}

async function addStage(session: Session, ports: GrowPorts): Promise<number> {
  const [named] = session.parsed.positionals;
  const given = named === undefined ? undefined : answersOf(session, generatorOf(named, ports.generators));
  const asks = session.terminal.canAsk && session.parsed.flags['yes'] !== true;
  if (asks && (named === undefined || given === undefined || lacks(generatorOf(named, ports.generators), given))) return askAndAdd(session, ports);
  const name = positional(session, 0, ['<generator>'], Object.keys(ports.generators));
  return show(session, await add(name, given ?? {}, optionsOf(session), ports));
}

/** Asks on a terminal for what is missing. Nobody answers questions only to hear that this is no repository. */
async function askAndAdd(session: Session, ports: GrowPorts): Promise<number> {
  if (ports.repositories.find(ports.cwd) === undefined) throw new Failure([problem('E_NOT_A_REPOSITORY', { folder: ports.cwd })]);
  const [{ askGenerator, askMissing }, { openPrompter }] = await Promise.all([import('../jobs/add-questions.ts'), import('./open-prompter.ts')]);
  const prompter = await openPrompter(session);
  const [named] = session.parsed.positionals;
  const name = named ?? (await askGenerator(Object.values(ports.generators), prompter, session.locale));
  const generator = generatorOf(name, ports.generators);
  const answers = await askMissing(generator, answersOf(session, generator), prompter, session.locale);
  const said = Object.keys(generator.fields).map((key) => answers[key]).filter((each) => each !== undefined && each !== '');
  const command = ['add', name, ...said.map((each) => quoted(String(each)))].join(' ');
  return show(session, await add(name, answers, { ...optionsOf(session), command }, ports));
}

function quoted(text: string): string {
  return /\s/.test(text) ? JSON.stringify(text) : text;
}

const flagName = (key: string): string => `--${key.replaceAll('_', '-')}`;

/** By position in the order of the fields, or by flag; `--input` is `--inputs` with one. */
function answersOf({ parsed }: Session, { name, fields }: Addition): RawAnswers {
  const { flags, positionals } = parsed;
  const keys = Object.keys(fields);
  const placed = keys.filter((key) => fields[key]?.meta.positional === true);
  const extra = positionals[placed.length + 1];
  if (extra !== undefined) throw new Failure([problem('E_ARGUMENT_EXTRA', { argument: extra, command: `add ${name}`, most: placed.length, swallowed: false })]);
  const byPosition = Object.fromEntries(placed.map((key, index) => [key, positionals[index + 1]]));
  const given: Readonly<Record<string, string | boolean | undefined>> = { ...flags, ...(flags['input'] !== undefined && { inputs: flags['input'] }) };
  const foreign = stageKeys.find((key) => key !== 'input' && given[key] !== undefined && !keys.includes(key));
  if (foreign !== undefined) throw new Failure([problem('E_FLAG_UNKNOWN', { flag: flagName(foreign) })]);
  const byFlag = Object.fromEntries(keys.filter((key) => given[key] !== undefined).map((key) => [key, given[key]]));
  return { ...byPosition, ...byFlag };
}

/** A word that a command needs; `words` are all that it takes. */
function positional({ parsed }: Session, index: number, words: readonly string[], choices?: readonly string[]): string {
  const found = parsed.positionals[index];
  if (found !== undefined) return found;
  const example = ['kpi-flow', parsed.command.name, ...words].join(' ');
  throw new Failure([problem('E_ANSWERS_MISSING', { flags: words.slice(parsed.positionals.length), example, haveDefaults: false, ...(choices && { choices }) })]);
}

function optionsOf({ parsed }: Session): GrowOptions {
  const { flags, positionals, command } = parsed;
  const isOn = (key: string): boolean => flags[key] === true;
  const said = Object.entries(flags).filter(([key]) => stageKeys.includes(key)).map(([key, value]) => `${flagName(key)} ${quoted(String(value))}`);
  return { command: [command.name, ...positionals.map(quoted), ...said].join(' '), dryRun: isOn('dry-run') || isOn('check'), force: isOn('force'), editReferences: isOn('edit-references') };
}

function show({ parsed, terminal, locale }: Session, result: GrowResult): number {
  const json = parsed.flags['json'] === true;
  terminal.result(json ? JSON.stringify(growData(parsed.command.name, result), null, 2) : growLines(result, locale, parsed.flags['diff'] === true, parsed.command.name !== 'undo').join('\n'));
  return 0;
}

/** With `--check` nothing is written, and a difference is something to act on. */
async function syncRepository(session: Session, ports: GrowPorts): Promise<number> {
  const result = await sync(optionsOf(session), ports);
  const check = session.parsed.flags['check'] === true;
  if (!check || session.parsed.flags['json'] === true || changesFiles(result)) show(session, result);
  if (!check) return 0;
  if (changesFiles(result)) return 1;
  if (session.parsed.flags['json'] !== true) session.terminal.result(uiOf(session.locale).grow.nothing);
  return 0;
}

async function showHistory({ parsed, terminal, locale }: Session, ports: GrowPorts): Promise<number> {
  const runs = await history(parsed.command.name, ports);
  const ui = uiOf(locale).grow;
  const lines = runs.map(({ number, at, command, undoes, paths }) => `${number}  ${at}  ${command}${undoes === undefined ? '' : ` (${ui.undoes(undoes)})`}  ${paths.length}`);
  terminal.result(parsed.flags['json'] === true ? JSON.stringify({ schemaVersion: 1, runs }, null, 2) : lines.length === 0 ? ui.noRuns : lines.map(printable).join('\n'));
  return 0;
}

async function showStatus({ parsed, terminal, locale }: Session, ports: GrowPorts): Promise<number> {
  const found = await status(parsed.command.name, ports);
  terminal.result(parsed.flags['json'] === true ? JSON.stringify({ schemaVersion: 1, ...found }, null, 2) : statusLines(found, locale).map(printable).join('\n'));
  return 0;
}

function statusLines({ drifted, edited, deleted, waiting }: Status, locale: Session['locale']): string[] {
  const ui = uiOf(locale).grow;
  const part = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]);
  const waits = waiting.flatMap(({ stage, group, paste }) => [ui.waits[group as keyof typeof ui.waits](stage), ...(paste ?? [])]);
  const lines = [...part(ui.drifted, drifted), ...part(ui.edited, edited), ...part(ui.deleted, deleted), ...part(ui.waiting, waits)];
  return lines.length === 0 ? [ui.clean] : lines;
}

async function showWhy(session: Session, ports: GrowPorts): Promise<number> {
  const { parsed, terminal, locale } = session;
  const origin = await why(positional(session, 0, ['<file>']), parsed.command.name, ports);
  const { path, owner, from, version, edited } = origin;
  terminal.result(parsed.flags['json'] === true ? JSON.stringify({ schemaVersion: 1, ...origin }, null, 2) : printable(uiOf(locale).grow.origin(path, owner, from, version, edited)));
  return 0;
}

function listGenerators({ parsed, terminal, locale }: Session, generators: readonly Addition[], full = false): number {
  const data = generators.map(({ name, summary, kinds, fields }) => ({
    name,
    summary: summary[locale],
    kinds: kinds.map(({ value, label }) => ({ value, label: label[locale] })),
    fields: Object.values(fields).map(({ key, flag, meta }) => ({ key, flag, label: meta.label[locale], help: meta.help[locale] })),
  }));
  const lines = data.flatMap(({ name, summary, kinds, fields }) => [
    `${name}  ${summary}`,
    ...kinds.map(({ label }) => `    ${label}`),
    ...(full ? fields.map(({ flag, label, help }) => `  ${flag}  ${label}: ${help}`) : []),
  ]);
  terminal.result(parsed.flags['json'] === true ? JSON.stringify({ schemaVersion: 1, generators: data }, null, 2) : lines.join('\n'));
  return 0;
}
