import type { PrefectClient } from '../api/client.ts';
import { readOrNothing } from '../api/variables.ts';
import type { Json, JsonObject } from '../types.ts';
import { DeployError } from './deploy-error.ts';

/** A file of automations, parsed. */
export interface AutomationFile {
  readonly name: string;
  readonly content: unknown;
}

interface Automation extends JsonObject {
  readonly name: string;
  readonly actions: readonly JsonObject[];
}

/**
 * Makes the automations of files stand on the server; one of the same name is updated. A file may name the block that
 * sends as type/name: its id is another one on each server, and is looked up here.
 * @returns their names
 * @throws DeployError with every file that is no list of automations, and every block that is missing; nothing has changed
 * then. What only the server can tell wrong stops where it stands.
 */
export async function switchOn(client: PrefectClient, files: readonly AutomationFile[]): Promise<string[]> {
  const read = files.map(({ name, content }) => ({ name, automations: automationsIn(content) }));
  const wrong = read.filter(({ automations }) => automations === undefined).map(({ name }) => `${name}: it holds no list of automations, each with a name, a trigger and actions`);
  if (wrong.length > 0) throw new DeployError('file', wrong.join('\n'));
  const ready: Automation[] = [];
  const missing: string[] = [];
  for (const { name, automations = [] } of read) {
    for (const each of automations) {
      const actions = await Promise.all(each.actions.map((action) => withBlock(client, action)));
      missing.push(...actions.filter((action) => typeof action === 'string').map((block) => `${name}: there is no block ${block}${whereToMake(client, block)}`));
      ready.push({ ...each, actions: actions.filter((action) => typeof action !== 'string') });
    }
  }
  if (missing.length > 0) throw new DeployError('environment', missing.join('\n'));
  for (const each of ready) await save(client, each);
  return ready.map(({ name }) => name);
}

function automationsIn(content: unknown): readonly Automation[] | undefined {
  const list = isObject(content) ? content['automations'] : undefined;
  return Array.isArray(list) && list.every(isAutomation) ? list : undefined;
}

function isAutomation(value: unknown): value is Automation {
  return isObject(value) && typeof value['name'] === 'string' && isObject(value['trigger']) && Array.isArray(value['actions']) && value['actions'].every(isObject);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An action with the id of its block; the name of the block when there is none. */
async function withBlock(client: PrefectClient, action: JsonObject): Promise<JsonObject | string> {
  const block: Json | undefined = action['block_document_id'];
  if (typeof block !== 'string' || !block.includes('/')) return action;
  const [type = '', name = ''] = block.split('/').map(encodeURIComponent);
  const found = await readOrNothing<{ id: string }>(client, `/block_types/slug/${type}/block_documents/name/${name}`);
  return found === undefined ? block : { ...action, block_document_id: found.id };
}

/** Its address or its key is typed there, and stays there. */
function whereToMake({ settings }: PrefectClient, block: string): string {
  const [type = '', name = ''] = block.split('/');
  return settings.uiUrl === null ? '' : `; make it, under the name ${name}: ${settings.uiUrl}/blocks/catalog/${encodeURIComponent(type)}/create`;
}

async function save(client: PrefectClient, automation: Automation): Promise<void> {
  const [known] = await client.json<{ id: string }[]>('POST', '/automations/filter', { automations: { name: { any_: [automation.name] } } });
  const [method, path] = known === undefined ? (['POST', '/automations/'] as const) : (['PUT', `/automations/${known.id}`] as const);
  const { status, text } = await client.send(method, path, automation, { accept: [422] });
  if (status === 422) throw new DeployError('file', `${automation.name}: the server does not take it: ${reasonIn(text)}`);
}

/** An action may be of many types, and the server says of each why it is none: what is wrong in the one that was meant says more. */
function reasonIn(text: string): string {
  const { exception_detail: all = [] } = JSON.parse(text) as { exception_detail?: { type: string; loc: (string | number)[]; msg: string }[] };
  const told = all.filter(({ type }) => type !== 'literal_error');
  return told.map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`).join('; ') || text.slice(0, 300);
}
