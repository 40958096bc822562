import type { Node } from './parse-python.ts';
import { childrenOf, nodesOf } from './parse-python.ts';
import type { Imported, MemberCall } from './read-module.ts';
import { argumentsOf, certainBindings, functionsOf, identifiersOf, importsOf, localOf, memberCalls, statementOf } from './read-module.ts';

/** A variable of a flow, and how its data is taken from it. */
export interface FlowVariable {
  readonly name: string;
  /** `name`, or `name.result()` where it is a future. */
  readonly expression: string;
  /** The stage whose task gives it, when it is one. */
  readonly stage?: string;
}

/** A call of a pipeline, which takes its steps from the tasks. */
export interface PipelineCall {
  readonly variable: string | undefined;
  readonly call: Node;
  readonly imported: Imported;
  /** What each of its parameters is given. */
  readonly given: ReadonlyMap<string, string>;
}

/** What a flow says about its stages. Only what stands in one certain way is in here. */
export interface FlowFacts {
  readonly definition: Node;
  /** The local name of the module of tasks. */
  readonly tasks: string;
  readonly calls: readonly MemberCall[];
  readonly variables: ReadonlyMap<string, FlowVariable>;
  readonly pipelines: readonly PipelineCall[];
  readonly identifiers: ReadonlySet<string>;
}

/**
 * Reads a flow; nothing when the module has no flow of its own or more than one.
 * @param resultOf how the data of a future is taken
 */
export function readFlow(module: Node, name: string, resultOf = (future: string): string => `${future}.result()`): FlowFacts | undefined {
  const flows = functionsOf(module).filter(({ decorators }) => decorators.some((text) => /^@(?:\w+\.)?flow\b/.test(text)));
  const definition = (flows.find((each) => each.name === name) ?? (flows.length === 1 ? flows[0] : undefined))?.node;
  const tasks = localOf(module, 'prefect_flows', 'tasks');
  if (definition === undefined || tasks === undefined) return undefined;
  const calls = memberCalls(definition, tasks);
  return {
    definition,
    tasks,
    calls,
    variables: readVariables(definition, calls, resultOf),
    pipelines: readPipelineCalls(module, definition, tasks),
    identifiers: identifiersOf(module),
  };
}

function readVariables(definition: Node, calls: readonly MemberCall[], resultOf: (future: string) => string): ReadonlyMap<string, FlowVariable> {
  return new Map([...certainBindings(definition).values()].map(({ name, value }) => {
    const call = calls.find((each) => each.call.id === value.id);
    const future = call !== undefined && call.chain.includes('submit') && !call.chain.includes('result');
    return [name, { name, expression: future ? resultOf(name) : name, ...(call && { stage: call.member }) }];
  }));
}

function readPipelineCalls(module: Node, definition: Node, tasks: string): PipelineCall[] {
  const imports = importsOf(module);
  const bindings = [...certainBindings(definition).values()];
  return nodesOf(definition, 'call').flatMap((call) => {
    const keywords = argumentsOf(call).filter(({ type }) => type === 'keyword_argument');
    const given = new Map(keywords.map((each) => [each.childForFieldName('name')?.text ?? '', each.childForFieldName('value')?.text ?? '']));
    const imported = imports.find(({ local }) => local === call.childForFieldName('function')?.text);
    if (given.get('steps') !== tasks || imported === undefined) return [];
    return [{ variable: bindings.find(({ value }) => value.id === call.id)?.name, call, imported, given }];
  });
}

/** A statement that does nothing but call a stage, and keep what it gives under a name when it has one. */
export interface StageStatement {
  readonly stage: string;
  readonly variable: string | undefined;
  readonly statement: Node;
}

/** The stage that a statement calls, when that is all it does. */
export function stageStatement(statement: Node, calls: readonly MemberCall[]): StageStatement | undefined {
  const [inside] = statement.type === 'expression_statement' ? childrenOf(statement) : [];
  const target = inside?.type === 'assignment' ? inside.childForFieldName('left') : null;
  const value = inside?.type === 'assignment' ? inside.childForFieldName('right') : inside;
  const call = calls.find((each) => each.call.id === value?.id);
  if (call === undefined || (target !== null && target.type !== 'identifier')) return undefined;
  return { stage: call.member, variable: target?.text, statement };
}

/** Where a line can go after the last statement that calls one of these stages. */
export function placeAfter({ definition, calls }: FlowFacts, stages: ReadonlySet<string>): Node | undefined {
  const last = calls.findLast(({ member }) => stages.has(member));
  if (last === undefined) return undefined;
  const statement = statementOf(last.call, definition);
  return isSafe(statement) ? statement : undefined;
}

/** Where a line can go after the last pipeline of a flow, when it loads nothing yet. */
export function placeAfterPipeline({ definition, pipelines }: FlowFacts): Node | undefined {
  const last = pipelines.at(-1);
  const statement = last && statementOf(last.call, definition);
  return statement !== undefined && isSafe(statement) ? statement : undefined;
}

/** Behind a block that may leave the flow a line would not always run; beside another on its line it has no place. */
function isSafe(statement: Node): boolean {
  const leaves = nodesOf(statement, 'return_statement', 'raise_statement', 'break_statement', 'continue_statement').length > 0;
  const next = statement.nextNamedSibling;
  return !leaves && !statement.hasError && (next === null || next.type === 'comment' || next.startPosition.row > statement.endPosition.row);
}
