import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { retryAfterMs, retryDelayMs } from '../../../src/runtime/api/retry.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kpi-flow-settings-'));
  mkdirSync(join(folder, 'home'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (env: NodeJS.ProcessEnv = {}): ReturnType<typeof readSettings> =>
  readSettings({ PREFECT_HOME: join(folder, 'home'), ...env }, folder);

describe('settings', () => {
  test('come from the environment before .env, prefect.toml, pyproject.toml and the profile, in that order', () => {
    writeFileSync(join(folder, 'home/profiles.toml'), 'active = "mine"\n\n[profiles.mine]\nPREFECT_API_URL = "http://profile/api" # said\n[profiles.other]\nPREFECT_API_URL = "http://other/api"\n');
    expect(read().apiUrl).toBe('http://profile/api');
    expect(read({ PREFECT_PROFILE: 'other' }).apiUrl).toBe('http://other/api');
    writeFileSync(join(folder, 'pyproject.toml'), '[tool.other]\napi.url = "x"\n[tool.prefect]\napi.url = "http://pyproject/api"\n');
    expect(read().apiUrl).toBe('http://pyproject/api');
    writeFileSync(join(folder, 'prefect.toml'), '[api]\nurl = \'http://toml/api\'\n[client]\nmax_retries = 2\n');
    expect(read()).toMatchObject({ apiUrl: 'http://toml/api', retry: { maxRetries: 2 } });
    writeFileSync(join(folder, '.env'), 'export PREFECT_API_URL="http://dotenv/api/" # ours\n');
    expect(read().apiUrl).toBe('http://dotenv/api');
    expect(read({ PREFECT_API_URL: 'https://environment/api' })).toMatchObject({ apiUrl: 'https://environment/api', uiUrl: 'https://environment' });
  });

  test('are nothing to report to when no address is set', () => {
    expect(read().apiUrl).toBeNull();
  });

  test('send the user and password before a key, as Prefect does', () => {
    expect(read({ PREFECT_API_KEY: 'k' }).authorization).toBe('Bearer k');
    expect(read({ PREFECT_API_KEY: 'k', PREFECT_API_AUTH_STRING: 'a:b' }).authorization).toBe('Basic YTpi');
  });

  test('heartbeat_seconds_property_clamps_low_values', () => {
    const every = (said?: string): number | null => read(said === undefined ? {} : { PREFECT_FLOWS_HEARTBEAT_FREQUENCY: said }).heartbeatMs;
    expect([every('1'), every('30'), every('31'), every(), every('none')]).toEqual([30_000, 30_000, 31_000, 180_000, null]);
  });

  test('say which of them cannot be read', () => {
    expect(() => read({ PREFECT_API_URL: 'localhost:4200' })).toThrow('PREFECT_API_URL is not an address: localhost:4200');
    expect(() => read({ PREFECT_CLIENT_MAX_RETRIES: 'many' })).toThrow('PREFECT_CLIENT_MAX_RETRIES is not a number: many');
    expect(() => read({ PREFECT_CLIENT_CUSTOM_HEADERS: 'x' })).toThrow('PREFECT_CLIENT_CUSTOM_HEADERS is not a JSON object');
  });
});

describe('waiting before another try', () => {
  const saying = (text: string): Parameters<typeof retryAfterMs>[0] => ({ status: 429, headers: { 'retry-after': text }, text: '' });

  test('is what the server says, in seconds or as a date, and never endless', () => {
    expect(retryAfterMs(saying('7'), 0)).toBe(7000);
    expect(retryAfterMs(saying('Thu, 01 Jan 1970 00:00:09 GMT'), 0)).toBe(9000);
    const ahead = { status: 429, headers: { date: 'Thu, 01 Jan 1970 01:00:00 GMT', 'retry-after': 'Thu, 01 Jan 1970 01:00:02 GMT' }, text: '' };
    expect(retryAfterMs(ahead, 0)).toBe(2000);
    expect(retryAfterMs(saying('soon'), 0)).toBeUndefined();
    expect(retryAfterMs(saying('999999999'), 0)).toBe(300_000);
  });

  test('doubles otherwise, and is spread out', () => {
    expect([0, 1, 2].map((tries) => retryDelayMs(tries, 0.2, undefined, 0, 0))).toEqual([1000, 2000, 4000]);
    expect(retryDelayMs(0, 0.2, undefined, 0, 1)).toBe(1200);
  });
});
