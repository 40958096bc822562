import type { Locale } from '../errors/bilingual.ts';
import type { GrowResult, Remark } from '../jobs/grow.ts';
import { uiOf } from '../messages/speak.ts';
import { diffOps } from '../plan/diff.ts';
import { printable } from './printable.ts';
import type { Session } from './run.ts';

const signs = { create: '+', modify: '~', delete: '-' } as const;

/** What a job did or would do, in lines. */
export function growLines(result: GrowResult, locale: Locale, withDiff: boolean, canTakeBack = true): string[] {
  const ui = uiOf(locale).grow;
  const { plan, dryRun, remarks } = result;
  if (plan.ops.length === 0) return [ui.nothing, ...remarkLines(remarks, locale)].map(printable);
  const files = plan.ops.map(({ kind, path }) => `${signs[kind]} ${path}`);
  // Our own bookkeeping is no news to anybody.
  const shown = plan.ops.filter(({ path }) => !path.startsWith('.kpi-flow/'));
  const diff = withDiff || dryRun ? ['', diffOps(shown).trimEnd()] : [];
  const end = dryRun ? ui.planned(plan.ops.length) : ui.done(plan.ops.length);
  return [...files, ...diff, '', end, ...remarkLines(remarks, locale), ...(dryRun || !canTakeBack ? [] : [ui.takeBack])].map(printable);
}

function remarkLines(remarks: readonly Remark[], locale: Locale): string[] {
  const ui = uiOf(locale).grow;
  return remarks.flatMap((remark): string[] => {
    switch (remark.kind) {
      case 'waits':
        return [ui.waits[remark.group](remark.stage)];
      case 'joined':
        return [ui.joined(remark.stages.join(', '), remark.file)];
      case 'paste':
        return [ui.paste(remark.file), ...remark.lines];
      case 'fresh':
        return [ui.fresh(remark.file), ...remark.lines];
      case 'variable':
        return [ui.variable(remark.name, remark.source, remark.isNew, remark.form)];
      case 'kept':
        return [ui.kept(remark.file, remark.part)];
      case 'outlived':
        return [ui.outlived(remark.file)];
      case 'next':
        return [ui.next[remark.step], `  ${process.platform === 'win32' ? remark.command.replace('.venv/bin/python', '.venv\\Scripts\\python') : remark.command}`];
      case 'used':
        return [ui.used(remark.stage, remark.places.join(', '))];
      case 'moved':
        return [ui.moved(remark.file)];
      case 'mentions':
        return [ui.mentions(remark.stage, remark.places.join(', '))];
      case 'folder':
        return [ui.folder(remark.stage, remark.next)];
      case 'parted':
        return [ui.parted(remark.stages.join(', '), remark.file)];
    }
  });
}

/** The same as data. */
export function growData(command: string, { root, plan, dryRun, remarks, run }: GrowResult): object {
  const ops = plan.ops.map((op) => ({ kind: op.kind, path: op.path, owner: op.owner }));
  return { schemaVersion: 1, command, ok: true, root, dryRun, ...(run !== undefined && { run }), ops, remarks, diff: diffOps(plan.ops) };
}

/** Tells what a job did or would do, in the form that was asked for. */
export function showGrowth({ parsed, terminal, locale }: Session, result: GrowResult): number {
  const json = parsed.flags['json'] === true;
  terminal.result(json ? JSON.stringify(growData(parsed.command.name, result), null, 2) : growLines(result, locale, parsed.flags['diff'] === true, parsed.command.name !== 'undo').join('\n'));
  return 0;
}
