import { writeStatement } from '../python/write-call.ts';
import type { Written } from '../python/write-call.ts';
import { camel } from './emitters/words.ts';

/** How the lines of a flow are written in one language; how they hang together is the same in all. */
export interface FlowDialect {
  /** How a file of code ends. */
  readonly extension: 'py' | 'ts';
  /** A stage's name as code has it. */
  readonly nameOf: (stage: string) => string;
  /** Another name for a variable, where a stage's own is taken. */
  readonly otherName: (name: string) => string;
  /** The data of a future. */
  readonly resultOf: (future: string) => string;
  /** The call of a task whose data is waited for. */
  readonly calleeOf: (member: string) => string;
  /** What a line may be long. */
  readonly longestLine: number;
  /** A statement that keeps what an expression gives under a name, or under none. */
  readonly statement: (indent: string, name: string | undefined, value: Written) => readonly string[];
}

const python: FlowDialect = {
  extension: 'py',
  nameOf: (stage) => stage,
  otherName: (name) => `${name}_frame`,
  resultOf: (future) => `${future}.result()`,
  calleeOf: (member) => member,
  longestLine: 88,
  statement: (indent, name, value) => writeStatement(indent, name === undefined ? '' : `${name} = `, value),
};

const typescript: FlowDialect = {
  extension: 'ts',
  nameOf: camel,
  otherName: (name) => `${name}Rows`,
  resultOf: (future) => `await ${future}.result()`,
  calleeOf: (member) => `await ${member}`,
  longestLine: Number.MAX_SAFE_INTEGER,
  statement: (indent, name, value) => [`${indent}${name === undefined ? '' : `const ${name} = `}${flatten(value)};`],
};

function flatten(value: Written): string {
  return typeof value === 'string' ? value : `${value.callee}(${value.inputs.map(flatten).join(', ')})`;
}

export const flowDialects: Readonly<Record<'python' | 'typescript', FlowDialect>> = { python, typescript };

/** The dialect of a file of code. */
export function dialectOf(path: string): FlowDialect {
  return path.endsWith('.ts') ? typescript : python;
}
