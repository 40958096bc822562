import { describe, expect, test } from 'vitest';
import { isoMicros, nowMicros, parseMicros } from '../../src/runtime/time.ts';
import { uuid4, uuid7 } from '../../src/runtime/uuid.ts';

describe('time', () => {
  test('no two moments are the same, and all stand in order', () => {
    const moments = Array.from({ length: 5000 }, () => nowMicros());
    expect(new Set(moments).size).toBe(moments.length);
    expect([...moments].sort((a, b) => a - b)).toEqual(moments);
  });

  test('is written with six decimals and read back to the microsecond', () => {
    const micros = Date.UTC(2026, 10, 25, 7, 22, 6, 123) * 1000 + 4;
    expect(isoMicros(micros)).toBe('2026-11-25T07:22:06.123004+00:00');
    expect(parseMicros(isoMicros(micros))).toBe(micros);
  });

  test.each([
    ['2026-11-25T07:22:06Z', 0],
    ['2026-11-25T07:22:06.5Z', 500_000],
    ['2026-11-25T07:22:06.123456Z', 123_456],
    ['2026-11-25T08:22:06.000001+01:00', 1],
  ])('reads %s', (iso, beyond) => {
    expect(parseMicros(iso)).toBe(Date.UTC(2026, 10, 25, 7, 22, 6) * 1000 + beyond);
  });
});

describe('uuid', () => {
  test('of version 7 sorts by time and never comes twice', () => {
    const ids = Array.from({ length: 5000 }, (_, step) => uuid7(1_700_000_000_000 + step));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(
      ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toEqual([]);
  });

  test('of version 4 has its version', () => {
    expect(uuid4()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
