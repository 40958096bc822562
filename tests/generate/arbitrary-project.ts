import fc from 'fast-check';
import { project } from '../../generators/project.ts';
import { timeGrains } from '../../src/generate/answers/grain.ts';
import type { RawAnswers } from '../../src/generate/define-generator.ts';
import { fillDefaults } from '../../src/generate/define-generator.ts';
import type { MetricType, ProjectInput } from '../../src/generate/project-input.ts';
import { rolesOf } from '../../src/generate/project-input.ts';

const nasty = [
  'Conversión', 'Año ñandú', 'R&D "x"', "d'Or", '</script>', '{{name}}', '{{{x}}}', '$&', '$$', '"""', "'''", '\\', 'ends\\', '# {',
  ': ', ' - ', '- a', 'no', 'null', '~', '12:30', '%', '*', '|', '🙂', '👩‍👩‍👧', '𝒳', '`code`', '[link](x)', '<b>', '=', '@', '!tag', '&a', '#1',
];
const words = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'grapheme', maxLength: 12 }));
const text = (longest: number) =>
  fc.array(words, { minLength: 1, maxLength: 12 }).map((parts) => [...parts.join(' ').normalize('NFC')].slice(0, longest).join('').trim());
const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
const identifier = (longest: number) =>
  fc
    .tuple(fc.constantFrom(...letters), fc.array(fc.constantFrom(...letters, '_', '0', '7'), { maxLength: longest - 1 }))
    .map(([first, rest]) => (first + rest.join('')).replace(/_+/g, '_').replace(/_$/, ''))
    // npm's yaml, asked for YAML 1.1, takes `e7` for a broken number; neither 1.2 nor PyYAML does.
    .filter((name) => !/^e\d+$/.test(name));

const answers: fc.Arbitrary<RawAnswers> = fc
  .record({
    name: text(200),
    description: text(400),
    owner: text(60),
    id: identifier(40),
    type: fc.constantFrom<MetricType>('simple', 'ratio', 'cumulative', 'derived', 'conversion'),
    unit: fc.oneof(fc.constantFrom('ratio', 'percent', 'count', 'EUR', 'hours', '€'), text(30)),
    time: fc.constantFrom(...timeGrains),
    dimensions: fc.uniqueArray(identifier(30), { maxLength: 4 }),
    names: fc.option(fc.tuple(identifier(30), identifier(30))),
    direction: fc.constantFrom('higher_is_better', 'lower_is_better', 'target_is_best'),
    target: fc.oneof(fc.constantFrom(0, 0.031, 0.8, 95, -12.5, 1e6, 1e21, 1e-9), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })),
    locale: fc.constantFrom('en', 'es'),
    source: fc.constantFrom('sql', 'datalake'),
    destination: fc.constantFrom('sql', 'datalake'),
    schedule: fc.constantFrom('0 6 * * *', '*/15 8-18 * * mon-fri', 'none'),
    timezone: fc.constantFrom('Europe/Madrid', 'America/Lima', 'UTC'),
    pool: fc.constantFrom('kpi-pool', 'k8s.pool_1'),
    plop: fc.boolean(),
  })
  .map(({ time, dimensions, names, ...rest }) => ({
    ...rest,
    dir: 'kpi',
    grain: [time, ...dimensions],
    ...(names !== null && { inputs: names.slice(0, rolesOf[rest.type].length) }),
  }));

/** Answers that the schema takes, as hostile as it lets them be. */
export const arbitraryProject: fc.Arbitrary<ProjectInput> = answers
  .map((given) => project.read(fillDefaults(project, given, { locale: 'en', timezone: 'UTC' })))
  .filter((reading) => 'input' in reading)
  .map((reading) => (reading as { input: ProjectInput }).input);
