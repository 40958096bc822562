import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { frames } from './frames.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import type { Files } from '../generate/grown.ts';
import { grow, startFiles } from '../generate/grown.ts';
import { apiPackages } from './api-packages.ts';
import type { Asked, Extracting, Found } from './extracting.ts';
import { startExtracting } from './extracting.ts';
import { extractingInTypescript } from './extracting-typescript.ts';
import type { ODataServer } from './odata-server.ts';
import { sapUser, startODataServer } from './odata-server.ts';
import type { Delivery } from './odata-wire.ts';
import { expectOwnChecksToPass, useTypescript } from './use-typescript.ts';

/** Two months of entities, so that a window at the end of a month is one among others. */
const records: readonly Delivery[] = Array.from({ length: 250 }, (_, index) => {
  const at = new Date(Date.UTC(2026, 0, 15, index * 6)).toISOString().slice(0, 19);
  return {
    RecordId: `r${index}`,
    OccurredAt: `${at}Z`,
    PostedAt: at,
    Day: at.slice(0, 10).replaceAll('-', ''),
    Channel: index % 2 === 0 ? 'web' : 'shop',
    Amount: `${index}.250`,
    Number: 9_007_199_254_740_993n + BigInt(index),
    Weight: index / 3,
    IsOpen: index % 2 === 0,
    Uuid: '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    Clock: '11:30:05',
    Note: index === 0 ? null : 'a',
  };
});

/** The whole of an entity, in types that keep it whole. */
const everything = `
COLUMNS = {
    "record_id": "RecordId",
    "occurred_at": "OccurredAt",
    "posted_at": "PostedAt",
    "channel": "Channel",
    "amount": "Amount",
    "number": "Number",
    "weight": "Weight",
    "is_open": "IsOpen",
    "uuid": "Uuid",
    "clock": "Clock",
    "note": "Note",
}

SCHEMA = pl.Schema(
    {
        "record_id": pl.String(),
        "occurred_at": pl.Datetime("us"),
        "posted_at": pl.Datetime("us"),
        "channel": pl.String(),
        "amount": pl.Decimal(15, 3),
        "number": pl.Int64(),
        "weight": pl.Float64(),
        "is_open": pl.Boolean(),
        "uuid": pl.String(),
        "clock": pl.Time(),
        "note": pl.String(),
    }
)
`;

/** The same in the types of Arrow. */
const arrows = [['pl.Schema', 'pa.schema'], ['pl.String', 'pa.string'], ['pl.Datetime', 'pa.timestamp'], ['pl.Decimal', 'pa.decimal128'], ['pl.Int64', 'pa.int64'], ['pl.Float64', 'pa.float64'], ['pl.Boolean', 'pa.bool_'], ['pl.Time()', 'pa.time64("ns")']] as const;
const inOwnTypes = (text: string): string => (frames === 'pandas' ? arrows.reduce((before, [polars, arrow]) => before.replaceAll(polars, arrow), text) : text);

/** The same in TypeScript, where a number has no room for more than seventeen digits. */
const everythingInTypescript = `export const WHOLE = {
  record_id: 'text',
  occurred_at: 'moment',
  posted_at: 'moment',
  channel: 'text',
  amount: 'number',
  number: 'text',
  weight: 'number',
  is_open: 'text',
  uuid: 'text',
  clock: 'text',
  note: 'text',
} as const;
`;
const propertiesInTypescript = `export const PROPERTIES = {
${[...everything.matchAll(/^ {4}"(\w+)": ("\w+"),$/gm)].map(([, column, property]) => `  ${column}: ${property?.replaceAll('"', "'")},`).join('\n')}
} as const;
`;

const answers = { dir: 'kpi', name: 'Reclamaciones', id: 'complaints', type: 'simple', inputs: 'orders', grain: 'day,channel', owner: 'ana', target: 10, warning: 12, direction: 'lower_is_better', locale: 'en', timezone: 'Europe/Madrid' };

/** The extractors that both languages have. */
function growExtractors(files: Files): void {
  for (const name of ['deliveries', 'whole']) grow(files, 'extractor', { name, kind: 'sap', source: 'erp' });
  grow(files, 'extractor', { name: 'stock', kind: 'sap', source: 'erp', options: { read: 'delta' } });
  for (const contract of ['none', 'evolve']) {
    grow(files, 'extractor', { name: `plain_${contract}`, kind: 'sap', source: 'erp', options: { contract } });
    grow(files, 'extractor', { name: `staged_${contract}`, kind: 'sap', source: 'erp', options: { contract, batch_rows: '70' } });
  }
  grow(files, 'extractor', { name: 'locked', kind: 'sap', source: 's4', options: { auth: 'http_basic', client: '100', language: 'ES' } });
}

const repository = useTypescript(() => {
  const files = startFiles({ ...answers, language: 'typescript' });
  growExtractors(files);
  const path = 'src/core/extractors/whole.ts';
  const text = files.get(path) ?? '';
  files.set(path, text.replace(/ENTITY_SET = .*/, "ENTITY_SET = 'Deliveries';").replace(/export const WHOLE = [^]*?\} as const;\n/, everythingInTypescript).replace(/export const PROPERTIES = [^]*?\} as const;\n/, propertiesInTypescript));
  return files;
});

let root = '';
let python = '';
let server: ODataServer;
/** Where nothing listens. */
let gone = '';
let inPython: Extracting;

beforeAll(async () => {
  server = await startODataServer(records);
  root = await mkdtemp(join(tmpdir(), 'kpi-sap-'));
  ({ python } = await sharedEnvironment(apiPackages, '.cache'));
  const files = startFiles({ ...answers, source: 'datalake', frames });
  growExtractors(files);
  const path = 'src/core/extractors/whole.py';
  files.set(path, (files.get(path) ?? '').replace(/ENTITY_SET = .*/, 'ENTITY_SET = "Deliveries"').replace(/COLUMNS = [^]*?\n\}\n[^]*?\n\)\n/, inOwnTypes(everything.trimStart())));
  for (const [file, text] of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  const closed = await startODataServer([]);
  gone = closed.url;
  await closed.stop();
  inPython = startExtracting(python, root, 'sap');
}, 600_000);

afterAll(async () => {
  await inPython?.stop();
  await server?.stop();
  await rm(root, { recursive: true, force: true });
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const year = ['2026-01-01', '2026-12-31'] as const;
const at = (mood: string, version: string) => ({ ERP_URL: `${server.url}/${mood}/${version}` });
const from = (mood: string, version: string, more: Partial<Asked> = {}): Asked => ({ stage: 'deliveries', env: at(mood, version), days: year, ...more });
const constants = (changed: object) => ({ constants: changed });
const days = (start: string, end: string) => ({ days: [start, end] as const });

/** What both do alike, and what they are given to do it with. */
const languages = ['Python', 'TypeScript'] as const;
type Language = (typeof languages)[number];
const inTypescript = (): Extracting => extractingInTypescript(repository.root);
const rootOf = (language: Language): string => (language === 'Python' ? root : repository.root);
const extractIn = async (language: Language, asked: readonly Asked[]): Promise<Found[]> => await (language === 'Python' ? inPython : inTypescript()).extract(asked);
/** What says which property a column comes from. */
const columnsOf = { Python: 'COLUMNS', TypeScript: 'PROPERTIES' } as const;
const everywhere = languages.flatMap((language) => ['v2', 'v4'].map((version) => [language, version] as const));

it.each(['v2', 'v4'])('in Python, every page comes to the same value and type, of %s', async (version) => {
  const [found] = await extractIn('Python', [from('plain', version, { stage: 'whole' })]);
  // An instant is told in the time zone of the KPI, a local moment as it is.
  expect(found).toMatchObject({
    rows: 250,
    first: `('r0', datetime.datetime(2026, 1, 15, 1, 0), datetime.datetime(2026, 1, 15, 0, 0), 'web', Decimal('0.250'), 9007199254740993, 0.0, True, '3f2504e0-4f89-11d3-9a0c-0305e82c3301', datetime.time(11, 30, 5), None)`,
    types: ['String', "Datetime(time_unit='us', time_zone=None)", "Datetime(time_unit='us', time_zone=None)", 'String', 'Decimal(precision=15, scale=3)', 'Int64', 'Float64', 'Boolean', 'String', 'Time', 'String'],
    channels: ['shop', 'web'],
  });
});

it.each(['v2', 'v4'])('in TypeScript, every page comes to the same value, also what no number holds, of %s', async (version) => {
  const [found] = await extractIn('TypeScript', [from('plain', version, { stage: 'whole' })]);
  expect(found).toMatchObject({
    rows: 250,
    columns: ['amount', 'channel', 'clock', 'is_open', 'note', 'number', 'occurred_at', 'posted_at', 'record_id', 'uuid', 'weight'],
    first: '[0.25,"web","11:30:05","true",null,"9007199254740993","2026-01-15T01:00:00","2026-01-15T00:00:00","r0","3f2504e0-4f89-11d3-9a0c-0305e82c3301",0]',
    channels: ['shop', 'web'],
  });
});

it('in TypeScript, a page has any number of rows', async () => {
  const many = await startODataServer(Array.from({ length: 130_000 }, () => records[0] as (typeof records)[number]));
  try {
    const [found] = await extractIn('TypeScript', [{ stage: 'deliveries', env: { ERP_URL: `${many.url}/plain/v4` }, days: year, given: { page_size: 200_000 } }]);
    expect(found?.says ?? found?.rows).toBe(130_000);
  } finally {
    await many.stop();
  }
}, 60_000);

describe.each(everywhere)('an extractor of kind sap in %s, against a service of %s', (language, version) => {
  const extracting = { extract: async (asked: readonly Asked[]) => await extractIn(language, asked) };

  it('follows links of every form, tries again what may go well, and asks the service to leave out other days', async () => {
    const found = await extracting.extract([from('plain', version), from('relative', version), from('busy', version), from('plain', version, days('2026-01-31', '2026-02-01')), from('plain', version, days('2025-01-01', '2025-02-01')), from('plain', version, days('2026-03-01', '2026-03-01'))]);
    expect(found.map(({ rows, says }) => rows ?? says)).toEqual([250, 250, 250, 4, 0, 0]);
    const day = server.requests.findLast(({ path, query }) => path.startsWith(`/plain/${version}/Del`) && query.includes('2026-01-30T23:00:00Z'));
    expect(decodeURIComponent(day?.query ?? '')).toContain(`$select=RecordId,OccurredAt,Channel,Amount&$filter=OccurredAt ge ${version === 'v2' ? "datetimeoffset'2026-01-30T23:00:00Z'" : '2026-01-30T23:00:00Z'} and OccurredAt lt `);
  });

  it('brings along by evolve what nobody foresaw, each by its type', async () => {
    const [found] = await extracting.extract([from('plain', version, { stage: 'plain_evolve', ...constants({ ENTITY_SET: 'Deliveries' }) })]);
    expect(found?.says ?? found?.rows).toBe(250);
    expect(found?.columns).toEqual(expect.arrayContaining(['record_id', 'occurred_at', 'channel', 'amount', 'Clock', 'Day', 'IsOpen', 'Note', 'Number', 'PostedAt', 'Uuid', 'Weight']));
  });

  it('in batches gives what it gives at once', async () => {
    for (const contract of ['none', 'evolve']) {
      for (const window of [year, ['2026-01-31', '2026-02-01'], ['2025-01-01', '2025-02-01']] as const) {
        const [atOnce, staged] = await extracting.extract([`plain_${contract}`, `staged_${contract}`].map((stage) => from('plain', version, { stage, days: window, ...constants({ ENTITY_SET: 'Deliveries' }) })));
        expect(staged).toEqual(atOnce);
        expect(staged?.rows).toEqual(expect.any(Number));
      }
    }
  });

  it('takes as the moment a local moment, a day, or a day as SAP keeps it', async () => {
    const found = await extracting.extract(['PostedAt', 'Day'].map((property) => from('plain', version, { ...days('2026-01-31', '2026-02-01'), ...constants({ [columnsOf[language]]: { occurred_at: property } }) })));
    expect(found.map(({ rows, says }) => rows ?? says)).toEqual([4, 4]);
  });

  it('says what is wrong, and what to look at', async () => {
    const found = await extracting.extract([
      from('elsewhere', version),
      from('login', version),
      from('forbidden', version),
      from('plain', version, constants({ ENTITY_SET: 'Delivery' })),
      from('plain', version, constants({ [columnsOf[language]]: { amount: 'Amounts' } })),
      from('plain', version, constants({ [columnsOf[language]]: { occurred_at: 'Weight' } })),
      from('plain', 'v3/x'),
      from('', version, { env: { ERP_URL: gone } }),
      from('', version, { env: { ERP_URL: 'sap.example.com' } }),
    ]);
    expect(found.map(({ error, says }) => `${error}: ${says}`)).toEqual([
      expect.stringMatching(/^ApiError: http:.*\/Deliveries: the next page is on another host, other\.example\.com; check ERP_URL$/),
      'ApiError: $metadata has no entity sets; is it a login?; check ERP_URL',
      expect.stringMatching(/^ApiError: GET http:.*403 Forbidden: not allowed; ask for the right to (?:read|do it), or check auth; \/IWFND\/CM_MGW\/096: No authorization to access service$/),
      'ApiError: no entity set Delivery; did you mean Deliveries?; check ERP_URL',
      expect.stringContaining('Deliveries: it has no plain property Amounts; did you mean Amount?'),
      expect.stringContaining('Weight: Edm.Double is no moment'),
      expect.stringMatching(/404 Not Found: not there; check the path and ERP_URL; \/IWBEP\/CM_MGW_RT\/021: Resource not found for segment 'x\/\$metadata'$/),
      expect.stringContaining('nothing listens there; check the port in ERP_URL'),
      'ApiError: ERP_URL: it must begin like https://host/',
    ]);
  });

  it('is let in by a user, in a client and a language, and says which variables when it is not', async () => {
    const env = { S4_URL: `${server.url}/client/${version}`, S4_USERNAME: sapUser.name, S4_PASSWORD: sapUser.password };
    const locked = { stage: 'locked', ...constants({ ENTITY_SET: 'Deliveries' }) };
    const [good, wrong] = await extracting.extract([from('', version, { ...locked, env }), from('', version, { ...locked, env: { ...env, S4_PASSWORD: 'wrong-one' } })]);
    expect(good).toMatchObject({ rows: 250, channels: ['tienda ñ 😀'] });
    expect(wrong?.says).toMatch(/401 Unauthorized: not let in; check S4_USERNAME, S4_PASSWORD$/);
    expect(JSON.stringify(wrong)).not.toContain('wrong-one');
  });
});

const writing = `
import json, os, sys

from core import http_client
from core.sap import csrf_token, open_service
from core.settings import settings

http_client.ATTEMPTS = 2

def write(address, with_token, **given):
    os.environ["ERP_URL"] = address
    with open_service("erp", settings().sources["erp"]) as service:
        token = csrf_token(service) if with_token else {}
        try:
            return service.write("POST", service.url("Deliveries"), {"RecordId": "new"}, token, **given).status_code
        except http_client.ApiError as error:
            return str(error)

plain, busy, silent = sys.argv[1:]
print(json.dumps([write(plain, True), write(plain, False), write(busy, False), write(f"{busy}/x", False, idempotent=True), write(silent, False)]))
`;

const trackers = languages.flatMap((language) => ([['v2', 'plain'], ['v4', 'plain'], ['v4', 'relative']] as const).map(([version, mood]) => [language, version, mood] as const));

describe.each(trackers)('an extractor of changes in %s, against a service of %s (%s)', (language, version, mood) => {
  const extracting = { extract: async (asked: readonly Asked[]) => await extractIn(language, asked) };
  const stock = (change: Partial<Asked> = {}): Asked => ({ ...from(mood, version), stage: 'stock', ...constants({ ENTITY_SET: 'Deliveries' }), ...change });
  const first = records[0] as Delivery;

  it('reads all once, then only what has changed: new, other and gone', async () => {
    await rm(join(rootOf(language), '.data/delta'), { recursive: true, force: true });
    const [once] = await extracting.extract([stock()]);
    expect(once?.rows ?? once?.says).toBe(250);
    server.change({ ...first, Amount: '1000.250' });
    server.change('r1');
    server.change({ ...first, RecordId: 'new', OccurredAt: '2026-02-01T10:00:00Z' });
    server.change('new');
    server.change({ ...first, RecordId: 'newer', OccurredAt: '2026-02-01T11:00:00Z' });
    const before = server.requests.length;
    const found = await extracting.extract([stock(), stock(), stock({ days: ['2026-02-01', '2026-02-02'] })]);
    expect(found.map(({ rows, amount, says }) => says ?? [rows, amount])).toEqual([[250, (once?.amount ?? 0) + 1000 - 1.25 + 0.25], [250, (once?.amount ?? 0) + 1000 - 1.25 + 0.25], [5, expect.any(Number)]]);
    // $metadata and what has changed, each time.
    expect(server.requests.length - before).toBe(6);
    expect(server.requests.slice(before).filter(({ query }) => query !== '').every(({ query }) => query.includes('deltatoken'))).toBe(true);
  });

  it('begins anew when its columns are others, and when the link has expired', async () => {
    const other = constants({ ENTITY_SET: 'Deliveries', [columnsOf[language]]: { channel: 'Day' } });
    const [found] = await extracting.extract([stock(other)]);
    expect([found?.rows ?? found?.says, found?.channels?.[0]]).toEqual([250, '20260115']);
    const expired = { env: at('expired', version) };
    await rm(join(rootOf(language), '.data/delta'), { recursive: true });
    const twice = await extracting.extract([stock(expired), stock(expired)]);
    expect(twice.map(({ rows, says }) => rows ?? says)).toEqual([250, 250]);
  });

  it('says so when a service tracks no changes', async () => {
    await rm(join(rootOf(language), '.data/delta'), { recursive: true, force: true });
    const [found] = await extracting.extract([stock({ env: at('untracked', version) })]);
    expect(found?.says).toBe('Deliveries: SAP tracks no changes of it');
  });
});

type Written = number | string;

async function writeInPython(...addresses: readonly string[]): Promise<Written[]> {
  const { stdout } = await execa(python, ['-c', writing, ...addresses], { cwd: root, env: { PYTHONPATH: join(root, 'src') } });
  return JSON.parse(stdout) as Written[];
}

/** As much of a repository's modules as writes. */
interface Client {
  readonly url: (path: string) => URL;
  readonly write: (method: 'POST', url: URL, json: unknown, headers: object, given?: { readonly idempotent: boolean }) => Promise<{ readonly status: number }>;
}

async function writeInTypescript(plain: string, busy: string, silent: string): Promise<Written[]> {
  const { serviceOf, csrfToken } = (await import(join(repository.root, 'src/core/sap.ts'))) as { serviceOf: (name: string, source: unknown) => Promise<Client>; csrfToken: (service: Client) => Promise<object> };
  const { settings } = (await import(join(repository.root, 'src/core/settings.ts'))) as { settings: () => { sources: Readonly<Record<string, unknown>> } };
  const write = async (address: string, withToken: boolean, given?: { readonly idempotent: boolean }): Promise<Written> => {
    vi.stubEnv('ERP_URL', address);
    const service = await serviceOf('erp', settings().sources['erp']);
    const token = withToken ? await csrfToken(service) : {};
    return await service.write('POST', service.url('Deliveries'), { RecordId: 'new' }, token, given).then(({ status }) => status, (error: Error) => error.message);
  };
  return [await write(plain, true), await write(plain, false), await write(busy, false), await write(`${busy}/x`, false, { idempotent: true }), await write(silent, false)];
}

it.each([['Python', writeInPython], ['TypeScript', writeInTypescript]] as const)('writes in %s with the token that SAP asks for, and a second time only where that does no harm', async (language, write) => {
  const before = server.posted.length;
  const address = (mood: string) => `${server.url}/${mood}-${language}/v2`;
  expect(await write(address('plain'), address('busy'), gone)).toEqual([
    201,
    expect.stringMatching(/^POST .*403 Forbidden: .*; \/IWFND\/CM_MGW: CSRF token validation failed$/),
    expect.stringMatching(/^POST .*503 Service Unavailable: ICM_HTTP_SERVICE_UNAVAILABLE: Service not available$/),
    expect.stringMatching(/404 Not Found/),
    expect.stringContaining('nothing listens there; check the port in ERP_URL'),
  ]);
  expect(server.posted.slice(before)).toEqual([{ RecordId: 'new' }]);
  const posts = (path: string) => server.requests.filter((request) => request.method === 'POST' && request.path === `/busy-${language}/v2/${path}`);
  expect([posts('Deliveries'), posts('x/Deliveries')].map(({ length }) => length)).toEqual([1, 2]);
});

it.each(languages)('asks a service of V2 in %s for one piece after another, also one that hands out less than it was asked for', async (language) => {
  const given = { given: { page_size: 30 } };
  const before = server.requests.length;
  const found = await extractIn(language, [from('plain', 'v2', given), from('short', 'v2', given), from('plain', 'v4', given)]);
  expect(found.map(({ rows, says }) => rows ?? says)).toEqual([250, 250, 250]);
  const asked = (mood: string) => server.requests.slice(before).filter(({ path, query }) => path === `/${mood}/Deliveries` && /top=30|skiptoken=30&|skiptoken=30$/.test(decodeURIComponent(query)));
  expect(asked('plain/v2').map(({ query }) => /skip=(\d+)/.exec(query)?.[1])).toEqual([undefined, '30', '60', '90', '120', '150', '180', '210', '240']);
  expect(decodeURIComponent(asked('plain/v2')[0]?.query ?? '')).toContain('$orderby=RecordId');
  expect(asked('plain/v4')).toHaveLength(1);
});

it('passes the tests that it came with, without any server', async () => {
  const { exitCode, all } = await execa(python, ['-m', 'pytest', '-q', 'tests/unit/test_deliveries.py', 'tests/unit/test_locked.py', 'tests/unit/test_stock.py', 'tests/unit/test_staged_none.py', 'tests/unit/test_staged_evolve.py'], { cwd: root, all: true, reject: false });
  expect([exitCode, exitCode === 0 ? '' : all]).toEqual([0, '']);
  expect(await readFile(join(root, 'config/config.yaml'), 'utf8')).toContain('    client: "100"\n    language: ES\n');
}, 120_000);

it('passes in TypeScript the compiler, the linter and the tests that it came with', () => expectOwnChecksToPass(repository, ['deliveries', 'stock', 'plain_', 'staged_', 'locked']), 300_000);

it.each([
  ['2026-03-29', 'Europe/Madrid', '2026-03-28T23:00:00.000Z'],
  ['2026-10-26', 'Europe/Madrid', '2026-10-25T23:00:00.000Z'],
  ['2026-01-05', 'America/New_York', '2026-01-05T05:00:00.000Z'],
  // No clock shows this midnight, and some show this one twice: the same instants as Python's.
  ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
  ['2026-11-01', 'America/Havana', '2026-11-01T04:00:00.000Z'],
])('in TypeScript %s begins in %s at %s', async (day, timeZone, instant) => {
  const { midnight } = (await import(join(repository.root, 'src/core/clock.ts'))) as { midnight: (day: string, timeZone: string) => number };
  expect(new Date(midnight(day, timeZone)).toISOString()).toBe(instant);
});

it('reads in TypeScript a JSON to the last digit, and takes nothing in a text for a number', async () => {
  const { parseJson } = (await import(join(repository.root, 'src/core/json.ts'))) as { parseJson: (text: string, kept?: 'whole' | 'long' | 'every') => unknown };
  const text = String.raw`{"id": 9007199254740993, "small": -12, "rate": 0.1234567890123456789, "float": 0.30000000000000004, "note": "\\\",:12345678901234567890,"}`;
  const others = { small: -12, float: 0.1 + 0.2, note: '\\",:12345678901234567890,' };
  expect(parseJson(text)).toEqual({ id: '9007199254740993', rate: Number('0.1234567890123456789'), ...others });
  expect(parseJson(text, 'long')).toEqual({ id: '9007199254740993', rate: '0.1234567890123456789', ...others });
  expect(parseJson('{"rate":1.10,"note":"1.10"}', 'every')).toEqual({ rate: '1.10', note: '1.10' });
  expect(parseJson('<html>')).toBe(undefined);
});
