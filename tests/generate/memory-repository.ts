import { version } from 'virtual:version';
import { additions } from '../../generators/index.ts';
import { fail } from '../../src/errors/failure.ts';
import type { GrowPorts } from '../../src/jobs/grow.ts';
import type { OpenRepository, RunEntry } from '../../src/jobs/ports.ts';
import type { FileOp } from '../../src/plan/plan.ts';
import type { Files } from './grown.ts';
import { apply, hash, namesIn, parse } from './grown.ts';

/** What the jobs work with, over a repository in memory: what the disk does, without a disk. */
export function memoryPorts(files: Files): GrowPorts {
  const runs: { readonly entry: RunEntry; readonly ops: readonly FileOp[] }[] = [];
  const root = '/repo';
  const repository: OpenRepository = {
    root,
    read: (path) => files.get(path),
    list: (folder) => namesIn(files, folder),
    written: () => [...files.keys()],
    history: () => runs.map(({ entry }) => entry),
    opsOf: (number) => runs[number - 1]?.ops ?? [],
    close: () => undefined,
    apply: (ops, run) => {
      checkTargets(files, ops);
      apply(files, ops);
      runs.push({ entry: { number: runs.length + 1, at: '2026-01-05T00:00:00Z', paths: ops.map(({ path }) => path), ...run }, ops });
      return runs.length;
    },
  };
  return { repositories: { find: () => root, open: async () => repository }, generators: additions, loadPython: async () => parse, hash, clock: { today: () => '2026-01-05' }, version, cwd: root };
}

/** As the disk does: nothing is written where something else stands than the plan says. */
function checkTargets(files: Files, ops: readonly FileOp[]): void {
  for (const op of ops) {
    const now = files.get(op.path);
    if (op.kind === 'create' ? now !== undefined : now !== op.before) fail('E_FILE_CHANGED', { path: op.path });
  }
}
