import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readGrain } from '../../src/generate/answers/grain.ts';
import { readSchedule, readTimezone, showSchedule, splitSchedule } from '../../src/generate/answers/schedule.ts';
import { readNumber, readTarget, showTarget, usualWarning } from '../../src/generate/answers/target.ts';
import { checkPool, describe as describeKpi, titleOf } from '../../src/generate/answers/texts.ts';

describe('a target typed as one text', () => {
  test.each([
    ['>= 0.8', { direction: 'higher_is_better', target: '0.8' }],
    ['≤12', { direction: 'lower_is_better', target: '12' }],
    ['= 5', { direction: 'target_is_best', target: '5' }],
    [' 0.9 ', { target: '0.9' }],
  ])('%j', (typed, expected) => expect(readTarget(typed)).toEqual(expected));

  test('reads back what it shows', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('higher_is_better', 'lower_is_better', 'target_is_best'),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (direction, target) => {
          const back = readTarget(showTarget(direction, target));
          expect(back.direction).toBe(direction);
          expect(readNumber(back.target)).toEqual({ value: Number(String(target)) });
        },
      ),
    );
  });
});

test.each([
  ['0,8', '0.8'],
  ['12,50', '12.50'],
])('a decimal comma in %j is refused with the point as suggestion', (typed, suggestion) => {
  expect(readNumber(typed)).toMatchObject({ suggestion });
});

test.each(['', 'abc', '1e999', 'NaN', 'Infinity', '0x10', '1.2.3', {}, undefined])('%j is not a number', (raw) => {
  expect(readNumber(raw)).toHaveProperty('reason');
});

test('the usual warning lies on the worse side of the target', () => {
  expect(usualWarning('higher_is_better', 0.8)).toBe(0.76);
  expect(usualWarning('lower_is_better', 12)).toBe(12.6);
  expect(usualWarning('higher_is_better', -10)).toBe(-10.5);
  expect(usualWarning('higher_is_better', 0)).toBe(0);
});

describe('a schedule', () => {
  test.each(['0 6 * * *', '*/15 8-18 * * mon-fri', '0 0 1,15 * *', '5 4 * jan 0', '0 6 * * 7'])('%j is taken', (line) => {
    expect(readSchedule(line)).toEqual({ value: line });
  });

  test.each(['none', '', 'NONE', null, false])('%j means that somebody else starts the flow', (raw) => {
    expect(readSchedule(raw)).toEqual({ value: null });
  });

  test.each(['60 6 * * *', '0 24 * * *', '0 6 0 * *', '0 6 * 13 *', '0 6 * * 8', '0 6 * *', '@daily', '*/0 * * * *', '9-5 * * * *'])(
    '%j is refused',
    (line) => expect(readSchedule(line)).toHaveProperty('reason'),
  );

  test('is one text with its zone, both ways', () => {
    expect(splitSchedule('0 6 * * * Europe/Madrid')).toEqual({ schedule: '0 6 * * *', timezone: 'Europe/Madrid' });
    expect(splitSchedule('0 6 * * *')).toEqual({ schedule: '0 6 * * *' });
    expect(showSchedule('0 6 * * *', 'America/Lima')).toBe('0 6 * * * America/Lima');
    expect(showSchedule(null, 'America/Lima')).toBe('none');
  });

  test('a zone is known by its IANA name, and a city is enough for a suggestion', () => {
    expect(readTimezone('europe/madrid')).toEqual({ value: 'Europe/Madrid' });
    expect(readTimezone('UTC')).toEqual({ value: 'UTC' });
    expect(readTimezone('Madrid')).toMatchObject({ suggestion: 'Europe/Madrid' });
    expect(readTimezone('+01:00')).toHaveProperty('reason');
  });
});

describe('a grain', () => {
  test('is a time, then columns', () => {
    expect(readGrain('day,region, channel')).toEqual({ value: { time: 'day', dimensions: ['region', 'channel'] } });
    expect(readGrain(['week'])).toEqual({ value: { time: 'week', dimensions: [] } });
  });

  test.each(['', 'daily', 'region', 'day,day', 'day,a,a', 'day,Región', 'day,class', 'day,a,b,c,d,e,f,g'])('%j is refused', (raw) => {
    expect(readGrain(raw)).toHaveProperty('reason');
  });
});

test('a folder proposes a name', () => {
  expect(titleOf('stock-cover')).toBe('Stock cover');
  expect(titleOf('C:\\kpis\\entregas_a_tiempo\\')).toBe('Entregas a tiempo');
  expect(titleOf('./')).toBe('');
});

test('a KPI that nobody describes is described by its formula', () => {
  const answers = { type: 'ratio', inputs: ['on_time', 'arrivals'], grain: 'day,state' };
  expect(describeKpi(answers, 'en')).toBe('On time divided by arrivals, by day and state.');
  expect(describeKpi(answers, 'es')).toBe('On time entre arrivals, por día y state.');
});

test.each(['', 'a pool', '-x', 'ñ', 'a/b'])('the work pool %j is refused', (pool) => {
  expect(checkPool(pool)).toHaveProperty('reason');
});
