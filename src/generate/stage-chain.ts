import { fail } from '../errors/failure.ts';
import type { FlowReading } from './join-chain.ts';
import { stageOfInput } from './join-chain.ts';
import { waitingInputs } from './plan-add.ts';
import type { RepositoryState } from './repository-state.ts';

/** What has to run for the data of one stage: extracts, then steps in an order in which each comes after its inputs. */
export interface Chain {
  readonly extracts: readonly string[];
  readonly steps: readonly { readonly stage: string; readonly inputs: readonly string[] }[];
}

/**
 * All that a transformer's data comes from, as the flows and pipelines say it, and for stages that wait, the lock.
 * @throws Failure E_EDIT_UNCERTAIN when a stage is called in no one certain way, E_INPUT_CYCLE
 */
export function chainOf(stage: string, flows: readonly FlowReading[], state: RepositoryState): Chain {
  const extracts: string[] = [];
  const steps: Chain['steps'][number][] = [];
  const visit = (each: string, path: readonly string[]): void => {
    if (path.includes(each)) fail('E_INPUT_CYCLE', { chain: [...path.slice(path.indexOf(each)), each] });
    if (extracts.includes(each) || steps.some((step) => step.stage === each)) return;
    if (each in state.config.extractors) return void extracts.push(each);
    const inputs = inputsOf(each, flows, state);
    inputs.forEach((input) => visit(input, [...path, each]));
    steps.push({ stage: each, inputs });
  };
  visit(stage, []);
  return { extracts, steps };
}

/** The stages whose data a transformer takes, in the order of its parameters. */
function inputsOf(stage: string, flows: readonly FlowReading[], state: RepositoryState): readonly string[] {
  const remembered = waitingInputs(state.lock, stage).map((input) => resolveInput(input, flows, state));
  if (remembered.length > 0) return certain(remembered, stage, state);
  for (const flow of flows) {
    for (const { facts, given } of flow.pipelines) {
      const step = facts.stepOf(stage);
      if (step === undefined || !('stage' in step)) continue;
      return certain(step.inputs.map((each) => ('stage' in each ? each.stage : stageGiven(given.get(each.parameter), flow))), stage, state);
    }
  }
  return certain([undefined], stage, state);
}

function resolveInput(input: string, flows: readonly FlowReading[], { config }: RepositoryState): string | undefined {
  if (input in config.extractors || input in config.transformers) return input;
  return flows.map((flow) => stageOfInput(flow, input)).find((each) => each !== undefined);
}

/** The stage whose data stands behind an argument such as `orders.result()`. */
function stageGiven(text: string | undefined, flow: FlowReading): string | undefined {
  const name = /^(?:await )?([A-Za-z_]\w*)(?:\.result\(\))?$/.exec(text ?? '')?.[1];
  return name === undefined ? undefined : stageOfInput(flow, name);
}

function certain(inputs: readonly (string | undefined)[], stage: string, { flowPath }: RepositoryState): readonly string[] {
  const known = inputs.filter((each) => each !== undefined);
  return known.length === inputs.length ? known : fail('E_EDIT_UNCERTAIN', { file: flowPath, what: stage });
}
