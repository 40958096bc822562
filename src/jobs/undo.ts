import { fail } from '../errors/failure.ts';
import type { FileOp } from '../plan/plan.ts';
import type { GrowOptions, GrowPorts, GrowResult } from './grow.ts';
import { finish, withRepository } from './grow.ts';
import type { RunEntry } from './ports.ts';

/** Takes the last run back that was not taken back yet, byte for byte. */
export async function undo(options: GrowOptions, ports: GrowPorts): Promise<GrowResult> {
  return withRepository(ports, options.command, async (repository) => {
    const last = lastRun(repository.history()) ?? fail('E_NOTHING_TO_UNDO', {});
    const ops = [...repository.opsOf(last.number)].reverse().map(reverse);
    const changed = ops.filter((op) => repository.read(op.path) !== (op.kind === 'create' ? undefined : op.before)).map(({ path }) => path);
    if (changed.length > 0) fail('E_UNDO_CHANGED', { paths: changed });
    return finish(repository, { plan: { ops }, remarks: [] }, options, last.number);
  });
}

function lastRun(history: readonly RunEntry[]): RunEntry | undefined {
  const undone = new Set(history.map(({ undoes }) => undoes));
  return history.findLast(({ number, undoes }) => undoes === undefined && !undone.has(number));
}

function reverse(op: FileOp): FileOp {
  const { path, owner } = op;
  if (op.kind === 'create') return { kind: 'delete', path, owner, before: op.after };
  if (op.kind === 'delete') return { kind: 'create', path, owner, after: op.before, executable: false };
  return { kind: 'modify', path, owner, before: op.after, after: op.before };
}

/** The runs of this copy, oldest first. */
export async function history(command: string, ports: GrowPorts): Promise<readonly RunEntry[]> {
  return withRepository(ports, command, async (repository) => repository.history());
}
