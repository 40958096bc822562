import type { Json, JsonObject } from '../types.ts';
import type { PrefectClient } from './client.ts';

/** Undefined when there is none of that name. */
export async function readVariable(client: PrefectClient, name: string): Promise<Json | undefined> {
  return (await readOrNothing<{ value: Json }>(client, `/variables/name/${encodeURIComponent(name)}`))?.value;
}

/** @throws PrefectHttpError 409 when it is there and may not be overwritten */
export async function writeVariable(
  client: PrefectClient,
  name: string,
  value: Json,
  options: { readonly tags: readonly string[]; readonly overwrite: boolean },
): Promise<void> {
  const { tags, overwrite } = options;
  const { status } = await client.send(
    'POST',
    '/variables/',
    { name, value, tags },
    { accept: overwrite ? [409] : [] },
  );
  if (status === 409) await client.send('PATCH', `/variables/name/${encodeURIComponent(name)}`, { value, tags });
}

/** Whether there was one. */
export async function deleteVariable(client: PrefectClient, name: string): Promise<boolean> {
  const { status } = await client.send('DELETE', `/variables/name/${encodeURIComponent(name)}`, undefined, {
    accept: [404],
  });
  return status !== 404;
}

/** A block with its data, the secrets too; undefined when there is none of that name. */
export async function readBlock(client: PrefectClient, type: string, name: string): Promise<{ readonly id: string; readonly data: JsonObject } | undefined> {
  const path = `/block_types/slug/${encodeURIComponent(type)}/block_documents/name/${encodeURIComponent(name)}?include_secrets=true`;
  return await readOrNothing(client, path);
}

/** 404 is an answer: there is none. */
export async function readOrNothing<T>(client: PrefectClient, path: string): Promise<T | undefined> {
  const { status, data } = await client.send('GET', path, undefined, { accept: [404] });
  return status === 404 ? undefined : (data as T);
}
