import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { LakeServer } from '../../src/build/lake-servers.ts';
import { startS3 } from '../../src/build/lake-servers.ts';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { addTo, startFiles } from '../generate/grown.ts';
import { extractorPackages } from './extractor-packages.ts';
import { linkClients } from './typescript-clients.ts';
import { writeRepository } from './use-repository.ts';

const minutes = 60_000;
const formats = ['parquet', 'csv', 'json'] as const;

let root = '';
let s3: LakeServer;

beforeAll(async () => {
  const { python } = await sharedEnvironment(extractorPackages, '.cache');
  s3 = await startS3(python);
  // Below the project, so that zod, yaml and the compiler are found where ours are.
  await mkdir('.cache', { recursive: true });
  root = await mkdtemp(join(resolve('.cache'), 'typescript-lakes-'));
  const files = startFiles({ dir: 'kpi', id: 'sales', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', language: 'typescript', timezone: 'Europe/Madrid' });
  for (const format of formats) {
    addTo(files, 'extractor', { name: `from_${format}`, kind: 'datalake', source: 'far', store: 's3', format });
    addTo(files, 'loader', { name: `to_${format}`, kind: 'datalake', source: 'far', format, inputs: 'sales_by_day' });
  }
  const config = (files.get('config/config.yaml') ?? '')
    .replace(/( +)aws_region:/, '$1aws_endpoint_url: "${FAR_ENDPOINT_URL:-}"\n$&')
    // A loader writes where an extractor reads.
    .replaceAll(/( {2}to_(\w+):\n)/g, '$1    table: from_$2\n');
  files.set('config/config.yaml', config);
  await writeRepository(root, files);
  await linkClients(root, ['@duckdb/node-api', '@aws-sdk/client-s3']);
}, 10 * minutes);

afterEach(() => void vi.unstubAllEnvs());
afterAll(async () => {
  await s3?.stop();
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
}, minutes);

type Rows = readonly Readonly<Record<string, string | number | null>>[];

async function call(folder: 'extractors' | 'loaders', stage: string, ...given: unknown[]): Promise<unknown> {
  const module = (await import(join(root, `src/core/${folder}/${stage}.ts`))) as Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>;
  return await module[stage.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())]?.(...given);
}

const read = async (stage: string): Promise<Rows> => ((await call('extractors', stage, '2026-01-05', '2026-01-07')) as Rows).toSorted((left, right) => Number(left['amount']) - Number(right['amount']));

function useS3(folder: string, other: Readonly<Record<string, string>> = {}): void {
  const names = Object.fromEntries(Object.entries(s3.keys).map(([key, value]) => [`FAR_${key.replace('aws_', '').toUpperCase()}`, value]));
  for (const [name, value] of Object.entries({ ...names, FAR_URI: `${s3.uri}/${folder}`, ...other })) vi.stubEnv(name, value);
}

const rowOf = (day: string, amount: number): Rows[number] => ({ day, record_id: `r${amount}`, occurred_at: `${day}T08:00:00`, channel: 'tienda ñ 😀, "1"', amount });
const shown = ({ record_id, occurred_at, channel, amount }: Rows[number]) => ({ record_id, occurred_at, channel, amount });

test('a repository with a lake in S3 satisfies its compiler', async () => {
  const { exitCode, stdout } = await execa(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', root], { reject: false });
  expect([exitCode, stdout]).toEqual([0, '']);
}, 2 * minutes);

describe.each(formats)('%s in S3, for a TypeScript repository', (format) => {
  test('is replaced a period at a time, and read back to the same values', async () => {
    useS3('below/a folder');
    const [first, second, later] = [rowOf('2026-01-05', 0.1), rowOf('2026-01-06', 2.5), rowOf('2026-01-07', 3)];
    for (let times = 0; times < 2; times += 1) expect(await call('loaders', `to_${format}`, [first, second, later])).toBe(3);
    expect((await read(`from_${format}`)).map(shown)).toEqual([first, second].map(shown));
    await call('loaders', `to_${format}`, [rowOf('2026-01-06', 9)]);
    expect((await read(`from_${format}`)).map((row) => row['amount'])).toEqual([0.1, 9]);
    expect(await call('loaders', `to_${format}`, [])).toBe(0);
    await expect(call('loaders', `to_${format}`, [rowOf('2026-01-05', 4), { ...rowOf('2026-01-06', 5), day: null }])).rejects.toThrow('day');
    expect((await read(`from_${format}`)).map((row) => row['amount'])).toEqual([0.1, 9]);
  });

  test('is looked at for the days asked for only, where folders are named by day', async () => {
    useS3('by day');
    await call('loaders', `to_${format}`, [rowOf('2026-01-05', 1), rowOf('2026-01-06', 2)]);
    const { readLake } = (await import(join(root, 'src/core/lake.ts'))) as { readLake: (...given: unknown[]) => Promise<Rows> };
    const days = async (start: string, end: string): Promise<Rows> => await readLake(`from_${format}`, `from_${format}/day={day}/*.${format}`, format, { amount: 'number', occurred_at: 'moment' }, start, end, 'occurred_at');
    expect((await days('2026-01-06', '2026-01-08')).map((row) => row['amount'])).toEqual([2]);
    expect(await days('2026-02-01', '2026-02-03')).toEqual([]);
    useS3('by nobody');
    await expect(days('2026-01-06', '2026-01-08')).rejects.toThrow('no file lies there');
  });

  test('of which there are many is read whole', async () => {
    useS3('many');
    const rows: Rows = Array.from({ length: 30 }, (_, index) => ({ ...rowOf('2026-01-05', index), day: `part ${index}` }));
    await call('loaders', `to_${format}`, rows);
    expect((await read(`from_${format}`)).map((row) => row['amount'])).toEqual(rows.map((row) => row['amount']));
  });
});

describe('a lake in S3 that cannot be read', () => {
  const saying = async (): Promise<string> => await read('from_csv').then(() => 'fine', (error: Error) => `${error.name}: ${error.message}`);

  test('says that nothing lies there', async () => {
    useS3('nowhere');
    expect(await saying()).toBe('LakeError: from_csv: no file lies there; check its path in the code, and its source in config.yaml');
  });

  test('says that there is no such bucket, or no such server', async () => {
    useS3('', { FAR_URI: 's3://not-there' });
    expect(await saying()).toBe('LakeError: from_csv: no such bucket; check its uri (sources.far, config/config.yaml)');
    useS3('', { FAR_ENDPOINT_URL: 'http://127.0.0.1:1' });
    expect(await saying()).toBe('LakeError: from_csv: nothing answers there; check its aws_endpoint_url and its aws_region (sources.far, config/config.yaml)');
  }, minutes);

  test('is a folder, or the sample, while the address is not one of S3', async () => {
    vi.stubEnv('FAR_URI', '');
    expect((await read('from_csv')).length).toBeGreaterThan(0);
    vi.stubEnv('FAR_URI', join(root, 'here'));
    await call('loaders', 'to_csv', [rowOf('2026-01-05', 7)]);
    expect((await read('from_csv')).map((row) => row['amount'])).toEqual([7]);
  });
});
