import type { PrefectClient } from '../../../src/runtime/api/client.ts';

type Row = { readonly [key: string]: unknown };

/** All that a server can show of a flow run and what is in it, as it answers it. */
export interface Told {
  readonly flow_run: Row;
  readonly flow_states: readonly Row[];
  readonly task_runs: readonly Row[];
  readonly task_states: Readonly<Record<string, readonly Row[]>>;
  readonly graph: { readonly nodes: readonly (readonly [string, Row])[]; readonly artifacts: readonly Row[] };
  readonly logs: readonly Row[];
  readonly artifacts: readonly Row[];
  readonly events: readonly Row[];
  readonly inner: Row;
  readonly inner_task_runs: readonly Row[];
}

/** Reads everything of the newest run of a flow. */
export async function readTold(client: PrefectClient, flowRunId: string): Promise<Told> {
  const of = { flow_runs: { id: { any_: [flowRunId] } } };
  const task_runs = await taskRunsOf(client, flowRunId);
  const [inner] = await client.json<Row[]>('POST', '/flow_runs/filter', {
    flow_runs: { parent_task_run_id: { any_: task_runs.map(({ id }) => id) } },
  });
  const states = await Promise.all(
    task_runs.map(async ({ id }) => [id, await client.json<Row[]>('GET', `/task_run_states/?task_run_id=${String(id)}`)]),
  );
  return {
    flow_run: await client.json('GET', `/flow_runs/${flowRunId}`),
    flow_states: await client.json('GET', `/flow_run_states/?flow_run_id=${flowRunId}`),
    task_runs,
    task_states: Object.fromEntries(states) as Told['task_states'],
    graph: await client.json('GET', `/flow_runs/${flowRunId}/graph-v2`),
    logs: await client.json('POST', '/logs/filter', { logs: { flow_run_id: { any_: [flowRunId] } }, sort: 'TIMESTAMP_ASC' }),
    artifacts: await client.json('POST', '/artifacts/filter', of),
    events: await eventsOf(client, flowRunId),
    inner: inner ?? {},
    inner_task_runs: await taskRunsOf(client, String(inner?.['id'])),
  };
}

async function taskRunsOf(client: PrefectClient, flowRunId: string): Promise<Row[]> {
  return await client.json('POST', '/task_runs/filter', { flow_runs: { id: { any_: [flowRunId] } }, sort: 'EXPECTED_START_TIME_ASC' });
}

/** Pages of fifty, as far as they go. */
async function eventsOf(client: PrefectClient, flowRunId: string): Promise<Row[]> {
  const filter = { any_resource: { id: [`prefect.flow-run.${flowRunId}`] }, order: 'ASC' };
  type Page = { readonly events: Row[]; readonly next_page: string | null };
  const events: Row[] = [];
  let page = await client.json<Page>('POST', '/events/filter', { filter, limit: 50 });
  for (;;) {
    events.push(...page.events);
    if (page.next_page === null) return events;
    page = await client.json<Page>('GET', page.next_page.slice(page.next_page.indexOf('/api') + 4));
  }
}
