import { mkdtemp, readdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { addTo, startFiles } from '../generate/grown.ts';
import type { ApiRecord, ApiServer } from './api-server.ts';
import { secrets, startApiServer, strictLimit } from './api-server.ts';
import { useTypescript } from './use-typescript.ts';

const paginators = ['json_link', 'header_link', 'cursor', 'header_cursor', 'offset', 'page_number', 'single_page'];
const auths = ['none', 'bearer', 'api_key', 'http_basic', 'oauth2_client_credentials'];
const contracts = ['evolve', 'freeze', 'discard_row', 'discard_value'];
const records: readonly ApiRecord[] = Array.from({ length: 250 }, (_, index) => ({
  record_id: `r${index}`,
  occurred_at: new Date(Date.UTC(2026, 0, 15, index * 6)).toISOString(),
  channel: index % 2 === 0 ? 'tienda ñ 😀' : 'web',
  amount: index + 0.25,
}));

let server: ApiServer;

const repository = useTypescript(() => {
  const files = startFiles({ dir: 'kpi', id: 'complaints', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', language: 'typescript', timezone: 'Europe/Madrid' });
  for (const paginator of paginators) addTo(files, 'extractor', { name: `by_${paginator}`, kind: 'api', source: 'shop', paginator });
  for (const contract of contracts) addTo(files, 'extractor', { name: `under_${contract}`, kind: 'api', source: 'shop', paginator: 'single_page', contract });
  for (const contract of ['none', 'evolve', 'discard_row']) addTo(files, 'extractor', { name: `staged_${contract}`, kind: 'api', source: 'shop', paginator: 'cursor', contract, batch_rows: '70' });
  for (const auth of auths) addTo(files, 'extractor', { name: `with_${auth}`, kind: 'api', source: `api_${auth}`, auth, paginator: 'cursor' });
  addTo(files, 'extractor', { name: 'paced', kind: 'api', source: 'slowly', paginator: 'offset' });
  files.set('config/config.yaml', (files.get('config/config.yaml') ?? '').replace(/( {2}slowly:\n {4}kind: api\n)/, `$1    rate_limit: ${strictLimit}\n`));
  files.set('src/core/extractors/paced.ts', (files.get('src/core/extractors/paced.ts') ?? '').replace('offset()', 'offset({ limit: 10 })'));
  return files;
});

beforeAll(async () => {
  server = await startApiServer(records);
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => server?.stop());

type Rows = readonly Readonly<Record<string, unknown>>[];
type Extract = (start: string, end: string) => Promise<Rows>;
const whole = ['2026-01-01', '2026-12-31'] as const;

async function extract(stage: string, env: Readonly<Record<string, string>>, [start, end]: readonly [string, string] = whole): Promise<Rows> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const module = (await import(join(repository.root, `src/core/extractors/${stage}.ts`))) as Readonly<Record<string, Extract>>;
  const name = stage.replaceAll(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return await (module[name]?.(start, end) ?? expect.unreachable());
}

const saying = async (stage: string, env: Readonly<Record<string, string>>): Promise<string> => await extract(stage, env).then((rows) => `${rows.length} rows`, (error: Error) => `${error.name}: ${error.message}`);
const at = (mood: string, pages: string) => ({ SHOP_URL: `${server.url}/${mood}/none/${pages}` });

describe('an extractor of kind api in TypeScript, against a server', () => {
  test.each(paginators)('reads every page of %s', async (paginator) => {
    const rows = await extract(`by_${paginator}`, at('plain', paginator));
    expect(rows).toHaveLength(250);
    // Midnight in UTC is one o'clock in Madrid.
    expect(rows[0]).toEqual({ record_id: 'r0', occurred_at: '2026-01-15T01:00:00', channel: 'tienda ñ 😀', amount: 0.25 });
    expect(rows.reduce((sum, row) => sum + Number(row['amount']), 0)).toBe(records.reduce((sum, each) => sum + each.amount, 0));
  });

  test.each(auths)('is let in by %s', async (auth) => {
    const source = `API_${auth.toUpperCase()}`;
    const env = { TOKEN: secrets.token, API_KEY: secrets.key, USERNAME: secrets.user, PASSWORD: secrets.password, TOKEN_URL: `${server.url}/token`, CLIENT_ID: secrets.id, CLIENT_SECRET: secrets.secret };
    const own = Object.fromEntries(Object.entries({ ...env, URL: `${server.url}/plain/${auth}/cursor` }).map(([name, value]) => [`${source}_${name}`, value]));
    expect(await saying(`with_${auth}`, own)).toBe('250 rows');
  });

  test('in batches gives what it gives at once, and records keep their numbers from one page to the next', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kpi-batches-'));
    vi.stubEnv('TMPDIR', folder);
    for (const days of [whole, ['2026-01-31', '2026-02-01'], ['2025-01-01', '2025-02-01']] as const) {
      const atOnce = await extract('by_cursor', at('plain', 'cursor'), days);
      for (const contract of ['none', 'evolve', 'discard_row']) expect(await extract(`staged_${contract}`, at('plain', 'cursor'), days)).toEqual(atOnce);
    }
    expect(await saying('staged_none', at('grown', 'cursor'))).toMatch(/^ContractError: staged_none: amount: .* \(records 8\)$/);
    expect(await extract('staged_discard_row', at('grown', 'cursor'))).toEqual([]);
    // Nothing is left behind, however it ended.
    expect(await readdir(folder)).toEqual([]);
    await rmdir(folder);
  });

  test('reads a page of any number of rows', async () => {
    const many = await startApiServer(Array.from({ length: 130_000 }, (_, index) => ({ ...records[0], record_id: `r${index}` }) as ApiRecord));
    try {
      const rows = await extract('by_single_page', { SHOP_URL: `${many.url}/plain/none/single_page` });
      expect([rows.length, rows.at(-1)?.['record_id']]).toEqual([130_000, 'r129999']);
    } finally {
      await many.stop();
    }
  }, 60_000);

  test('says which variable does not let in, and never what it holds', async () => {
    const url = `${server.url}/plain/bearer/cursor`;
    expect(await saying('with_bearer', { API_BEARER_URL: url, API_BEARER_TOKEN: 'wrong-one' })).toMatch(/^ApiError: GET http\S+: 401 Unauthorized: not let in; check API_BEARER_TOKEN$/);
    expect(await saying('with_bearer', { API_BEARER_URL: url, API_BEARER_TOKEN: '' })).toContain('API_BEARER_TOKEN');
    const echoed = await saying('with_bearer', { API_BEARER_URL: `${server.url}/echo/bearer/cursor`, API_BEARER_TOKEN: secrets.token });
    expect(echoed).toMatch(/500 Internal Server Error: .*cannot serve Bearer \*\*\*/);
  });

  test.each(['busy', 'limited', 'cut'])('tries again what may go well a moment later: %s', async (mood) => {
    expect(await saying('by_json_link', at(mood, 'json_link'))).toBe('250 rows');
    const [first, second] = server.requests.filter(({ path }) => path.startsWith('/limited'));
    if (mood === 'limited') expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  test('asks as often as the server lets in any second, and is never told to come later', async () => {
    expect(await saying('paced', { SLOWLY_URL: `${server.url}/strict/none/offset` })).toBe('250 rows');
    expect(server.refused()).toBe(0);
  });

  test('reads from the first day up to the last, whatever the API leaves out', async () => {
    const lengths = [];
    for (const days of [['2026-01-31', '2026-02-01'], ['2026-03-01', '2026-03-01'], ['2025-01-01', '2025-02-01']] as const) lengths.push((await extract('by_cursor', at('plain', 'cursor'), days)).length);
    expect(lengths).toEqual([4, 0, 0]);
  });

  test('holds records to the schema as the contract says', async () => {
    const grown = at('grown', 'single_page');
    const wrong = /^ContractError: \w+: amount: expected \{.*"amount":"number"\}, came \{.*"amount":"string","note":"number"\} \(records 8\)$/;
    expect(await saying('by_single_page', grown)).toMatch(wrong);
    expect(await saying('under_evolve', grown)).toMatch(wrong);
    expect(await saying('under_freeze', grown)).toMatch(/^ContractError: under_freeze: note: expected .* \(records 1, 2, 3\)$/);
    expect(await extract('under_discard_row', grown)).toEqual([]);
    const values = await extract('under_discard_value', grown);
    expect(values.map((row) => row['amount']).filter((amount) => amount === null)).toHaveLength(1);
    expect(values).toHaveLength(10);
    for (const contract of contracts) expect(await saying(`under_${contract}`, at('plain', 'single_page'))).toBe('250 rows');
  });

  test.each([
    ['gone', 'json_link', /404 Not Found: not there; check the path and SHOP_URL$/],
    ['html', 'json_link', /the answer is no JSON; check the address/],
    ['list', 'json_link', /has no list of records at 'data'; it has rows$/],
    ['loop', 'json_link', /the API sent the same page twice; see the paginator$/],
    ['deaf', 'page_number', /the API sent the same page twice; see the paginator$/],
    ['elsewhere', 'json_link', /the next page is on another host, other\.example\.com; check SHOP_URL$/],
  ])('says what is wrong, and what to look at: %s', async (mood, pages, words) => {
    const before = server.requests.length;
    expect(await saying(`by_${pages}`, at(mood, pages))).toMatch(words);
    if (mood === 'gone') expect(server.requests.length - before).toBe(1);
  });

  test('says that nothing listens, or that an address is none', async () => {
    const gone = await startApiServer([]);
    await gone.stop();
    expect(await saying('by_json_link', { SHOP_URL: gone.url })).toMatch(/nothing listens there; check the port in SHOP_URL$/);
    expect(await saying('by_json_link', { SHOP_URL: 'ftp://example.com' })).toContain('SHOP_URL: it must begin like https://host/');
  });

  test('reads the sample until its address is set', async () => {
    const rows = await extract('by_cursor', { SHOP_URL: '' }, ['2026-01-05', '2026-01-06']);
    expect(Object.keys(rows[0] ?? {}).toSorted()).toEqual(['amount', 'channel', 'occurred_at', 'record_id']);
  });
});
