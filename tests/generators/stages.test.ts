import { describe, expect, it } from 'vitest';
import { stages } from '../../generators/index.ts';
import { hasTemplate } from '../../src/generate/render.ts';
import type { RawAnswers } from '../../src/generate/define-generator.ts';
import { readAdditionInput } from '../../src/jobs/add.ts';

describe.each(Object.values(stages))('the generator $name', (generator) => {
  it('says what it and each kind is in both languages', () => {
    for (const { en, es } of [generator.summary, ...generator.kinds.map(({ label }) => label)]) {
      expect(en).not.toBe('');
      expect(es).not.toBe(en);
    }
  });

  it.each(generator.kinds)('has every template of the kind $value', ({ files, value }) => {
    const item = { name: 'x_y', kind: value, inputs: [], options: {} };
    expect(files(item).map(({ template }) => template).filter((template) => !hasTemplate(template))).toEqual([]);
    expect(files(item).some(({ path }) => /^tests\/(unit|flows)\/test_x_y\.py$/.test(path))).toBe(true);
  });

  it('reads the same input from flags, positions and prompts', () => {
    const kind = generator.kinds[0]?.value ?? '';
    const given: RawAnswers = { name: ' x_y ', kind, ...('source' in generator.fields && { source: 'warehouse' }), ...('inputs' in generator.fields && { inputs: 'orders, returns' }) };
    const asList: RawAnswers = 'inputs' in generator.fields ? { ...given, inputs: ['orders', 'returns'] } : given;
    expect(readAdditionInput(generator, asList)).toEqual(readAdditionInput(generator, given));
    expect(readAdditionInput(generator, given)).toMatchObject({ name: 'x_y', kind });
  });
});
