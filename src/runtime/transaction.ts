import { here, within } from './context.ts';
import type { Outside, Scope } from './context.ts';
import type { ResultStore } from './ports.ts';
import type { ResultMetadata } from './types.ts';

/** When a transaction keeps what its tasks gave: `lazy` at the end of the outermost one, `eager` at once, `off` when told to. */
export type CommitMode = 'lazy' | 'eager' | 'off';

/** How a transaction is committed. */
export interface TransactionOptions {
  /** Under this key the whole is kept, and found again. */
  readonly key?: string;
  /** `lazy` (the default) commits when the outermost one ends, `eager` at once, `off` only when told to. */
  readonly commitMode?: CommitMode;
}

interface Staged {
  readonly key: string;
  readonly data: ResultMetadata;
  readonly text: string;
}

/** A member of a group that can be undone. */
export interface Member {
  rollback(transaction: Transaction): Promise<void>;
  commit(transaction: Transaction): Promise<void>;
}

/** Tasks that hold together: when one step fails, the others are undone in reverse order. */
export class Transaction {
  readonly key: string | null;
  readonly mode: CommitMode;
  readonly parent: Transaction | null;
  readonly #store: ResultStore | null;
  readonly #values = new Map<string, unknown>();
  readonly #members: Member[] = [];
  readonly #staged = new Map<string, Staged>();
  #state: 'active' | 'committed' | 'rolled-back' = 'active';

  constructor(options: TransactionOptions, parent: Transaction | null, store: ResultStore | null) {
    this.key = options.key ?? null;
    this.mode = options.commitMode ?? parent?.mode ?? 'lazy';
    this.parent = parent;
    this.#store = store;
  }

  get state(): 'active' | 'committed' | 'rolled-back' {
    return this.#state;
  }

  /** Values that hooks of this transaction find; those of the transactions around it are seen too. */
  get(name: string): unknown {
    return this.#values.has(name) ? this.#values.get(name) : this.parent?.get(name);
  }

  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  isLazy(): boolean {
    return this.mode !== 'eager';
  }

  add(member: Member): void {
    this.#members.push(member);
  }

  stage(staged: Staged): void {
    this.#staged.set(staged.key, staged);
  }

  staged(key: string): Staged | undefined {
    return this.#staged.get(key) ?? this.parent?.staged(key);
  }

  /** Writes what was staged and tells the members. An error in it undoes everything. */
  async commit(): Promise<boolean> {
    if (this.#state !== 'active') return this.#state === 'committed';
    try {
      for (const { key, data, text } of this.#staged.values())
        await this.#store?.write(key, { metadata: data, result: text });
      for (const member of this.#members) await member.commit(this);
    } catch {
      await this.rollback();
      return false;
    }
    this.#state = 'committed';
    return true;
  }

  async rollback(): Promise<void> {
    if (this.#state !== 'active') return;
    this.#state = 'rolled-back';
    this.#staged.clear();
    for (const member of [...this.#members].reverse()) await member.rollback(this);
  }

  /** The end of the code inside it: committed, or handed to the transaction around it. */
  async close(): Promise<void> {
    if (this.#state !== 'active' || this.mode === 'off') return;
    if (this.parent === null || this.mode === 'eager') return void (await this.commit());
    for (const staged of this.#staged.values()) this.parent.stage(staged);
    this.parent.add({ rollback: () => this.rollback(), commit: async () => void (await this.#commitMembers()) });
  }

  async #commitMembers(): Promise<void> {
    for (const member of this.#members) await member.commit(this);
    this.#state = 'committed';
  }
}

/** Runs code as one unit: `await transaction(async (txn) => { … })`. */
export async function transaction<T>(
  code: (transaction: Transaction) => T | Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const place = here();
  const made = new Transaction(options, place.transaction, place.flowScope?.world.results ?? null);
  const { flowScope, taskRun, extraTags } = place;
  const inside = { flowScope, taskRun, extraTags, transaction: made } as typeof place;
  try {
    const value = await within(inside, code, made);
    await toItsEnd(place, made.close());
    return value;
  } catch (error) {
    await toItsEnd(place, made.rollback());
    throw error;
  }
}

/** A run that is stopped waits for it: half of what was done would stay undone with the process. */
async function toItsEnd({ flowScope }: Scope | Outside, done: Promise<void>): Promise<void> {
  const work = { done };
  flowScope?.open.add(work);
  await done.finally(() => flowScope?.open.delete(work));
}
