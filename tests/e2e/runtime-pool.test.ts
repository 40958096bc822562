import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useRealServer } from '../runtime/api/real-server.ts';

const server = useRealServer();
let folder = '';

const python = `
from prefect import flow, get_run_logger, task
from prefect.runtime import deployment


@task
def double(n: int) -> int:
    return n * 2


@flow(name="pool-main")
def main(n: int = 1) -> int:
    get_run_logger().info("of %s", deployment.name)
    return double(n)


@flow(name="pool-fails")
async def fails() -> None:
    raise ValueError("no luck")
`;
const typescript = `
import { flow, getRunLogger, runtime, task } from ${JSON.stringify(pathToFileURL(resolve('dist/runtime/index.mjs')).href)};
const double = task((n) => n * 2, { name: 'double' });
export const main = flow(async (n = 1) => {
  getRunLogger().info('of ' + runtime.deployment.name);
  return await double(n);
}, { name: 'pool-main' });
export const fails = flow(async () => { throw new TypeError('no luck'); }, { name: 'pool-fails' });
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-pool-'));
  await writeFile(join(folder, 'flows.py'), python);
  await writeFile(join(folder, 'flows.mjs'), typescript);
  await server.client.json('POST', '/variables/', { name: 'greeting', value: 'how-are-you' });
  await server.prefect.startWorker('both');
}, 300_000);
afterAll(async () => await rm(folder, { recursive: true, force: true }));

type Row = Readonly<Record<string, unknown>>;
type Language = 'python' | 'typescript';

/** What a server shows of a run of a work pool. */
interface Shown {
  readonly states: readonly Row[];
  readonly logs: readonly string[];
  readonly events: readonly Row[];
}

/** Starts one, waits for its end, and for what the server is told of it a moment later. */
async function show(language: Language, name: string, pull_steps: readonly object[], lastEvent: string): Promise<Shown> {
  const { client } = server;
  const { id: flow_id } = await client.json<{ id: string }>('POST', '/flows/', { name: `pool-${name}` });
  const command = `node ${resolve('dist/runtime/exec.mjs')} flows.mjs#${name}`;
  const how = language === 'python' ? { entrypoint: `flows.py:${name}` } : { entrypoint: 'prefect.cli.shell:run_shell_process', job_variables: { command } };
  const { id: deployment } = await client.json<{ id: string }>('POST', '/deployments/', { name: `in-${language}-${pull_steps.length}`, flow_id, work_pool_name: 'both', tags: ['nightly', 'kpi'], pull_steps, ...how });
  const { id, name: run } = await client.json<{ id: string; name: string }>('POST', `/deployments/${deployment}/create_flow_run`, {});
  const read = async (): Promise<Row[]> => (await client.json<{ events: Row[] }>('POST', '/events/filter', { filter: { any_resource: { id: [`prefect.flow-run.${id}`] }, order: 'ASC' }, limit: 50 })).events;
  await expect.poll(async () => (await read()).map(({ event }) => event), { timeout: 240_000, interval: 1000 }).toContain(lastEvent);
  await expect.poll(async () => (await read()).map(({ event }) => event), { timeout: 60_000 }).toContain('prefect.worker.executed-flow-run');
  const states = await client.json<Row[]>('GET', `/flow_run_states/?flow_run_id=${id}`);
  const logs = async (): Promise<Row[]> => await client.json<Row[]>('POST', '/logs/filter', { logs: { flow_run_id: { any_: [id] } }, sort: 'TIMESTAMP_ASC' });
  await expect.poll(async () => (await logs()).length, { timeout: 60_000 }).toBeGreaterThan(5);
  const plain = (value: unknown): string =>
    JSON.stringify(value).replaceAll(run, '<run>').replaceAll(`in-${language}`, '<deployment>').replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>').replaceAll(/\d{4}-\d\d-\d\dT[\d:.+]+Z?/g, '<time>').replaceAll(/double-[0-9a-f]{3}/g, 'double').replaceAll(/(infrastructure.identifier":")\d+/g, '$1<pid>');
  return JSON.parse(
    plain({
      states: states.map(({ type, name: of, message }) => ({ type, name: of, message })),
      logs: (await logs()).map(({ level, name: by, message }) => `${String(level)} ${String(by)} ${String(message).split('\n')[0]}`),
      events: (await read()).map(({ event, resource, related, payload }) => ({ event, resource, related, ...(String(event).includes('pull-step') ? { payload } : {}) })).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    }),
  ) as Shown;
}

const enters = (): object => ({ 'prefect.deployments.steps.set_working_directory': { id: 'enter', directory: folder } });
const script = (text: string): object => ({ 'prefect.deployments.steps.run_shell_script': { id: 'say', script: text, directory: '{{ enter.directory }}' } });

test('a run of a work pool looks as one in Python does: states, log lines, events and what they are related to', async () => {
  const steps = [enters(), script('echo {{ prefect.variables.greeting }}')];
  const [one, other] = [await show('python', 'main', steps, 'prefect.task-run.Completed'), await show('typescript', 'main', steps, 'prefect.task-run.Completed')];
  expect(other.states).toEqual(one.states);
  expect(other.logs).toEqual(one.logs);
  expect(other.logs).toContain('20 prefect.flow_runs of <deployment>-2');
  expect(other.events).toEqual(one.events);
  // Related to all that automations may ask for, with names; what a placeholder stands for is in no event.
  const told = JSON.stringify(other.events.filter(({ event }) => /task-run|pull-step/.test(String(event))));
  expect(told).toMatch(/"prefect.resource.role":"work-pool","prefect.resource.name":"both"/);
  expect(told).toContain('{{ prefect.variables.greeting }}');
  expect(told).not.toContain('how-are-you');
}, 600_000);

test('a run that fails does too, but for the words of the language and one line of Prefect about its own engine', async () => {
  const steps = [enters()];
  const [one, other] = [await show('python', 'fails', steps, 'prefect.flow-run.Failed'), await show('typescript', 'fails', steps, 'prefect.flow-run.Failed')];
  const worded = (text: string): string => text.replaceAll("ValueError('no luck')", 'TypeError: no luck').replaceAll('ValueError', 'TypeError');
  expect(other.states).toEqual(JSON.parse(worded(JSON.stringify(one.states))));
  expect(other.logs).toEqual(one.logs.map(worded).filter((each) => !each.includes('Engine execution exited')));
  expect(other.events).toEqual(JSON.parse(worded(JSON.stringify(one.events))));
}, 600_000);

test('a pull step that fails is in the log and the events of the run, and its state says why; of one in Python it says only that a process ended', async () => {
  const steps = [enters(), script('echo {{ prefect.variables.greeting }} && ls /nowhere'), script('echo never')];
  const { states, logs, events } = await show('typescript', 'main', steps, 'prefect.flow-run.Failed');
  const why = "prefect.deployments.steps.run_shell_script: sh ended with 2: line 1 of its script: ls: cannot access '/nowhere': No such file or directory";
  expect(states.at(-1)).toEqual({ type: 'FAILED', name: 'Failed', message: `Flow could not be retrieved from deployment: ${why}` });
  expect(logs).toContain(`40 prefect.flow_runs ${why}`);
  expect(events.filter(({ event }) => String(event).includes('pull-step')).map(({ event, payload }) => [event, (payload as Row)['step_name']])).toEqual([
    ['prefect.flow-run.pull-step.executed', 'set_working_directory'],
    ['prefect.flow-run.pull-step.failed', 'run_shell_script'],
  ]);
}, 600_000);
