import type { Config } from '../config/config.ts';
import type { Node } from '../python/parse-python.ts';
import { nodesOf } from '../python/parse-python.ts';
import { statementsOf } from '../python/read-module.ts';
import type { FlowFacts, StageStatement } from '../python/read-flow.ts';
import { stageStatement } from '../python/read-flow.ts';
import type { FlowReading, Waiting } from './join-chain.ts';
import { joinLoader, readFlowFile } from './join-chain.ts';

/**
 * The flow without the lines that joined a loader: its own, and those of added stages whose data nothing uses then.
 * They are ours when joining the loader again gives the very text that stands there; else nothing is taken.
 */
export function partLoader(flow: FlowReading, config: Config, loader: string, input: string, waiting: Waiting): string | undefined {
  const lines = flow.facts === undefined ? undefined : linesOf(flow.facts, loader, waiting);
  if (lines === undefined) return undefined;
  return [true, false].map((blank) => withoutLines(flow.text, lines, blank)).find((text) => {
    const parted = readFlowFile(flow.path, (path) => (path === flow.path ? text : flow.read(path)), flow.parse);
    const again = joinLoader(parted, config, loader, input, waiting);
    return 'text' in again && again.text === flow.text;
  });
}

/** The statements that go with a loader. */
function linesOf({ definition, calls }: FlowFacts, loader: string, { isAdded }: Waiting): readonly Node[] | undefined {
  const ours = statementsOf(definition).flatMap((statement): StageStatement[] => {
    const found = stageStatement(statement, calls);
    return found !== undefined && isAdded(found.stage) ? [found] : [];
  });
  const load = ours.filter(({ stage }) => stage === loader);
  if (load.length !== 1 || calls.filter(({ member }) => member === loader).length !== 1) return undefined;
  const gone = new Map(load.map((each) => [each.statement.id, each.statement]));
  for (let more = true; more; ) {
    const unused = ours.filter(({ statement, variable }) => variable !== undefined && !gone.has(statement.id) && !isUsed(variable, definition, [...gone.values(), statement]));
    for (const { statement } of unused) gone.set(statement.id, statement);
    more = unused.length > 0;
  }
  return [...gone.values()];
}

function isUsed(name: string, definition: Node, without: readonly Node[]): boolean {
  return nodesOf(definition, 'identifier').some((node) => {
    if (node.text !== name) return false;
    const isMember = node.parent?.type === 'attribute' && node.parent.childForFieldName('attribute')?.id === node.id;
    return !isMember && !without.some((each) => each.startIndex <= node.startIndex && node.endIndex <= each.endIndex);
  });
}

/** A text without the lines of statements, and where asked without the blank line above the first that has one. */
function withoutLines(text: string, statements: readonly Node[], blank: boolean): string {
  const lines = text.split('\n');
  const gone = new Set(statements.flatMap(({ startPosition, endPosition }) => Array.from({ length: endPosition.row - startPosition.row + 1 }, (_, index) => startPosition.row + index)));
  const above = [...gone].sort((a, b) => a - b).map((row) => row - 1).find((row) => !gone.has(row) && lines[row]?.trim() === '');
  if (blank && above !== undefined) gone.add(above);
  return lines.filter((_, row) => !gone.has(row)).join('\n');
}
