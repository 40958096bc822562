/** What a stop has to end besides, and that is not over yet. The engine's own: nobody's code waits for it. */
const ending = new Set<Promise<unknown>>();

/** Ends something that nobody waits for any more; what cannot be ended is nobody's failure. */
export function endSoon(end: () => unknown): void {
  const ended = new Promise((resolve) => {
    resolve(end());
  }).catch(() => undefined);
  ending.add(ended);
  void ended.then(() => ending.delete(ended));
}

/** Waits for all that is ending, but not for long: false when something is left that does not end. */
export async function ended(patienceMs = 2000): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([late, Promise.all(ending)]);
  clearTimeout(timer);
  return ending.size === 0;
}
