import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Files } from '../generate/grown.ts';
import { addTo, startFiles } from '../generate/grown.ts';
import { useRealServer } from '../runtime/api/real-server.ts';
import { frames } from './frames.ts';
import { expectOwnChecksToPass, packages } from './own-checks.ts';
import { useRepository } from './use-repository.ts';

const answers = { dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day,region', owner: 'ana', target: 100, warning: 95, frames };
// The sample has a record without a region on a Monday, which is read days later than it is fresh.
const checks = 'not_null(record_id, amount), unique(record_id), accepted_values(region, region_a, region_b), range(amount, , 1000), row_count(1, 100000), freshness(occurred_at, 1d)';

/** A chain in which every kind of transformer checks what it returns. */
function checkedChain(locale: string): Files {
  const files = startFiles({ ...answers, locale });
  addTo(files, 'extractor', { name: 'refunds', kind: 'sql' });
  addTo(files, 'transformer', { name: 'clean_refunds', kind: 'cleaning', inputs: 'refunds', checks, on_failure: 'quarantine' });
  addTo(files, 'transformer', { name: 'counted_refunds', kind: 'calculation', inputs: 'clean_refunds', checks: 'row_count(1)', on_failure: 'warn' });
  addTo(files, 'transformer', { name: 'refunds_by_day', kind: 'aggregation', inputs: 'counted_refunds', checks: 'unique(day, region)' });
  addTo(files, 'loader', { name: 'refunds_daily', kind: 'sql', inputs: 'refunds_by_day' });
  return files;
}

describe('transformers that check what they return', () => {
  it('pass the repository’s own ruff, pyright and unit tests', async () => {
    // Its flow runs in the tests below.
    await expectOwnChecksToPass(checkedChain('es'), ['tests/unit']);
  }, 900_000);
});

const script = `
import json, sys, time
from datetime import date
from pathlib import Path

import polars as pl
from prefect import get_client
from prefect_flows.sales_flow import sales_flow

state = sales_flow(date(2026, 1, 5), date(2026, 1, 6), return_state=True)
own = state.state_details.flow_run_id
with get_client(sync_client=True) as client:
    runs = {run.name.rpartition("-")[0]: run for run in client.read_task_runs() if run.flow_run_id == own}
    artifacts = [each for each in client.request("POST", "/artifacts/filter", json={"artifacts": {"key": {"any_": ["sales-clean-refunds-checks"]}}}).json() if each["flow_run_id"] == str(own)]
    # Prefect sends what is logged a moment after the run.
    for _ in range(100):
        logs = client.request("POST", "/logs/filter", json={"logs": {"flow_run_id": {"any_": [str(own)]}, "level": {"ge_": 30}}}).json()
        if any("clean_refunds: " in each["message"] for each in logs):
            break
        time.sleep(0.2)
print(json.dumps({
    "state": state.type.value,
    "message": state.message,
    "tries": runs["clean_refunds"].run_count,
    "checks": [row for each in artifacts for row in json.loads(each["data"])],
    "warnings": [each["message"] for each in logs],
    "rejected": [pl.read_parquet(file).to_dicts()[0] for file in sorted(Path(".data/quarantine/clean_refunds").glob("*.parquet"))],
}, default=str))
`;

describe('a run whose data fails a check', () => {
  const server = useRealServer({}, packages);
  const repository = useRepository(() => checkedChain('en'), packages);

  interface Ran {
    readonly state: string;
    readonly message: string;
    readonly tries: number;
    readonly checks: readonly { readonly check: string; readonly result: string; readonly rows: number | null }[];
    readonly warnings: readonly string[];
    readonly rejected: readonly Record<string, unknown>[];
  }
  const run = () => repository.json<Ran>(['-c', script], server.prefect.env);
  async function failingWith(text: string): Promise<void> {
    const file = join(repository.root, 'src/core/transformers/clean_refunds.py');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/on_failure="\w+"/, text));
  }

  it('sets its rows aside with the reason, once for the same rows, and shows every check', async () => {
    await run();
    const { state, checks: shown, warnings, rejected } = await run();
    expect(state).toBe('COMPLETED');
    expect(shown.map(({ check, result, rows }) => [check.split('(')[0], result, rows])).toEqual([
      ['not_null', 'passed', 0],
      ['unique', 'passed', 0],
      ['accepted_values', 'failed', 1],
      ['range', 'passed', 0],
      ['row_count', 'passed', null],
      ['freshness', 'passed', null],
    ]);
    expect(warnings).toContain('clean_refunds: accepted_values(region, region_a, region_b): 1 rows');
    expect(rejected).toEqual([expect.objectContaining({ region: 'unknown', failed_checks: 'accepted_values(region, region_a, region_b)' })]);
  }, 600_000);

  it('fails at once when it is to stop, and says why', async () => {
    await failingWith('on_failure="stop"');
    const { state, message, tries } = await run();
    expect([state, tries]).toEqual(['FAILED', 1]);
    expect(message).toContain('CheckError: clean_refunds: accepted_values(region, region_a, region_b): 1 rows');
  }, 600_000);

  it('goes on when it is to warn', async () => {
    await failingWith('on_failure="warn"');
    const { state, warnings, rejected } = await run();
    expect(state).toBe('COMPLETED');
    expect(warnings).toContain('clean_refunds: accepted_values(region, region_a, region_b): 1 rows');
    expect(rejected).toHaveLength(1);
  }, 600_000);

  it('tells automations of it', async () => {
    const { stdout } = await repository.run(['-c', 'from prefect import get_client; import time\nwith get_client(sync_client=True) as client:\n    for _ in range(100):\n        found = client.request("POST", "/events/filter", json={"filter": {"event": {"name": ["kpi.check.accepted_values"]}}}).json()["events"]\n        if found: break\n        time.sleep(0.3)\nprint(found[0]["payload"]["stage"], found[0]["resource"]["prefect.resource.id"])'], server.prefect.env);
    expect(stdout.trim()).toBe('clean_refunds kpi.sales');
  }, 600_000);
});
