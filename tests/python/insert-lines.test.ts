import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors/failure.ts';
import { insertLines } from '../../src/python/insert-lines.ts';
import { statementsOf } from '../../src/python/read-module.ts';
import { readFlow } from '../../src/python/read-flow.ts';
import type { Written } from '../../src/python/write-call.ts';
import { writeStatement } from '../../src/python/write-call.ts';
import { flowText, parse } from './parsed.ts';

const below = (text: string, at: number, lines: readonly string[]) => {
  const after = statementsOf(readFlow(parse(text), 'conversion_flow')?.definition ?? parse(text)).at(at);
  if (after === undefined) throw new Error('no statement');
  return insertLines(text, [{ after, lines }], 'flow.py', parse);
};

describe('lines', () => {
  it('go below a statement, and nothing else changes', () => {
    expect(below(flowText, -1, ['    tasks.more(by_day)'])).toBe(flowText.replace('publish_conversion(by_day)\n', 'publish_conversion(by_day)\n    tasks.more(by_day)\n'));
  });

  it('keep line ends, a mark, and a comment behind the statement', () => {
    const windows = `\ufeff${flowText.replace('publish_conversion(by_day)', 'publish_conversion(by_day)  # 🙂 ñ').replaceAll('\n', '\r\n')}`;
    expect(below(windows, -1, ['    x()'])).toBe(windows.replace('# 🙂 ñ\r\n', '# 🙂 ñ\r\n    x()\r\n'));
  });

  it('go below the last line of a file that has no line end', () => {
    const text = flowText.replace(/\n\nif __name__[^]*$/, '').trimEnd();
    expect(below(text, -1, ['    x()'])).toBe(`${text}\n    x()\n`);
  });

  it('are refused when the result would be no Python', () => {
    expect(() => below(flowText, -1, ['    x('])).toThrow(Failure);
  });

  it('never touch another byte, wherever they go', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.boolean(), fc.boolean(), (at, windows, mark) => {
        const text = (mark ? '\ufeff' : '') + (windows ? flowText.replaceAll('\n', '\r\n') : flowText);
        const eol = windows ? '\r\n' : '\n';
        const after = below(text, at, ['    brand_new()', '']);
        expect(after.replace(`    brand_new()${eol}${eol}`, '')).toBe(text);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a statement is written as ruff format leaves it', () => {
  const call = (callee: string, ...inputs: Written[]): Written => ({ callee, inputs });

  it('on one line, or an argument a line', () => {
    expect(writeStatement('    ', 'net = ', call('tasks.net', 'a', 'b.result()'))).toEqual(['    net = tasks.net(a, b.result())']);
    const long = 'x'.repeat(40);
    expect(writeStatement('    ', 'net = ', call('tasks.net', call('tasks.clean', long), `${long}.result()`))).toEqual([
      '    net = tasks.net(',
      `        tasks.clean(${long}),`,
      `        ${long}.result(),`,
      '    )',
    ]);
    expect(writeStatement('    ', '', call('f', 'y'.repeat(81)))).toEqual([`    f(${'y'.repeat(81)})`]);
    expect(writeStatement('    ', '', call('f', 'y'.repeat(82)))).toHaveLength(3);
  });
});
