/** Sorts as isort and ruff do: runs of digits count as numbers, so `a2` comes before `a10`. */
export function compareNaturally(a: string, b: string): number {
  const [left, right] = [chunks(a), chunks(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const order = compareChunks(left[index], right[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function chunks(text: string): (string | number)[] {
  return text.split(/(\d+)/).map((chunk, index) => (index % 2 === 1 ? Number(chunk) : chunk));
}

function compareChunks(a: string | number | undefined, b: string | number | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  return a < b ? -1 : 1;
}
