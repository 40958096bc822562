import { md5 } from './crypto.ts';
import { isPlain } from './inputs.ts';

/** What a key is computed from. */
export interface CacheMoment {
  readonly parameters: Record<string, unknown>;
  readonly source: string;
  readonly runId: string;
  readonly flowParameters: unknown;
}

/** Says when two runs of a task are the same work. Policies are added with `plus`, and parameters left out with `minus`. */
export interface CachePolicy {
  /** Null: this run is not cached. */
  key(moment: CacheMoment): string | null | Promise<string | null>;
  plus(other: CachePolicy): CachePolicy;
  minus(...parameters: string[]): CachePolicy;
}

type Part = 'inputs' | 'source' | 'run' | 'flow-parameters';

function policy(
  parts: readonly Part[],
  without: readonly string[] = [],
  more: readonly CachePolicy[] = [],
): CachePolicy {
  return {
    key: async (moment) => {
      const own = parts.map((part) => valueOf(part, moment, without));
      const others = await Promise.all(more.map((each) => each.key(moment)));
      return parts.length === 0 && more.length === 0 ? null : hash([...own, ...others]);
    },
    plus: (other) => {
      const known = internals.get(other);
      return known
        ? keep([...new Set([...parts, ...known.parts])], [...without, ...known.without], [...more, ...known.more])
        : keep(parts, without, [...more, other]);
    },
    minus: (...parameters) => keep([...parts], [...without, ...parameters], more),
  };
}

interface Internals {
  readonly parts: readonly Part[];
  readonly without: readonly string[];
  readonly more: readonly CachePolicy[];
}
const internals = new WeakMap<CachePolicy, Internals>();

function keep(parts: readonly Part[], without: readonly string[] = [], more: readonly CachePolicy[] = []): CachePolicy {
  const made = policy(parts, without, more);
  internals.set(made, { parts, without, more });
  return made;
}

function valueOf(part: Part, moment: CacheMoment, without: readonly string[]): unknown {
  if (part === 'source') return moment.source;
  if (part === 'run') return moment.runId;
  if (part === 'flow-parameters') return moment.flowParameters;
  return Object.fromEntries(Object.entries(moment.parameters).filter(([name]) => !without.includes(name)));
}

/** The same arguments give the same result, in any run. */
export const INPUTS = keep(['inputs']);
/** As long as the text of the function is the same. */
export const TASK_SOURCE = keep(['source']);
/** Within one flow run: what its retry does not do again. */
export const RUN_ID = keep(['run']);
/** As long as the parameters of the flow are the same. */
export const FLOW_PARAMETERS = keep(['flow-parameters']);
/** Never: neither looked up nor kept. */
export const NO_CACHE = keep([]);
/** Inputs, source and flow run together: Prefect's default. */
export const DEFAULT = keep(['inputs', 'source', 'run']);

/** A key of one's own making. */
export function cacheKeyPolicy(key: CachePolicy['key']): CachePolicy {
  const made: CachePolicy = {
    key,
    plus: (other) => keep([], [], [made, other]),
    minus: () => made,
  };
  return made;
}

/** One text for equal values, whatever the order of their keys. */
export function hash(value: unknown): string {
  return md5(canonical(value));
}

/** A text that two values share when they differ in the order of their keys only. */
export function canonical(value: unknown, path: readonly object[] = []): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new TypeError(`A ${typeof value} has no cache key.`);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (path.includes(value)) throw new TypeError('A value that holds itself has no cache key.');
  return canonicalObject(value, [...path, value]);
}

function canonicalObject(value: object, path: readonly object[]): string {
  if (value instanceof Date) return `date:${value.toISOString()}`;
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each, path)).join(',')}]`;
  if (value instanceof Map) return `map:${canonical([...value], path)}`;
  if (value instanceof Set) return `set:${canonical([...value], path)}`;
  if (ArrayBuffer.isView(value)) return `bytes:${hashBytes(value)}`;
  if (!isPlain(value)) throw new TypeError(`A ${value.constructor.name} has no cache key.`);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each, path)}`).join(',')}}`;
}

function hashBytes(view: ArrayBufferView): string {
  return md5(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
}
