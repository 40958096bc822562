import type { Config } from '../config/config.ts';
import type { Lock } from '../config/lock.ts';
import type { ConfigGroup } from '../config/edit-config.ts';
import { isPublisher } from './declared-kind.ts';
import type { RepositoryState } from './repository-state.ts';
import { extensionOf } from './language.ts';

type StageGroup = Exclude<ConfigGroup, 'sources'>;

const module = /^(?:src\/core\/(?:extractors|transformers|loaders)|prefect_flows\/artifacts)\/([a-z][a-z0-9_]*)\.(?:py|ts|sql)$/;
const test = /^tests\/(?:unit|flows)\/(?:test_([a-z][a-z0-9_]*)\.py|([a-z][a-z0-9_]*)\.test\.ts)$/;

/** The stage that a file belongs to by its path, when it belongs to one. */
export function stageOfFile(path: string): string | undefined {
  const [, name, inTypescript] = module.exec(path) ?? test.exec(path) ?? [];
  return name ?? inTypescript;
}

/** Whether a path is where the code of a stage stands. */
export function isStageModule(path: string): boolean {
  return module.test(path);
}

/** The files of a stage that the lock knows. A test counts only beside the stage's module: others share the folder. */
export function filesOfStage({ files }: Lock, stage: string): string[] {
  const own = [...files.values()].filter(({ path, owner }) => stageOfFile(path) === stage && owner !== 'deleted').map(({ path }) => path);
  return own.some(isStageModule) ? own : [];
}

/** The module of a stage. What publishes needs Prefect, which the core may not know. */
export function moduleOf(group: StageGroup, stage: string, config: Config, language: 'python' | 'typescript' = 'python'): string {
  return isPublisher(stage, config) ? artifactFile(stage, language) : `src/core/${group}/${stage}.${extensionOf(language)}`;
}

/** The module of a stage that publishes. */
export function artifactFile(stage: string, language: 'python' | 'typescript' = 'python'): string {
  return `prefect_flows/artifacts/${stage}.${extensionOf(language)}`;
}

/** Where a file of a stage goes when the stage gets another name. */
export function fileOfRenamed(path: string, name: string, next: string): string {
  return path.replace(new RegExp(`(?<=/(?:test_)?)${name}(?=(?:\\.test)?\\.(?:py|ts|sql)$)`), next);
}

/** The package that a module of the repository lies in: `src/core/extractors/orders.py` is in `core.extractors`. */
export function packageOf(path: string): string {
  return path.replace(/^src\//, '').split('/').slice(0, -1).join('.');
}

/** Every text of people and of ours in a repository, in the order of their paths; what is generated follows by itself. */
export function textFiles({ lock, written }: Pick<RepositoryState, 'lock' | 'written'>): string[] {
  const known = [...lock.files.values()].filter(({ path, owner }) => owner !== 'generated' && owner !== 'deleted' && isText(path)).map(({ path }) => path);
  const found = (written?.() ?? []).filter((path) => isText(path) && !lock.files.has(path));
  return [...new Set([...known, ...found])].filter((path) => path !== 'config/config.yaml' && !path.startsWith('.kpi-flow/')).sort();
}

function isText(path: string): boolean {
  return /\.(?:py|ts|md|ya?ml|toml)$/.test(path);
}
