import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runToEnd } from '../../src/edge/process-group.ts';
import { useRealServer } from '../runtime/api/real-server.ts';

const server = useRealServer();
let folder = '';

const flows = `
import { flow } from './runtime/index.js';
import * as z from 'zod';
const parameters = z.object({ name: z.string(), start: z.iso.date().nullish(), size: z.int().default(5), tags: z.array(z.string()).default([]) });
// What a module of flows holds open keeps nobody waiting.
setInterval(() => undefined, 60_000);
export const stock = flow(async ({ size }) => size, { name: 'stock', description: 'Compute the KPI', version: '7', parameters });
`;
/** What stands beside it for \`prefect deploy\`: a name and parameters, and nothing that runs. */
const stub = `
from datetime import date
from prefect import flow

@flow(name="stock", description="Compute the KPI", version="7")
def stock(name: str, start: date | None = None, size: int = 5, tags: list[str] = []) -> None:
    """Compute the KPI"""
`;
const main = { slug: 'main', cron: '0 6 * * *', timezone: 'Europe/Madrid' };
const hourly = { slug: 'hourly', interval: 3600, active: false, parameters: { name: 'hourly' } };
const daily = {
  name: 'daily',
  version: '0.1.0',
  tags: ['kpi', 'kpi:stock'],
  entrypoint: 'stock.py:stock',
  parameters: { name: 'x', size: 7, start: '2026-01-05' },
  schedules: [main, hourly],
  concurrency_limit: { limit: 1, collision_strategy: 'ENQUEUE' },
  work_pool: {
    name: 'nodes',
    job_variables: { command: 'node runtime/exec.js flows.mjs#stock', working_dir: '{{ here.stdout }}', env: { TZ: '{{ $KPI_ZONE }}' } },
  },
};
const plain = {
  name: 'plain',
  entrypoint: 'stock.py:stock',
  parameters: { name: 'y' },
  schedules: [] as object[],
  pull: [] as object[],
  work_pool: { name: 'nodes', work_queue_name: 'slow', job_variables: { command: 'node runtime/exec.js flows.mjs#stock' } },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kpi-flow-deploy-'));
  const bundle = await rolldown({
    input: { index: './src/runtime/index.ts', exec: './src/runtime/exec/exec.ts', deploy: './src/build/vendor/deploy.ts' },
    platform: 'node',
    logLevel: 'silent',
  });
  await bundle.write({ dir: join(folder, 'runtime'), format: 'esm', entryFileNames: '[name].js' });
  await bundle.close();
  await mkdir(join(folder, 'node_modules'));
  await symlink(resolve('node_modules/zod'), join(folder, 'node_modules/zod'), 'junction');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'flows.mjs'), flows);
  await writeFile(join(folder, 'stock.py'), stub);
  await server.prefect.api.createProcessPool('nodes');
}, 120_000);
afterAll(async () => await rm(folder, { recursive: true, force: true }));

async function write(...deployments: object[]): Promise<void> {
  const build = [{ 'prefect.deployments.steps.run_shell_script': { id: 'here', script: 'node -p "process.cwd()"' } }];
  await writeFile(join(folder, 'prefect.yaml'), stringify({ name: 'stock', build, deployments }));
}

interface Plan {
  readonly deployments: readonly { readonly name: string; readonly id: string | null; readonly change: string; readonly fields: Record<string, { from: Schema; to: Schema }>; readonly schedules: Record<string, readonly object[]> }[];
}
interface Schema {
  readonly properties: Record<string, { title: string; default?: unknown }>;
  readonly required: readonly string[];
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number | null; output: string }> {
  const environment = { ...server.prefect.env, KPI_ZONE: 'UTC', ...env };
  return await runToEnd({ file: process.execPath, args: ['runtime/deploy.js', ...args], cwd: folder, env: environment }, { seconds: 120 });
}

async function deploy(...args: string[]): Promise<Plan> {
  const { code, output } = await run(['--json', ...args]);
  expect(code, output).toBe(0);
  return JSON.parse(output.slice(output.indexOf('{\n'))) as Plan;
}

interface Standing {
  readonly id: string;
  readonly schedules: readonly { readonly id: string; readonly slug: string; readonly active: boolean }[];
}
const standing = async (name: string): Promise<Standing> => await server.client.json('GET', `/deployments/name/stock/${name}`);

describe('deployments of prefect.yaml, made through the API', () => {
  test('are field by field what `prefect deploy` makes of the same file, but for how a type is written', async () => {
    await write(daily, plain);
    await runPython();
    const plan = await deploy('--dry-run');
    expect(plan.deployments.map(({ name, change }) => [name, change])).toEqual([['stock/daily', 'changed'], ['stock/plain', 'changed']]);
    for (const { fields, schedules } of plan.deployments) {
      expect(Object.keys(fields)).toEqual(['parameter_openapi_schema']);
      expect(Object.values(schedules).flat()).toEqual([]);
      const { from, to } = fields['parameter_openapi_schema'] as { from: Schema; to: Schema };
      expect(Object.keys(to.properties)).toEqual(Object.keys(from.properties));
      expect(Object.keys(to)).toEqual(expect.arrayContaining(Object.keys(from)));
      expect(to.required).toEqual(from.required);
      expect(to.properties['size']).toEqual(from.properties['size']);
    }
    const before = await standing('daily');
    await server.client.send('DELETE', `/deployments/${before.id}`);
    const made = await deploy('daily');
    expect(made.deployments).toMatchObject([{ change: 'new' }]);
    const [was, is] = [before, await standing('daily')].map(withoutIdentity);
    expect(is).toEqual(was);
  }, 300_000);

  test('made twice are the same ones, and the second time nothing is sent', async () => {
    await write(daily, plain);
    await deploy();
    const before = await standing('daily');
    const again = await deploy();
    expect(again.deployments.map(({ change }) => change)).toEqual(['none', 'none']);
    expect(await standing('daily')).toEqual(before);
  }, 120_000);

  test('change by what the file says: a schedule that is gone goes, one that somebody paused stays so, a dry run changes nothing', async () => {
    await write(daily);
    await deploy();
    const before = await standing('daily');
    const kept = before.schedules.find(({ slug }) => slug === 'main');
    await server.client.send('PATCH', `/deployments/${before.id}/schedules/${kept?.id}`, { active: false });
    await write({ ...daily, version: '0.2.0', schedules: [{ ...main, cron: '0 7 * * *' }, { slug: 'weekly', cron: '0 8 * * 1' }] });
    const paused = await standing('daily');
    await deploy('--dry-run');
    expect(await standing('daily')).toEqual(paused);
    await deploy();
    const after = await standing('daily');
    expect(after).toMatchObject({ id: before.id, version: '0.2.0' });
    expect(after.schedules.toSorted((a, b) => (a.slug < b.slug ? -1 : 1))).toMatchObject([
      { id: kept?.id, slug: 'main', active: false, schedule: { cron: '0 7 * * *' } },
      { slug: 'weekly', active: true },
    ]);
  }, 120_000);

  test('are pushed after every one of them could be planned, and may say what that gave', async () => {
    const push = [{ 'prefect.deployments.steps.run_shell_script': { id: 'pushed', script: 'touch pushed\necho v3' } }];
    const pushing = { ...plain, name: 'pushing', push, work_pool: { ...plain.work_pool, job_variables: { ...plain.work_pool.job_variables, image: 'kpi:{{ pushed.stdout }}' } } };
    const isPushed = (): boolean => existsSync(join(folder, 'pushed'));
    await write(pushing, { ...plain, work_pool: { ...plain.work_pool, name: 'nowhere' } });
    expect([(await run([])).code, isPushed()]).toEqual([3, false]);
    await write(pushing);
    await deploy('--dry-run');
    expect(isPushed()).toBe(false);
    await deploy();
    expect(isPushed()).toBe(true);
    expect(await standing('pushing')).toMatchObject({ job_variables: { image: 'kpi:v3' } });
  }, 120_000);

  test.each([
    ['a work pool that is not there', { ...plain, work_pool: { ...plain.work_pool, name: 'nowhere' } }, {}, 3, 'prefect work-pool create nowhere --type process'],
    ['an export that is not there', { ...plain, work_pool: { name: 'nodes', job_variables: { command: 'node runtime/exec.js flows.mjs#stok' } } }, {}, 2, 'has no export "stok": its flows are stock'],
    ['a command that starts something else', { ...plain, work_pool: { name: 'nodes' } }, {}, 2, 'starts no flow in TypeScript'],
    ['parameters that the flow does not take', { ...plain, parameters: { name: 5 } }, {}, 2, 'the server refuses stock/plain'],
    ['a server that is not there', plain, { PREFECT_API_URL: 'http://127.0.0.1:9/api' }, 3, '127.0.0.1:9'],
  ])('%s is an error that says so', async (_what, deployment, env, code, message) => {
    await write(deployment);
    const ended = await run([], env);
    expect(ended.output).toContain(message);
    expect(ended.code).toBe(code);
  }, 120_000);
});

async function runPython(): Promise<void> {
  const env = { ...server.prefect.env, KPI_ZONE: 'UTC' };
  const command = { file: server.python, args: ['-m', 'prefect', '--no-prompt', 'deploy', '--all'], cwd: folder, env };
  const { code, output } = await runToEnd(command, { seconds: 200 });
  expect(code, output).toBe(0);
}

/** What differs between any two deployments, and the schema that is looked at above. */
function withoutIdentity(value: unknown): unknown {
  const dropped = ['id', 'created', 'updated', 'deployment_id', 'concurrency_limit_id', 'parameter_openapi_schema', 'last_polled', 'status', 'active_slots', 'slot_decay_per_second', 'anchor_date'];
  if (Array.isArray(value)) return value.map(withoutIdentity).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !dropped.includes(key));
  return Object.fromEntries(kept.map(([key, each]) => [key, key === 'name' && String(each).startsWith('deployment:') ? 'its own' : withoutIdentity(each)]));
}
