import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { addTo, startFiles } from '../generate/grown.ts';
import { packages } from './own-checks.ts';
import { writeRepository } from './use-repository.ts';

const isLong = process.env['KPI_FLOW_LONG'] === '1';
if (!isLong) process.stderr.write('skipped: what the workers of Docker and Kubernetes send (their packages are 300 MB; set KPI_FLOW_LONG=1)\n');

let python = '';
let scratch = '';
let root = '';

beforeAll(async () => {
  ({ python } = await sharedEnvironment(packages, '.cache'));
  scratch = await mkdtemp(join(tmpdir(), 'kpi-deployed-'));
  root = join(scratch, 'repository');
  const files = startFiles({ dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day,region', owner: 'ana', target: 100 });
  addTo(files, 'deployment', { name: 'in-docker', work_pool_type: 'docker', schedule: '0 6 * * mon-fri | every 30m | rrule FREQ=MONTHLY;BYDAY=-1FR', timezone: 'Europe/Madrid' });
  addTo(files, 'deployment', { name: 'in-kubernetes', work_pool_type: 'kubernetes', image: 'registry.example.com/kpi-sales:1.2.3' });
  addTo(files, 'deployment', { name: 'cloned', git: `file://${root}` });
  await writeRepository(root, files);
}, 900_000);
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Runs Python far from the repository and without a server, with the deployments of its prefect.yaml by name, and gives what it prints as JSON. */
async function ask(code: string, cwd: string, by = python): Promise<unknown> {
  const head = `import json\nfrom ruamel.yaml import YAML\ndeployments = {each["name"]: each for each in YAML(typ="safe", pure=True).load(open(${JSON.stringify(join(root, 'prefect.yaml'))}))["deployments"]}\n`;
  await mkdir(cwd, { recursive: true });
  const { stdout } = await execa(by, ['-c', head + code], { cwd, env: { PREFECT_HOME: join(scratch, 'home'), PREFECT_SERVER_ANALYTICS_ENABLED: 'false', PREFECT_API_URL: 'http://127.0.0.1:9/api' } });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

describe('deployments that were added', () => {
  it('have schedules that Prefect reads as they were meant', async () => {
    const found = await ask('from prefect.cli.deploy._schedules import _construct_schedules\nfound = _construct_schedules(deployments["in-docker"], {}, console=None, is_interactive=lambda: False)\nprint(json.dumps([{**each["schedule"].model_dump(mode="json"), "slug": each["slug"]} for each in found]))', join(scratch, 'schedules'));
    expect(found).toEqual([
      expect.objectContaining({ slug: 'main', cron: '0 6 * * mon-fri', timezone: 'Europe/Madrid' }),
      expect.objectContaining({ slug: 'main-2', interval: 1800, timezone: 'Europe/Madrid' }),
      expect.objectContaining({ slug: 'main-3', rrule: 'FREQ=MONTHLY;BYDAY=-1FR', timezone: 'Europe/Madrid' }),
    ]);
  }, 300_000);

  it('clone the code and run that, wherever the worker stands', async () => {
    const git = (...args: readonly string[]) => execa('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...args], { cwd: root });
    await git('init', '--quiet');
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'A KPI');
    const worker = join(scratch, 'worker');
    const steps = 'import asyncio, os\nfrom prefect.deployments.steps.core import run_steps\nout = asyncio.run(run_steps(deployments["cloned"]["pull"], {}))\nos.chdir(out["directory"])\nfrom prefect.flows import load_flow_from_entrypoint\nflow = load_flow_from_entrypoint(deployments["cloned"]["entrypoint"])\nimport prefect_flows\nprint(json.dumps([flow.name, prefect_flows.__file__]))';
    const [name, file] = (await ask(steps, worker)) as [string, string];
    expect(name).toBe('sales');
    expect(file.startsWith(`${worker}/`)).toBe(true);
  }, 300_000);

  it('have an image with all that the flow imports', async () => {
    const image = join(scratch, 'image');
    for (const [, from = '', to = ''] of (await readFile(join(root, 'Dockerfile'), 'utf8')).matchAll(/^COPY --chown=kpi (\S+) (\S+)$/gm)) {
      await cp(join(root, from), join(image, to, from.endsWith('/') ? '' : (from.split('/').at(-1) ?? '')), { recursive: true });
    }
    expect(await ask('from prefect.flows import load_flow_from_entrypoint\nprint(json.dumps(load_flow_from_entrypoint(deployments["in-docker"]["entrypoint"]).name))', image)).toBe('sales');
  }, 300_000);

  it.skipIf(!isLong)('are what the workers of Docker and Kubernetes take, to the manifest that they send (only with KPI_FLOW_LONG=1: their packages are large)', async () => {
    const { python: workers } = await sharedEnvironment(['prefect==3.9.1', 'prefect-docker>=0.7.4', 'prefect-kubernetes>=0.8.0', 'ruamel.yaml>=0.18.10'], '.cache');
    const code = `
import asyncio
from uuid import uuid4
from prefect.client.schemas.objects import FlowRun
from prefect_docker.worker import DockerWorker, DockerWorkerJobConfiguration
from prefect_kubernetes.worker import KubernetesWorker, KubernetesWorkerJobConfiguration

async def sent(name, worker, configuration):
    variables = deployments[name]["work_pool"]["job_variables"]
    template = worker.get_default_base_job_template()
    assert set(variables) <= set(template["variables"]["properties"]), variables
    job = await configuration.from_template_and_values(base_job_template=template, values=variables)
    job.prepare_for_flow_run(FlowRun(id=uuid4(), flow_id=uuid4(), name="run"))
    return job

docker = asyncio.run(sent("in-docker", DockerWorker, DockerWorkerJobConfiguration))
kubernetes = asyncio.run(sent("in-kubernetes", KubernetesWorker, KubernetesWorkerJobConfiguration)).job_manifest
[container] = kubernetes["spec"]["template"]["spec"]["containers"]
print(json.dumps({"docker": [docker.image, docker.auto_remove, docker.command], "kubernetes": [kubernetes["kind"], container["image"], container["args"], kubernetes["spec"]["ttlSecondsAfterFinished"]]}))
`;
    expect(await ask(code, join(scratch, 'workers'), workers)).toEqual({
      docker: ['kpi-sales:0.1.0', true, 'prefect flow-run execute'],
      kubernetes: ['Job', 'registry.example.com/kpi-sales:1.2.3', ['prefect', 'flow-run', 'execute'], 3600],
    });
  }, 1_800_000);
});
