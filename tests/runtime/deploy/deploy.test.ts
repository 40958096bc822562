import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PrefectHttpError } from '../../../src/runtime/api/api-errors.ts';
import type { PrefectClient } from '../../../src/runtime/api/client.ts';
import { applyPlan } from '../../../src/runtime/deploy/apply-deployment.ts';
import { readDeployments } from '../../../src/runtime/deploy/deployment-file.ts';
import { desiredDeployment } from '../../../src/runtime/deploy/desired-deployment.ts';
import { parameterSchemaOf } from '../../../src/runtime/deploy/parameter-schema.ts';
import { hasChanges, planDeployment, showPlan } from '../../../src/runtime/deploy/plan-deployment.ts';
import type { StandingDeployment } from '../../../src/runtime/deploy/plan-deployment.ts';
import { compareSchedules, readSchedules } from '../../../src/runtime/deploy/schedules.ts';
import { fillPlaceholders, untouched } from '../../../src/runtime/exec/placeholders.ts';
import { flow } from '../../../src/runtime/index.ts';
import type { Json, JsonObject } from '../../../src/runtime/types.ts';

const stock = flow(async ({ day }: { day?: string | undefined }) => day, { name: 'stock', version: 'v', parameters: z.object({ day: z.iso.date().optional() }) });

describe('prefect.yaml as Prefect reads it', () => {
  test('steps of a deployment stand in for those of the file; one step may stand without a list; an empty pull is none', () => {
    const pull = { 'prefect.deployments.steps.set_working_directory': { directory: '/srv' } };
    const [a, b, c] = readDeployments({ pull, deployments: [{ name: 'a' }, { name: 'b', pull: [] }, { name: 'c', pull: null }] });
    expect([a?.pull, b?.pull, c?.pull]).toEqual([[pull], [], null]);
  });

  test.each([
    [{}, 'has no deployments'],
    [{ deployments: [{ version: '1' }] }, 'deployments[0].name is missing'],
    [{ deployments: [{ name: 'a', shedules: [] }] }, 'deployments[0].shedules (a) is no key of a deployment'],
    [{ deployments: [{ name: 'a', triggers: [{ type: 'event' }] }] }, 'deploy it with "prefect deploy --name a"'],
    [{ deployments: ['a'] }, 'deployments[0] has to be a mapping'],
  ])('%j is refused', (document, message) => {
    expect(() => readDeployments(document)).toThrow(message);
  });

  test('a placeholder alone keeps the type of its value, and takes its key along when it stands for nothing', async () => {
    const values: Record<string, Json> = { 'image.tag': 'v2', 'prefect.variables.size': 3, $HOME: '/root' };
    const missing: string[] = [];
    const given = { size: '{{ prefect.variables.size }}', image: 'x:{{image.tag}}', home: '{{ $HOME }}/data', gone: '{{ no.such }}', later: '{{ctx.flow_run.id}}', both: '{{ $HOME }}{{ctx.a}}', list: ['{{ no.such }}', 1] };
    const filled = await fillPlaceholders(given, (reference) => (reference.startsWith('ctx.') ? untouched : values[reference]), (each) => missing.push(each));
    expect(filled).toEqual({ size: 3, image: 'x:v2', home: '/root/data', later: '{{ctx.flow_run.id}}', both: '/root{{ctx.a}}', list: [1] });
    expect(missing).toEqual(['{{ no.such }}', '{{ no.such }}']);
  });

  test.each([
    [3600, 3600],
    ['PT1H30M', 5400],
    ['P1D', 86_400],
    ['01:30:00', 5400],
  ])('an interval of %s is %d seconds', (interval, seconds) => {
    expect(readSchedules([{ interval }], 'schedules')?.[0]?.schedule).toEqual({ interval: seconds });
  });

  test.each([
    [[{ cron: '* * * * *', interval: 5 }], 'exactly one of'],
    [[{ crom: '* * * * *' }], 'schedules[0].crom is no key of a schedule'],
    [[{ interval: 'often' }], 'is no duration: often'],
    [{ cron: '* * * * *' }, 'has to be a list'],
  ])('schedules %j are refused', (given, message) => {
    expect(() => readSchedules(given as Json, 'schedules')).toThrow(message);
  });
});

describe('the form of the parameters', () => {
  test('has a title and a position for each, the defaults, what is required, and shared shapes under definitions', () => {
    const point = z.object({ x: z.number() }).meta({ id: 'Point' });
    const parameters = z.object({ day: z.iso.date(), size: z.int().default(5), at: point.optional() });
    const schema = parameterSchemaOf(flow(async ({ day }: z.output<typeof parameters>) => day, { name: 'f', parameters }).spec);
    expect(schema).toMatchObject({
      title: 'Parameters',
      type: 'object',
      required: ['day'],
      properties: {
        day: { title: 'day', position: 0, type: 'string', format: 'date' },
        size: { title: 'size', position: 1, type: 'integer', default: 5 },
        at: { title: 'at', position: 2 },
      },
      definitions: { Point: { type: 'object' } },
    });
    expect(JSON.stringify(schema)).not.toContain('pattern');
    expect(JSON.stringify(schema)).toContain('"$ref":"#/definitions/Point"');
  });

  test('of a function without a schema is the names of its parameters', () => {
    const schema = parameterSchemaOf(flow(async (start: string, end: string) => [start, end], { name: 'f' }).spec);
    expect(schema).toEqual({ title: 'Parameters', type: 'object', properties: { start: { title: 'start', position: 0 }, end: { title: 'end', position: 1 } } });
  });

  test('of a type that JSON Schema cannot say is refused, with the name of the flow', () => {
    const parameters = z.object({ when: z.date() });
    expect(() => parameterSchemaOf(flow(async ({ when }: { when: Date }) => when, { name: 'dated', parameters }).spec)).toThrow("flow 'dated' cannot be shown as a form");
  });
});

describe('what has to change', () => {
  const config: JsonObject = { name: 'daily', tags: ['kpi'], work_pool: { name: 'nodes', job_variables: { a: 1, b: 2 } }, schedules: [{ slug: 'main', cron: '0 6 * * *', timezone: 'UTC' }] };
  const standing = (more: object = {}): StandingDeployment => ({
    ...(desiredDeployment(config, stock.spec, []).body as object),
    id: '1',
    job_variables: { b: 2, a: 1 },
    global_concurrency_limit: null,
    schedules: [{ id: 's', slug: 'main', active: true, parameters: {}, schedule: { cron: '0 6 * * *', timezone: 'UTC', day_or: true } }],
    ...more,
  });

  test('is nothing when the server says the same in another order and with its own defaults', () => {
    const plan = planDeployment(desiredDeployment(config, stock.spec, []), standing());
    expect(hasChanges(plan), showPlan(plan)).toBe(false);
  });

  test.each([{}, null, undefined])('is nothing of the schedules where the older key is %j', (schedule) => {
    const { schedules: _schedules, ...unsaid } = config;
    expect(desiredDeployment({ ...unsaid, ...(schedule !== undefined && { schedule }) }, stock.spec, []).schedules).toBeNull();
    expect(desiredDeployment({ ...unsaid, schedule: { cron: '0 6 * * *' } }, stock.spec, []).schedules).toHaveLength(1);
  });

  test('is no schedule whose parameters stand in another order', () => {
    const wanted = readSchedules([{ slug: 'a', cron: '0 6 * * *', parameters: { name: 'x', size: { from: 1, to: 2 } } }], 'schedules');
    const stands = { id: '1', slug: 'a', active: true, schedule: { cron: '0 6 * * *' }, parameters: { size: { to: 2, from: 1 }, name: 'x' } };
    expect(compareSchedules([stands], wanted).changed).toEqual([]);
  });

  test.each([
    [401, 'PrefectHttpError'],
    [403, 'PrefectHttpError'],
    [409, 'DeployError'],
    [422, 'DeployError'],
    [500, 'PrefectHttpError'],
    [503, 'PrefectHttpError'],
  ])('is refused with %i: the file is only wrong where the server is well and lets in', async (status, name) => {
    const client = { json: () => Promise.reject(new PrefectHttpError('POST /flows/', status, 'no')) } as unknown as PrefectClient;
    const plan = planDeployment(desiredDeployment(config, stock.spec, []), null);
    await expect(applyPlan(client, plan)).rejects.toMatchObject({ name, message: expect.stringContaining(String(status)) });
  });

  test('is each field that says something else, and nothing that the file does not speak of', () => {
    const plan = planDeployment(desiredDeployment(config, stock.spec, []), standing({ tags: [], paused: true, work_queue_name: 'default' }));
    expect(plan.fields).toEqual({ tags: { from: [], to: ['kpi'] } });
    expect(showPlan(plan)).toBe('stock/daily: changed\n  tags: [] -> ["kpi"]');
  });

  test('takes schedules away that the file no longer has, follows a new slug, and leaves what somebody paused', () => {
    const [a, b] = ['a', 'b'].map((slug) => ({ id: slug, slug, active: false, parameters: {}, schedule: { cron: '0 6 * * *' } }));
    const wanted = readSchedules([{ slug: 'c', replaces: 'a', cron: '0 6 * * *' }], 'schedules');
    const changes = compareSchedules([a, b].filter((each) => each !== undefined), wanted);
    expect(changes.removed).toEqual([b]);
    expect(changes.changed).toEqual([{ from: a, to: expect.objectContaining({ slug: 'c', active: null }) }]);
    expect(compareSchedules([], null)).toEqual({ added: [], changed: [], removed: [] });
  });
});
