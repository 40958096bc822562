import { describe, expect, it } from 'vitest';
import { addPackages, npmName, packageIn, removePackage } from '../../src/config/edit-package-json.ts';
import { Failure } from '../../src/errors/failure.ts';

const text = `{
  "name": "kpi-x",
  "scripts": { "dependencies": "none" },
  "dependencies": {
    "@duckdb/node-api": "1.5.6-r.1",
    "yaml": "^2.9.1"
  },
  "devDependencies": {
    "typescript": "^7.0.2"
  }
}
`;

describe('packages of a project', () => {
  it('go where npm would put them, those of types among what only developers need', () => {
    const after = addPackages(text, ['pg@^8.23.1', '@types/pg@^8.23.1', 'zod@^4']);
    expect(after).toBe(text.replace('    "yaml": "^2.9.1"\n', '    "pg": "^8.23.1",\n    "yaml": "^2.9.1",\n    "zod": "^4"\n').replace('    "typescript"', '    "@types/pg": "^8.23.1",\n    "typescript"'));
    expect(addPackages(`\ufeff${text.replaceAll('\n', '\r\n')}`, ['pg@^8.23.1', '@types/pg@^8.23.1', 'zod@^4'])).toBe(`\ufeff${after.replaceAll('\n', '\r\n')}`);
  });

  it('are not added twice, whatever their version and wherever they stand', () => {
    expect(addPackages(text, ['yaml@^1', 'typescript@^6'])).toBe(text);
    expect([packageIn(text, 'yaml'), packageIn(text, 'none'), npmName('@types/pg@^8')]).toEqual(['yaml@^2.9.1', undefined, '@types/pg']);
  });

  it('come out the same in whatever order they are added, and go again without a trace', () => {
    const lists = [text, '{"dependencies": {}, "devDependencies": {}}', '{\n  "dependencies": {\n  },\n  "devDependencies": {}\n}\n', '{ "devDependencies": { "a": "1" }, "dependencies": { "z": "1", "b": "2" } }'];
    for (const list of lists) {
      for (const [one, other] of [['pg@^8', 'mysql2@^3'], ['zz@1', 'zy@1'], ['@types/pg@^8', 'aa@1']] as const) {
        const both = addPackages(list, [one, other]);
        expect(JSON.parse(both)).toEqual(JSON.parse(addPackages(list, [other, one])));
        if (list !== lists[2] && list !== lists[1]) expect(removePackage(removePackage(both, other) ?? '', one)).toBe(list);
      }
    }
  });

  it('stay where somebody asks for another version', () => {
    const after = addPackages(text, ['pg@^8.23.1']);
    expect(removePackage(after.replace('^8.23.1', '^8.24'), 'pg@^8.23.1')).toBeUndefined();
  });

  it('are refused where there is no such list', () => {
    for (const each of ['{}', '{ "dependencies": [] }', 'no JSON', '{ "dependencies": { "a": { "b": "c" } } }']) expect(() => addPackages(each, ['pg@^8'])).toThrow(Failure);
  });
});
