import { expect, test } from 'vitest';
import type { OnTimeArrivals } from '../../src/core/extractors/on_time_arrivals.ts';
import { cleanOnTimeArrivals } from '../../src/core/transformers/clean_on_time_arrivals.ts';

const ROW: OnTimeArrivals = { record_id: 'F0001', occurred_at: '2026-01-05T08:00:00', origin_state: 'CA', amount: 3 };

test.each([
  [-19, true],
  [0, true],
  [14, true],
  [15, false],
  [120, false],
])('%s minutes late is on time: %s', (amount, onTime) => {
  expect(cleanOnTimeArrivals([{ ...ROW, amount }])).toHaveLength(onTime ? 1 : 0);
});

test('counts each flight once', () => {
  const clean = cleanOnTimeArrivals(['1', '2', '1'].map((record_id) => ({ ...ROW, record_id })));

  expect(clean.map(({ record_id, amount }) => [record_id, amount])).toEqual([['1', 1], ['2', 1]]);
});

test('a flight that never arrived does not count', () => {
  expect(cleanOnTimeArrivals([{ ...ROW, amount: null }])).toEqual([]);
});

test('names a blank state', () => {
  const [blank, spaced] = cleanOnTimeArrivals([{ ...ROW, record_id: '1', origin_state: ' ' }, { ...ROW, origin_state: ' TX ' }]);

  expect([blank?.origin_state, spaced?.origin_state]).toEqual(['unknown', 'TX']);
});
