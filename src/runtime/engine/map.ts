import { MappingLengthMismatch, MappingMissingIterable } from '../errors.ts';
import { PrefectFuture, PrefectFutureList } from '../future.ts';
import { AllowFailure, Derived, Quote, Unmapped, originOf, settle } from '../inputs.ts';
import type { TaskInput } from '../types.ts';
import type { AwaitedRun } from './await-run.ts';
import type { FlowScope } from './flow-scope.ts';

type Begin = (args: readonly unknown[]) => AwaitedRun;

/**
 * One run for each item: lists are gone through side by side, the rest stays as it is. A future of a list is a list once it
 * is there, so its items can only be counted then.
 */
export function mapOver(
  name: string,
  args: readonly unknown[],
  scope: FlowScope,
  begin: Begin,
): PrefectFutureList<unknown> {
  const waiting = args.flatMap(pendingOf);
  if (waiting.length === 0) return new PrefectFutureList(startAll(name, args, begin));
  const started = Promise.all(waiting).then(() => startAll(name, args.map(known), begin));
  const open = { done: started };
  scope.open.add(open);
  started.then(
    () => scope.open.delete(open),
    () => scope.open.delete(open),
  );
  return new PrefectFutureList(started);
}

function startAll(name: string, args: readonly unknown[], begin: Begin): PrefectFuture<unknown>[] {
  const columns = args.map(columnOf);
  const lengths = columns.flatMap((each) => (each === null ? [] : [each.length]));
  const [length] = lengths;
  if (length === undefined)
    throw new MappingMissingIterable(
      `No iterable arguments were given to the map of task '${name}'. At least one is needed; unmapped() is for constants.`,
    );
  if (lengths.some((each) => each !== length))
    throw new MappingLengthMismatch(
      `Expected iterable arguments of one length for the map of task '${name}', and got lengths ${lengths.join(', ')}. Use unmapped() for a list that is one value.`,
    );
  return Array.from({ length }, (_, row) => {
    const items = columns.map((column, index) => (column === null ? constantOf(args[index]) : column[row]));
    return new PrefectFuture(begin(items));
  });
}

/** What has to be there before the items can be counted. */
function pendingOf(value: unknown): Promise<unknown>[] {
  if (value instanceof AllowFailure) return pendingOf(value.value);
  if (value instanceof PrefectFuture) return [Promise.resolve(value.run.done)];
  return value instanceof PrefectFutureList && !value.isKnown ? [value.known] : [];
}

/** A future whose run is over, as the list that it stands for; each item still leads back to that run. */
function known(value: unknown): unknown {
  if (!(value instanceof PrefectFuture)) return value;
  const list: unknown = settle(value);
  if (typeof list !== 'object' || list === null || !isIterable(list)) return list;
  return derived(list, { input_type: 'task_run', id: value.taskRunId });
}

/** Each item leads back to the run that gave the list. */
function derived(list: Iterable<unknown>, origin: TaskInput): Derived<unknown>[] {
  return Array.from(list, (item) => new Derived(item, origin));
}

function columnOf(value: unknown): unknown[] | null {
  if (value instanceof AllowFailure) return columnOf(value.value)?.map((each) => new AllowFailure(each)) ?? null;
  if (typeof value !== 'object' || value === null || value instanceof Unmapped || value instanceof Quote) return null;
  if (!isIterable(value)) return null;
  const origin = originOf(value);
  return origin === undefined ? [...value] : derived(value, origin);
}

function constantOf(value: unknown): unknown {
  return value instanceof Unmapped ? value.value : value;
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}
