import { fail } from '../errors/failure.ts';
import { originOfFile } from '../generate/file-origin.ts';
import { isPipeline } from '../generate/plan-remove-pipeline.ts';
import type { RepositoryState } from '../generate/repository-state.ts';
import { isUnedited, stagesOf } from '../generate/repository-state.ts';
import { stageOfFile } from '../generate/stage-files.ts';
import type { GrowPorts } from './grow.ts';
import { withState } from './grow.ts';

/** Where a file comes from. */
export interface Origin {
  readonly path: string;
  readonly owner: string;
  readonly edited: boolean;
  readonly version: string;
  /** The part of config.yaml that decides it, or the generator that added it with its name. */
  readonly from: string;
}

/** What `create` wrote where generators add more. */
const createdFiles: ReadonlySet<string> = new Set(['docs/adr/0001-prefect-orchestrates.md']);

function pipelinesOf(state: RepositoryState): ReadonlySet<string> {
  const names = [...state.lock.files.keys()].flatMap((path) => /^src\/core\/pipelines\/([a-z][a-z0-9_]*)\.(?:py|ts)$/.exec(path)?.[1] ?? []);
  return new Set(names.filter((name) => isPipeline(name, state)));
}

/** Says which part of the repository a file comes from. */
export async function why(path: string, command: string, ports: GrowPorts): Promise<Origin> {
  return withState(ports, command, (state) => {
    const file = state.lock.files.get(path) ?? fail('E_FILE_UNKNOWN', { path });
    const stage = stageOfFile(path);
    const group = stage === undefined ? undefined : stagesOf(state.config).get(stage);
    const text = state.read(path);
    return { path, owner: file.owner, edited: text !== undefined && !isUnedited(state, path, text), version: state.settings.version, from: group === undefined ? originOfFile(path, pipelinesOf(state), createdFiles) : `${group}.${stage}` };
  });
}
