import { expect, it } from 'vitest';
import { addVariable } from '../../src/config/edit-env.ts';

it('a variable is added at the end, once, with the line ends of the file', () => {
  const once = addVariable("# a\n# A_URL=''\n", 'B_URL', 'the other');
  expect(once).toBe("# a\n# A_URL=''\n\n# the other\n# B_URL=''\n");
  expect(addVariable(once, 'B_URL', 'the other')).toBe(once);
  expect(addVariable(once, 'URL', 'x')).toContain("# URL=''");
  expect(addVariable('X=1', 'B', 'b')).toBe("X=1\n\n# b\n# B=''\n");
  expect(addVariable('X=1\r\n', 'B', 'b')).toBe("X=1\r\n\r\n# b\r\n# B=''\r\n");
});

it('variables come out the same in whatever order they are added', () => {
  const text = "# intro\n\n# the source\n# M_URL=''\n";
  const add = (...names: string[]) => names.reduce((all, name) => addVariable(all, name, `of ${name}`), text);
  expect(add('C_URL', 'X_URL', 'A_URL')).toBe(add('X_URL', 'A_URL', 'C_URL'));
  expect(add('A_URL')).toBe("# intro\n\n# of A_URL\n# A_URL=''\n\n# the source\n# M_URL=''\n");
});
