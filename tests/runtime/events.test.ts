import { describe, expect, test } from 'vitest';
import { Secret, concurrency, createMarkdownArtifact, createProgressArtifact, emitEvent, flow, rateLimit, tags, task, updateProgressArtifact } from '../../src/runtime/index.ts';
import { MemoryApi, runFlow } from '../../src/runtime/testing/index.ts';
import { systemClock } from '../../src/runtime/engine/clock.ts';

const missed = { event: 'kpi.missed', resource: { 'prefect.resource.id': 'kpi.conversion' }, payload: { period: '2026-01-01', value: 0.02 } };

describe('events of a flow', () => {
  test('carry what an automation matches, and are related to the run that they come from', async () => {
    const api = new MemoryApi(systemClock);
    const tell = task(() => emitEvent({ ...missed, related: [{ 'prefect.resource.id': 'team.a', 'prefect.resource.role': 'owner' }] }), { name: 'tell', tags: ['publish'] });
    const { state, taskRuns } = await runFlow(flow(() => tell(), { name: 'conversion' }), [], { api });
    expect(state.type).toBe('COMPLETED');
    const [event, ...others] = api.events.filter((each) => each.event === 'kpi.missed');
    expect(others).toEqual([]);
    expect(event).toMatchObject(missed);
    expect(event?.related?.map((each) => each['prefect.resource.role'])).toEqual(['flow-run', 'task-run', 'flow', 'tag', 'owner']);
    expect(event?.related?.[1]?.['prefect.resource.id']).toBe(`prefect.task-run.${taskRuns[0]?.id}`);
  });

  test('carry the tags that a task was given for this run', async () => {
    const api = new MemoryApi(systemClock);
    const tell = task(() => emitEvent(missed), { name: 'tell', tags: ['publish'] });
    await runFlow(flow(() => tags(['late'], async () => { await tell(); }), { name: 'conversion' }), [], { api });
    const event = api.events.find((each) => each.event === 'kpi.missed');
    expect(event?.related?.map((each) => each['prefect.resource.id'])).toEqual(expect.arrayContaining(['prefect.tag.publish', 'prefect.tag.late']));
  });

  test('of artifacts and of slots are told beside the run, its flow and its tags', async () => {
    const api = new MemoryApi(systemClock);
    for (const name of ['shop', 'paced', 'tag:labelled']) api.limits.set(name, 1);
    api.blocks.set('secret/token', { value: 'hidden' });
    const inTask = task(async () => {
      await updateProgressArtifact(await createProgressArtifact({ progress: 1 }), 2);
      await concurrency('shop', () => rateLimit('paced'));
    }, { name: 'in-task' });
    const whole = flow(async () => {
      await createMarkdownArtifact({ markdown: 'text' });
      await Secret.load('token');
      await tags(['labelled'], () => inTask());
    }, { name: 'conversion' });
    await runFlow(whole, [], { api });
    const told = api.events.filter(({ event }) => /^prefect\.(?:artifact|block|concurrency-limit)\./.test(event));
    const besideTask = 'flow-run task-run flow tag';
    expect(told.map(({ event, related }) => `${event}: ${(related ?? []).map((each) => each['prefect.resource.role']).join(' ')}`)).toEqual([
      'prefect.artifact.created: flow-run flow',
      'prefect.block.secret.loaded: block-type flow-run flow',
      `prefect.concurrency-limit.acquired: ${besideTask}`,
      `prefect.artifact.created: ${besideTask}`,
      `prefect.artifact.updated: ${besideTask}`,
      `prefect.concurrency-limit.acquired: ${besideTask}`,
      `prefect.concurrency-limit.acquired: ${besideTask}`,
      `prefect.concurrency-limit.released: ${besideTask}`,
      `prefect.concurrency-limit.released: ${besideTask}`,
    ]);
  });

  test('without a resource are refused', async () => {
    const { state } = await runFlow(flow(() => emitEvent({ event: 'kpi.missed', resource: { 'prefect.resource.id': '' } })), []);
    expect(state.message).toContain('prefect.resource.id');
  });
});
