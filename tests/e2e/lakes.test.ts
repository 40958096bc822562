import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LakeServer } from '../../src/build/lake-servers.ts';
import { startAzure, startS3 } from '../../src/build/lake-servers.ts';
import { tell } from '../cli/command-line.ts';
import { grow, startFiles } from '../generate/grown.ts';
import { extractorPackages } from './extractor-packages.ts';
import { frames } from './frames.ts';
import { startKillingDoor } from './killing-door.ts';
import { expectOwnTestsToPass, useRepository } from './use-repository.ts';

const minutes = 60_000;
const stores = ['folder', 's3', 'azure'] as const;
const formats = ['parquet', 'csv', 'json', 'delta'] as const;
type Store = (typeof stores)[number];

const lakes = new Map<Store, LakeServer>();

const repository = useRepository(() => {
  const files = startFiles({ dir: 'kpi', name: 'Reclamaciones', id: 'complaints', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', target: 10, warning: 12, direction: 'lower_is_better', locale: 'en', timezone: 'Europe/Madrid', frames });
  for (const store of [...stores, 'gcs']) {
    for (const format of formats) {
      grow(files, 'extractor', { name: `${store}_${format}`, kind: 'datalake', source: `at_${store}`, options: { store, format } });
      grow(files, 'loader', { name: `to_${store}_${format}`, kind: 'datalake', source: `at_${store}`, options: { store, format } });
    }
  }
  // Its modules serve every extractor of that form.
  for (const format of formats) grow(files, 'extractor', { name: `by_contract_${format}`, kind: 'datalake', source: 'at_folder', options: { format, contract: 'freeze' } });
  for (const format of formats) {
    for (const contract of ['none', 'evolve']) grow(files, 'extractor', { name: `batched_${contract}_${format}`, kind: 'datalake', source: 'at_folder', options: { format, contract, batch_rows: '100' } });
  }
  // A server of one's own is two keys more.
  const config = (files.get('config/config.yaml') ?? '').replace(/( +)aws_region:/, '$1aws_endpoint_url: "${AT_S3_ENDPOINT_URL:-}"\n$&').replace(/( +)azure_storage_account_name:/, '$1azure_storage_endpoint: "${AT_AZURE_ENDPOINT:-}"\n$&');
  files.set('config/config.yaml', config);
  return files;
}, extractorPackages);

beforeAll(async () => {
  lakes.set('folder', { uri: join(repository.root, 'lake'), keys: {}, stop: async () => {} });
  lakes.set('s3', await startS3(repository.python));
  const azure = await startAzure('.cache');
  if (azure === undefined) tell('skipped: lakes in Azure (Azurite cannot be installed here)');
  else lakes.set('azure', azure);
}, 10 * minutes);

afterAll(async () => {
  await Promise.all([...lakes.values()].map((lake) => lake.stop()));
}, minutes);

/** The variables that a source's keys refer to. */
function variables(store: Store, keys: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(keys).map(([key, value]) => [`AT_${store}_${key.replace(/^(?:aws|azure_storage)_/, '')}`.toUpperCase(), value]));
}

/** A lake as the Python of the tests is told of it. */
function told(store: Store, forms: readonly string[] = formats) {
  const lake = lakes.get(store);
  if (lake === undefined) return undefined;
  const options = store === 'folder' ? null : { ...lake.keys, allow_http: 'true' };
  return { name: store, uri: lake.uri, options, variables: variables(store, lake.keys), forms };
}

describe.each(stores)('every extractor of a lake, in %s', (store) => {
  it('gives the rows of its days to the same value and type, and says what is wrong', { timeout: 10 * minutes }, async ({ skip }) => {
    const lake = told(store);
    if (lake === undefined) return skip('Azurite cannot be installed here');
    expect(await repository.json(['lake_extracts.py', JSON.stringify([lake])])).toEqual(Object.fromEntries(formats.map((format) => [`${store}_${format}`, []])));
  });
});

describe.each(stores)('every loader of a lake, in %s', (store) => {
  it('keeps what it is given, once, to the same value and type', { timeout: 10 * minutes }, async ({ skip }) => {
    const lake = told(store);
    if (lake === undefined) return skip('Azurite cannot be installed here');
    expect(await repository.json(['lake_loads.py', JSON.stringify([lake])])).toEqual(Object.fromEntries(formats.map((format) => [`to_${store}_${format}`, []])));
  });
});

describe('a load that is killed', () => {
  const old = { '2026-01-05': [0], '2026-01-06': [0] };
  const half = { '2026-01-05': [2.5], '2026-01-06': [0] };
  const anew = { '2026-01-05': [2.5], '2026-01-06': [2.5] };

  /** A folder of its own, and how to load into it and to look at it. */
  async function begin(store: Store, format: string) {
    const lake = lakes.get(store);
    if (lake === undefined) return undefined;
    const name = `to_${store}_${format}`;
    const env = { ...variables(store, lake.keys), [`AT_${store.toUpperCase()}_URI`]: `${lake.uri}/killed` };
    expect((await repository.run(['lake_loads.py', 'old', name], env)).exitCode).toBe(0);
    const look = () => repository.json<Record<string, readonly number[]>>(['lake_loads.py', 'look', name, format], env);
    expect(await look()).toEqual(old);
    return { look, load: (changed: NodeJS.ProcessEnv) => repository.run(['lake_loads.py', 'new', name], { ...env, ...changed }) };
  }

  it('in a folder leaves each period as it was or as it is to be', { timeout: 10 * minutes }, async () => {
    const started = await begin('folder', 'parquet');
    for (const [at, expected] of [[1, old], [2, half]] as const) {
      expect((await started?.load({ KILLED_AT: String(at) }))?.signal).toBe('SIGKILL');
      expect(await started?.look()).toEqual(expected);
    }
    expect((await started?.load({}))?.exitCode).toBe(0);
    expect(await started?.look()).toEqual(anew);
  });

  it.for([['s3', 'delta'], ['azure', 'csv'], ['s3', 'parquet'], ['azure', 'delta']] as const)('in %s, %s, leaves the old rows or the new ones', { timeout: 15 * minutes }, async ([store, format], { skip }) => {
    const started = await begin(store, format);
    const [endpointKey, endpoint] = Object.entries(lakes.get(store)?.keys ?? {}).find(([key]) => key.includes('endpoint')) ?? ['', ''];
    if (started === undefined) return skip('Azurite cannot be installed here');
    let cuts = 0;
    for (let ended = false; !ended; cuts += 1) {
      const door = await startKillingDoor(new URL(endpoint), cuts + 1);
      const loading = started.load(variables(store, { [endpointKey]: door.address }));
      door.kills(() => loading.kill('SIGKILL'));
      const { exitCode, signal } = await loading;
      await door.stop();
      ended = signal !== 'SIGKILL';
      if (ended) expect(exitCode).toBe(0);
      // A file is one period, one after the other; a commit of Delta is the load.
      expect(format === 'delta' ? [old, anew] : [old, half, anew], `killed at request ${cuts + 1}`).toContainEqual(await started.look());
    }
    expect(cuts).toBeGreaterThan(2);
    expect(await started.look()).toEqual(anew);
  });
});

describe('a lake that is read in batches', () => {
  it.for(formats)('takes no more memory when it has ten times as many files: %s', { timeout: 15 * minutes }, async (format, { skip }) => {
    if (process.platform !== 'linux') return skip('only Linux tells the most memory that a process had');
    const stage = `batched_none_${format}`;
    const measure = async (files: number) => {
      const env = { AT_FOLDER_URI: join(repository.root, `lake_of_${files}`) };
      const { exitCode, all } = await repository.run(['lake_memory.py', 'fill', stage, format, String(files)], env);
      expect([exitCode, exitCode === 0 ? '' : all]).toEqual([0, '']);
      return await repository.json<{ rows: number; peak: number }>(['lake_memory.py', 'read', stage, format], env);
    };
    const [few, many] = [await measure(4), await measure(40)];
    expect([few.rows, many.rows]).toEqual([100_000, 1_000_000]);
    expect(many.peak, `${few.peak} MiB before`).toBeLessThan(few.peak * 1.4);
  });
});

describe('a lake that does not let in, or does not answer', () => {
  /** What an extractor says. */
  async function says(stage: string, env: Readonly<Record<string, string>>): Promise<string> {
    const script = `from datetime import date\nfrom core.extractors import ${stage}\ntry:\n    ${stage}(date(2026, 1, 1), date(2026, 1, 2))\nexcept Exception as error:\n    print(type(error).__name__, error, sep=': ')`;
    return (await repository.run(['-W', 'ignore', '-c', script], env)).stdout;
  }
  const s3 = (changed: Readonly<Record<string, string>> = {}) => ({ AT_S3_URI: 's3://lake/some', ...variables('s3', { ...lakes.get('s3')?.keys, ...changed }) });

  it('is told by the variable to look at, without a secret', { timeout: 15 * minutes }, async () => {
    const refusing = createServer((_, answer) => answer.writeHead(403, { 'content-type': 'application/xml' }).end('<Error><Code>InvalidAccessKeyId</Code><AWSAccessKeyId>kpi</AWSAccessKeyId></Error>'));
    const cutting = createServer((_, answer) => void answer.writeHead(200, { 'content-length': '1000' }).write('<ListBucketResult>', () => answer.destroy()));
    for (const server of [refusing, cutting]) await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const at = (server: typeof refusing) => s3({ aws_endpoint_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    try {
      const found = await Promise.all([
        says('s3_parquet', { ...s3(), AT_S3_URI: 's3://elsewhere/some' }),
        says('s3_csv', at(refusing)),
        says('s3_delta', at(refusing)),
        says('s3_parquet', at(cutting)),
        says('s3_delta', s3({ aws_endpoint_url: 'http://127.0.0.1:9' })),
        says('folder_parquet', { AT_FOLDER_URI: 'ftp://lake/some' }),
      ]);
      const keys = /LakeError: \w+: not let in; check AT_S3_REGION, AT_S3_ENDPOINT_URL, AT_S3_ACCESS_KEY_ID, AT_S3_SECRET_ACCESS_KEY$/;
      const silent = /LakeError: \w+: nobody answers, or not to the end; check the network and AT_S3_ENDPOINT_URL$/;
      expect(found).toEqual([
        'LakeError: s3_parquet: there is no such bucket or container; check AT_S3_URI',
        ...[keys, keys, silent, silent].map((each): unknown => expect.stringMatching(each)),
        expect.stringMatching(/^LakeError: folder_parquet: .*AT_FOLDER_URI/),
      ]);
      expect(found.join()).not.toContain('a-secret-of-s3');
    } finally {
      for (const server of [refusing, cutting]) server.close();
    }
  });

  it('is told by Azure too', { timeout: 5 * minutes }, async ({ skip }) => {
    const azure = lakes.get('azure');
    if (azure === undefined) return skip('Azurite cannot be installed here');
    const wrong = Buffer.from('a-wrong-key').toString('base64');
    const env = { AT_AZURE_URI: 'az://lake/some', ...variables('azure', azure.keys) };
    const found = await Promise.all([says('azure_parquet', { ...env, AT_AZURE_ACCOUNT_KEY: wrong }), says('azure_csv', { ...env, AT_AZURE_URI: 'az://elsewhere/some' })]);
    expect(found).toEqual([
      'LakeError: azure_parquet: not let in; check AT_AZURE_ACCOUNT_NAME, AT_AZURE_ENDPOINT, AT_AZURE_ACCOUNT_KEY',
      'LakeError: azure_csv: there is no such bucket or container; check AT_AZURE_URI',
    ]);
  });
});

it('passes the tests that it came with', { timeout: 10 * minutes }, async () => {
  await expectOwnTestsToPass(repository, [...stores, 'gcs'].flatMap((store) => formats.flatMap((format) => [`tests/unit/test_${store}_${format}.py`, `tests/unit/test_to_${store}_${format}.py`])).concat(formats.flatMap((format) => ['by_contract', 'batched_none', 'batched_evolve'].map((name) => `tests/unit/test_${name}_${format}.py`))));
});
