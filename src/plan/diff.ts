import type { FileOp } from './plan.ts';

/** How many lines around a change are shown. */
const around = 3;

/** What a plan changes, as `git diff` shows it; nothing for no change. */
export function diffOps(ops: readonly FileOp[]): string {
  return ops.map(diffOp).filter((text) => text !== '').join('');
}

function diffOp(op: FileOp): string {
  const before = op.kind === 'create' ? '' : op.before;
  const after = op.kind === 'delete' ? '' : op.after;
  const head = [`--- ${op.kind === 'create' ? '/dev/null' : `a/${op.path}`}`, `+++ ${op.kind === 'delete' ? '/dev/null' : `b/${op.path}`}`];
  const hunks = diffTexts(before, after);
  return hunks.length === 0 ? '' : `${[...head, ...hunks].join('\n')}\n`;
}

/** The hunks of a unified diff, a text a line. Line ends that differ count as a difference. */
export function diffTexts(before: string, after: string): string[] {
  const [a, b] = [splitLines(before), splitLines(after)];
  const edits = diffLines(a, b);
  return groupEdits(edits).flatMap((group) => showHunk(group, a.length === 0, b.length === 0));
}

function splitLines(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : [...lines.slice(0, -1), `${lines.at(-1)}\n\\ No newline at end of file`];
}

interface Edit {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
  readonly a: number;
  readonly b: number;
}

/** What both have at the start and at the end is no difference; between, the longest common part stays. */
function diffLines(a: readonly string[], b: readonly string[]): Edit[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const same = (from: number, to: number, shift: number): Edit[] => a.slice(from, to).map((line, index) => ({ sign: ' ', line, a: from + index, b: from + index + shift }));
  return [...same(0, start, 0), ...diffMiddle(a, b, start, a.length - end, b.length - end), ...same(a.length - end, a.length, b.length - a.length)];
}

/** More pairs of lines than that are not worth comparing: all goes, all comes. */
const mostPairs = 4_000_000;

function diffMiddle(a: readonly string[], b: readonly string[], start: number, endA: number, endB: number): Edit[] {
  if ((endA - start) * (endB - start) > mostPairs) return replaceAll(a, b, start, endA, endB);
  const lengths = commonLengths(a.slice(start, endA), b.slice(start, endB));
  const edits: Edit[] = [];
  let [i, j] = [start, start];
  while (i < endA || j < endB) {
    const at = (da: number, db: number): number => lengths[i - start + da]?.[j - start + db] ?? 0;
    if (i < endA && j < endB && a[i] === b[j]) edits.push({ sign: ' ', line: a[i] ?? '', a: i++, b: j++ });
    else if (i < endA && (j === endB || at(1, 0) >= at(0, 1))) edits.push({ sign: '-', line: a[i] ?? '', a: i++, b: j });
    else edits.push({ sign: '+', line: b[j] ?? '', a: i, b: j++ });
  }
  return edits;
}

function replaceAll(a: readonly string[], b: readonly string[], start: number, endA: number, endB: number): Edit[] {
  return [
    ...a.slice(start, endA).map((line, index): Edit => ({ sign: '-', line, a: start + index, b: start })),
    ...b.slice(start, endB).map((line, index): Edit => ({ sign: '+', line, a: endA, b: start + index })),
  ];
}

/** For each pair of starts, how much the rests have in common. Files that people write are small. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = table[i];
      const below = table[i + 1];
      if (row && below) row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

function groupEdits(edits: readonly Edit[]): Edit[][] {
  const changed = edits.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]));
  const groups: [number, number][] = [];
  for (const index of changed) {
    const last = groups.at(-1);
    if (last !== undefined && index - last[1] <= around * 2) last[1] = index;
    else groups.push([index, index]);
  }
  return groups.map(([from, to]) => edits.slice(Math.max(0, from - around), to + around + 1));
}

function showHunk(group: readonly Edit[], emptyBefore: boolean, emptyAfter: boolean): string[] {
  const [first] = group;
  const [old, now] = [group.filter(({ sign }) => sign !== '+').length, group.filter(({ sign }) => sign !== '-').length];
  const start = (at: number | undefined, empty: boolean): number => (at ?? 0) + (empty ? 0 : 1);
  const head = `@@ -${start(first?.a, emptyBefore)},${old} +${start(first?.b, emptyAfter)},${now} @@`;
  return [head, ...group.map(({ sign, line }) => sign + line)];
}
