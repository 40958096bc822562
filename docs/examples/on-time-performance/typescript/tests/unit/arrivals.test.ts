import { expect, test } from 'vitest';
import { ARRIVALS, arrivals } from '../../src/core/extractors/arrivals.ts';

test('reads from start up to end', async () => {
  const rows = await arrivals('2026-01-05', '2026-01-06');

  expect(rows.map(({ occurred_at }) => occurred_at)).toEqual(['2026-01-05T00:00:00', '2026-01-05T23:59:59']);
});

test('gives minutes late', async () => {
  const rows = await arrivals('2026-01-05', '2026-01-07');

  expect(Object.keys(rows[0] ?? {})).toEqual(Object.keys(ARRIVALS));
  expect(rows.map(({ amount }) => amount)).toEqual([-8, 15, 0]);
});
