import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../errors/failure.ts';

/** A state as Prefect recorded it. */
export interface RecordedState {
  readonly type: string;
  readonly name: string;
  readonly message: string | null;
}

export interface FlowRun {
  readonly id: string;
  readonly name: string;
  readonly state: RecordedState | null;
  readonly total_run_time: number;
  readonly start_time: string | null;
  readonly expected_start_time: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface TaskRun {
  readonly id: string;
  readonly name: string;
  readonly state: RecordedState | null;
  readonly total_run_time: number;
  readonly start_time: string | null;
  readonly task_inputs: Readonly<Record<string, readonly { readonly input_type: string; readonly id?: string }[]>>;
  readonly tags: readonly string[];
}

export interface Artifact {
  readonly id: string;
  readonly key: string | null;
  readonly type: string;
  readonly description: string | null;
  /** Text; of a table, the rows as JSON. */
  readonly data: unknown;
  readonly task_run_id: string | null;
}

export interface Deployment {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly entrypoint: string;
  readonly job_variables: Readonly<Record<string, unknown>>;
  readonly schedules: readonly unknown[];
}

const terminal = new Set(['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED']);
const pageSize = 200;

/** Reads and drives a Prefect server through its REST interface. */
export class PrefectApi {
  /** The address that ends in `/api`. */
  readonly url: string;
  readonly #signal: AbortSignal | undefined;

  constructor(url: string, signal?: AbortSignal) {
    this.url = url;
    this.#signal = signal;
  }

  /** Whether a server answers here. */
  async isHealthy(): Promise<boolean> {
    const answer = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    return answer?.ok ?? false;
  }

  async call<Body>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Body> {
    const response = await this.#request(method, path, body);
    const text = await response.text();
    if (!response.ok) fail('E_PREFECT_UNREACHABLE', { url: this.url, detail: `${method} ${path}: ${response.status} ${text.slice(0, 300)}` });
    return (text === '' ? undefined : JSON.parse(text)) as Body;
  }

  /** Makes a work pool that starts processes; one of that name may be there already. */
  async createProcessPool(name: string): Promise<void> {
    const response = await this.#request('POST', '/work_pools/', { name, type: 'process' });
    if (!response.ok && response.status !== 409) fail('E_PREFECT_UNREACHABLE', { url: this.url, detail: `work pool ${name}: ${response.status}` });
  }

  async deployments(): Promise<Deployment[]> {
    return await this.call('POST', '/deployments/filter', { sort: 'NAME_ASC' });
  }

  async startRun(deployment: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<FlowRun> {
    return await this.call('POST', `/deployments/${deployment}/create_flow_run`, { parameters });
  }

  /** Waits until a run has ended; `onState` hears each new state. */
  async waitForRun(id: string, seconds: number, onState?: (state: string) => void): Promise<FlowRun> {
    const until = Date.now() + seconds * 1000;
    for (let last = ''; ; ) {
      const run = await this.call<FlowRun>('GET', `/flow_runs/${id}`);
      const state = run.state?.name ?? '';
      if (state !== last) onState?.((last = state));
      if (terminal.has(run.state?.type ?? '')) return run;
      if (Date.now() > until) fail('E_FLOW_RUN', { name: run.name, state, detail: `${seconds} s` });
      await sleep(150, undefined, this.#signal === undefined ? {} : { signal: this.#signal });
    }
  }

  /**
   * The task runs of an ended run, in the order they started. The server records them a little after the
   * run has ended, so this asks until all have ended and two answers are alike.
   */
  async taskRuns(flowRun: string): Promise<TaskRun[]> {
    let before = -1;
    for (let tries = 0; ; tries += 1) {
      const found = await this.#taskRunsNow(flowRun);
      const settled = found.every((each) => terminal.has(each.state?.type ?? ''));
      if ((settled && found.length === before) || tries > 40) return found;
      before = found.length;
      await sleep(150, undefined, this.#signal === undefined ? {} : { signal: this.#signal });
    }
  }

  async artifacts(flowRun: string): Promise<Artifact[]> {
    return await this.call('POST', '/artifacts/filter', { flow_runs: { id: { any_: [flowRun] } }, limit: pageSize });
  }

  /** What a run logged from a level on (40 is ERROR), oldest first. */
  async logs(flowRun: string, level = 0): Promise<string[]> {
    const filter = { flow_run_id: { any_: [flowRun] }, level: { ge_: level } };
    const found = await this.call<{ message: string }[]>('POST', '/logs/filter', { logs: filter, sort: 'TIMESTAMP_ASC', limit: pageSize });
    return found.map((each) => each.message);
  }

  async #taskRunsNow(flowRun: string): Promise<TaskRun[]> {
    const all: TaskRun[] = [];
    for (;;) {
      const page = await this.call<TaskRun[]>('POST', '/task_runs/filter', { flow_runs: { id: { any_: [flowRun] } }, sort: 'EXPECTED_START_TIME_ASC', limit: pageSize, offset: all.length });
      all.push(...page);
      if (page.length < pageSize) return all;
    }
  }

  async #request(method: string, path: string, body: unknown): Promise<Response> {
    const timeout = AbortSignal.timeout(30_000);
    const signal = this.#signal === undefined ? timeout : AbortSignal.any([this.#signal, timeout]);
    const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    for (let tries = 0; ; tries += 1) {
      try {
        const response = await fetch(`${this.url}${path}`, { method, signal, ...sent });
        // A server on SQLite answers 503 when two writers meet.
        if (response.status !== 503 || tries >= 5) return response;
        await sleep(200 * 2 ** tries, undefined, { signal });
      } catch (error) {
        this.#signal?.throwIfAborted();
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
        return fail('E_PREFECT_UNREACHABLE', { url: this.url, detail: cause });
      }
    }
  }
}
