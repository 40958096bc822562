import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { project } from '../../generators/project.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { loadYamlParser } from '../../src/config/yaml-parser.ts';
import type { RawAnswer } from '../../src/generate/define-generator.ts';
import { fillDefaults } from '../../src/generate/define-generator.ts';
import type { ProjectInput } from '../../src/generate/project-input.ts';
import { viewProject } from '../../src/generate/project-view.ts';
import { render } from '../../src/generate/render.ts';

await loadYamlParser();

/** What `create` accepts must be what config.yaml may say, or a new repository would refuse its own file. */
const text = fc.oneof(
  fc.constantFrom('Conversión', 'ñandú "x" \\', '</script> {{x}} $& """', '${NOT_A_REFERENCE', 'no', '12:30', '1e3', '#x', '- a', '👩‍💻 x', "it's", 'a: b', '%x', '@x', '!x', '&x *x', 'x '.repeat(99)),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
);
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0.031, 1e21, 1e-7, -0, 5e-324));
const column = fc.oneof(fc.constantFrom('channel', 'type', 'site', 'month', 'region_code', 'status', 'order'), fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/));

const answers: fc.Arbitrary<Record<string, RawAnswer>> = fc.record(
  {
    name: text,
    id: fc.stringMatching(/^[a-z][a-z0-9_]{0,39}$/),
    description: text,
    owner: text,
    unit: text,
    type: fc.constantFrom('simple', 'ratio', 'cumulative', 'derived', 'conversion'),
    grain: fc.tuple(fc.constantFrom('hour', 'day', 'week', 'month', 'quarter', 'year'), fc.array(column, { maxLength: 3 })).map(([time, columns]) => [time, ...columns]),
    direction: fc.constantFrom('higher_is_better', 'lower_is_better', 'target_is_best'),
    target: number,
    source: fc.constantFrom('sql', 'datalake'),
    destination: fc.constantFrom('sql', 'datalake'),
    locale: fc.constantFrom('en', 'es'),
    timezone: fc.constantFrom('UTC', 'Europe/Madrid', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata', 'Etc/GMT+3', 'EST5EDT'),
  },
  { requiredKeys: ['target'] },
);

function inputOf(given: Record<string, RawAnswer>): ProjectInput | undefined {
  const reading = project.read(fillDefaults(project, { dir: 'my-kpi', ...given }, { locale: 'en', timezone: 'UTC' }));
  return 'input' in reading ? reading.input : undefined;
}

function configOf(input: ProjectInput): string {
  const facts = { version: '0.1.0', today: '2026-11-25', hash: () => '0'.repeat(64) };
  return render('python/config/config.yaml', viewProject(input, facts));
}

describe('the config.yaml that create writes', () => {
  it('is read back to the answers', () => {
    const runs = process.env['KPI_FLOW_LONG'] ? 20_000 : 500;
    let accepted = 0;
    fc.assert(
      fc.property(answers, (given) => {
        const input = inputOf(given);
        if (input === undefined) return;
        accepted += 1;
        const { kpi, flow } = parseConfig(configOf(input)).config;
        const { id, name, description, owner, type, unit, direction, target, warning } = input;
        expect(kpi).toEqual({ id, name, description, owner, type, unit, direction, target: target + 0, warning: warning + 0, grain: [input.grain.time, ...input.grain.dimensions] });
        expect(flow.timezone).toBe(input.timezone);
      }),
      { numRuns: runs },
    );
    // A property that refuses nearly everything would prove little.
    expect(accepted).toBeGreaterThan(runs / 10);
  });
});
