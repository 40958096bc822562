import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawFrame, sourceText, whereOf } from '../../src/config/frame.ts';

/** The frame of the part of `text` that is given by its words. */
function frameOf(text: string, part: string): string {
  const start = text.indexOf(part);
  return drawFrame(sourceText('f.yaml', text), { start, end: start + part.length });
}

describe('the frame of a place', () => {
  it('shows the line, a caret under the place, and the lines beside it', () => {
    expect(frameOf('a: 1\nkind: sqlite\nb: 2\nc: 3\n', 'sqlite')).toBe(
      ['  1 | a: 1', '> 2 | kind: sqlite', '    |       ^^^^^^', '  3 | b: 2'].join('\n'),
    );
  });

  it('leaves out empty lines, and aligns numbers of different lengths', () => {
    expect(frameOf('\n'.repeat(8) + 'a: 1\nb: 2\n', 'a: 1')).toBe(['>  9 | a: 1', '     | ^^^^', '  10 | b: 2'].join('\n'));
  });

  it('expands tabs, so that the caret stands under the place', () => {
    expect(frameOf('a\tb: x', 'b')).toBe(['> 1 | a   b: x', '    |     ^'].join('\n'));
  });

  it('counts wide characters twice and marks not at all', () => {
    expect(frameOf('名前: 値段x', 'x')).toBe(['> 1 | 名前: 値段x', '    |           ^'].join('\n'));
    expect(frameOf('cafe\u0301: x', 'x').split('\n')[1]).toBe('    |       ^');
    expect(frameOf('🛫: x', 'x').split('\n')[1]).toBe('    |     ^');
  });

  it('shows what cannot be seen as an escape', () => {
    expect(frameOf('a: \u202eb\u001b[31m\u0000', 'b')).toBe(['> 1 | a: \\u202eb\\x1b[31m\\x00', '    |          ^'].join('\n'));
  });

  it('shows a long line around the place', () => {
    const frame = frameOf(`key: "${'a'.repeat(500)}here${'b'.repeat(500)}"`, 'here');
    expect(frame.split('\n')[0]).toMatch(/here/);
    for (const line of frame.split('\n')) expect(line.length).toBeLessThan(110);
  });

  it('masks secrets, in the line and in the lines beside it', () => {
    const text = 'url: postgresql://kpi:hunter2@db/kpi\nkind: sqlite\nkey: AKIAIOSFODNN7EXAMPLE\n';
    expect(frameOf(text, 'sqlite')).not.toMatch(/hunter2|AKIA/);
    expect(frameOf(text, 'postgresql')).not.toMatch(/hunter2/);
  });

  it('masks the middle of a private key', () => {
    const text = `a: |\n  -----BEGIN RSA PRIVATE KEY-----\n${'  TUlJRXBBSUJBQUtDQVFFQQ\n'.repeat(40)}  -----END RSA PRIVATE KEY-----\n`;
    const start = text.length / 2;
    expect(drawFrame(sourceText('f', text), { start, end: start + 3 })).not.toMatch(/TUlJ/);
  });

  it('has two to four lines, its caret under the place, wherever that is', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r\n', '\t', 'ñ', '名', '\u202e', ':', '😀'), maxLength: 60 });
    fc.assert(
      fc.property(texts, fc.nat(80), fc.nat(10), (text, start, length) => {
        const lines = drawFrame(sourceText('f', text), { start, end: start + length }).split('\n');
        expect(lines.length).toBeGreaterThanOrEqual(2);
        expect(lines.length).toBeLessThanOrEqual(4);
        expect(lines.filter((line) => /^ +\| *\^+$/.test(line))).toHaveLength(1);
      }),
    );
  });
});

describe('where a place is', () => {
  it('counts lines and columns from 1, columns in characters', () => {
    expect(whereOf(sourceText('f', 'a: 1\r\n😀ñ: x'), { start: 11, end: 12 })).toMatchObject({ file: 'f', line: 2, column: 5 });
  });

  it('agrees with a count by hand', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'ñ', '\n', '😀') }), fc.nat(20), (text, at) => {
        const start = Math.min(at, text.length);
        const before = text.slice(0, start).split('\n');
        const where = whereOf(sourceText('f', text), { start, end: start });
        expect([where.line, where.column]).toEqual([before.length, [...(before.at(-1) ?? '')].length + 1]);
      }),
    );
  });
});
