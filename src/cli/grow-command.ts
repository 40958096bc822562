import { additions } from '../../generators/additions.ts';
import type { Addition } from '../generate/define-addition.ts';
import { generatorOf } from '../jobs/add.ts';
import type { GrowPorts } from '../jobs/grow.ts';
import { changesFiles } from '../jobs/grow.ts';
import { own } from '../jobs/own.ts';
import { remove } from '../jobs/remove.ts';
import { rename } from '../jobs/rename.ts';
import type { Status } from '../jobs/status.ts';
import { status } from '../jobs/status.ts';
import { sync } from '../jobs/sync.ts';
import { history, undo } from '../jobs/undo.ts';
import { why } from '../jobs/why.ts';
import { uiOf } from '../messages/speak.ts';
import { optionsOf, positional } from './grow-arguments.ts';
import { portsOf } from './grow-ports.ts';
import { showGrowth } from './grow-report.ts';
import { printable } from './printable.ts';
import type { Session } from './run.ts';

/** The commands that work on a repository that is there, beside the one that adds to it. */
export async function runCommand(session: Session): Promise<number> {
  return doers[session.parsed.command.name as keyof typeof doers](session, portsOf(session, additions));
}

type Doer = (session: Session, ports: GrowPorts) => Promise<number>;

const doers = {
  sync: syncRepository,
  remove: async (session, ports) => showGrowth(session, await remove(positional(session, 0, ['<stage>']), optionsOf(session), ports)),
  rename: renameStage,
  own: async (session, ports) => showGrowth(session, await own(positional(session, 0, ['<file>']), optionsOf(session), ports)),
  undo: async (session, ports) => showGrowth(session, await undo(optionsOf(session), ports)),
  history: showHistory,
  status: showStatus,
  why: showWhy,
  list: async (session, ports) => listGenerators(session, Object.values(ports.generators)),
  describe: async (session, ports) => listGenerators(session, [generatorOf(positional(session, 0, ['<generator>'], Object.keys(ports.generators)), ports.generators)], true),
} as const satisfies Readonly<Record<string, Doer>>;

async function renameStage(session: Session, ports: GrowPorts): Promise<number> {
  const [name, next] = [0, 1].map((index) => positional(session, index, ['<stage>', '<new>'])) as [string, string];
  return showGrowth(session, await rename(name, next, optionsOf(session), ports));
}

/** With `--check` nothing is written, and a difference is something to act on. */
async function syncRepository(session: Session, ports: GrowPorts): Promise<number> {
  const result = await sync(optionsOf(session), ports);
  const check = session.parsed.flags['check'] === true;
  if (!check || session.parsed.flags['json'] === true || changesFiles(result)) showGrowth(session, result);
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
