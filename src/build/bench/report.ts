import { cpus } from 'node:os';
import { floorOfLimits } from './floor.ts';
import type { Measured } from './targets.ts';
import { targetsFor } from './targets.ts';

const end = '<!-- end -->';

/** Whether every target is met. */
export function meetsTargets(measured: Measured): boolean {
  return targetsFor(measured).every(({ limit, of }) => of(measured) <= limit);
}

/** The figures as two Markdown tables. */
export function drawTables(measured: Measured, files: ReadonlyMap<string, number>, rounds: number): string {
  const rows = [...measured].map(([name, { wall, best, cpu, peak }]) => [
    code(name),
    ...[wall, best, cpu].map((ms) => whole(ms)),
    whole(peak),
    String(files.get(name) ?? ''),
  ]);
  const aims = targetsFor(measured).map(({ what, limit, unit, of }) => {
    const value = of(measured);
    return [what, `<= ${show(limit, unit)}`, show(value, unit), value <= limit ? 'met' : '**missed**'];
  });
  return [
    `Medians of ${rounds} interleaved rounds on Node ${process.versions.node}, ${process.platform}, ${cpus().length} cores.`,
    table(['command', 'wall, ms', 'best, ms', 'processor, ms', 'peak, MiB', 'files'], rows),
    `Milliseconds in targets are scaled to a machine where bare Node takes ${floorOfLimits} ms, as where the limits were set.`,
    table(['target', 'limit', 'measured', ''], aims),
  ].join('\n\n');
}

/** Puts the tables between the two marks of a page, or at the end of a page that has none. Each command has its own. */
export function placeTables(page: string, tables: string, command = 'npm run bench'): string {
  const begin = `<!-- made by "${command}" -->`;
  const block = `${begin}\n\n${tables}\n\n${end}`;
  const [before, rest] = page.split(begin);
  if (rest === undefined) return `${page.trimEnd()}\n\n${block}\n`;
  return `${before}${block}${rest.slice(rest.indexOf(end) + end.length)}`;
}

function show(value: number, unit: 'x' | 'ms'): string {
  return unit === 'x' ? `${value.toFixed(2)}x` : `${value.toFixed(1)} ms`;
}

function whole(value: number): string {
  return Number.isNaN(value) ? '' : value.toFixed(0);
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
