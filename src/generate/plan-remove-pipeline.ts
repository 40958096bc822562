import type { ReadDeployment } from '../config/edit-deployments.ts';
import { deploymentsFile, deploymentsWithLines, removeDeployments } from '../config/edit-deployments.ts';
import { fail } from '../errors/failure.ts';
import type { FileOp } from '../plan/plan.ts';
import { entrypointOf } from './flow-files.ts';
import { extensionOf } from './language.ts';
import { lockOps } from './lock-changes.ts';
import type { Growth } from './plan-add.ts';
import { filesOfPipeline } from './pipeline-files.ts';
import { isOurDeployment } from './plan-deployment.ts';
import { placesWith } from './rename-mentions.ts';
import type { RepositoryState } from './repository-state.ts';
import { isUnedited, stagesOf } from './repository-state.ts';

/** Whether a name is that of a pipeline that was added: the KPI's own cannot go. */
export function isPipeline(name: string, { config, lock, settings }: RepositoryState): boolean {
  const owner = lock.files.get(`src/core/pipelines/${name}.${extensionOf(settings.language)}`)?.owner;
  return owner !== undefined && owner !== 'deleted' && name !== config.kpi.id && !stagesOf(config).has(name);
}

/**
 * Plans to take a pipeline away with its flow, its tests and its deployments. They only make sense together: when
 * somebody edited one of them, all stay.
 * @throws Failure E_PIPELINE_EDITED; E_STAGE_USED with every other place that needs it
 */
export function planRemovePipeline(name: string, state: RepositoryState): Growth {
  const paths = filesOfPipeline(name, state.settings.language).map(({ path }) => path);
  const files = paths.flatMap((path) => {
    const text = state.read(path);
    return text === undefined ? [] : [{ path, text }];
  });
  const edited = files.filter(({ path, text }) => !isUnedited(state, path, text)).map(({ path }) => path);
  const theirs = [...edited, ...(hasTheirDeployment(name, state) ? [deploymentsFile] : [])];
  if (theirs.length > 0) fail('E_PIPELINE_EDITED', { name, paths: theirs });
  const places = usesOf(name, new Set(paths), state);
  if (places.length > 0) fail('E_STAGE_USED', { name, places, takers: [] });
  const ops: FileOp[] = [...files.map(({ path, text }): FileOp => ({ kind: 'delete', path, owner: 'seed', before: text })), ...withoutDeployments(name, state)];
  return { plan: { ops: [...ops, ...lockOps(state, ops)] }, remarks: [] };
}

function usesOf(name: string, own: ReadonlySet<string>, { lock, read, settings: { language } }: RepositoryState): string[] {
  const named = language === 'typescript' ? new RegExp(`/(?:pipelines/${name}|${name}_flow)\\.ts'`) : new RegExp(`\\bpipelines(?:\\.| import [^#\\n]*\\b)${name}\\b|\\b${name}_flow\\b`);
  const others = [...lock.files.values()].filter(({ path, owner }) => path.endsWith(`.${extensionOf(language)}`) && owner !== 'deleted' && !own.has(path));
  return others.flatMap(({ path }) => placesWith(path, read(path) ?? '', named));
}

/** Whether a person has written into a deployment of the flow, or written one. */
function hasTheirDeployment(name: string, state: RepositoryState): boolean {
  const text = state.read(deploymentsFile);
  if (text?.includes(`${name}_flow:`) !== true) return false;
  return deploymentsWithLines(text).some(({ deployment, lines }) => starts(deployment, name, state) && !isOurDeployment(deployment, lines, `${name}_flow`, state));
}

function starts({ entrypoint }: ReadDeployment, name: string, { settings }: RepositoryState): boolean {
  const [module] = entrypointOf(`${name}_flow`, settings.language).split(':');
  return typeof entrypoint === 'string' && entrypoint.startsWith(`${module}:`);
}

function withoutDeployments(name: string, state: RepositoryState): FileOp[] {
  const before = state.read(deploymentsFile);
  if (before === undefined) return [];
  const after = removeDeployments(before, (each) => starts(each, name, state), name);
  return after === before ? [] : [{ kind: 'modify', path: deploymentsFile, owner: 'edited', before, after }];
}
