import { afterEach, describe, expect, it, vi } from 'vitest';
import { nodeEnvironment, wallClock } from '../../src/edge/environment.ts';

afterEach(() => vi.unstubAllEnvs());

describe('the zone of this machine', () => {
  it.each([
    ['Europe/Madrid', 'Europe/Madrid'],
    [':America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['/usr/share/zoneinfo/Asia/Tokyo', 'Asia/Tokyo'],
    ['Etc/UTC', 'UTC'],
    ['UTC', 'UTC'],
  ])('TZ=%s is %s', (variable, expected) => {
    vi.stubEnv('TZ', variable);
    expect(nodeEnvironment().timezone).toBe(expected);
  });

  it('is what Intl says when no name stands there, and always one that Intl knows', () => {
    for (const variable of ['CET-1CEST', '', 'nonsense', undefined]) {
      vi.stubEnv('TZ', variable);
      const { timezone } = nodeEnvironment();
      expect(() => new Intl.DateTimeFormat('en', { timeZone: timezone })).not.toThrow(RangeError);
    }
  });
});

it('today is the date on the wall', () => {
  expect(wallClock.today()).toMatch(/^\d{4}-\d{2}-\d{2}$/);
});
