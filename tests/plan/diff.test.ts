import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffOps } from '../../src/plan/diff.ts';

describe('a diff', () => {
  it('shows what changes, with lines around it', () => {
    const before = [...'abcdefghij'].join('\n') + '\n';
    expect(diffOps([{ kind: 'modify', path: 'x', owner: 'seed', before, after: before.replace('e\n', 'E\nE2\n') }])).toBe(
      '--- a/x\n+++ b/x\n@@ -2,7 +2,8 @@\n b\n c\n d\n-e\n+E\n+E2\n f\n g\n h\n',
    );
  });

  it('is empty for no change', () => {
    expect(diffOps([{ kind: 'modify', path: 'x', owner: 'seed', before: 'a\n', after: 'a\n' }])).toBe('');
  });

  it('is what git apply takes to make the one of the other', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', 'ñ🙂', '  d', 'e\r'), { maxLength: 12 });
    const text = fc.tuple(lines, fc.boolean()).map(([all, closed]) => (all.length === 0 ? '' : all.join('\n') + (closed ? '\n' : ''))).filter((each) => each !== '' );
    fc.assert(
      fc.property(text, text, (before, after) => {
        const folder = mkdtempSync(join(tmpdir(), 'kpi-diff-'));
        try {
          mkdirSync(join(folder, '.git'));
          writeFileSync(join(folder, 'x'), before);
          const diff = diffOps([{ kind: 'modify', path: 'x', owner: 'seed', before, after }]);
          if (diff !== '') execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input: diff, env: { ...process.env, GIT_DIR: join(folder, 'none') } });
          expect(readFileSync(join(folder, 'x'), 'utf8')).toBe(after);
        } finally {
          rmSync(folder, { recursive: true });
        }
      }),
      { numRuns: 60 },
    );
  });
});
