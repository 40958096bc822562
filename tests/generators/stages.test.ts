import { describe, expect, it } from 'vitest';
import { stages } from '../../generators/index.ts';
import { defineStage } from '../../src/generate/define-stage.ts';
import { planAdd } from '../../src/generate/plan-add.ts';
import { hasTemplate } from '../../src/generate/render.ts';
import type { RawAnswers } from '../../src/generate/define-generator.ts';
import { readStageInput } from '../../src/jobs/grow.ts';
import { startFiles, stateOf } from '../generate/grown.ts';

const answers = { dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day,channel', owner: 'ana' };

describe.each(Object.values(stages))('the generator $name', (generator) => {
  it('says what it and each kind is in both languages', () => {
    for (const { en, es } of [generator.summary, ...generator.kinds.map(({ label }) => label)]) {
      expect(en).not.toBe('');
      expect(es).not.toBe(en);
    }
  });

  it.each(generator.kinds)('has every template of the kind $value', ({ files, value }) => {
    const item = { name: 'x_y', kind: value, inputs: [] };
    expect(files(item).map(({ template }) => template).filter((template) => !hasTemplate(template))).toEqual([]);
    expect(files(item).some(({ path }) => path === 'tests/unit/test_x_y.py')).toBe(true);
  });

  it('reads the same input from flags, positions and prompts', () => {
    const kind = generator.kinds[0]?.value ?? '';
    const given: RawAnswers = { name: ' x_y ', kind, ...('source' in generator.fields && { source: 'warehouse' }), ...('inputs' in generator.fields && { inputs: 'orders, returns' }) };
    const asList: RawAnswers = 'inputs' in generator.fields ? { ...given, inputs: ['orders', 'returns'] } : given;
    expect(readStageInput(generator, asList)).toEqual(readStageInput(generator, given));
    expect(readStageInput(generator, given)).toMatchObject({ name: 'x_y', kind });
  });
});

describe('a new kind', () => {
  it('is one declaration and its templates, and nothing else', () => {
    const toy = defineStage({
      name: 'extractor',
      summary: { en: 'A toy', es: 'Un juguete' },
      group: 'extractors',
      kinds: [
        {
          value: 'toy',
          label: { en: 'toy: nothing real', es: 'toy: nada real' },
          source: 'sql',
          fields: ({ source }) => [{ key: 'source', value: source?.name ?? '' }],
          files: ({ name }) => [{ template: 'stage/extractor/sql/extractor.sql', path: `src/core/extractors/${name}.sql`, owner: 'seed' }],
          requirements: ['toy-driver>=1'],
        },
      ],
    });
    const { plan } = planAdd(toy, readStageInput(toy, { name: 'bears' }), stateOf(startFiles(answers)));
    expect(new Set(plan.ops.map(({ path }) => path))).toEqual(new Set(['src/core/extractors/bears.sql', 'config/config.yaml', 'pyproject.toml', 'prefect_flows/tasks.py', 'src/core/extractors/__init__.py', '.kpi-flow/lock']));
    expect(plan.ops.find(({ path }) => path === 'pyproject.toml')).toMatchObject({ after: expect.stringContaining('    "toy-driver>=1",\n]') });
  });
});
