import { expect, test } from 'vitest';
import type { Arrivals } from '../../src/core/extractors/arrivals.ts';
import { cleanArrivals } from '../../src/core/transformers/clean_arrivals.ts';

const ROW: Arrivals = { record_id: 'F0001', occurred_at: '2026-01-05T08:00:00', origin_state: 'CA', amount: 3 };

test('late flights arrived too', () => {
  expect(cleanArrivals([{ ...ROW, amount: 120 }])).toHaveLength(1);
});

test('counts each flight once', () => {
  const clean = cleanArrivals(['1', '2', '1'].map((record_id) => ({ ...ROW, record_id })));

  expect(clean.map(({ record_id, amount }) => [record_id, amount])).toEqual([['1', 1], ['2', 1]]);
});

test('a flight that never arrived does not count', () => {
  expect(cleanArrivals([{ ...ROW, amount: null }])).toEqual([]);
});

test('names a blank state', () => {
  const [blank, spaced] = cleanArrivals([{ ...ROW, record_id: '1', origin_state: ' ' }, { ...ROW, origin_state: ' TX ' }]);

  expect([blank?.origin_state, spaced?.origin_state]).toEqual(['unknown', 'TX']);
});
