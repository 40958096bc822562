import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { addTo, startFiles } from '../generate/grown.ts';
import type { ApiInbox } from './api-inbox.ts';
import { inboxToken, startApiInbox } from './api-inbox.ts';
import { writeRepository } from './use-repository.ts';

let root = '';
let inbox: ApiInbox;

beforeAll(async () => {
  // Below the project, so that zod and yaml are found where ours are.
  await mkdir('.cache', { recursive: true });
  root = await mkdtemp(join(resolve('.cache'), 'typescript-api-loader-'));
  const files = startFiles({ dir: 'kpi', id: 'complaints', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', language: 'typescript' });
  addTo(files, 'loader', { name: 'told', kind: 'api', source: 'shop' });
  addTo(files, 'loader', { name: 'told_safely', kind: 'api', source: 'bank', auth: 'bearer' });
  // Small batches, so that a day has two of them.
  for (const name of ['told', 'told_safely']) files.set(`src/core/loaders/${name}.ts`, (files.get(`src/core/loaders/${name}.ts`) ?? '').replace('BATCH_ROWS = 500', 'BATCH_ROWS = 2'));
  await writeRepository(root, files);
  await mkdir(join(root, 'node_modules/@kpi-flow'), { recursive: true });
  await symlink(join(root, 'vendor/kpi-flow-runtime'), join(root, 'node_modules/@kpi-flow/runtime'), 'junction');
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

beforeEach(async () => {
  inbox = await startApiInbox();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await inbox.stop();
});

type Rows = readonly Readonly<Record<string, unknown>>[];

async function load(stage: 'told' | 'told_safely', rows: Rows): Promise<unknown> {
  const module = (await import(join(root, `src/core/loaders/${stage}.ts`))) as Readonly<Record<string, (rows: Rows) => Promise<number>>>;
  return await module[stage === 'told' ? 'told' : 'toldSafely']?.(rows).catch((error: Error) => `${error.name}: ${error.message}`);
}

const channels = ['ñ 😀 "\\\n', null, 'a'];
const rowsOf = (...days: readonly number[]): Rows => days.flatMap((day) => channels.map((channel, index) => ({ day: `2026-01-0${day}`, channel, value: index === 1 ? null : index + 0.1 })));
const send = async (mood: string, ...days: readonly number[]): Promise<unknown> => {
  vi.stubEnv('SHOP_URL', `${inbox.url}/${mood}`);
  return await load('told', rowsOf(...days));
};
const there = (): Rows => inbox.batches().flatMap((text) => JSON.parse(text) as Rows);

describe('a loader of kind api in TypeScript, against a server', () => {
  test('sends every value as it is, a period a batch', async () => {
    expect(await send('plain', 5, 6)).toBe(6);
    expect(there()).toHaveLength(6);
    expect(there()).toEqual(expect.arrayContaining(rowsOf(5, 6).map((row) => row)));
    for (const text of inbox.batches()) expect(new Set((JSON.parse(text) as Rows).map((row) => row['day'])).size).toBe(1);
  });

  test('counts a row once, in whatever windows and in whatever order it comes', async () => {
    expect([await send('plain', 5, 6), await send('plain', 6, 5), await send('plain', 7, 6)]).toEqual([6, 6, 6]);
    await load('told', rowsOf(5).toReversed().map(({ day, channel, value }) => ({ value, day, channel })));
    expect(there()).toHaveLength(9);
  });

  test('tries again after 503, after 429 when the server says so, and when an answer was lost', async () => {
    expect([await send('busy', 5), await send('limited', 6), await send('lost', 7)]).toEqual([3, 3, 3]);
    expect(there()).toHaveLength(9);
    expect(inbox.requests()).toBe(12);
  }, 60_000);

  test('sends the rest when what stopped half way runs again', async () => {
    expect(await send('full', 5, 6)).toMatch(/^ApiError: POST http:\S+\/full\/told: 422 /);
    expect(there()).toHaveLength(3);
    expect(await send('plain', 5, 6)).toBe(6);
    expect(there()).toHaveLength(6);
  });

  test('sends nothing where there is nothing, no address, or no key to tell batches by', async () => {
    expect(await send('plain')).toBe(0);
    expect(await load('told', [{ channel: 'a', value: 1 }])).toBe('Error: told: columns are missing: day');
    vi.stubEnv('SHOP_URL', '');
    expect(await load('told', rowsOf(5))).toBe(3);
    expect(inbox.requests()).toBe(0);
  });

  test('says which variable to check, and keeps the secret', async () => {
    vi.stubEnv('BANK_URL', `${inbox.url}/strict`);
    vi.stubEnv('BANK_TOKEN', inboxToken);
    expect(await load('told_safely', rowsOf(5))).toBe(3);
    vi.stubEnv('BANK_TOKEN', 'another-one');
    const said = await load('told_safely', rowsOf(6));
    expect(said).toMatch(/^ApiError: POST .*401 .*BANK_TOKEN$/);
    expect(said).not.toContain('another-one');
  });
});
