import { flowDialects } from './flow-dialect.ts';
import type { ProjectView } from './project-view.ts';
import type { Chain } from './stage-chain.ts';

const longestLine = 88;
/** A variable that is longer would not leave room for the call behind it. */
const longestVariable = 27;

/** A call, on one line where it fits as ruff format leaves it. */
interface CallView {
  readonly name: string;
  readonly stage: string;
  readonly inputs: readonly string[];
  readonly fits: boolean;
}

/** Lays a further pipeline out for its templates. */
export function viewPipeline(name: string, chain: Chain, loaders: readonly string[], view: ProjectView): object {
  const names = namesFor(chain, name, view.language);
  const nameOf = (stage: string): string => names.get(stage) ?? stage;
  const last = chain.steps.at(-1);
  const steps = chain.steps.map(({ stage, inputs }) => viewStep(stage, inputs.map(nameOf), stage === last?.stage ? 'return ' : `${nameOf(stage)} = `, nameOf(stage)));
  const late = view.kpi.type === 'conversion' ? view.input['conversion']?.name : undefined;
  const extracts = chain.extracts.map((stage) => viewExtract(stage, nameOf(stage), stage === late));
  return {
    name,
    flow: `${name}_flow`,
    steps: steps.slice(0, -1),
    last: steps.at(-1),
    extracts,
    hasLate: extracts.some(({ isLate }) => isLate),
    hasMany: extracts.length > 1,
    loaders,
    hasLoaders: loaders.length > 0,
    stages: [...chain.extracts, ...chain.steps.map(({ stage }) => stage), ...loaders].toSorted(),
  };
}

function viewStep(stage: string, inputs: readonly string[], lead: string, name: string): CallView {
  const line = `    ${lead}steps.${stage}(${inputs.join(', ')})`;
  return { name, stage, inputs, fits: line.length <= longestLine };
}

function viewExtract(stage: string, name: string, isLate: boolean): CallView & { readonly isLate: boolean } {
  const line = `    ${name} = tasks.${stage}.submit(*days)`;
  return { name, stage, inputs: [], fits: line.length <= longestLine, isLate };
}

/** What the modules use already. */
const taken: Readonly<Record<ProjectView['language'], readonly string[]>> = {
  python: ['days', 'end', 'flow', 'pl', 'result', 'settings', 'start', 'steps', 'tasks', 'transformers', 'window'],
  typescript: ['current_day', 'days', 'end', 'flow', 'get_run_logger', 'inputs', 'parameters', 'records', 'result', 'settings', 'start', 'steps', 'tasks', 'transformers', 'values', 'window_of'],
};

function namesFor({ extracts, steps }: Chain, pipeline: string, language: ProjectView['language']): ReadonlyMap<string, string> {
  const { nameOf } = flowDialects[language];
  const used = new Set([...taken[language], pipeline, `${pipeline}_flow`].map(nameOf));
  return new Map([...extracts, ...steps.map(({ stage }) => stage)].map((stage) => [stage, freeName(stage, used, nameOf)]));
}

function freeName(stage: string, used: Set<string>, nameOf: (stage: string) => string): string {
  const short = stage.slice(0, longestVariable).replace(/_+$/, '');
  const found = [short, ...[2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${short.slice(0, longestVariable - 2)}_${n}`)].find((each) => !used.has(nameOf(each))) ?? short;
  used.add(nameOf(found));
  return found;
}
