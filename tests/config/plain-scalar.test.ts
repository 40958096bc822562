import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readPlainScalar } from '../../src/config/plain-scalar.ts';

/** Syntax of its own; and `e0`, which the library takes for a number of YAML 1.1, against its specification. */
const isNoPlainScalar = /^[-?:](?: |$)|^-{3}|^\.{3}|: |:$|^[-+]?[eE][-+]?[0-9]+$/;

describe('unquoted scalars', () => {
  it.each<[string, string | number | boolean | null]>([
    ['', null],
    ['null', null],
    ['true', true],
    ['false', false],
    ['0', 0],
    ['12', 12],
    ['-3', -3],
    ['0.5', 0.5],
    ['-1.25', -1.25],
    ['1.0e+21', 1e21],
    ['1.5e-07', 1.5e-7],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['day', 'day'],
    ['ana.perez@example.com', 'ana.perez@example.com'],
    ['Europe/Madrid', 'Europe/Madrid'],
    ['15 minutes', '15 minutes'],
    ['nothing', 'nothing'],
    ['module:function', 'module:function'],
    ['10%', '10%'],
  ])('%s is %j', (source, value) => {
    expect(readPlainScalar(source)).toEqual({ kind: 'value', value });
  });

  it.each([
    'no', 'No', 'NO', 'n', 'N', 'yes', 'Yes', 'YES', 'y', 'on', 'On', 'ON', 'off', 'Off', 'True', 'TRUE', 'False', 'Null', 'NULL', '~',
    '012', '08', '0o14', '0x1F', '0b11', '1_000', '1,000', '+5', '-0', '.5', '5.', '1e3', '1E3', '1.5e3', '12e03', '.inf', '-.INF', '.nan',
    '12:30', '12:30:45', '1:2:3.5', '190:20:30', '2026-11-25', '2026-1-5', '2026-11-25T10:00:00Z', '2026-11-25 10:00:00', '=', '<<',
  ])('%s is ambiguous', (source) => {
    expect(readPlainScalar(source)).toEqual({ kind: 'ambiguous' });
  });

  it.each(['9007199254740992', '-9007199254740993', '1.0e+400'])('%s is too large', (source) => {
    expect(readPlainScalar(source)).toEqual({ kind: 'number-too-large' });
  });

  it('means what both versions of YAML say, when it is a value', () => {
    const scalars = fc.string({ unit: fc.constantFrom(...'0123456789+-._:eExobaf~=<yYnNoOtTrR TZ'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(scalars, (source) => {
        const text = source.trim();
        const read = readPlainScalar(text);
        fc.pre(read.kind === 'value' && !isNoPlainScalar.test(text));
        const values = (['1.1', '1.2'] as const).map((version) => parse(text, { version }) as unknown);
        expect(values, text).toEqual(read.kind === 'value' ? [read.value, read.value] : []);
      }),
      { numRuns: process.env['KPI_FLOW_LONG'] ? 100_000 : 2000 },
    );
  });

  it('is not slow on long texts', () => {
    for (const part of ['1_', '1:', '.', '0', 'e+1', '2026-11-25 ']) expect(readPlainScalar(part.repeat(100_000)).kind).toBeDefined();
  });
});
