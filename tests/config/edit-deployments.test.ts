import { describe, expect, test } from 'vitest';
import { addDeployment, readDeployments } from '../../src/config/edit-deployments.ts';
import { loadYamlParser } from '../../src/config/yaml-parser.ts';

await loadYamlParser();

const entry = '- name: "x"\n  tags: ["kpi"]\n';
const file = (deployments: string) => `# top\nname: kpi\nbuild:\n  - here: {}\n\n${deployments}`;

describe('a deployment is added', () => {
  test.each([
    ['below the last one', file("deployments:\n  - name: 'a'   # mine\n    cron: 1\n"), file("deployments:\n  - name: 'a'   # mine\n    cron: 1\n  - name: \"x\"\n    tags: [\"kpi\"]\n")],
    ['with the indent of the list', file('deployments:\n- name: a\n  cron: 1\n'), file('deployments:\n- name: a\n  cron: 1\n- name: "x"\n  tags: ["kpi"]\n')],
    ['before what comes after the list', file('deployments:\n  - name: a\n\n# next\npull:\n  - b: {}\n'), file('deployments:\n  - name: a\n  - name: "x"\n    tags: ["kpi"]\n\n# next\npull:\n  - b: {}\n')],
    ['behind comments that are part of the last one', file('deployments:\n  - name: a\n    # cron: 2\n'), file('deployments:\n  - name: a\n    # cron: 2\n  - name: "x"\n    tags: ["kpi"]\n')],
    ['after a last line without an end', file('deployments:\n  - name: a'), file('deployments:\n  - name: a\n  - name: "x"\n    tags: ["kpi"]\n')],
    ['behind a block of text', file('deployments:\n  - name: a\n    description: |\n      one\n      two\n\n'), file('deployments:\n  - name: a\n    description: |\n      one\n      two\n  - name: "x"\n    tags: ["kpi"]\n\n')],
    ['behind a nested list', file('deployments:\n  - name: a\n    schedules:\n      - cron: 1\n\npull: []\n'), file('deployments:\n  - name: a\n    schedules:\n      - cron: 1\n  - name: "x"\n    tags: ["kpi"]\n\npull: []\n')],
  ])('%s', (_, before, after) => {
    expect(addDeployment(before, 'x', entry)).toBe(after);
  });

  test('before those at the end that come later by name, and never before the first', () => {
    const before = file('deployments:\n  - name: zz\n    # of zz\n  # about yy\n  - name: yy\n');
    expect(addDeployment(before, 'x', entry)).toBe(file('deployments:\n  - name: zz\n    # of zz\n  - name: "x"\n    tags: ["kpi"]\n  # about yy\n  - name: yy\n'));
  });

  test('with the line ends and the mark of the file', () => {
    const before = `\ufeff${file('deployments:\n  - name: a\n')}`.replaceAll('\n', '\r\n');
    expect(addDeployment(before, 'x', entry)).toBe(`${before}  - name: "x"\r\n    tags: ["kpi"]\r\n`);
  });

  test.each([
    ['an empty list', 'deployments: []\n'],
    ['a list on one line', 'deployments: [{name: a}]\n'],
    ['no list', 'name: kpi\n'],
    ['a list without entries', 'deployments:\n'],
  ])('nowhere in %s', (_, text) => {
    expect(() => addDeployment(text, 'x', entry)).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ code: 'E_EDIT_UNCERTAIN' })] }));
  });

  test('and read', () => {
    expect(readDeployments(file('deployments:\n  - name: a\n  - 3\n')).map(({ name }) => name)).toEqual(['a']);
  });
});
