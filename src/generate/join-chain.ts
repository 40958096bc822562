import type { Config } from '../config/config.ts';
import { insertLines } from '../python/insert-lines.ts';
import type { ParsePython } from '../python/parse-python.ts';
import type { FlowFacts } from '../python/read-flow.ts';
import { readFlow } from '../python/read-flow.ts';
import type { PipelineFacts, Step } from '../python/read-pipeline.ts';
import { readPipeline } from '../python/read-pipeline.ts';
import { statementsOf } from '../python/read-module.ts';
import type { Written } from '../python/write-call.ts';
import type { FlowDialect } from './flow-dialect.ts';
import { dialectOf } from './flow-dialect.ts';
import type { NewLines } from './place-lines.ts';
import { placeLines } from './place-lines.ts';

/** A flow with the pipelines it calls, read. */
export interface FlowReading {
  readonly path: string;
  readonly text: string;
  readonly parse: ParsePython;
  readonly read: (path: string) => string | undefined;
  /** Nothing when the flow has no form that can be read for certain. */
  readonly facts: FlowFacts | undefined;
  readonly pipelines: readonly PipelineReading[];
}

interface PipelineReading {
  readonly variable: string | undefined;
  readonly given: ReadonlyMap<string, string>;
  readonly facts: PipelineFacts;
}

/** Reads a flow and its pipelines. */
export function readFlowFile(path: string, read: (path: string) => string | undefined, parse: ParsePython): FlowReading {
  const text = read(path) ?? '';
  const { extension, resultOf } = dialectOf(path);
  const name = path.replace(/^.*\/|\.[^.]+$/g, '');
  const facts = readFlow(parse(text), name, resultOf);
  const pipelines = (facts?.pipelines ?? []).flatMap(({ imported, variable, given }) => {
    const module = read(`src/${imported.module.replaceAll('.', '/')}.${extension}`);
    const found = module === undefined ? undefined : readPipeline(parse(module), imported.name);
    return found === undefined ? [] : [{ variable, given, facts: found }];
  });
  return { path, text, parse, read, facts, pipelines };
}

/** The stages that a flow runs, itself or through its pipelines. */
export function stagesIn({ facts, pipelines }: FlowReading): ReadonlySet<string> {
  return new Set([...(facts?.calls.map(({ member }) => member) ?? []), ...pipelines.flatMap((each) => each.facts.stages)]);
}

/** The stage whose data an input means: a stage's own name, or a variable that a stage or a pipeline gives. */
export function stageOfInput({ facts, pipelines }: FlowReading, input: string): string | undefined {
  const variable = facts?.variables.get(input);
  return variable?.stage ?? pipelines.find((each) => variable !== undefined && each.variable === input)?.facts.result;
}

/** What joining came to: the new text of the flow, or the lines that a person has to place. */
export type Joining = { readonly text: string } | { readonly paste: readonly string[] };

export interface Waiting {
  /** What each transformer takes, for those that no code calls yet. */
  readonly inputsOf: (stage: string) => readonly string[];
  /** Whether a stage was added, so that its lines in the flow are ours. */
  readonly isAdded: (stage: string) => boolean;
}

/**
 * Joins a loader to a flow, with all that its data comes from and that does not run yet. Added extracts stand behind
 * the last one that `create` wrote, added steps and loads behind its last load, each in an order that does not depend
 * on what came first. Only whole lines are put in; where a place is not certain, none are.
 */
export function joinLoader(flow: FlowReading, config: Config, loader: string, input: string, waiting: Waiting): Joining {
  const draft = new Draft(flow, config, waiting);
  const value = draft.valueOf(input);
  const { extracts, steps, load } = draft.lines(loader, value ?? input);
  const all = [...extracts, ...steps, load];
  const places = value === undefined || flow.facts === undefined ? undefined : placeLines({ facts: flow.facts, config, waiting: { ...waiting, isAdded: (stage) => stage === loader || waiting.isAdded(stage) }, used: draft.used }, extracts, steps, load);
  if (places === undefined) return { paste: all.flatMap(({ lines }) => lines) };
  return { text: insertLines(flow.text, places, flow.path, flow.parse) };
}

/** A statement to be: the stage it calls, and the variable that keeps what it gives. */
interface Statement {
  readonly stage: string;
  readonly name: string;
  readonly value: Written;
}

/** The statements that a chain needs, collected from its end to its beginning. */
class Draft {
  readonly #flow: FlowReading;
  readonly #config: Config;
  readonly #waiting: Waiting;
  readonly #dialect: FlowDialect;
  readonly #known = new Map<string, Written | undefined>();
  readonly #taken: Set<string>;
  readonly #extracts: Statement[] = [];
  readonly #steps: Statement[] = [];
  /** Variables of the flow that the new lines use. */
  readonly used = new Set<string>();

  constructor(flow: FlowReading, config: Config, waiting: Waiting) {
    this.#flow = flow;
    this.#config = config;
    this.#waiting = waiting;
    this.#dialect = dialectOf(flow.path);
    this.#taken = new Set(flow.facts?.identifiers);
  }

  /** The expression that gives the data of a stage or variable; nothing when there is none for certain. */
  valueOf(input: string): Written | undefined {
    if (this.#known.has(input)) return this.#known.get(input);
    // Met again while it is being looked for, it would need itself.
    this.#known.set(input, undefined);
    const value = this.#inFlow(input) ?? this.#extracted(input) ?? this.#inPipeline(input) ?? this.#waitingStep(input);
    this.#known.set(input, value);
    return value;
  }

  #inFlow(input: string): string | undefined {
    const variables = this.#flow.facts?.variables;
    const byStage = [...(variables?.values() ?? [])].find(({ stage }) => stage === input);
    const result = this.#flow.pipelines.find(({ facts, variable }) => variable !== undefined && facts.result === input);
    const found = variables?.get(input) ?? byStage ?? variables?.get(result?.variable ?? '');
    if (found !== undefined) this.used.add(found.name);
    return found?.expression;
  }

  #extracted(input: string): Written | undefined {
    const isCalled = this.#flow.facts?.calls.some(({ member }) => member === input);
    if (!(input in this.#config.extractors) || isCalled) return undefined;
    const days = this.#extractArguments();
    if (days === undefined) return undefined;
    const name = this.#freeName(input, '.submit');
    this.#extracts.push({ stage: input, name, value: { callee: `${this.#tasks}.${this.#dialect.nameOf(input)}.submit`, inputs: days } });
    return this.#dialect.resultOf(name);
  }

  /** What the other extracts are given: the shortest, since one may ask for more than its own days. */
  #extractArguments(): readonly string[] | undefined {
    const calls = this.#flow.facts?.calls.filter(({ member }) => member in this.#config.extractors) ?? [];
    const lists = calls.map((each) => each.arguments.map(({ text }) => text)).filter((list) => list.length > 0 && !list.join().includes('\n'));
    return lists.sort((a, b) => a.join().length - b.join().length)[0];
  }

  /** A step inside a pipeline has no variable in the flow: the same steps give the same data again. */
  #inPipeline(input: string): Written | undefined {
    // What a pipeline returns has a variable; when that one is not certain, somebody works on it.
    if (this.#flow.pipelines.some(({ facts }) => facts.result === input)) return undefined;
    for (const { facts, given } of this.#flow.pipelines) {
      const step = facts.stepOf(input);
      const written = step === undefined ? undefined : this.#writeStep(step, given);
      if (written !== undefined) return written;
    }
    return undefined;
  }

  #writeStep(step: Step, given: ReadonlyMap<string, string>): Written | undefined {
    if ('parameter' in step) {
      const text = given.get(step.parameter);
      return text === undefined || text.includes('\n') ? undefined : text;
    }
    const inputs = step.inputs.map((each) => this.#writeStep(each, given)).filter((each) => each !== undefined);
    return inputs.length === step.inputs.length ? { callee: this.#callee(step.stage), inputs } : undefined;
  }

  #waitingStep(input: string): string | undefined {
    const names = this.#waiting.inputsOf(input);
    if (!(input in this.#config.transformers) || names.length === 0) return undefined;
    const inputs = names.map((each) => this.valueOf(each)).filter((each) => each !== undefined);
    if (inputs.length < names.length) return undefined;
    const name = this.#freeName(input, '');
    this.#steps.push({ stage: input, name, value: { callee: this.#callee(input), inputs } });
    return name;
  }

  /** A name that nothing in the module has, short enough for its line. */
  #freeName(stage: string, method: string): string {
    const { longestLine, nameOf, otherName } = this.#dialect;
    const own = nameOf(stage);
    const longest = Math.max(8, longestLine - 9 - this.#tasks.length - own.length - method.length);
    const short = own.length <= longest ? own : own.slice(0, longest).replace(/_+$/, '');
    const names = [short, otherName(short.slice(0, longest - 6)), ...[2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${short.slice(0, longest - 2)}_${n}`)];
    const free = names.find((each) => !this.#taken.has(each)) ?? `${short}_more`;
    this.#taken.add(free);
    return free;
  }

  #callee(stage: string): string {
    const { calleeOf, nameOf } = this.#dialect;
    return calleeOf(`${this.#tasks}.${nameOf(stage)}`);
  }

  /** How far the statements of the flow are indented: in Python always by one level. */
  get #indent(): string {
    const { facts, text } = this.#flow;
    const first = facts === undefined || this.#dialect.extension === 'py' ? undefined : statementsOf(facts.definition)[0];
    return /[ \t]+$/.exec(text.slice(0, first?.startIndex ?? 0))?.[0] ?? '    ';
  }

  get #tasks(): string {
    return this.#flow.facts?.tasks ?? 'tasks';
  }

  lines(loader: string, value: Written): { readonly extracts: readonly NewLines[]; readonly steps: readonly NewLines[]; readonly load: NewLines } {
    const { statement } = this.#dialect;
    const write = ({ stage, name, value: each }: Statement): NewLines => ({ stage, lines: statement(this.#indent, name, each) });
    const load = statement(this.#indent, undefined, { callee: this.#callee(loader), inputs: [value] });
    return { extracts: this.#extracts.map(write), steps: this.#steps.map(write), load: { stage: loader, lines: load } };
  }
}
