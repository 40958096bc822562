type Factors = Readonly<Record<string, readonly unknown[]>>;
type Case<All extends Factors> = { readonly [Name in keyof All]: All[Name][number] };

/** A pair of answers as a text: `type:0 time:3`. */
const pairOf = (a: string, i: number, b: string, j: number) => `${a}:${i} ${b}:${j}`;

/**
 * Few cases in which every two values of every two factors meet at least once. Greedy: each case begins with a
 * pair that has not met, and takes for each other factor the value that brings most new pairs.
 */
export function pairs<const All extends Factors>(factors: All): Case<All>[] {
  const names = Object.keys(factors);
  const left = new Set(allPairs(factors, names));
  const cases: Case<All>[] = [];
  for (const first of left) {
    const chosen = new Map(first.split(' ').map((part) => part.split(':')).map(([name = '', index]) => [name, Number(index)]));
    for (const name of names) if (!chosen.has(name)) chosen.set(name, bestValue(factors, left, chosen, name));
    for (const [i, a] of names.entries()) for (const b of names.slice(i + 1)) left.delete(pairOf(a, chosen.get(a) ?? 0, b, chosen.get(b) ?? 0));
    cases.push(Object.fromEntries(names.map((name) => [name, factors[name]?.[chosen.get(name) ?? 0]])) as Case<All>);
  }
  return cases;
}

function allPairs(factors: Factors, names: readonly string[]): string[] {
  return names.flatMap((a, at) =>
    names.slice(at + 1).flatMap((b) => indexes(factors[a]).flatMap((i) => indexes(factors[b]).map((j) => pairOf(a, i, b, j)))),
  );
}

function bestValue(factors: Factors, left: ReadonlySet<string>, chosen: ReadonlyMap<string, number>, name: string): number {
  const order = Object.keys(factors);
  const news = (value: number) =>
    [...chosen].filter(([other, index]) => left.has(order.indexOf(other) < order.indexOf(name) ? pairOf(other, index, name, value) : pairOf(name, value, other, index))).length;
  return indexes(factors[name]).reduce((best, value) => (news(value) > news(best) ? value : best), chosen.size % (factors[name]?.length ?? 1));
}

function indexes(values: readonly unknown[] | undefined): number[] {
  return [...(values ?? []).keys()];
}
