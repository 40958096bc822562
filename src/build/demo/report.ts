import type { Artifact, FlowRun, TaskRun } from '../../edge/prefect-api.ts';
import type { Comparison } from './reference.ts';
import { agrees } from './reference.ts';
import { drawTable } from './table.ts';
import type { DemoTexts } from './texts.ts';

/** What the demo saw. */
export interface DemoResult {
  readonly tasks: readonly TaskRun[];
  readonly published: Artifact | undefined;
  readonly comparison: Comparison;
  readonly address: string;
  readonly flowRun: FlowRun;
  readonly repository: string;
}

const shownRows = 12;

/** The results, for people: tasks, KPI, both numbers, the address of the run. */
export function report(result: DemoResult, texts: DemoTexts): string {
  return ['', ...taskTable(result, texts), '', ...kpiTable(result, texts), '', ...numbers(result, texts), '', `${texts.address}: ${result.address}`, `  (${texts.lasts})`].join('\n');
}

/** What each step took; steps that ran side by side start at about the same second. */
export function reportSteps(taken: readonly { readonly name: string; readonly from: number; readonly seconds: number }[], texts: DemoTexts): string {
  const rows = taken.map(({ name, from, seconds }) => [name, `${from.toFixed(1)} s`, `${seconds.toFixed(1)} s`]);
  const total = Math.max(0, ...taken.map(({ from, seconds }) => from + seconds));
  const { step, from, took } = texts.columns;
  return ['', texts.stepTable, '', drawTable([step, from, took], [...rows, [texts.total, '', `${total.toFixed(1)} s`]])].join('\n');
}

function taskTable({ tasks, flowRun }: DemoResult, texts: DemoTexts): string[] {
  const { task, state, seconds } = texts.columns;
  const rows = tasks.map((each) => [each.name, each.state?.name ?? '?', `${each.total_run_time.toFixed(2)} s`]);
  const whole = [flowRun.name, flowRun.state?.name ?? '?', `${flowRun.total_run_time.toFixed(2)} s`];
  return [texts.taskTable, '', drawTable([task, state, seconds], [...rows, whole])];
}

function kpiTable({ published, comparison }: DemoResult, texts: DemoTexts): string[] {
  const rows = rowsOf(published);
  const header = Object.keys(rows[0] ?? {});
  const shown = rows.slice(0, shownRows);
  const cells = header.map((name) => column(shown.map((row) => row[name])));
  return [texts.kpiTable(shown.length, comparison.rows), '', drawTable(header, shown.map((_, row) => cells.map((each) => each[row] ?? '')))];
}

function numbers({ comparison }: DemoResult, texts: DemoTexts): string[] {
  const same = comparison.rows - comparison.differing.length;
  const sign = agrees(comparison) ? '=' : '≠';
  return [
    texts.comparison,
    `  ${comparison.ours.toFixed(4)} ${texts.byFlow} ${sign} ${comparison.reference.toFixed(4)} ${texts.byReference}`,
    `  ${texts.rows(same, comparison.rows)}`,
  ];
}

/** Prefect keeps the rows of a table as JSON text. */
function rowsOf(published: Artifact | undefined): Record<string, unknown>[] {
  const data = published?.data;
  const parsed: unknown = typeof data === 'string' ? JSON.parse(data) : data;
  return Array.isArray(parsed) ? (parsed as Record<string, unknown>[]) : [];
}

/** Numbers of one column have the same number of decimals. */
function column(values: readonly unknown[]): (string | number)[] {
  const whole = values.every((value) => typeof value !== 'number' || Number.isInteger(value));
  return values.map((value) => (typeof value === 'number' ? (whole ? value : value.toFixed(3)) : String(value ?? '')));
}
