import type { Node } from './parse-python.ts';
import { childrenOf, nodesOf } from './parse-python.ts';

/** A name that a module imports: `from module import name as local`. */
export interface Imported {
  readonly module: string;
  readonly name: string;
  readonly local: string;
}

/** What a module imports from others, by name. */
export function importsOf(module: Node): Imported[] {
  return nodesOf(module, 'import_from_statement').flatMap(readImport);
}

function readImport(node: Node): Imported[] {
  const [from, ...names] = childrenOf(node);
  const module = from?.text ?? '';
  return names.flatMap((each) => {
    if (each.type === 'dotted_name') return [{ module, name: each.text, local: each.text }];
    const [name, local] = each.type === 'aliased_import' ? childrenOf(each) : [];
    return name && local ? [{ module, name: name.text, local: local.text }] : [];
  });
}

/** The functions of a module that stand at its top, with their decorators. */
export function functionsOf(module: Node): { readonly node: Node; readonly name: string; readonly decorators: readonly string[] }[] {
  return childrenOf(module).flatMap((top) => {
    const node = top.type === 'decorated_definition' ? top.childForFieldName('definition') : top;
    if (node?.type !== 'function_definition') return [];
    const decorators = top === node ? [] : childrenOf(top).filter(({ type }) => type === 'decorator').map(({ text }) => text);
    return [{ node, name: node.childForFieldName('name')?.text ?? '', decorators }];
  });
}

/** The statements of a function, comments left out. */
export function statementsOf(definition: Node): Node[] {
  const body = definition.childForFieldName('body');
  return body === null ? [] : childrenOf(body).filter(({ type }) => type !== 'comment');
}

/** The names of a function's parameters. */
export function parametersOf(definition: Node): string[] {
  const parameters = definition.childForFieldName('parameters');
  return parameters === null ? [] : childrenOf(parameters).flatMap((each) => {
    if (each.type === 'identifier') return [each.text];
    const name = each.childForFieldName('name') ?? childrenOf(each)[0];
    return name?.type === 'identifier' ? [name.text] : [];
  });
}

/** How often each name is bound in a function: by an assignment of any form, a loop, a `with` or an `as`. */
export function bindingsOf(definition: Node): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodesOf(definition, 'assignment', 'augmented_assignment', 'for_statement', 'named_expression', 'as_pattern')) {
    const target = ['assignment', 'augmented_assignment', 'for_statement'].includes(node.type) ? node.childForFieldName('left') : boundBy(node);
    for (const each of target === null ? [] : nodesOf(target, 'identifier')) {
      counts.set(each.text, (counts.get(each.text) ?? 0) + 1);
    }
  }
  return counts;
}

function boundBy(node: Node): Node | null {
  if (node.type === 'named_expression') return node.childForFieldName('name');
  return node.type === 'as_pattern' ? node.childForFieldName('alias') : null;
}

/** `name = value` among the statements of a function, where that name is bound nowhere else in it. */
export interface Binding {
  readonly name: string;
  readonly value: Node;
  readonly statement: Node;
}

/** The certain bindings of a function: at its top level, once. */
export function certainBindings(definition: Node): ReadonlyMap<string, Binding> {
  const counts = bindingsOf(definition);
  const parameters = new Set(parametersOf(definition));
  const found = statementsOf(definition).flatMap((statement): [string, Binding][] => {
    const [assignment] = statement.type === 'expression_statement' ? childrenOf(statement) : [];
    const left = assignment?.type === 'assignment' ? assignment.childForFieldName('left') : null;
    const value = assignment?.childForFieldName('right') ?? null;
    if (left?.type !== 'identifier' || value === null) return [];
    const certain = counts.get(left.text) === 1 && !parameters.has(left.text);
    return certain ? [[left.text, { name: left.text, value, statement }]] : [];
  });
  return new Map(found);
}

/** A call of a member of a module, such as `tasks.orders.submit(start, end)`. */
export interface MemberCall {
  readonly member: string;
  /** What follows the member, such as `submit`. */
  readonly chain: readonly string[];
  readonly call: Node;
  readonly arguments: readonly Node[];
}

/** Every call of a member of the module that is known by a local name. */
export function memberCalls(within: Node, local: string): MemberCall[] {
  return nodesOf(within, 'attribute').filter((node) => node.childForFieldName('object')?.text === local).flatMap((node) => {
    const member = node.childForFieldName('attribute')?.text ?? '';
    const found = outermostCall(node, []);
    return found === undefined ? [] : [{ member, ...found }];
  });
}

function outermostCall(node: Node, chain: readonly string[]): Omit<MemberCall, 'member'> | undefined {
  const { parent } = node;
  if (parent?.type === 'call' && parent.childForFieldName('function')?.id === node.id) {
    return outermostCall(parent, chain) ?? { chain, call: parent, arguments: argumentsOf(parent) };
  }
  if (parent?.type === 'attribute' && parent.childForFieldName('object')?.id === node.id) {
    return outermostCall(parent, [...chain, parent.childForFieldName('attribute')?.text ?? '']);
  }
  return undefined;
}

/** The arguments of a call, comments left out. */
export function argumentsOf(call: Node): Node[] {
  const list = call.childForFieldName('arguments');
  return list === null ? [] : childrenOf(list).filter(({ type }) => type !== 'comment');
}

/** The statement of a function that a node stands in. */
export function statementOf(node: Node, definition: Node): Node {
  const body = definition.childForFieldName('body');
  let at = node;
  while (at.parent !== null && at.parent.id !== body?.id) at = at.parent;
  return at;
}

/** The local name that something is imported by. */
export function localOf(module: Node, from: string, name: string): string | undefined {
  return importsOf(module).find((each) => each.module === from && each.name === name)?.local;
}

/** Every identifier that a module uses, for choosing a free one. */
export function identifiersOf(module: Node): ReadonlySet<string> {
  return new Set(nodesOf(module, 'identifier').map(({ text }) => text));
}
