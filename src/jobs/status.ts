import { viewConfig } from '../generate/config-view.ts';
import { readFlows } from '../generate/flow-choice.ts';
import { joinLoader, stagesIn } from '../generate/join-chain.ts';
import { waitingIn, waitingInputs } from '../generate/plan-add.ts';
import { planGenerated, planVendored } from '../generate/plan-generated.ts';
import type { RepositoryState } from '../generate/repository-state.ts';
import { isUnedited, stagesOf } from '../generate/repository-state.ts';
import type { GrowPorts } from './grow.ts';
import { withState } from './grow.ts';

/** How a repository stands. */
export interface Status {
  readonly root: string;
  /** Generated files that are not what config.yaml says. */
  readonly drifted: readonly string[];
  /** Files that a person changed, by owner. */
  readonly edited: readonly string[];
  readonly deleted: readonly string[];
  /** Stages that nothing runs yet, and the lines that would, where there are some. */
  readonly waiting: readonly { readonly stage: string; readonly group: string; readonly paste?: readonly string[] }[];
}

/** Looks at a repository and changes nothing. */
export async function status(command: string, ports: GrowPorts): Promise<Status> {
  return withState(ports, command, (state) => {
    const files = [...state.lock.files.values()].map((file) => ({ ...file, text: state.read(file.path) }));
    return {
      root: state.root,
      drifted: [...planGenerated(state, viewConfig(state.config, state.settings), true), ...planVendored(state, true)].map(({ path }) => path),
      edited: files.filter(({ path, text, owner }) => owner !== 'deleted' && text !== undefined && !isUnedited(state, path, text)).map(({ path }) => path),
      deleted: files.filter(({ text }) => text === undefined).map(({ path }) => path),
      waiting: waitingStages(state),
    };
  });
}

function waitingStages(state: RepositoryState): Status['waiting'] {
  const flows = readFlows(state);
  const [flow] = flows;
  const used = new Set(flows.flatMap((each) => [...stagesIn(each)]));
  return [...stagesOf(state.config)].filter(([name]) => !used.has(name)).map(([stage, group]) => {
    const [input] = waitingInputs(state.lock, stage);
    if (group !== 'loaders' || input === undefined) return { stage, group };
    const joining = joinLoader(flow, state.config, stage, input, waitingIn(state.lock));
    return { stage, group, ...('paste' in joining && { paste: joining.paste }) };
  });
}
