import type { Outside, Scope } from '../context.ts';
import type { ReportedTaskRun } from '../ports.ts';
import type { State } from '../state.ts';
import { isoMicros } from '../time.ts';
import type { Transaction } from '../transaction.ts';
import type { TaskInputs, TaskRunPolicy } from '../types.ts';
import { uuid4, uuid7 } from '../uuid.ts';
import type { AwaitedRun } from './await-run.ts';
import type { FlowScope } from './flow-scope.ts';
import { fillTemplate, parametersOf } from './parameters.ts';
import { unborn } from './task-machine.ts';
import type { TaskPhase } from './task-machine.ts';
import type { TaskSpec } from './task-spec.ts';

const noInputs: TaskInputs = Object.freeze({});
const noOne = new Set<AwaitedRun>();

/** One run of a task: the one object it costs. What nobody asks for (id, name, keys) is not made. */
export class TaskRun implements Scope, ReportedTaskRun, AwaitedRun {
  readonly spec: TaskSpec;
  readonly flowScope: FlowScope;
  readonly parent: TaskRun | null;
  readonly extraTags: readonly string[];
  transaction: Transaction | null;
  /** `this` of a method that was made a task. */
  readonly self: unknown;
  args: readonly unknown[];
  phase: TaskPhase = unborn;
  taskInputs: TaskInputs = noInputs;
  done: Promise<State> | undefined = undefined;
  /** Ends an attempt from outside. */
  interrupt: ((reason: unknown) => void) | null = null;
  /** Made when somebody asks for the signal, or when there is a timeout. */
  controller: AbortController | null = null;
  expectedStartTime = 0;
  waitsForNow: Set<AwaitedRun> = noOne;
  #id: string | undefined;
  #dynamicKey: string | undefined;
  #name: string | undefined;

  constructor(spec: TaskSpec, place: Scope, self: unknown, args: readonly unknown[]) {
    this.spec = spec;
    this.flowScope = place.flowScope;
    this.parent = place.taskRun;
    this.transaction = place.transaction;
    this.extraTags = place.extraTags;
    this.self = self;
    this.args = args;
  }

  get taskRun(): this {
    return this;
  }

  get flowRun(): FlowScope {
    return this.flowScope;
  }

  get id(): string {
    this.#id ??= uuid7(this.expectedStartTime / 1000 || Date.now());
    return this.#id;
  }

  get dynamicKey(): string {
    this.#dynamicKey ??= uuid4();
    return this.#dynamicKey;
  }

  get name(): string {
    this.#name ??= this.#makeName();
    return this.#name;
  }

  #makeName(): string {
    const { runName, name } = this.spec;
    if (runName === null) return `${name}-${this.dynamicKey.slice(0, 3)}`;
    return typeof runName === 'function' ? runName(this.parameters) : fillTemplate(runName, this.parameters);
  }

  get taskKey(): string {
    return this.spec.key;
  }

  get taskVersion(): string | null {
    return this.spec.version;
  }

  get tags(): readonly string[] {
    return this.extraTags.length === 0 ? this.spec.tags : [...new Set([...this.spec.tags, ...this.extraTags])];
  }

  get policy(): TaskRunPolicy {
    return this.spec.reportedPolicy;
  }

  get state(): State {
    return this.phase.state as State;
  }

  get runCount(): number {
    return this.phase.runCount;
  }

  get parameters(): Record<string, unknown> {
    return parametersOf(this.spec.parameterNames, this.args);
  }

  /** Shared and empty until this run waits for another. */
  get waitsFor(): Set<AwaitedRun> {
    if (this.waitsForNow === noOne) this.waitsForNow = new Set();
    return this.waitsForNow;
  }

  /** Aborts with the flow run's signal, with this run's own timeout, and with that of the task that called it. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    const { signal } = this.controller;
    return AbortSignal.any([(this.parent ?? this.flowScope).signal, signal]);
  }

  get startTime(): string | null {
    return this.phase.startTime === null ? null : isoMicros(this.phase.startTime);
  }
}

export function isScope(place: Scope | Outside): place is Scope {
  return place.flowScope !== null;
}
