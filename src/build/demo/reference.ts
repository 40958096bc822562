/** What a plain count over the raw records gives: the other path to the same number. */
export interface Reference {
  readonly flights: number;
  readonly onTime: number;
  readonly value: number;
  /** Flights and on-time flights by `day origin_state`. */
  readonly groups: ReadonlyMap<string, { readonly flights: number; readonly onTime: number }>;
}

/**
 * Counts the flights of the CSV file line by line. It shares nothing with the repository's SQL and functions:
 * no query, no frame, no cleaning; so the two agree only when both are right.
 */
export function countFlights(csv: string): Reference {
  const groups = new Map<string, { flights: number; onTime: number }>();
  let [flights, onTime] = [0, 0];
  for (const line of csv.trim().split('\n').slice(1)) {
    const [, departedAt = '', delay = '', , , state = ''] = line.split(',');
    const late = Number(delay) >= 15;
    const key = `${departedAt.slice(0, 10)} ${state}`;
    const group = groups.get(key) ?? { flights: 0, onTime: 0 };
    groups.set(key, { flights: group.flights + 1, onTime: group.onTime + (late ? 0 : 1) });
    flights += 1;
    if (!late) onTime += 1;
  }
  return { flights, onTime, value: onTime / flights, groups };
}

/** A row of the KPI's table, as the flow saved it. */
export interface KpiRow {
  readonly day: string;
  readonly origin_state: string;
  readonly on_time_arrivals: number;
  readonly arrivals: number;
  readonly on_time_performance: number;
}

/** How far our table and the reference agree. */
export interface Comparison {
  readonly ours: number;
  readonly reference: number;
  readonly rows: number;
  /** Keys whose numbers differ, or that only one side has. */
  readonly differing: readonly string[];
}

export function compare(rows: readonly KpiRow[], reference: Reference): Comparison {
  const differing = new Set(reference.groups.keys());
  for (const row of rows) {
    const key = `${row.day} ${row.origin_state}`;
    const group = reference.groups.get(key);
    const same = group?.flights === row.arrivals && group.onTime === row.on_time_arrivals && close(row.on_time_performance, group.onTime / group.flights);
    if (same) differing.delete(key);
    else differing.add(key);
  }
  const sum = (name: 'on_time_arrivals' | 'arrivals'): number => rows.reduce((total, row) => total + row[name], 0);
  return { ours: sum('on_time_arrivals') / sum('arrivals'), reference: reference.value, rows: rows.length, differing: [...differing] };
}

/** Whether nothing differs: neither a row nor the number over all of them. */
export function agrees({ ours, reference, differing }: Comparison): boolean {
  return differing.length === 0 && close(ours, reference);
}

function close(left: number, right: number): boolean {
  return Math.abs(left - right) < 1e-12;
}
