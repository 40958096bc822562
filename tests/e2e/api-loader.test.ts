import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { frames } from './frames.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { grow, startFiles } from '../generate/grown.ts';
import type { ApiInbox } from './api-inbox.ts';
import { inboxToken, startApiInbox } from './api-inbox.ts';

const packages = ['polars>=2.0', 'pandas>=3.0', 'pyarrow>=21', 'pydantic>=2.12', 'python-dotenv>=1.1', 'ruamel.yaml>=0.18.10', 'sqlalchemy>=2.0.40', 'httpx2>=2.13', 'stamina>=26.1', 'pytest>=9'];

let root = '';
let python = '';
let inbox: ApiInbox;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kpi-api-loader-'));
  ({ python } = await sharedEnvironment(packages, '.cache'));
  const files = startFiles({ dir: 'kpi', name: 'Reclamaciones', id: 'complaints', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', target: 10, warning: 12, direction: 'lower_is_better', locale: 'en', frames });
  grow(files, 'loader', { name: 'told', kind: 'api', source: 'shop' });
  grow(files, 'loader', { name: 'told_safely', kind: 'api', source: 'bank', options: { auth: 'bearer' } });
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    // Small batches, so that a day has two of them.
    await writeFile(join(root, path), path.includes('core/loaders/') ? text.replace('BATCH_ROWS = 500', 'BATCH_ROWS = 2') : text);
  }
}, 600_000);
afterAll(() => rm(root, { recursive: true, force: true }));

beforeEach(async () => {
  inbox = await startApiInbox();
});
afterEach(() => inbox.stop());

type Load = readonly [name: string, variables: Readonly<Record<string, string>>, days: readonly number[], leftOut: readonly string[]];
interface Sent {
  readonly sent?: number;
  readonly error?: string;
  readonly says?: string;
}

async function load(...loads: readonly Load[]): Promise<Sent[]> {
  const { stdout } = await execa(python, [resolve('tests/e2e/send_frames.py')], { cwd: root, input: JSON.stringify(loads), env: { PYTHONUTF8: '1' } });
  return JSON.parse(stdout) as Sent[];
}

const days = (mood: string, ...asked: readonly number[]): Load => ['told', { SHOP_URL: `${inbox.url}/${mood}` }, asked, []];
/** The rows that count, as texts: JSON's own numbers would lose what is beyond a double. */
const rowsThere = (): string[] => inbox.batches().flatMap((text) => text.match(/\{[^{}]*\}/g) ?? []);

describe('a loader of kind api, against a server', () => {
  it('sends every value as it is: decimals with their scale, moments in UTC, texts beyond the basic plane, nulls', async () => {
    expect(await load(days('plain', 5))).toEqual([{ sent: 3 }]);
    const [first, third, second] = rowsThere().sort();
    expect(first).toBe('{"day":"2026-01-05","channel":"a","exact":"1234567890123456789012345678.10","big":9007199254740993,"value":0.30000000000000004,"zoned":"2026-10-25T00:30:00+00:00","flag":true}');
    expect(second).toMatch(/"channel":null,"exact":null,"big":null,"value":null,"zoned":null,"flag":null/);
    expect(third).toContain('"exact":"0.00","big":-4611686018427387904,"value":null,"zoned":"2026-10-25T01:30:00+00:00","flag":false');
    expect(JSON.parse(third ?? '')).toMatchObject({ channel: 'ñ 😀 𝔘 "\'\\\n' });
  });

  it('counts a row once, in whatever windows it comes', async () => {
    expect(await load(days('plain', 5, 6), days('plain', 5, 6), days('plain', 6, 7))).toEqual([{ sent: 6 }, { sent: 6 }, { sent: 6 }]);
    expect(rowsThere()).toHaveLength(9);
    expect(new Set(rowsThere()).size).toBe(9);
  });

  it('tries again after 503, after 429 when the server says so, and when an answer was lost', { timeout: 120_000 }, async () => {
    expect(await load(days('busy', 5), days('limited', 6), days('lost', 7))).toEqual([{ sent: 3 }, { sent: 3 }, { sent: 3 }]);
    expect(rowsThere()).toHaveLength(9);
    expect(inbox.requests()).toBe(12);
  });

  it('sends the rest when what stopped half way runs again', async () => {
    const [stopped] = await load(days('full', 5, 6));
    expect(stopped).toMatchObject({ error: 'ApiError', says: expect.stringContaining('422') as string });
    expect(rowsThere()).toHaveLength(3);
    expect(await load(days('plain', 5, 6))).toEqual([{ sent: 6 }]);
    expect(new Set(rowsThere()).size).toBe(rowsThere().length);
    expect(rowsThere()).toHaveLength(6);
  });

  it('sends nothing where there is nothing, or no key to tell batches by', async () => {
    const [empty, keyless] = await load(days('plain'), ['told', { SHOP_URL: `${inbox.url}/plain` }, [5], ['day']]);
    expect(empty).toEqual({ sent: 0 });
    expect(keyless?.says).toBe('told: columns are missing: day');
    expect(inbox.requests()).toBe(0);
  });

  it('says which variable to check, and keeps the secret', async () => {
    const bank = { BANK_URL: `${inbox.url}/strict` };
    const [fits, wrong] = await load(['told_safely', { ...bank, BANK_TOKEN: inboxToken }, [5], []], ['told_safely', { ...bank, BANK_TOKEN: 'another-one' }, [6], []]);
    expect(fits).toEqual({ sent: 3 });
    expect(wrong?.says).toContain('BANK_TOKEN');
    expect(wrong?.says).not.toContain('another-one');
  });

  it('passes the tests that it came with, without any server', async () => {
    const { exitCode, all } = await execa(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'tests/unit/test_told.py', 'tests/unit/test_told_safely.py'], { cwd: root, all: true, reject: false });
    expect([exitCode, exitCode === 0 ? '' : all]).toEqual([0, '']);
  }, 120_000);
});
