import { chooseFlow, flowNames, nameOfFlow, pathOfFlow } from './flow-files.ts';
import type { FlowReading } from './join-chain.ts';
import { readFlowFile, stageOfInput, stagesIn } from './join-chain.ts';
import type { RepositoryState } from './repository-state.ts';

/** The flows of a repository, read, the KPI's own first. */
export function readFlows(state: RepositoryState): readonly [FlowReading, ...FlowReading[]] {
  const { flowPath, read, parse, settings: { language } } = state;
  const others = flowNames(state).map((name) => pathOfFlow(name, language)).filter((path) => path !== flowPath && runsStages(read(path)));
  return [readFlowFile(flowPath, read, parse), ...others.map((path) => readFlowFile(path, read, parse))];
}

/** A flow that starts other flows, such as a backfill, has no place for a stage. */
function runsStages(text: string | undefined): boolean {
  return /\btasks\b/.test(text ?? '');
}

/**
 * The flow that is to run a stage: the one that was named, or the only one that has its input. When several have
 * it, none is certain, and the KPI's own stands in for the lines to paste.
 * @param flows those that run stages: only they have a place for one
 * @throws Failure E_FLOW_UNKNOWN
 */
export function pickFlow(asked: string, input: string, upstream: readonly string[], flows: readonly [FlowReading, ...FlowReading[]], state: RepositoryState): { readonly flow: FlowReading; readonly certain: boolean } {
  const [own] = flows;
  if (asked !== '') {
    const name = chooseFlow(asked, state, flows.map(({ path }) => nameOfFlow(path)));
    return { flow: flows.find(({ path }) => nameOfFlow(path) === name) ?? own, certain: true };
  }
  const direct = flows.filter((flow) => hasInput(flow, input));
  const found = direct.length > 0 ? direct : flows.filter((flow) => upstream.some((each) => stagesIn(flow).has(each)));
  return { flow: found[0] ?? own, certain: found.length <= 1 };
}

function hasInput(flow: FlowReading, input: string): boolean {
  return flow.facts?.variables.has(input) === true || stageOfInput(flow, input) !== undefined || stagesIn(flow).has(input);
}
