import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { frames } from './frames.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { grow, startFiles } from '../generate/grown.ts';
import { apiPackages } from './api-packages.ts';
import type { Extracting } from './extracting.ts';
import { startExtracting } from './extracting.ts';
import type { ApiRecord, ApiServer } from './api-server.ts';
import { secrets, startApiServer, strictLimit } from './api-server.ts';
import { writeRepository } from './use-repository.ts';

const paginators = ['json_link', 'header_link', 'cursor', 'header_cursor', 'offset', 'page_number', 'single_page'];
const auths = ['none', 'bearer', 'api_key', 'http_basic', 'oauth2_client_credentials'];

const contracts = ['none', 'evolve', 'freeze', 'discard_row', 'discard_value'];

/** Two months of records, so that a window at the end of a month is one among others. */
const records: readonly ApiRecord[] = Array.from({ length: 250 }, (_, index) => ({
  record_id: `r${index}`,
  occurred_at: new Date(Date.UTC(2026, 0, 15, index * 6)).toISOString(),
  channel: index % 2 === 0 ? 'tienda ñ 😀' : 'web',
  amount: index + 0.25,
}));

let root = '';
let python = '';
let server: ApiServer;
let extracting: Extracting;

beforeAll(async () => {
  server = await startApiServer(records);
  root = await mkdtemp(join(tmpdir(), 'kpi-api-'));
  ({ python } = await sharedEnvironment(apiPackages, '.cache'));
  const files = startFiles({ dir: 'kpi', name: 'Reclamaciones', id: 'complaints', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', target: 10, warning: 12, direction: 'lower_is_better', source: 'datalake', locale: 'en', frames });
  for (const paginator of paginators) grow(files, 'extractor', { name: `by_${paginator}`, kind: 'api', source: 'shop', options: { paginator } });
  for (const auth of auths) grow(files, 'extractor', { name: `with_${auth}`, kind: 'api', source: `api_${auth}`, options: { auth, paginator: 'cursor' } });
  grow(files, 'extractor', { name: 'paced', kind: 'api', source: 'slowly', options: { paginator: 'offset' } });
  for (const contract of contracts) grow(files, 'extractor', { name: `staged_${contract}`, kind: 'api', source: 'shop', options: { contract, paginator: 'cursor', batch_rows: '70' } });
  files.set('config/config.yaml', (files.get('config/config.yaml') ?? '').replace(/( {2}slowly:\n {4}kind: api\n)/, `$1    rate_limit: ${strictLimit}\n`));
  files.set('src/core/extractors/paced.py', (files.get('src/core/extractors/paced.py') ?? '').replace('paginator=Offset()', 'paginator=Offset(limit=10)'));
  await writeRepository(root, files);
  extracting = startExtracting(python, root, 'api');
}, 600_000);

type Call = readonly [stage: string, env: Readonly<Record<string, string>>, start: string, end: string, given?: object];
const extract = (calls: readonly Call[]) => extracting.extract(calls.map(([stage, env, start, end, given = {}]) => ({ stage, env, days: [start, end], given })));


afterAll(async () => {
  await extracting?.stop();
  await server?.stop();
  await rm(root, { recursive: true, force: true });
});

const whole = ['2026-01-01', '2026-12-31'] as const;
const at = (mood: string, auth: string, pages: string) => ({ SHOP_URL: `${server.url}/${mood}/${auth}/${pages}` });

describe('an extractor of kind api, against a server', () => {
  it('reads every page of every paginator, to the same value and type', async () => {
    const found = await extract(paginators.map((each) => [`by_${each}`, at('plain', 'none', each), ...whole]));
    const amount = records.reduce((sum, each) => sum + each.amount, 0);
    for (const [index, each] of found.entries()) {
      expect(each, paginators[index]).toMatchObject({ rows: 250, amount, first: "('r0', datetime.datetime(2026, 1, 15, 0, 0), 'tienda ñ 😀', 0.25)", types: ['String', "Datetime(time_unit='us', time_zone=None)", 'String', 'Float64'] });
    }
  });

  it('is let in by every auth, and says which variable when it is not', async () => {
    const env = (auth: string) => ({
      [`API_${auth.toUpperCase()}_URL`]: `${server.url}/plain/${auth}/cursor`,
      API_BEARER_TOKEN: secrets.token,
      API_API_KEY_API_KEY: secrets.key,
      API_HTTP_BASIC_USERNAME: secrets.user,
      API_HTTP_BASIC_PASSWORD: secrets.password,
      API_OAUTH2_CLIENT_CREDENTIALS_TOKEN_URL: `${server.url}/token`,
      API_OAUTH2_CLIENT_CREDENTIALS_CLIENT_ID: secrets.id,
      API_OAUTH2_CLIENT_CREDENTIALS_CLIENT_SECRET: secrets.secret,
    });
    const found = await extract([
      ...auths.map((each): Call => [`with_${each}`, env(each), ...whole]),
      ['with_bearer', { ...env('bearer'), API_BEARER_TOKEN: 'wrong-one' }, ...whole],
      ['with_bearer', { ...env('bearer'), API_BEARER_TOKEN: '' }, ...whole],
    ]);
    expect(found.slice(0, auths.length).map(({ rows, says }) => rows ?? says)).toEqual(auths.map(() => 250));
    const [wrong, missing] = found.slice(-2);
    expect(wrong?.says).toMatch(/401 Unauthorized: not let in; check API_BEARER_TOKEN$/);
    expect(wrong?.says).not.toContain('wrong-one');
    expect(missing?.says).toContain('API_BEARER_TOKEN: it has no value; set it in .env');
  });

  it('tries again what may go well a moment later: 503, 429 with Retry-After, an answer that is cut or does not come', { timeout: 120_000 }, async () => {
    const found = await extract(['busy', 'limited', 'cut', 'slow'].map((mood) => ['by_json_link', at(mood, 'none', 'json_link'), ...whole]));
    expect(found.map(({ rows, says }) => rows ?? says)).toEqual([250, 250, 250, 250]);
    const [first, second] = server.requests.filter(({ path }) => path.startsWith('/limited'));
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  it('asks as often as the server lets in any second, and is never told to come later', async () => {
    const [found] = await extract([['paced', { SLOWLY_URL: `${server.url}/strict/none/offset` }, ...whole]]);
    expect([found?.rows ?? found?.says, server.refused()]).toEqual([250, 0]);
  });

  it('holds records to the schema as the contract says', async () => {
    const asked = (mood: string) => contracts.map((contract): Call => ['by_single_page', at(mood, 'none', 'single_page'), ...whole, contract === 'none' ? {} : { contract }]);
    const found = await extract([...asked('grown'), ...asked('plain')]);
    const [strict, evolve, freeze, rows, values] = found;
    const wrong = /^by_single_page: amount: expected \{.*'amount': '(?:Float64|double)'\}, came \{.*'amount': 'str', 'note': 'int'\} \(records 8\)$/;
    expect([strict, evolve].map((each) => each?.says)).toEqual([expect.stringMatching(wrong), expect.stringMatching(wrong)]);
    expect(freeze?.says).toMatch(/^by_single_page: note: expected .* \(records 1, 2, 3\)$/);
    expect(rows).toMatchObject({ rows: 0 });
    expect(values).toMatchObject({ rows: 10, nulls: 1, columns: ['record_id', 'occurred_at', 'channel', 'amount'] });
    expect(found.slice(5).map((each) => each.rows ?? each.says)).toEqual([250, 250, 250, 250, 250]);
  });

  it('in batches gives what it gives at once, by every contract, and leaves nothing behind', async () => {
    const windows = [whole, ['2026-01-31', '2026-02-01'], ['2025-01-01', '2025-02-01']] as const;
    for (const days of windows) {
      const [atOnce, ...staged] = await extract(['by_cursor', ...contracts.map((each) => `staged_${each}`)].map((stage) => [stage, at('plain', 'none', 'cursor'), ...days]));
      expect(staged).toEqual(contracts.map(() => atOnce));
    }
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('kpi-staged_'))).toEqual([]);
  });

  it('in batches holds records to the schema as the contract says, and counts them through all batches', async () => {
    const asked = contracts.map((each) => ({ stage: `staged_${each}`, env: at('grown', 'none', 'single_page'), days: whole, constants: { BATCH_ROWS: 3 } }));
    const [strict, evolve, freeze, rows, values] = await extracting.extract(asked);
    for (const [index, each] of [strict, evolve].entries()) expect(each?.says).toMatch(new RegExp(`^staged_${contracts[index]}: amount: expected .* \\(records 8\\)$`));
    expect(freeze?.says).toMatch(/^staged_freeze: note: expected .* \(records 1, 2, 3\)$/);
    expect(rows).toMatchObject({ rows: 0 });
    expect(values).toMatchObject({ rows: 10, nulls: 1, columns: ['record_id', 'occurred_at', 'channel', 'amount'] });
    const plain = await extracting.extract(asked.slice(1, 2).map((each) => ({ ...each, env: at('plain', 'none', 'cursor'), constants: { BATCH_ROWS: 1 } })));
    expect(plain.map((each) => each.rows ?? each.says)).toEqual([250]);
  });

  it('puts small pages together until they make a batch, and loses none', async () => {
    const code = [
      'import json, sys',
      'sys.path.insert(0, sys.argv[1])',
      'import polars as pl',
      'from core import staging',
      'from own_frames import own, ours',
      'def sizes(pages): return [ours(each).height for each in staging.gathered((own(pl.DataFrame({"n": range(size)}, schema={"n": pl.Int64})) for size in pages), 4)]',
      'found = [sizes([1, 1, 0, 3, 2, 0]), sizes([9, 1]), sizes([]), sizes([0, 0])]',
      'staging.FRAMES = 3',
      'print(json.dumps([*found, sizes([0] * 7)]))',
    ].join('\n');
    const { stdout } = await execa(python, ['-c', code, resolve('tests/e2e')], { cwd: root, env: { PYTHONPATH: join(root, 'src') } });
    expect(JSON.parse(stdout)).toEqual([[5, 2], [9, 1], [], [0], [0, 0, 0]]);
  });

  it('asks once for what a second request would not change, and repeats no secret that a server sends back', async () => {
    const before = server.requests.length;
    const found = await extract([['by_json_link', at('gone', 'none', 'json_link'), ...whole], ['with_bearer', { API_BEARER_URL: `${server.url}/echo/bearer/cursor`, API_BEARER_TOKEN: secrets.token }, ...whole]]);
    expect(server.requests.slice(before).filter(({ path }) => path.startsWith('/gone'))).toHaveLength(1);
    expect(found[1]?.says).toMatch(/500 Internal Server Error: .*cannot serve Bearer \*\*\*/);
  });

  it('reads from the first day up to the last, whatever the API leaves out, at the end of a month too', async () => {
    const windows = [['2026-01-31', '2026-02-01'], ['2026-03-01', '2026-03-01'], ['2025-01-01', '2025-02-01']] as const;
    const found = await extract(windows.map((days) => ['by_cursor', at('plain', 'none', 'cursor'), ...days]));
    expect(found.map(({ rows }) => rows)).toEqual([4, 0, 0]);
  });

  it('says what is wrong, and what to look at', { timeout: 120_000 }, async () => {
    const moods = ['gone', 'html', 'list', 'loop', 'elsewhere'];
    const found = await extract([...moods.map((mood): Call => ['by_json_link', at(mood, 'none', 'json_link'), ...whole]), ['by_page_number', at('deaf', 'none', 'page_number'), ...whole], ['by_json_link', { SHOP_URL: 'http://127.0.0.1:9/' }, ...whole]]);
    expect(found.map(({ error }) => error)).toEqual(Array.from({ length: 7 }, () => 'ApiError'));
    expect(found.map(({ says }) => says)).toEqual([
      expect.stringMatching(/^GET .*\/gone\/.*404 Not Found: not there; check the path and SHOP_URL; /),
      expect.stringContaining('the answer is no JSON; check the address'),
      expect.stringContaining("has no list of records at 'data'; it has rows"),
      expect.stringContaining('the API sent the same page twice; see the paginator'),
      expect.stringContaining('the next page is on another host, other.example.com; check SHOP_URL'),
      expect.stringContaining('the API sent the same page twice; see the paginator'),
      expect.stringContaining('nothing listens there; check the port in SHOP_URL'),
    ]);
  });

  it('passes the tests that it came with, without any server', async () => {
    const { exitCode, all } = await execa(python, ['-m', 'pytest', '-q', ...paginators.map((each) => `tests/unit/test_by_${each}.py`), ...auths.map((each) => `tests/unit/test_with_${each}.py`), 'tests/unit/test_staged_none.py', 'tests/unit/test_staged_freeze.py'], { cwd: root, all: true, reject: false });
    expect([exitCode, exitCode === 0 ? '' : all]).toEqual([0, '']);
  }, 120_000);
});
