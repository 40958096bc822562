import { describe, expect, it } from 'vitest';
import { addRequirements } from '../../src/config/edit-pyproject.ts';
import { Failure } from '../../src/errors/failure.ts';

const text = `[project]
name = "kpi-x"
# drivers ] go here
dependencies = [
    "polars>=2.0",
    'ruamel.yaml>=0.18', # why ]
]

[dependency-groups]
dev = ["pytest>=9"]
`;

describe('requirements of a project', () => {
  it('go before the closing bracket, with the indentation and line ends of the file', () => {
    expect(addRequirements(text, ['sqlalchemy>=2'])).toBe(text.replace('# why ]\n', '# why ]\n    "sqlalchemy>=2",\n'));
    const windows = `\ufeff${text.replaceAll('\n', '\r\n')}`;
    expect(addRequirements(windows, ['sqlalchemy>=2'])).toBe(windows.replace('# why ]\r\n', '# why ]\r\n    "sqlalchemy>=2",\r\n'));
  });

  it('are not added twice, whatever their bound or spelling', () => {
    expect(addRequirements(text, ['Ruamel_YAML', 'polars[numpy]>=1'])).toBe(text);
  });

  it('fit into a list in one line, an empty one, and one without a last comma', () => {
    expect(addRequirements('[project]\ndependencies = ["a"]\n', ['b>=1'])).toBe('[project]\ndependencies = ["a", "b>=1"]\n');
    expect(addRequirements('[project]\ndependencies = []\n', ['b'])).toBe('[project]\ndependencies = ["b"]\n');
    expect(addRequirements('[project]\ndependencies = [\n  "a" # x\n]\n', ['b'])).toBe('[project]\ndependencies = [\n  "a", # x\n  "b",\n]\n');
  });

  it('come out the same in whatever order they are added, and leave comments where they belong', () => {
    const list = '[project]\ndependencies = [\n    "a",\n    # the driver\n    "m>=1",\n    "z",\n]\n';
    expect(addRequirements(list, ['c'])).toBe(list.replace('    # the driver\n', '    "c",\n    # the driver\n'));
    for (const [one, other] of [['c', 'd'], ['n', 'c'], ['zz', 'c'], ['zz', 'zy']] as const) {
      expect(addRequirements(list, [one, other])).toBe(addRequirements(list, [other, one]));
    }
    expect(addRequirements('[project]\ndependencies = ["m"]\n', ['c', 'b'])).toBe('[project]\ndependencies = ["b", "c", "m"]\n');
  });

  it('are refused where there is no such list', () => {
    expect(() => addRequirements('[tool.x]\ndependencies = []\n', ['b'])).toThrow(Failure);
    expect(() => addRequirements('[project]\ndependencies = [\n  "a",\n', ['b'])).toThrow(Failure);
  });
});

describe('two requirements that are added', () => {
  const both = (list: string, ...names: string[]) => names.reduce((text, name) => addRequirements(text, [name]), `[project]\ndependencies = ${list}\n`);
  const multi = (...items: string[]) => `[\n${items.map((item) => `    ${item}\n`).join('')}]`;

  it.each([
    multi('"b",', '"m",', '# above\n    "t>=1", # beside'),
    multi('"z",', '"b",', '"t"'),
    multi('"z",', '"s",'),
    '["b", "m", "t"]',
    '[]',
    multi('"c", "p",', '"t",'),
  ])('stand the same in either order: %j', (list) => {
    for (const [one = '', other = ''] of [['a', 'n'], ['n', 'o'], ['u', 'v'], ['psycopg[binary]>=3.2', 'pymysql>=1.1']]) {
      const text = both(list, one, other);
      expect(both(list, other, one)).toBe(text);
      for (const name of [one, other]) expect(text).toContain(`"${name}"`);
    }
  });
});
