/**
 * How many single changes (a letter put in, left out, replaced, or two neighbours swapped) lead from
 * one word to the other.
 */
export function editDistance(a: string, b: string): number {
  const [from, to] = [[...a], [...b]];
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      current.push(cheapest(from, to, row, column, { before, last, current }));
    }
    [before, last] = [last, current];
  }
  return last[to.length] ?? 0;
}

interface Rows {
  readonly before: readonly number[];
  readonly last: readonly number[];
  readonly current: readonly number[];
}

function cheapest(from: string[], to: string[], row: number, column: number, rows: Rows): number {
  const same = from[row - 1] === to[column - 1];
  const costs = [
    (rows.last[column - 1] ?? 0) + (same ? 0 : 1),
    (rows.last[column] ?? 0) + 1,
    (rows.current[column - 1] ?? 0) + 1,
  ];
  const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
  if (swapped) costs.push((rows.before[column - 2] ?? 0) + 1);
  return Math.min(...costs);
}

/** Longer words are not compared: nobody mistypes one of them into a key of ours. */
const longestWord = 80;

/**
 * The word that was probably meant: at most two changes away, or a third of its length.
 * @returns nothing when no word is near, so that no message guesses wildly
 */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > longestWord) return undefined;
  const near = [...known]
    .map((each) => ({ each, distance: editDistance(fold(word), fold(each)) }))
    .filter(({ each, distance }) => distance <= allowedDistance(word, each))
    .sort((a, b) => a.distance - b.distance || sharedStart(word, b.each) - sharedStart(word, a.each) || (a.each < b.each ? -1 : 1));
  return near[0]?.each;
}

/** How many letters two words begin with alike: people mistype the middle of a word sooner than its first letter. */
function sharedStart(a: string, b: string): number {
  const [from, to] = [fold(a), fold(b)];
  const end = [...from].findIndex((letter, index) => letter !== to[index]);
  return end < 0 ? from.length : end;
}

/** Two changes turn any short word into any other: it must share more. */
function allowedDistance(word: string, known: string): number {
  const length = Math.max(word.length, known.length);
  return length < 5 ? 1 : Math.max(2, Math.floor(length / 3));
}

function fold(word: string): string {
  return word.toLowerCase().replaceAll('-', '_');
}
