import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { LakeServer } from '../../src/build/lake-servers.ts';
import { gcsEmulator, startAzure, startGcs, startS3 } from '../../src/build/lake-servers.ts';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { addTo, startFiles } from '../generate/grown.ts';
import { extractorPackages } from './extractor-packages.ts';
import { startKillingDoor } from './killing-door.ts';
import { linkClients } from './typescript-clients.ts';
import { writeRepository } from './use-repository.ts';

const minutes = 60_000;
const formats = ['parquet', 'csv', 'json'] as const;
const stores = ['s3', 'azure', 'gcs'] as const;
type Store = (typeof stores)[number];

let root = '';
const servers = new Map<Store, LakeServer>();

beforeAll(async () => {
  const [{ python }, emulator] = [await sharedEnvironment(extractorPackages, '.cache'), await sharedEnvironment([gcsEmulator], '.cache')];
  servers.set('s3', await startS3(python)).set('gcs', await startGcs(emulator.python));
  const azure = await startAzure('.cache');
  if (azure === undefined) process.stderr.write('skipped: TypeScript’s lakes in Azure (Azurite cannot be installed here)\n');
  else servers.set('azure', azure);
  // Below the project, so that zod, yaml and the compiler are found where ours are.
  await mkdir('.cache', { recursive: true });
  root = await mkdtemp(join(resolve('.cache'), 'typescript-lakes-'));
  const files = startFiles({ dir: 'kpi', id: 'sales', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', language: 'typescript', timezone: 'Europe/Madrid' });
  for (const store of stores) {
    for (const format of formats) {
      addTo(files, 'extractor', { name: `${store}_${format}`, kind: 'datalake', source: `at_${store}`, store, format });
      addTo(files, 'loader', { name: `to_${store}_${format}`, kind: 'datalake', source: `at_${store}`, format, inputs: 'sales_by_day' });
    }
    addTo(files, 'extractor', { name: `held_${store}`, kind: 'datalake', source: `at_${store}`, format: 'csv', contract: 'freeze' });
  }
  const config = (files.get('config/config.yaml') ?? '')
    .replace(/( +)aws_region:/, '$1aws_endpoint_url: "${AT_S3_ENDPOINT_URL:-}"\n$&')
    .replace(/( +)azure_storage_account_name:/, '$1azure_storage_endpoint: "${AT_AZURE_ENDPOINT:-}"\n$&')
    .replace(/( +)google_service_account:/, '$1google_service_account_key: "${AT_GCS_SERVICE_ACCOUNT_KEY:-}"\n$&')
    // A loader writes where an extractor reads.
    .replaceAll(/( {2}to_(\w+):\n)/g, '$1    table: $2\n');
  files.set('config/config.yaml', config);
  await writeRepository(root, files);
  await linkClients(root, ['@duckdb/node-api', '@aws-sdk/client-s3', '@azure/identity', '@azure/storage-blob', '@google-cloud/storage']);
}, 10 * minutes);

afterEach(() => void vi.unstubAllEnvs());
afterAll(async () => {
  await Promise.all([...servers.values()].map(async ({ stop }) => await stop()));
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
}, minutes);

type Rows = readonly Readonly<Record<string, string | number | null>>[];

async function call(folder: 'extractors' | 'loaders', stage: string, ...given: unknown[]): Promise<unknown> {
  const module = (await import(join(root, `src/core/${folder}/${stage}.ts`))) as Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>;
  return await module[stage.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())]?.(...given);
}

const read = async (stage: string): Promise<Rows> => ((await call('extractors', stage, '2026-01-05', '2026-01-07')) as Rows).toSorted((left, right) => Number(left['amount']) - Number(right['amount']));

/** What lies below a folder, part by part. */
async function partsOf(store: Store, format: (typeof formats)[number], below: string, start: string, end: string): Promise<Rows[]> {
  const stage = `${store}_${format}`;
  const module = (await import(join(root, `src/core/${format === 'json' ? 'lake-json' : 'lake'}.ts`))) as Readonly<Record<string, (...given: unknown[]) => AsyncIterable<Rows>>>;
  const given = [stage, `${stage}/${below}/*.${format}`, ...(format === 'json' ? [] : [format]), { amount: 'number', occurred_at: 'moment' }, start, end];
  const parts: Rows[] = [];
  for await (const part of module[format === 'json' ? 'jsonBatches' : 'lakeBatches']?.(...given) ?? []) parts.push(part);
  return parts;
}

/** What leads to a folder of a store. */
function variables(store: Store, folder: string): Readonly<Record<string, string>> {
  const { uri, keys, env } = servers.get(store) ?? { uri: '', keys: {}, env: {} };
  const named = Object.entries(keys).map(([key, value]) => [`AT_${store}_${key.replace(/^(?:aws|azure_storage)_/, '')}`.toUpperCase(), value] as const);
  return { ...Object.fromEntries(named), ...env, [`AT_${store.toUpperCase()}_URI`]: folder === '' ? uri : `${uri}/${folder}` };
}

function useStore(store: Store, folder: string, other: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries({ ...variables(store, folder), ...other })) vi.stubEnv(name, value);
}

const rowOf = (day: string, amount: number, channel = 'tienda ñ 😀, "1"'): Rows[number] => ({ day, record_id: `r${amount}`, occurred_at: `${day}T08:00:00`, channel, amount });
const shown = ({ record_id, occurred_at, channel, amount }: Rows[number]) => ({ record_id, occurred_at, channel, amount });

test('a repository with lakes in every store satisfies its compiler', async () => {
  const { exitCode, stdout } = await execa(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', root], { reject: false });
  expect([exitCode, stdout]).toEqual([0, '']);
}, 2 * minutes);

describe.each(stores.flatMap((store) => formats.map((format) => ({ store, format }))))('$format in $store, for a TypeScript repository', ({ store, format }) => {
  test('is replaced a period at a time, and read back to the same values', async ({ skip }) => {
    if (!servers.has(store)) return skip('Azurite cannot be installed here');
    useStore(store, 'some/where');
    const [one, two] = [rowOf('2026-01-05', 0.1, ''), rowOf('2026-01-06', 9007199254740991)];
    expect(await call('loaders', `to_${store}_${format}`, [one, two])).toBe(2);
    expect(await read(`${store}_${format}`)).toEqual([one, two].map(shown));
    const next = rowOf('2026-01-06', 3);
    expect(await call('loaders', `to_${store}_${format}`, [next])).toBe(1);
    expect(await read(`${store}_${format}`)).toEqual([one, next].map(shown));
    expect(await call('loaders', `to_${store}_${format}`, [])).toBe(0);
    await expect(call('loaders', `to_${store}_${format}`, [rowOf('2026-01-05', 4), { ...rowOf('2026-01-06', 5), day: null }])).rejects.toThrow('day');
    expect((await read(`${store}_${format}`)).map((row) => row['amount'])).toEqual([0.1, 3]);
  }, minutes);

  test('is looked at for the days asked for only, where folders are named by day', async ({ skip }) => {
    if (!servers.has(store)) return skip('Azurite cannot be installed here');
    useStore(store, 'by day');
    await call('loaders', `to_${store}_${format}`, [rowOf('2026-01-05', 1), rowOf('2026-01-06', 2)]);
    const days = async (start: string, end: string): Promise<Rows> => (await partsOf(store, format, 'day={day}/**', start, end)).flat();
    expect((await days('2026-01-06', '2026-01-08')).map((row) => row['amount'])).toEqual([2]);
    expect(await days('2026-02-01', '2026-02-03')).toEqual([]);
    useStore(store, 'by nobody');
    await expect(days('2026-01-06', '2026-01-08')).rejects.toThrow('no file lies there');
  }, minutes);

  test('of which there are many is read whole', async ({ skip }) => {
    if (!servers.has(store)) return skip('Azurite cannot be installed here');
    useStore(store, 'many');
    const beside = await mkdtemp(join(root, 'beside-'));
    vi.stubEnv('TMPDIR', beside);
    const rows: Rows = Array.from({ length: 30 }, (_, index) => ({ ...rowOf('2026-01-05', index), day: `part ${index}` }));
    await call('loaders', `to_${store}_${format}`, rows);
    expect((await read(`${store}_${format}`)).map((row) => row['amount'])).toEqual(rows.map((row) => row['amount']));
    const parts = await partsOf(store, format, '**', '2026-01-05', '2026-01-07');
    expect(parts.flat().map((row) => row['amount']).toSorted((left, right) => Number(left) - Number(right))).toEqual(rows.map((row) => row['amount']));
    expect(await readdir(beside)).toEqual([]);
  }, minutes);
});

describe.each(stores)('a lake in %s', (store) => {
  beforeAll(async () => {
    await execa(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')]);
  }, 2 * minutes);

  test('is held to a contract, each object by itself', async ({ skip }) => {
    if (!servers.has(store)) return skip('Azurite cannot be installed here');
    useStore(store, 'held', {});
    await call('loaders', `to_${store}_csv`, [rowOf('2026-01-05', 1)]);
    const { readLakeByContract } = (await import(join(root, 'src/core/lake-contract.ts'))) as { readLakeByContract: (...given: unknown[]) => Promise<Rows> };
    const under = async (contract: string): Promise<unknown> => await readLakeByContract(`held_${store}`, `${store}_csv/**/*.csv`, 'csv', { occurred_at: 'moment', record_id: 'text', channel: 'text' }, '2026-01-05', '2026-01-07', contract).catch((error: Error) => `${error.name}: ${error.message}`);
    expect(await under('freeze')).toMatch(new RegExp(`^ContractError: held_${store}: ${store}_csv/day=2026-01-05/.*data\\.csv: day, amount: expected`));
    expect(await under('discard_value')).toEqual([{ occurred_at: '2026-01-05T08:00:00', record_id: 'r1', channel: 'tienda ñ 😀, "1"' }]);
  }, minutes);

  test('that a killed load wrote to is as it was, or as it is to be, period by period', async ({ skip }) => {
    const server = servers.get(store);
    if (server === undefined) return skip('Azurite cannot be installed here');
    const amounts = async (): Promise<readonly unknown[]> => {
      useStore(store, 'killed');
      return (await read(`${store}_parquet`)).map((row) => row['amount']);
    };
    const [old, anew] = [1, 2].map((amount) => [rowOf('2026-01-05', amount, 'a'), rowOf('2026-01-06', amount, 'a')]) as unknown as [Rows, Rows];
    const stage = `to_${store}_parquet`;
    const script = join(root, 'load.mjs');
    await writeFile(script, `import * as loaders from './dist/src/core/loaders/${stage}.js';\nawait Object.values(loaders)[0](JSON.parse(process.argv[2]));\n`);
    const [place, address] = Object.entries(variables(store, 'killed')).find(([name]) => /ENDPOINT|EMULATOR/.test(name)) ?? ['', ''];
    useStore(store, 'killed');
    await call('loaders', stage, old);
    let cuts = 0;
    for (let ended = false; !ended; cuts += 1) {
      const door = await startKillingDoor(new URL(address), cuts + 1);
      const loading = spawn(process.execPath, [script, JSON.stringify(anew)], { cwd: root, env: { ...process.env, ...variables(store, 'killed'), [place]: door.address }, stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      loading.stderr.on('data', (chunk: Buffer) => (said += String(chunk)));
      door.kills(() => loading.kill('SIGKILL'));
      const [code, signal] = (await once(loading, 'exit')) as [number | null, string | null];
      await door.stop();
      ended = signal !== 'SIGKILL';
      if (ended) expect(code, said).toBe(0);
      expect([[1, 1], [1, 2], [2, 2]], `killed at request ${cuts + 1}`).toContainEqual(await amounts());
    }
    expect(cuts).toBeGreaterThan(2);
    expect(await amounts()).toEqual([2, 2]);
  }, 5 * minutes);
});

describe('a lake that cannot be read', () => {
  const saying = async (stage: string): Promise<string> => await read(stage).then(() => 'fine', (error: Error) => `${error.name}: ${error.message}`);

  test.each(stores)('says that nothing lies there, or that there is no such place: %s', async (store) => {
    if (!servers.has(store)) return;
    useStore(store, 'nowhere');
    expect(await saying(`${store}_csv`)).toBe(`LakeError: ${store}_csv: no file lies there; check its path in the code, and its source in config.yaml`);
    useStore(store, '', { [`AT_${store.toUpperCase()}_URI`]: `${servers.get(store)?.uri}-not-there` });
    expect(await saying(`${store}_csv`)).toBe(`LakeError: ${store}_csv: no such ${store === 'azure' ? 'container' : 'bucket'}; check its uri (sources.at_${store}, config/config.yaml)`);
  }, minutes);

  test('says that nobody answers', async () => {
    useStore('s3', '', { AT_S3_ENDPOINT_URL: 'http://127.0.0.1:1' });
    expect(await saying('s3_csv')).toBe('LakeError: s3_csv: nothing answers there; check its aws_endpoint_url and its aws_region (sources.at_s3, config/config.yaml)');
    useStore('azure', '', { AT_AZURE_URI: 'az://lake', AT_AZURE_ACCOUNT_NAME: 'kpi', AT_AZURE_ACCOUNT_KEY: 'a2V5', AT_AZURE_ENDPOINT: 'http://127.0.0.1:1' });
    expect(await saying('azure_csv')).toBe('LakeError: azure_csv: nothing answers there; check its azure_storage_account_name and its azure_storage_endpoint (sources.at_azure, config/config.yaml)');
    useStore('gcs', '', { STORAGE_EMULATOR_HOST: 'http://127.0.0.1:1' });
    expect(await saying('gcs_csv')).toBe('LakeError: gcs_csv: nothing answers there; check the network (sources.at_gcs, config/config.yaml)');
  }, 3 * minutes);

  test('says that nobody is let in, without the secret', async () => {
    if (servers.has('azure')) {
      useStore('azure', '', { AT_AZURE_ACCOUNT_KEY: Buffer.from('a-wrong-key').toString('base64') });
      expect(await saying('azure_csv')).toBe('LakeError: azure_csv: not let in; check its azure_storage_ keys (sources.at_azure, config/config.yaml)');
    }
    useStore('gcs', '', { AT_GCS_SERVICE_ACCOUNT_KEY: 'a-secret' });
    vi.stubEnv('STORAGE_EMULATOR_HOST', undefined);
    expect(await saying('gcs_csv')).toBe('LakeError: gcs_csv: not let in; check its google_service_account (sources.at_gcs, config/config.yaml)');
    vi.stubEnv('AT_GCS_SERVICE_ACCOUNT_KEY', '');
    vi.stubEnv('AT_GCS_SERVICE_ACCOUNT', join(root, 'no-such-file.json'));
    expect(await saying('gcs_csv')).toBe('LakeError: gcs_csv: not let in; check its google_service_account (sources.at_gcs, config/config.yaml)');
  }, minutes);

  test('is a folder, or the sample, while the address is not one of a store; one that nobody brought is told', async () => {
    vi.stubEnv('AT_S3_URI', '');
    expect((await read('s3_csv')).length).toBeGreaterThan(0);
    vi.stubEnv('AT_S3_URI', join(root, 'here'));
    await call('loaders', 'to_s3_csv', [rowOf('2026-01-05', 7)]);
    expect((await read('s3_csv')).map((row) => row['amount'])).toEqual([7]);
    vi.stubEnv('AT_S3_URI', 'hdfs://lake');
    expect(await saying('s3_csv')).toMatch(/^LakeError: s3_csv: here an address is a folder, or begins with az, abfs, abfss, gs, s3;/);
  });
});
