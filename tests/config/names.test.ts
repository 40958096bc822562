import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkColumn,
  checkEntryName,
  checkId,
  checkLine,
  checkParagraph,
  checkStage,
  deriveId,
} from '../../src/config/names.ts';

const runs = process.env['KPI_FLOW_LONG'] ? 50_000 : 1000;
const anyText = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.stringMatching(/^[A-Za-z_ 0-9]*$/));

describe('ids', () => {
  it.each(['kpi_1', 'conversion', 'on_time_rate', 'a', 'k'.repeat(40), 'calidad_2'])('%s is one', (id) => {
    expect(checkId(id)).toBeUndefined();
  });

  it.each([
    ['', 'empty', undefined],
    ['1st_rate', 'begin', 'kpi_1st_rate'],
    ['OnTimeRate', 'begin', 'on_time_rate'],
    ['on-time', 'letters', 'on_time'],
    ['región', 'letters', 'region'],
    ['on__time', 'underscore', 'on_time'],
    ['on_time_', 'underscore', 'on_time'],
    ['_time', 'begin', 'time_kpi'],
    ['k'.repeat(41), 'longer', 'k'.repeat(40)],
    ['class', 'Python language', 'class_kpi'],
    ['match', 'Python language', 'match_kpi'],
    ['sum', 'always has', 'sum_kpi'],
    ['statistics', 'standard library', 'statistics_kpi'],
    ['settings', 'repository', 'settings_kpi'],
    ['polars', 'repository', 'polars_kpi'],
    ['start', 'repository', 'start_kpi'],
    ['nul', 'Windows', 'nul_kpi'],
    ['com1', 'Windows', 'com1_kpi'],
    ['order', 'SQL', 'order_kpi'],
    ['month', 'period', 'month_kpi'],
    ['test_rate', 'pytest', 'kpi_test_rate'],
    ['比率', 'begin', undefined],
  ])('%j is none: %s, but %s', (text, reason, suggestion) => {
    const refusal = checkId(text);
    expect(refusal?.reason.en).toContain(reason);
    expect(refusal?.reason.es).not.toBe('');
    expect(refusal?.suggestion).toBe(suggestion);
  });
});

describe('an id from a name', () => {
  it.each([
    ['Calcular Conversión', 'calcular_conversion'],
    ['Año de piñatas', 'ano_de_pinatas'],
    ['  Tasa   de  rotación (%) ', 'tasa_de_rotacion'],
    ['OnTimePerformance', 'on_time_performance'],
    ['KPI OTP', 'kpi_otp'],
    ["Client's share", 'clients_share'],
    ['24h deliveries', 'kpi_24h_deliveries'],
    ['Straße & Œuvre', 'strasse_oeuvre'],
    ['ﬁnal ² ½', 'final_2_1_2'],
    ['import', 'import_kpi'],
    ['a very long name that goes on and on and on and on', 'a_very_long_name_that_goes_on_and_on_and'],
    ['比率', undefined],
    ['', undefined],
    ['🛫', undefined],
  ])('%j: %s', (text, id) => {
    expect(deriveId(text)).toBe(id);
  });

  it('is always one that is accepted, or there is none', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const id = deriveId(text);
        expect(id === undefined ? undefined : checkId(id), id).toBeUndefined();
      }),
      { numRuns: runs },
    );
  });

  it('leaves an id as it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9_]{0,39}$/), (id) => {
        fc.pre(checkId(id) === undefined);
        expect(deriveId(id)).toBe(id);
      }),
    );
  });
});

describe('other names', () => {
  it('lets a stage have more letters than an id', () => {
    expect(checkStage('k'.repeat(63))).toBeUndefined();
    expect(checkStage('k'.repeat(64))?.suggestion).toBe('k'.repeat(63));
    expect(checkStage('import')?.suggestion).toBe('import_kpi');
  });

  it('lets a column have a word of Python that is not one of SQL', () => {
    for (const name of ['type', 'site', 'platform', 'code', 'format', 'channel', 'month']) expect(checkColumn(name)).toBeUndefined();
    for (const name of ['order', 'class', 'occurred_at', 'status', 'Region', 'país']) expect(checkColumn(name)?.suggestion).toBeDefined();
  });

  it('lets what stands in a config have any word but those that Python cannot parse', () => {
    for (const name of ['day', 'order', 'type', 'settings', 'statistics', 'test_rate']) expect(checkEntryName(name)).toBeUndefined();
    expect(checkEntryName('class')?.suggestion).toBe('class_kpi');
    expect(checkEntryName('ware-house')?.suggestion).toBe('ware_house');
  });

  it('suggests only what is accepted', () => {
    const checks = [checkId, checkStage, checkColumn, (text: string) => checkEntryName(text)];
    fc.assert(
      fc.property(anyText, fc.constantFrom(...checks), (text, check) => {
        const suggestion = check(text)?.suggestion;
        expect(suggestion === undefined ? undefined : check(suggestion), suggestion).toBeUndefined();
      }),
      { numRuns: runs },
    );
  });
});

describe('texts', () => {
  it.each(['Tasa de conversión', 'ñ "quoted" \\', '👩‍💻 </script> {{x}} $& """', ' padded ', 'a'.repeat(200)])('%j is a line', (text) => {
    expect(checkLine(text, 200)).toBeUndefined();
  });

  it.each([
    ['', undefined],
    [' \u00a0', undefined],
    ['two\nlines', 'two lines'],
    ['a'.repeat(201), 'a'.repeat(200)],
    ['a\u202eb', 'a b'],
    ['a\u0007b', 'a b'],
    ['a\u2028b', 'a b'],
    ['cafe\u0301', 'café'],
    ['a\ud800b', 'a b'],
  ])('%j is none, but %j', (text, suggestion) => {
    const refusal = checkLine(text, 200);
    expect(refusal).toBeDefined();
    expect(refusal?.suggestion).toBe(suggestion);
  });

  it('refuses a secret, and suggests nothing', () => {
    const refusal = checkLine('postgresql://kpi:hunter2@db/kpi', 200);
    expect(refusal?.reason.en).toContain('password');
    expect(JSON.stringify(refusal)).not.toContain('hunter2');
    expect(refusal?.suggestion).toBeUndefined();
  });

  it('lets a paragraph have lines, but no tab', () => {
    expect(checkParagraph('one\ntwo\n', 2000)).toBeUndefined();
    expect(checkParagraph('one\ttwo', 2000)?.suggestion).toBe('one two');
  });

  it('counts characters as people do, nearly', () => {
    expect(checkLine('😀'.repeat(200), 200)).toBeUndefined();
  });

  it('suggests only what is accepted', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(checkLine, checkParagraph), fc.integer({ min: 1, max: 40 }), (text, check, longest) => {
        const suggestion = check(text, longest)?.suggestion;
        expect(suggestion === undefined ? undefined : check(suggestion, longest), JSON.stringify(suggestion)).toBeUndefined();
      }),
      { numRuns: runs },
    );
  });
});
