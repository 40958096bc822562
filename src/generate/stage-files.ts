import type { Lock } from '../config/lock.ts';
import type { ConfigGroup } from '../config/edit-config.ts';

type StageGroup = Exclude<ConfigGroup, 'sources'>;

/** The stage that a file belongs to by its path, when it belongs to one. */
export function stageOfFile(path: string): string | undefined {
  const [, module, test] = /^(?:src\/core\/(?:extractors|transformers|loaders)\/([a-z][a-z0-9_]*)\.(?:py|sql)|tests\/unit\/test_([a-z][a-z0-9_]*)\.py)$/.exec(path) ?? [];
  return module ?? test;
}

/** The files of a stage that the lock knows. A test counts only beside the stage's module: others share the folder. */
export function filesOfStage({ files }: Lock, stage: string): string[] {
  const own = [...files.values()].filter(({ path, owner }) => stageOfFile(path) === stage && owner !== 'deleted').map(({ path }) => path);
  return own.some((path) => path.startsWith('src/core/')) ? own : [];
}

/** The module of a stage. */
export function moduleOf(group: StageGroup, stage: string): string {
  return `src/core/${group}/${stage}.py`;
}
