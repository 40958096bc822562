/** What a process was used for, by name; the modules of the package share it, as they share their classes. */
const place = Symbol.for('create-kpi-flow uses');
const holder = globalThis as unknown as Record<symbol, Set<string> | undefined>;

/**
 * Says what this process is used for: which functions V8 has to compile depends on it, and those that are kept were
 * needed by some use before.
 * @param use a name out of a small number, in letters, digits, `_` and `-`; others are not kept for
 */
export function usedFor(use: string): void {
  (holder[place] ??= new Set()).add(use);
}

/** All that was said so far. */
export function uses(): readonly string[] {
  return [...(holder[place] ?? [])].filter((use) => /^[\w-]{1,60}$/.test(use));
}
