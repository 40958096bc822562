import { formatException } from '../errors.ts';
import { parseRecord, toJson } from './serialize.ts';
import { isoMicros, parseMicros } from '../time.ts';
import type { ResultMetadata, StateDetails } from '../types.ts';
import { hash } from '../cache-policy.ts';
import { levels } from './log.ts';
import { say } from './say-task.ts';
import { fillTemplate } from './parameters.ts';
import type { TaskRun } from './task-run.ts';

export interface KeptResult {
  readonly value: unknown;
  readonly data: ResultMetadata;
  readonly details: StateDetails;
}

/** The kept result of one task run: where it lies, whether it may be used again, when it is written. */
export class TaskResults {
  #key: string | undefined;
  #caches = false;
  #pending: { readonly key: string; readonly data: ResultMetadata; readonly text: string } | undefined;

  /** A result that an earlier run kept under the same key, unless it has expired. */
  async find(run: TaskRun): Promise<KeptResult | undefined> {
    const key = await this.#findKey(run);
    if (!this.#caches || run.spec.refreshCache) return undefined;
    const staged = run.transaction?.staged(key);
    if (staged) return { value: parseRecord(staged.text), data: staged.data, details: { cache_key: key } };
    const record = await run.flowScope.world.results.read(key);
    if (record === undefined || isExpired(record.metadata, run.flowScope.world.clock.now())) return undefined;
    const value = parseRecord(record.result);
    return { value, data: record.metadata, details: { cache_key: key, cache_expiration: record.metadata.expiration } };
  }

  async #findKey(run: TaskRun): Promise<string> {
    const { spec, parameters } = run;
    const cacheKey = await this.#cacheKey(run);
    this.#caches = cacheKey !== null;
    const named =
      typeof spec.resultStorageKey === 'function' ? spec.resultStorageKey(parameters) : spec.resultStorageKey;
    const key = named === null ? (cacheKey ?? run.id) : fillTemplate(named, { parameters, ...parameters });
    this.#caches ||= named !== null && named !== undefined;
    this.#key = key;
    return key;
  }

  /** A key that cannot be computed means no caching, and is said; it does not fail the task. */
  async #cacheKey(run: TaskRun): Promise<string | null> {
    const { spec, flowScope, parameters } = run;
    if (spec.cachePolicy === null) return null;
    try {
      const moment = { parameters, source: sourceOf(run), runId: flowScope.id, flowParameters: flowScope.parameters };
      return await spec.cachePolicy.key(moment);
    } catch (error) {
      say(
        run,
        levels.error,
        `Error encountered when computing cache key - result will not be persisted. ${formatException(error)}`,
      );
      return null;
    }
  }

  /** Makes the text of the result, before the run says Completed: what cannot be kept fails the task. */
  keep(run: TaskRun, value: unknown): { readonly data: ResultMetadata; readonly details: StateDetails | undefined } {
    const key = this.#key ?? run.id;
    const seconds = run.spec.cacheExpirationSeconds;
    const expiration = seconds === null ? null : isoMicros(run.flowScope.world.clock.now() + seconds * 1_000_000);
    const data = {
      storage_key: key,
      expiration,
      serializer: { type: 'json' },
      prefect_version: null,
      storage_block_id: null,
    };
    this.#pending = { key, data, text: toJson(value, `The result of task '${run.spec.name}'`) };
    return { data, details: this.#caches ? { cache_key: key, cache_expiration: expiration } : undefined };
  }

  /** Writes it now, or when the transaction around the task is committed. */
  async commit(run: TaskRun): Promise<void> {
    const pending = this.#pending;
    if (pending === undefined) return;
    if (run.transaction?.isLazy()) return run.transaction.stage(pending);
    await run.flowScope.world.results.write(pending.key, { metadata: pending.data, result: pending.text });
  }
}

/** Null for a task that keeps nothing: the usual one. */
export function resultsOf(run: TaskRun): TaskResults | null {
  const { persistResult } = run.spec;
  return (persistResult ?? run.flowScope.persists) === true ? new TaskResults() : null;
}

function isExpired({ expiration }: ResultMetadata, now: number): boolean {
  return expiration !== null && parseMicros(expiration) <= now;
}

const sources = new WeakMap<object, string>();

function sourceOf({ spec }: TaskRun): string {
  const known = sources.get(spec) ?? hash(Function.prototype.toString.call(spec.fn));
  sources.set(spec, known);
  return known;
}
