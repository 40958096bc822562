import { Failure, problem } from '../errors/failure.ts';
import type { RawAnswers } from '../generate/define-generator.ts';
import type { StageGenerator } from '../generate/define-stage.ts';
import type { GrowOptions, GrowPorts, GrowResult, Status } from '../jobs/grow.ts';
import { add, changesFiles, generatorOf, history, own, remove, status, sync, undo, why } from '../jobs/grow.ts';
import { uiOf } from '../messages/speak.ts';
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
  remove: async (session, ports) => show(session, await remove(positional(session, 0, '<stage>'), optionsOf(session), ports)),
  own: async (session, ports) => show(session, await own(positional(session, 0, '<file>'), optionsOf(session), ports)),
  undo: async (session, ports) => show(session, await undo(optionsOf(session), ports)),
  history: showHistory,
  status: showStatus,
  why: showWhy,
  list: async (session, ports) => listGenerators(session, Object.values(ports.generators)),
  describe: async (session, ports) => listGenerators(session, [generatorOf(positional(session, 0, '<generator>'), ports.generators)], true),
};

async function addStage(session: Session, ports: GrowPorts): Promise<number> {
  const name = positional(session, 0, '<generator>');
  const generator = generatorOf(name, ports.generators);
  return show(session, await add(name, answersOf(session, generator), optionsOf(session), ports));
}

/** By position in the order of the fields, or by flag; `--input` is `--inputs` with one. */
function answersOf({ parsed }: Session, { fields }: StageGenerator): RawAnswers {
  const { flags, positionals } = parsed;
  const keys = Object.keys(fields);
  const extra = positionals[keys.length + 1];
  if (extra !== undefined) throw new Failure([problem('E_ARGUMENT_EXTRA', { argument: extra, swallowed: false })]);
  const byPosition = Object.fromEntries(keys.map((key, index) => [key, positionals[index + 1]]));
  const given: Readonly<Record<string, string | boolean | undefined>> = { ...flags, ...(flags['input'] !== undefined && { inputs: flags['input'] }) };
  const foreign = ['source', 'inputs'].find((key) => given[key] !== undefined && !keys.includes(key));
  if (foreign !== undefined) throw new Failure([problem('E_FLAG_UNKNOWN', { flag: `--${foreign}` })]);
  const byFlag = Object.fromEntries(keys.filter((key) => given[key] !== undefined).map((key) => [key, given[key]]));
  return { ...byPosition, ...byFlag };
}

function positional({ parsed }: Session, index: number, what: string): string {
  const found = parsed.positionals[index];
  if (found !== undefined) return found;
  throw new Failure([problem('E_ANSWERS_MISSING', { flags: [what], example: `kpi-flow ${parsed.command.name} ${what}`, haveDefaults: false })]);
}

function optionsOf({ parsed }: Session): GrowOptions {
  const { flags, positionals, command } = parsed;
  const isOn = (key: string): boolean => flags[key] === true;
  const said = Object.entries(flags).filter(([key]) => ['kind', 'source', 'inputs', 'input'].includes(key)).map(([key, value]) => `--${key} ${String(value)}`);
  return { command: [command.name, ...positionals, ...said].join(' '), dryRun: isOn('dry-run') || isOn('check'), force: isOn('force') };
}

function show({ parsed, terminal, locale }: Session, result: GrowResult): number {
  const json = parsed.flags['json'] === true;
  terminal.result(json ? JSON.stringify(growData(parsed.command.name, result), null, 2) : growLines(result, locale, parsed.flags['diff'] === true).join('\n'));
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
  const origin = await why(positional(session, 0, '<file>'), parsed.command.name, ports);
  const { path, owner, from, version, edited } = origin;
  terminal.result(parsed.flags['json'] === true ? JSON.stringify({ schemaVersion: 1, ...origin }, null, 2) : printable(uiOf(locale).grow.origin(path, owner, from, version, edited)));
  return 0;
}

function listGenerators({ parsed, terminal, locale }: Session, generators: readonly StageGenerator[], full = false): number {
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
