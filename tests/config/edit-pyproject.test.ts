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

  it('are refused where there is no such list', () => {
    expect(() => addRequirements('[tool.x]\ndependencies = []\n', ['b'])).toThrow(Failure);
    expect(() => addRequirements('[project]\ndependencies = [\n  "a",\n', ['b'])).toThrow(Failure);
  });
});
