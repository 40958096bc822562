import type { Config } from '../config/config.ts';
import type { Insertion } from '../python/insert-lines.ts';
import type { Node } from '../python/parse-python.ts';
import { certainBindings } from '../python/read-module.ts';
import type { FlowFacts, StageStatement } from '../python/read-flow.ts';
import { placeAfter, placeAfterPipeline, stageStatement } from '../python/read-flow.ts';

/** The lines of a statement that calls a stage. */
export interface NewLines {
  readonly stage: string;
  readonly lines: readonly string[];
}

interface Waiting {
  readonly inputsOf: (stage: string) => readonly string[];
  readonly isAdded: (stage: string) => boolean;
}

/** A flow, and what is known of its stages. */
export interface Place {
  readonly facts: FlowFacts;
  readonly config: Config;
  readonly waiting: Waiting;
  /** Variables of the flow that the new lines use. */
  readonly used: ReadonlySet<string>;
}

/** Where the lines of a chain go; nothing when no place is certain. */
export function placeLines(place: Place, extracts: readonly NewLines[], steps: readonly NewLines[], load: NewLines): Insertion[] | undefined {
  const extracted = placeExtracts(place, extracts);
  const loaded = placeLoads(place, steps, load) ?? placeLast(place, steps, load);
  if (extracted === undefined || loaded === undefined) return undefined;
  const late = extracted.some((above) => loaded.some((below) => startOf(above) > startOf(below)));
  return late ? undefined : [...extracted, ...loaded];
}

function startOf(insertion: Insertion): number {
  return 'after' in insertion ? insertion.after.endIndex : insertion.before.startIndex;
}

/** Behind the last extract that `create` wrote, those that were added by name; else behind the last of all. */
function placeExtracts({ facts, config, waiting }: Place, extracts: readonly NewLines[]): Insertion[] | undefined {
  const last = placeAfter(facts, new Set(Object.keys(config.extractors)));
  if (extracts.length === 0) return [];
  const own = placeAfter(facts, new Set(Object.keys(config.extractors).filter((name) => !waiting.isAdded(name))));
  const run = own === undefined ? undefined : runBehind(own, facts, waiting, (stage) => stage in config.extractors);
  if (own !== undefined && run !== undefined) return fill(own, run, extracts, compare);
  return last === undefined ? undefined : [{ after: last, lines: extracts.flatMap(({ lines }) => lines) }];
}

/**
 * Behind the last load that `create` wrote, or behind the pipeline of a flow that has none: the steps by how far they
 * are from what is read, then the loads.
 */
function placeLoads(place: Place, steps: readonly NewLines[], load: NewLines): Insertion[] | undefined {
  const { facts, config, waiting, used } = place;
  const created = new Set(Object.keys(config.loaders).filter((name) => !waiting.isAdded(name)));
  const own = facts.calls.some(({ member }) => created.has(member)) ? placeAfter(facts, created) : placeAfterPipeline(facts);
  const run = own === undefined ? undefined : runBehind(own, facts, waiting, (stage) => !(stage in config.extractors));
  if (own === undefined || run === undefined) return undefined;
  const level = levels(place);
  const order = (a: string, b: string): number => level(a) - level(b) || compare(a, b);
  const isFirst = steps.length > 0 && !run.some(({ stage }) => stage in config.transformers);
  const filled = fill(own, run, [...steps, load], order, isFirst);
  return boundBefore(filled, used, facts) ? filled : undefined;
}

/** As far down as any load stands: for a flow whose lines somebody has put in another order. */
function placeLast({ facts, config, used }: Place, steps: readonly NewLines[], load: NewLines): Insertion[] | undefined {
  const last = placeAfter(facts, new Set(Object.keys(config.loaders)));
  if (last === undefined) return undefined;
  const lines = [...(steps.length > 0 ? [''] : []), ...[...steps, load].flatMap((each) => each.lines)];
  const all: Insertion[] = [{ after: last, lines }];
  return boundBefore(all, used, facts) ? all : undefined;
}

/** The statements of added stages right behind another; nothing when some of them stand elsewhere. */
function runBehind(own: Node, { definition, calls }: FlowFacts, { isAdded }: Waiting, isOfKind: (stage: string) => boolean): StageStatement[] | undefined {
  const run: StageStatement[] = [];
  for (let at = own.nextNamedSibling; at !== null; at = at.nextNamedSibling) {
    const found = stageStatement(at, calls);
    if (found === undefined || !isAdded(found.stage) || !isOfKind(found.stage)) break;
    run.push(found);
  }
  const inside = (node: Node): boolean => run.some(({ statement }) => statement.startIndex <= node.startIndex && node.endIndex <= statement.endIndex);
  const elsewhere = calls.some(({ member, call }) => isAdded(member) && isOfKind(member) && !inside(call) && call.startIndex >= definition.startIndex);
  return elsewhere ? undefined : run;
}

/** Puts each new statement before the first of a run that comes after it. */
function fill(own: Node, run: readonly StageStatement[], added: readonly NewLines[], order: (a: string, b: string) => number, blank = false): Insertion[] {
  const gaps = run.map(() => [] as string[]);
  const end: string[] = [];
  for (const { stage, lines } of [...added].sort((a, b) => order(a.stage, b.stage))) {
    const gap = run.findIndex((each) => order(stage, each.stage) < 0);
    (gaps[gap] ?? end).push(...lines);
  }
  const last = run.at(-1)?.statement ?? own;
  const first = blank ? { after: own, lines: ['', ...(gaps[0] ?? end)] } : undefined;
  const between = gaps.flatMap((lines, index): Insertion[] => (lines.length === 0 || (first && index === 0) ? [] : [{ before: (run[index] as StageStatement).statement, lines }]));
  return [...(first ? [first] : []), ...between, ...(end.length === 0 || (first && run.length === 0) ? [] : [{ after: last, lines: end }])];
}

/** How many steps a stage is from what is read or what the pipeline makes; a load comes after them all. */
function levels({ config, waiting, facts }: Place): (stage: string) => number {
  const known = new Map<string, number>();
  const level = (stage: string): number => {
    const found = known.get(stage);
    if (found !== undefined) return found;
    known.set(stage, 0);
    const inputs = waiting.inputsOf(stage).map((each) => (each in config.transformers ? each : facts.variables.get(each)?.stage ?? each));
    const value = stage in config.transformers && waiting.isAdded(stage) ? 1 + Math.max(0, ...inputs.map(level)) : 0;
    known.set(stage, value);
    return value;
  };
  return (stage) => (stage in config.loaders ? Number.MAX_SAFE_INTEGER : level(stage));
}

/** Whether every variable that lines use is bound above each place that uses it. */
function boundBefore(insertions: readonly Insertion[], used: ReadonlySet<string>, { definition }: FlowFacts): boolean {
  const bindings = certainBindings(definition);
  return insertions.every((each) =>
    [...used].filter((name) => each.lines.some((line) => new RegExp(`(?<![\\w.])${name}\\b(?!\\s*=)`).test(line))).every((name) => {
      const bound = bindings.get(name)?.statement;
      return bound === undefined || bound.endIndex <= startOf(each);
    }),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
