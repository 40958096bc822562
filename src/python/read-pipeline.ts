import type { Node } from './parse-python.ts';
import { childrenOf } from './parse-python.ts';
import type { Binding } from './read-module.ts';
import { argumentsOf, certainBindings, functionsOf, memberCalls, parametersOf, statementsOf, statementOf } from './read-module.ts';

/** How a stage's data comes about: a step of others' data, or what the pipeline was given. */
export type Step = { readonly stage: string; readonly inputs: readonly Step[] } | { readonly parameter: string };

/** What a pipeline says about its steps. */
export interface PipelineFacts {
  /** The stages it calls, each as often as it does. */
  readonly stages: readonly string[];
  /** The stage whose data it returns, when that is certain. */
  readonly result: string | undefined;
  /** How the data of a stage comes about, when it is called in one certain way. */
  readonly stepOf: (stage: string) => Step | undefined;
}

/** Reads a pipeline: a function that takes its steps from a parameter named `steps`. */
export function readPipeline(module: Node, name: string): PipelineFacts | undefined {
  const definition = functionsOf(module).find((each) => each.name === name)?.node;
  if (definition === undefined || definition.hasError) return undefined;
  const calls = memberCalls(definition, 'steps');
  const known = { parameters: new Set(parametersOf(definition)), bindings: certainBindings(definition) };
  return {
    stages: calls.map(({ member }) => member),
    result: resultOf(definition, known),
    stepOf: (stage) => {
      const [call, other] = calls.filter(({ member }) => member === stage);
      if (call === undefined || other !== undefined) return undefined;
      const plain = ['expression_statement', 'return_statement'].includes(statementOf(call.call, definition).type);
      return plain ? readStep(call.call, known) : undefined;
    },
  };
}

interface Known {
  readonly parameters: ReadonlySet<string>;
  readonly bindings: ReadonlyMap<string, Binding>;
}

function resultOf(definition: Node, known: Known): string | undefined {
  const statements = statementsOf(definition);
  const last = statements.at(-1);
  const value = last?.type === 'return_statement' ? childrenOf(last)[0] : undefined;
  const step = value === undefined ? undefined : readStep(value, known);
  return step !== undefined && 'stage' in step ? step.stage : undefined;
}

function readStep(node: Node, known: Known): Step | undefined {
  if (node.type === 'identifier') return readName(node.text, known);
  const callee = node.type === 'call' ? node.childForFieldName('function') : null;
  if (callee?.type !== 'attribute' || callee.childForFieldName('object')?.text !== 'steps') return undefined;
  const inputs = argumentsOf(node).map((each) => readStep(each, known));
  const certain = inputs.filter((each) => each !== undefined);
  return certain.length === inputs.length ? { stage: callee.childForFieldName('attribute')?.text ?? '', inputs: certain } : undefined;
}

function readName(name: string, known: Known): Step | undefined {
  if (known.parameters.has(name)) return { parameter: name };
  const binding = known.bindings.get(name);
  if (binding === undefined) return undefined;
  // A name that its own value needs was bound somewhere else.
  const others = new Map([...known.bindings].filter(([each]) => each !== name));
  return readStep(binding.value, { ...known, bindings: others });
}
