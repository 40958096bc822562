import { describe, expect, test } from 'vitest';
import type { AutomationFile } from '../../../src/runtime/deploy/automations.ts';
import { switchOn } from '../../../src/runtime/deploy/automations.ts';
import type { DeployError } from '../../../src/runtime/deploy/deploy-error.ts';
import { useRealServer } from '../api/real-server.ts';

const server = useRealServer();
const trigger = { type: 'event', posture: 'Reactive', match: { 'prefect.resource.id': 'kpi.sales' }, expect: ['kpi.missed'], threshold: 1, within: 0 };

function file(name: string, block: string, subject = 'missed'): AutomationFile {
  const actions = [{ type: 'send-notification', block_document_id: block, subject, body: 'x' }];
  return { name: `${name}.yaml`, content: { automations: [{ name, enabled: true, trigger, actions }] } };
}

async function problemOf(files: readonly AutomationFile[]): Promise<DeployError> {
  return await switchOn(server.client, files).then(() => expect.unreachable(), (error: DeployError) => error);
}

async function makeBlock(type: string, name: string, data: object): Promise<string> {
  const { id } = await server.client.json<{ id: string }>('GET', `/block_types/slug/${type}`);
  const [schema] = await server.client.json<{ id: string }[]>('POST', '/block_schemas/filter', { block_schemas: { block_type_id: { any_: [id] } } });
  return (await server.client.json<{ id: string }>('POST', '/block_documents/', { name, data, block_type_id: id, block_schema_id: schema?.id })).id;
}

const standing = async (): Promise<{ name: string; actions: { block_document_id: string; subject: string }[] }[]> => await server.client.json('POST', '/automations/filter', {});

describe('automations of files', () => {
  test('change nothing while a block is missing, and say where it is made', async () => {
    const { kind, message } = await problemOf([file('a', 'slack-webhook/on-call'), file('b', 'ms-teams-webhook/platform')]);
    expect(kind).toBe('environment');
    expect(message.split('\n')).toEqual([
      expect.stringMatching(/^a\.yaml: there is no block slack-webhook\/on-call; make it, under the name on-call: http\S+\/blocks\/catalog\/slack-webhook\/create$/),
      expect.stringContaining('b.yaml: there is no block ms-teams-webhook/platform'),
    ]);
    expect(await standing()).toEqual([]);
  });

  test('stand on the server with the id of their block; once more, the same name is updated', async () => {
    const block = await makeBlock('slack-webhook', 'on-call', { url: 'https://hooks.slack.com/services/a/b/c' });
    expect(await switchOn(server.client, [file('a', 'slack-webhook/on-call'), file('id', block)])).toEqual(['a', 'id']);
    expect(await switchOn(server.client, [file('a', 'slack-webhook/on-call', 'target missed')])).toEqual(['a']);
    const all = await standing();
    expect(all.map(({ name }) => name).toSorted()).toEqual(['a', 'id']);
    expect(all.find(({ name }) => name === 'a')?.actions).toMatchObject([{ block_document_id: block, subject: 'target missed' }]);
  });

  test.each([
    ['a list', []],
    ['a text', 'automations'],
    ['no trigger', { automations: [{ name: 'x', actions: [] }] }],
    ['actions that are none', { automations: [{ name: 'x', trigger, actions: 'call' }] }],
  ])('of %s are the mistake of the file', async (_, content) => {
    const { kind, message } = await problemOf([{ name: 'odd.yaml', content }, file('fine', 'slack-webhook/on-call')]);
    expect([kind, message]).toEqual(['file', expect.stringMatching(/^odd\.yaml: /)]);
  });

  test('that only the server can tell wrong are the mistake of the file too', async () => {
    const { kind, message } = await problemOf([file('odd', 'no-id-of-a-block')]);
    expect([kind, message]).toEqual(['file', expect.stringMatching(/^odd: the server does not take it: .*block_document_id/)]);
  });
});
